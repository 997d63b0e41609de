namespace WsusDashboard.Dashboard.Live;

/// <summary>
/// The live state of the fleet. Threading: one lock guards the dictionary and the list of subscriptions; what is in the dictionary is immutable.
/// Only ingest writes. A subscriber has a set of dirty ids and one signal: the latest state wins, and nothing queues up behind a slow reader.
/// </summary>
public sealed class LiveState
{
    public ServerLive? Find(int serverId) => throw new NotImplementedException();

    public IReadOnlyList<ServerLive> GetAll() => throw new NotImplementedException();

    /// <summary>The state now, and every change after it; both taken under one lock, so that nothing falls in between.</summary>
    /// <param name="filter">Which servers; null = all. Called under the lock: it must be quick and must not call back.</param>
    public LiveSubscription Subscribe(Func<ServerLive, bool>? filter = null) => throw new NotImplementedException();
}
