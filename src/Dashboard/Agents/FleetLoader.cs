using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>Makes the state of servers from what the database knows of them: at the start, and when a dashboard takes them from another one.</summary>
internal sealed partial class FleetLoader(
    IDbContextFactory<DashboardContext> contexts,
    IDbContextFactory<SecurityContext> audit,
    HistoryWriter writer,
    AgentConnections connections,
    LiveFleet live,
    DashboardOptions options,
    TimeProvider timeProvider,
    ILogger<FleetLoader> logger)
{
    /// <summary>Ids of the servers of these partitions, in ascending order.</summary>
    public async Task<IReadOnlyList<int>> FindAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var ids = await context.Servers.OrderBy(server => server.Id).Select(server => server.Id).ToListAsync(cancellationToken);
        return ids.FindAll(id => partitions.Contains(Partitions.Of(id)));
    }

    /// <summary>Reads servers; those that aren't there any more are left out.</summary>
    public async Task<List<ServerState>> LoadAsync(IReadOnlyCollection<int> serverIds, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var ids = serverIds.ToArray();
        var servers = await context.Servers.AsNoTracking().Where(server => ids.Contains(server.Id)).OrderBy(server => server.Id).ToListAsync(cancellationToken);
        var cursors = await context.LinkCursors.AsNoTracking().Where(cursor => ids.Contains(cursor.ServerId)).ToDictionaryAsync(cursor => cursor.ServerId, cancellationToken);
        var running = (await context.Repairs.AsNoTracking().Where(run => ids.Contains(run.ServerId) && (run.State == RepairState.Running || run.State == RepairState.WaitingForApproval)).ToListAsync(cancellationToken)).ToLookup(run => run.ServerId);
        var snapshots = await context.ServerSnapshots.AsNoTracking().Where(entity => ids.Contains(entity.ServerId)).ToDictionaryAsync(entity => entity.ServerId, entity => entity.Message, cancellationToken);
        var past = new ServerPastReader(context, timeProvider.GetUtcNow().UtcDateTime);
        await past.PrepareAsync(audit, ids, cancellationToken);
        var outside = await context.OutsideProbes.AsNoTracking().Where(entity => ids.Contains(entity.ServerId)).ToDictionaryAsync(entity => entity.ServerId, entity => entity.Message, cancellationToken);
        var states = new List<ServerState>();
        foreach (var server in servers)
        {
            var syncs = await context.SyncRuns.AsNoTracking().Where(run => run.ServerId == server.Id).OrderByDescending(run => run.StartedAt).Take(RecentSyncRuns.Loaded).ToListAsync(cancellationToken);
            if (cursors.TryGetValue(server.Id, out var cursor))
            {
                writer.SetCursor(server.Id, new(cursor.Epoch, cursor.Sequence));
                connections.ResumeBudget(server.Id, cursor.Day, cursor.EventsOfDay, cursor.EventBytesOfDay);
            }

            // What another dashboard showed of it a moment ago is newer than what is stored now and then.
            var shown = live.Find(server.Id);
            states.Add(new ServerState(
                ServerIdentity.Of(server, options), server.Status, syncs.Select(SyncRunStore.ToRun), running[server.Id].Select(ReadRun).OfType<Repair>(),
                shown?.Snapshot ?? ReadSnapshot(snapshots.GetValueOrDefault(server.Id)), shown?.Link.LastMessageAt ?? server.LastContactAt.ToOffset(), await past.ReadAsync(server.Id, syncs, cancellationToken))
            {
                Outside = ReadOutside(outside.GetValueOrDefault(server.Id)),
            });
        }

        return states;
    }

    private Repair? ReadRun(RepairEntity entity)
    {
        try
        {
            return JsonSerializer.Deserialize<Repair>(entity.Run, JsonColumn.Json);
        }
        catch (JsonException exception)
        {
            Log.Unreadable(logger, $"repair {entity.RepairId}", exception);
            return null;
        }
    }

    private Snapshot? ReadSnapshot(byte[]? message)
    {
        try
        {
            return message is null ? null : Shared.Contract.V1.Snapshot.Parser.ParseFrom(message).ToDomain();
        }
        catch (Google.Protobuf.InvalidProtocolBufferException exception)
        {
            Log.Unreadable(logger, "a snapshot", exception);
            return null;
        }
    }

    private Section<ClientState>? ReadOutside(byte[]? message)
    {
        try
        {
            return message is null || options.Probe.IntervalMinutes == 0 ? null : Shared.Contract.V1.Section.Parser.ParseFrom(message).ToClientSection();
        }
        catch (Google.Protobuf.InvalidProtocolBufferException exception)
        {
            Log.Unreadable(logger, "what WSUS answered", exception);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "The stored copy of {What} can't be read; it will be read again from its source")]
        public static partial void Unreadable(ILogger logger, string what, Exception exception);
    }
}
