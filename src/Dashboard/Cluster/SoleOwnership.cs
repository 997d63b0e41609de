using Microsoft.EntityFrameworkCore;

namespace WsusDashboard.Dashboard.Cluster;

/// <summary>The only dashboard of its database owns all, at no cost: a SQLite file is held with its folder.</summary>
internal sealed class SoleOwnership : IOwnership
{
    public static SoleOwnership Instance { get; } = new();

    public bool IsShared => false;

    public OwnedPartitions Owned => OwnedPartitions.All;

    public ClusterView View => ClusterView.Alone;

    public bool IsConfirmed => true;

    public Task WhenConfirmedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WhenOwnedAsync(Func<OwnedPartitions, bool> isSo, CancellationToken cancellationToken) => isSo(Owned) ? Task.CompletedTask : Task.Delay(Timeout.Infinite, cancellationToken);

    public Task CheckAsync(DbContext context, IReadOnlyDictionary<int, long> terms, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task RunAsync(Func<OwnershipChange, CancellationToken, Task> apply, CancellationToken cancellationToken)
    {
        await apply(new([.. Enumerable.Range(0, Partitions.Count + 1)], IsGained: true), cancellationToken);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
