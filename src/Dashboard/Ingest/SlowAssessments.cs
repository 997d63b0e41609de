using System.Collections.Concurrent;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Assessments that nobody waits for any more, with the time when they began. Threading: any thread.</summary>
internal sealed class SlowAssessments(TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<int, (DateTimeOffset Since, long Begun)> _slow = new();

    public bool Has(int serverId) => _slow.ContainsKey(serverId);

    /// <summary>Keeps one until it ends.</summary>
    public void Follow(int serverId, Task work, Action ended)
    {
        _slow[serverId] = (timeProvider.GetUtcNow(), timeProvider.GetTimestamp());
        _ = work.ContinueWith(_ => End(serverId, ended), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public IEnumerable<(int ServerId, DateTimeOffset Since)> LongerThan(TimeSpan limit) =>
        _slow.Where(entry => timeProvider.GetElapsedTime(entry.Value.Begun) >= limit).Select(entry => (entry.Key, entry.Value.Since));

    private void End(int serverId, Action ended)
    {
        _slow.TryRemove(serverId, out _);
        ended();
    }
}
