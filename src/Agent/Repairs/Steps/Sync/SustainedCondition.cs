namespace WsusDashboard.Agent.Repairs.Steps.Sync;

/// <summary>Lets a trouble pass that mends itself: only one that is seen again and again for a while counts.</summary>
internal sealed class SustainedCondition(TimeProvider timeProvider, TimeSpan patience)
{
    private DateTimeOffset? _since;

    /// <summary>The trouble, once it has lasted; null before, and where there is none.</summary>
    public string? Look(string? trouble)
    {
        if (trouble is null)
        {
            _since = null;
            return null;
        }

        var now = timeProvider.GetUtcNow();
        _since ??= now;
        return now - _since >= patience ? trouble : null;
    }
}
