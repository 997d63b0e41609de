using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Samples;

/// <summary>How far one watcher has the samples.</summary>
internal sealed class SampleCursor : IDisposable
{
    private readonly SampleStore _samples;
    private readonly Action _wake;
    private long _after;

    /// <param name="samples">The samples.</param>
    /// <param name="after">Minute of the last one it has; null = it wants none.</param>
    /// <param name="wake">Called when there is a new one.</param>
    public SampleCursor(SampleStore samples, long? after, Action wake)
    {
        (_samples, _after, _wake) = (samples, after ?? long.MaxValue, wake);
        samples.Appended += wake;
    }

    /// <summary>True where samples are kept that the watcher does not have.</summary>
    public bool IsBehind => _after < _samples.LastMinute;

    /// <summary>The next samples, or null.</summary>
    public Wire.WatchMessage? Take()
    {
        if (!IsBehind)
        {
            return null;
        }

        var page = _samples.Read(_after, ContractLimits.MaximumSamplesOfMessage);
        _after = page.Count == 0 ? _samples.LastMinute : page[^1].Minute;
        return page.Count == 0 ? null : new Wire.WatchMessage { Samples = new Wire.Samples { Samples_ = { page } } };
    }

    public void Dispose() => _samples.Appended -= _wake;
}
