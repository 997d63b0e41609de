using Microsoft.EntityFrameworkCore;

namespace WsusDashboard.Dashboard.Cluster;

/// <summary>Partitions that came, or went.</summary>
/// <param name="Partitions">Which.</param>
/// <param name="IsGained">True where they came.</param>
internal sealed record OwnershipChange(IReadOnlyList<int> Partitions, bool IsGained);

/// <summary>How the dashboards of a database share the fleet, as one of them sees it.</summary>
/// <param name="Dashboards">Those that are alive.</param>
/// <param name="Sharers">Those of them that the fleet is divided among: neither drained nor about to end.</param>
/// <param name="Free">Partitions that nobody holds.</param>
/// <param name="IsDrained">This one hands over what it owns and takes nothing.</param>
internal sealed record ClusterView(int Dashboards, int Sharers, int Free, bool IsDrained)
{
    public static ClusterView Alone { get; } = new(1, 1, 0, IsDrained: false);

    /// <summary>So many partitions this dashboard should own at most.</summary>
    public int Share => IsDrained ? 0 : Partitions.FairShare(Sharers);
}

/// <summary>Another dashboard has taken these partitions: what was to be written is given up.</summary>
internal sealed class OwnershipLostException(IReadOnlyList<int> partitions) : Exception($"Another dashboard owns partitions {string.Join(", ", partitions)} now.")
{
    public IReadOnlyList<int> Partitions => partitions;
}

/// <summary>Which servers this dashboard watches and writes for. Threading: any thread asks; one loop changes.</summary>
internal interface IOwnership
{
    /// <summary>False where there is no other dashboard and can be none.</summary>
    bool IsShared { get; }

    OwnedPartitions Owned { get; }

    ClusterView View { get; }

    /// <summary>False where this dashboard hasn't heard from the database for so long that others may have taken what it owns: it writes and commands nothing then.</summary>
    bool IsConfirmed { get; }

    /// <summary>Ends as soon as it is confirmed.</summary>
    Task WhenConfirmedAsync(CancellationToken cancellationToken);

    /// <summary>Ends as soon as what is owned is so.</summary>
    Task WhenOwnedAsync(Func<OwnedPartitions, bool> isSo, CancellationToken cancellationToken);

    /// <summary>Holds these terms until the end of the context's transaction: nobody takes the partitions before that.</summary>
    /// <exception cref="OwnershipLostException">Another term is written already.</exception>
    Task CheckAsync(DbContext context, IReadOnlyDictionary<int, long> terms, CancellationToken cancellationToken);

    /// <summary>Takes partitions and lets them go, until it is cancelled; then lets all go.</summary>
    /// <param name="apply">Begins with what came, at least once, and ends with what went; one after the other.</param>
    /// <param name="cancellationToken">The dashboard stops.</param>
    Task RunAsync(Func<OwnershipChange, CancellationToken, Task> apply, CancellationToken cancellationToken);
}

/// <summary>Writes that are an owner's.</summary>
internal static class OwnedWrites
{
    /// <summary>Writes in one transaction with the terms; where the fleet isn't shared, as the context does by itself.</summary>
    /// <exception cref="OwnershipLostException">Nothing was written.</exception>
    public static async Task WriteAsync(this IOwnership ownership, DbContext context, IReadOnlyDictionary<int, long> terms, Func<CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        if (!ownership.IsShared)
        {
            await write(cancellationToken);
            return;
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await ownership.CheckAsync(context, terms, cancellationToken);
        await write(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
