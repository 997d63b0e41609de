using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>At start: what the database knows of each server becomes the live state, then the links begin, spread over some seconds.</summary>
internal sealed partial class FleetStartup(
    IDbContextFactory<DashboardContext> contexts,
    IDbContextFactory<SecurityContext> audit,
    DatabaseInitializer database,
    FleetIngest ingest,
    HistoryWriter writer,
    ProblemTracker problems,
    AgentConnections connections,
    AgentLinks links,
    OutboundAgents outbound,
    DashboardOptions options,
    TimeProvider timeProvider,
    ILogger<FleetStartup> logger) : BackgroundService
{
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsLoaded => _loaded.Task.IsCompletedSuccessfully;

    /// <summary>Ends once every stored server is watched.</summary>
    public Task WhenLoaded => _loaded.Task;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        problems.ServerChanged += ingest.SetProblems;
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        problems.ServerChanged -= ingest.SetProblems;
        await links.StopAllAsync();
    }

    /// <summary>The identity of a server, with the baseline that it is compared with.</summary>
    public static ServerIdentity ToIdentity(ServerEntity server, DashboardOptions options) =>
        new(server.Id, server.Name, server.Site, server.Address, BaselineCatalog.Find(server.Baseline ?? options.DefaultBaseline) ?? BaselineCatalog.Guide, ServerTrust.Of(server));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            var monitors = await LoadAsync(stoppingToken);
            ingest.Load(monitors);
            await links.PrepareAsync(stoppingToken);
            await ExpectAgentsAsync(monitors, stoppingToken);
            for (var i = 0; i < monitors.Count; i++)
            {
                links.Start(monitors[i].Identity, TimeSpan.FromSeconds((double)options.Agents.StaggerSeconds * i / monitors.Count));
            }

            _loaded.TrySetResult();
            Log.Loaded(logger, monitors.Count);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops before it has begun.
        }
    }

    /// <summary>From now on agents that connect themselves come in.</summary>
    private async Task ExpectAgentsAsync(List<ServerState> monitors, CancellationToken cancellationToken)
    {
        foreach (var server in monitors.Select(monitor => monitor.Identity).Where(server => OutboundAddress.Is(server.Address)))
        {
            outbound.Expect(server.Id, server.Trust);
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        outbound.Load(await context.Admissions.AsNoTracking().Select(admission => admission.AgentPin).ToListAsync(cancellationToken));
    }

    private async Task<List<ServerState>> LoadAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var servers = await context.Servers.AsNoTracking().OrderBy(server => server.Id).ToListAsync(cancellationToken);
        var cursors = await context.LinkCursors.AsNoTracking().ToDictionaryAsync(cursor => cursor.ServerId, cancellationToken);
        var running = (await context.Repairs.AsNoTracking().Where(run => run.State == RepairState.Running || run.State == RepairState.WaitingForApproval).ToListAsync(cancellationToken)).ToLookup(run => run.ServerId);
        var snapshots = await context.ServerSnapshots.AsNoTracking().ToDictionaryAsync(entity => entity.ServerId, entity => entity.Message, cancellationToken);
        var past = new ServerPastReader(context, timeProvider.GetUtcNow().UtcDateTime);
        await past.PrepareAsync(audit, cancellationToken);
        var outside = await context.OutsideProbes.AsNoTracking().ToDictionaryAsync(entity => entity.ServerId, entity => entity.Message, cancellationToken);
        var monitors = new List<ServerState>();
        foreach (var server in servers)
        {
            var syncs = await context.SyncRuns.AsNoTracking().Where(run => run.ServerId == server.Id).OrderByDescending(run => run.StartedAt).Take(RecentSyncRuns.Loaded).ToListAsync(cancellationToken);
            if (cursors.TryGetValue(server.Id, out var cursor))
            {
                writer.SetCursor(server.Id, new(cursor.Epoch, cursor.Sequence));
                connections.ResumeBudget(server.Id, cursor.Day, cursor.EventsOfDay, cursor.EventBytesOfDay);
            }

            monitors.Add(new ServerState(
                ToIdentity(server, options), server.Status, syncs.Select(SyncRunStore.ToRun), running[server.Id].Select(ReadRun).OfType<Repair>(), ReadSnapshot(snapshots.GetValueOrDefault(server.Id)), server.LastContactAt.ToOffset(),
                await past.ReadAsync(server.Id, syncs, cancellationToken))
            {
                Outside = ReadOutside(outside.GetValueOrDefault(server.Id)),
            });
        }

        return monitors;
    }

    private Repair? ReadRun(RepairEntity entity)
    {
        try
        {
            return JsonSerializer.Deserialize<Repair>(entity.Run, JsonColumn.Json);
        }
        catch (JsonException exception)
        {
            Log.Unreadable(logger, $"repair {entity.RunId}", exception);
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
        [LoggerMessage(1, LogLevel.Information, "Connecting to {Count} servers")]
        public static partial void Loaded(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Warning, "The stored copy of {What} can't be read; it will be read again from its source")]
        public static partial void Unreadable(ILogger logger, string what, Exception exception);
    }
}
