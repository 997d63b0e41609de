namespace WsusDashboard.Agent.Snapshots;

/// <summary>Whether the processors of the server are busy with other things.</summary>
/// <remarks>Threading: one writer, any reader.</remarks>
public sealed class ServerLoad
{
    private const double BusyPercent = 90;
    private const double CalmPercent = 75;

    private volatile bool _isBusy;
    private bool _wasBusy;

    public bool IsBusy => _isBusy;

    /// <summary>Takes a measurement; two busy ones in a row make a busy server, a calm one ends it.</summary>
    /// <param name="processorPercent">Of all processors; null where it is not known, which changes nothing.</param>
    public void Note(double? processorPercent)
    {
        if (processorPercent is not { } percent)
        {
            return;
        }

        _isBusy = _isBusy ? percent >= CalmPercent : _wasBusy && percent >= BusyPercent;
        _wasBusy = percent >= BusyPercent;
    }
}
