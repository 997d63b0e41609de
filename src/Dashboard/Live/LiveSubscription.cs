namespace WsusDashboard.Dashboard.Live;

/// <summary>What changed since the batch before.</summary>
/// <param name="Changed">The servers that changed or came, as they are now.</param>
/// <param name="Removed">Ids of the servers that went, or no longer pass the filter.</param>
public sealed record LiveChanges(IReadOnlyList<ServerLive> Changed, IReadOnlyList<int> Removed);

/// <summary>One reader of the live state. Dispose it when the reader goes.</summary>
public sealed class LiveSubscription : IDisposable
{
    /// <summary>The servers as they were at the moment of the subscription.</summary>
    public IReadOnlyList<ServerLive> Snapshot => throw new NotImplementedException();

    /// <summary>Batches of changes, at most four a second. One reader at a time.</summary>
    public IAsyncEnumerable<LiveChanges> ReadAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public void Dispose()
    {
    }
}
