using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Agents.Trust;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Remediation;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>At start: what the database knows of each server becomes the live state, then the links begin, spread over some seconds.</summary>
internal sealed partial class FleetLoading(
    IDbContextFactory<DashboardContext> contexts,
    DatabaseOpening database,
    FleetIngest ingest,
    HistoryWriter writer,
    AgentLinks links,
    DashboardOptions options,
    ILogger<FleetLoading> logger) : BackgroundService
{

    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsLoaded => _loaded.Task.IsCompletedSuccessfully;

    /// <summary>Ends once every stored server is watched.</summary>
    public Task WhenLoaded => _loaded.Task;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
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
            var servers = await LoadAsync(stoppingToken);
            await links.PrepareAsync(stoppingToken);
            for (var i = 0; i < servers.Count; i++)
            {
                links.Start(servers[i], TimeSpan.FromSeconds((double)options.StaggerSeconds * i / servers.Count));
            }

            _loaded.TrySetResult();
            Log.Loaded(logger, servers.Count);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops before it has begun.
        }
    }

    private async Task<List<ServerIdentity>> LoadAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var servers = await context.Servers.AsNoTracking().OrderBy(server => server.Id).ToListAsync(cancellationToken);
        var cursors = await context.LinkCursors.AsNoTracking().ToDictionaryAsync(cursor => cursor.ServerId, cancellationToken);
        var running = (await context.Remediations.AsNoTracking().Where(run => run.State == RunState.Running || run.State == RunState.WaitingForApproval).ToListAsync(cancellationToken)).ToLookup(run => run.ServerId);
        var identities = new List<ServerIdentity>();
        foreach (var server in servers)
        {
            var identity = ToIdentity(server, options);
            var syncs = await context.SyncRuns.AsNoTracking().Where(run => run.ServerId == server.Id).OrderByDescending(run => run.StartedAt).Take(ServerMonitor.LoadedSyncs).ToListAsync(cancellationToken);
            var snapshot = await context.ServerSnapshots.AsNoTracking().Where(entity => entity.ServerId == server.Id).Select(entity => entity.Message).FirstOrDefaultAsync(cancellationToken);
            if (cursors.TryGetValue(server.Id, out var cursor))
            {
                writer.SetCursor(server.Id, new(cursor.Epoch, cursor.Sequence));
            }

            ingest.Add(new ServerMonitor(identity, server.Status, syncs.Select(SyncRunStore.ToRun), running[server.Id].Select(ReadRun).OfType<RemediationRun>(), ReadSnapshot(snapshot), server.LastContactAt.ToOffset()));
            identities.Add(identity);
        }

        return identities;
    }

    private RemediationRun? ReadRun(RemediationEntity entity)
    {
        try
        {
            return JsonSerializer.Deserialize<RemediationRun>(entity.Run, Stored.Json);
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

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Count} servers are being connected")]
        public static partial void Loaded(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Warning, "The stored copy of {What} cannot be read; the agent sends it again")]
        public static partial void Unreadable(ILogger logger, string what, Exception exception);
    }
}
