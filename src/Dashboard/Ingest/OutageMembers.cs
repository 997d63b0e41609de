using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>The servers of the outage of Microsoft Update that goes on. Threading: one look at a time.</summary>
internal sealed class OutageMembers(LiveFleet live)
{
    private readonly Lock _lock = new();
    private HashSet<int> _members = [];

    /// <summary>Looks at the fleet.</summary>
    /// <returns>The servers that it has begun or ended for since the last look: it is their cause.</returns>
    public IReadOnlyList<int> Look()
    {
        lock (_lock)
        {
            live.LookForOutages();
            HashSet<int> now = [.. live.CurrentOutage?.ServerIds ?? []];
            var before = _members;
            _members = now;
            return [.. now.Except(before), .. before.Except(now)];
        }
    }
}
