using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Contract.Mapping;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Once a minute: the time of each server's last word, and the numbers that change too often for the history. Now and then, and at the end: its snapshot.</summary>
internal sealed partial class LastContactWriter(
    IDbContextFactory<DashboardContext> contexts,
    DatabaseInitializer database,
    FleetIngest ingest,
    IOwnership ownership,
    TimeProvider timeProvider,
    ILogger<LastContactWriter> logger) : BackgroundService
{
    private const int MinutesBetweenSnapshots = 10;

    /// <summary>Servers in one transaction. Between two of them others have their turn to write.</summary>
    private const int MaximumServers = 250;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (database.IsOpen)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2), timeProvider);
            await RecordAsync(_ => true, deadline.Token);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(Interval, timeProvider);
            for (var minute = 0; await timer.WaitForNextTickAsync(stoppingToken); minute++)
            {
                var turn = minute % MinutesBetweenSnapshots;
                await RecordAsync(server => server.Id % MinutesBetweenSnapshots == turn, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    /// <summary>What cannot be stored now is stored a minute later.</summary>
    internal async Task RecordAsync(Func<ServerState, bool> isSnapshotDue, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var part in ingest.GetAll().Chunk(MaximumServers))
            {
                await ownership.WhenConfirmedAsync(cancellationToken);
                await RecordAsync(part, isSnapshotDue, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Log.NotRecorded(logger, exception);
        }
        catch (OperationCanceledException)
        {
            // The dashboard stops.
        }
    }

    private async Task RecordAsync(IReadOnlyCollection<ServerState> servers, Func<ServerState, bool> isSnapshotDue, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var owned = ownership.Owned;
        await ownership.CheckAsync(context, owned.TermsOf(servers.Select(server => server.Id)), cancellationToken);
        foreach (var state in servers.Where(server => owned.Owns(server.Id)))
        {
            // One statement a server: nothing is read for it, and a server that was removed meanwhile is passed over.
            var isKnown = state.Link.LastMessageAt is { } heardAt && await SaveNumbersAsync(context, state.Id, heardAt.UtcDateTime, state.CurrentStatus, cancellationToken);
            if (isKnown && state.Snapshot is { } snapshot && isSnapshotDue(state))
            {
                await SaveSnapshotAsync(context, state.Id, now, snapshot.ToWire().ToByteArray(), cancellationToken);
            }
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Only these columns: the others belong to the history, which compares them with what is stored.</summary>
    private static async Task<bool> SaveNumbersAsync(DashboardContext context, int serverId, DateTime heardAt, ServerStatus status, CancellationToken cancellationToken) =>
        await context.Servers.Where(server => server.Id == serverId).ExecuteUpdateAsync(
            update => update
                .SetProperty(server => server.LastContactAt, heardAt)
                .SetProperty(server => server.Status.Updates, status.Updates)
                .SetProperty(server => server.Status.ConfigMgrUpdates, status.ConfigMgrUpdates)
                .SetProperty(server => server.Status.IsSynchronizing, status.IsSynchronizing),
            cancellationToken) == 1;

    private static async Task SaveSnapshotAsync(DashboardContext context, int serverId, DateTime now, byte[] message, CancellationToken cancellationToken)
    {
        var updated = await context.ServerSnapshots.Where(stored => stored.ServerId == serverId).ExecuteUpdateAsync(
            update => update.SetProperty(stored => stored.SavedAt, now).SetProperty(stored => stored.Message, message),
            cancellationToken);
        if (updated == 0)
        {
            context.ServerSnapshots.Add(new() { ServerId = serverId, SavedAt = now, Message = message });
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The last contact times couldn't be stored; trying again in a minute")]
        public static partial void NotRecorded(ILogger logger, Exception exception);
    }
}
