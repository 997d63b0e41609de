namespace WsusDashboard.Agent.Repairs.Steps.Sync;

/// <summary>Lets a trouble pass that mends itself: only one that is seen again and again for a while counts.</summary>
internal sealed class SustainedCondition(TimeProvider timeProvider, TimeSpan patience)
{
    private long? _since;

    /// <summary>The trouble, once it has lasted; null before, and where there is none.</summary>
    public string? Look(string? trouble)
    {
        if (trouble is null)
        {
            _since = null;
            return null;
        }

        _since ??= timeProvider.GetTimestamp();
        return timeProvider.GetElapsedTime(_since.Value) >= patience ? trouble : null;
    }
}
