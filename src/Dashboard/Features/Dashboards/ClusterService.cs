using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Ingest.Replication;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Dashboards;

/// <summary>Shows the dashboards of a PostgreSQL database, and drains them: a drained one hands its servers to the others and serves pages only, until someone ends that.</summary>
internal sealed class ClusterService(
    ClusterReader reader,
    IDbContextFactory<DashboardContext> contexts,
    IOwnership ownership,
    DashboardInstance self,
    LiveFleet live,
    FleetFollower follower,
    Announcements announcements,
    AuditTrail audit,
    TimeProvider timeProvider)
{
    /// <summary>Failures: Forbidden.</summary>
    public async Task<Outcome<ClusterStatus>> ReadAsync(CancellationToken cancellationToken)
    {
        if (audit.Caller.Refusal(Permission.ManageDashboard) is { } refusal)
        {
            return refusal;
        }

        if (!ownership.IsShared)
        {
            return new ClusterStatus { IsShared = false, Partitions = Partitions.Count };
        }

        var members = await reader.ReadAsync(cancellationToken);
        var servers = live.GetAll().GroupBy(server => Partitions.Of(server.Id)).ToDictionary(group => group.Key, group => group.Count());
        return new ClusterStatus
        {
            IsShared = true,
            Partitions = Partitions.Count,
            FreePartitions = Partitions.Count - members.Sum(member => member.Partitions.Count(partition => partition != Partitions.WholeFleet)),
            ServersBehind = await follower.CountBehindAsync(cancellationToken),
            Dashboards = [.. members.Select(member => ToRow(member, servers))],
        };
    }

    /// <summary>Failures: Forbidden, NotFound, Conflict (SQLite; nobody else could take its servers).</summary>
    /// <param name="node">Id of the dashboard.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Outcome<Done>> DrainAsync(string node, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        var members = await reader.ReadAsync(cancellationToken);
        if (members.FirstOrDefault(member => member.Node == node) is not { } drained)
        {
            return Missing(node);
        }

        if (drained.IsDrained)
        {
            return Done.Instance;
        }

        if (!members.Any(member => member.Node != node && member is { IsAlive: true, IsLeaving: false, IsDrained: false }))
        {
            return new Conflict($"No other dashboard could take the servers of {drained.Name}. Nothing was changed. Start another one, or end the draining of one that runs.");
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Drains.Add(new DrainEntity { Node = node, Name = drained.Name, Since = timeProvider.GetUtcNow().UtcDateTime, By = audit.Caller.Name });
        await context.SaveChangesAsync(cancellationToken);
        announcements.Tell(Topics.Ownership, "drained");
        await WriteAsync("cluster.drain", drained.Name, drained.Address, string.Create(CultureInfo.InvariantCulture, $"{drained.Partitions.Count} partitions"), "drained");
        return Done.Instance;
    }

    /// <summary>Failures: Forbidden, NotFound, Conflict (SQLite).</summary>
    /// <param name="node">Id of the dashboard.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Outcome<Done>> EndDrainAsync(string node, CancellationToken cancellationToken)
    {
        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        if ((await reader.ReadAsync(cancellationToken)).FirstOrDefault(member => member.Node == node) is not { } drained)
        {
            return Missing(node);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Drains.Where(drain => drain.Node == node).ExecuteDeleteAsync(cancellationToken) > 0)
        {
            announcements.Tell(Topics.Ownership, "drained");
            await WriteAsync("cluster.end-drain", drained.Name, drained.Address, "drained", "takes servers");
        }

        return Done.Instance;
    }

    private static NotFound Missing(string node) => new($"There is no dashboard {node}.");

    private Failure? Refusal() => audit.Caller.Refusal(Permission.ManageDashboard)
        ?? (ownership.IsShared ? null : new Conflict("This dashboard keeps its history in a SQLite file, which has one dashboard: nobody could take its servers. Several share a PostgreSQL database."));

    private Task WriteAsync(string what, string name, string address, string before, string after) =>
        audit.WriteAsync(new AuditNote { What = what, Detail = address.Length > 0 ? $"{name} at {address}" : name, Before = before, After = after, Outcome = "done" });

    private DashboardRow ToRow(ClusterMember member, Dictionary<int, int> servers) => new()
    {
        Id = member.Node,
        Name = member.Name,
        Version = member.Version,
        Address = member.Address,
        State = member.Silence is null ? DashboardState.Stopped
            : !member.IsAlive ? DashboardState.Silent
            : member.IsLeaving ? DashboardState.Stopping
            : member.IsDrained ? DashboardState.Drained
            : DashboardState.Running,
        IsThisOne = member.Id == self.Id,
        StartedAt = member.StartedAt.ToOffset(),
        HeartbeatAt = member.Silence is { } silence ? timeProvider.GetUtcNow() - silence : null,
        HeartbeatAgeSeconds = member.Silence is { } age ? Math.Round(age.TotalSeconds, 1) : null,
        HeardAt = member.Id == self.Id ? null : announcements.LastHeard(member.Id),
        Partitions = member.Partitions.Count(partition => partition != Partitions.WholeFleet),
        OwnsFleet = member.Partitions.Contains(Partitions.WholeFleet),
        Servers = member.Partitions.Sum(servers.GetValueOrDefault),
        DrainedSince = member.DrainedSince.ToOffset(),
        DrainedBy = member.DrainedBy,
    };
}
