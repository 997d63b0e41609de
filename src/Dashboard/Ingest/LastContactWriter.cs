using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Once a minute: the time of the last word of each server. Now and then, and at the end: its snapshot.</summary>
internal sealed partial class LastContactWriter(
    IDbContextFactory<DashboardContext> contexts,
    DatabaseInitializer database,
    FleetIngest ingest,
    TimeProvider timeProvider,
    ILogger<LastContactWriter> logger) : BackgroundService
{
    private const int MinutesBetweenSnapshots = 10;
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
            var now = timeProvider.GetUtcNow().UtcDateTime;
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var servers = await context.Servers.ToDictionaryAsync(server => server.Id, cancellationToken);
            foreach (var monitor in ingest.GetAll().Where(monitor => servers.ContainsKey(monitor.Id)))
            {
                var (link, snapshot) = (monitor.Link, monitor.Snapshot);
                servers[monitor.Id].LastContactAt = link.LastMessageAt?.UtcDateTime ?? servers[monitor.Id].LastContactAt;
                if (snapshot is not null && isSnapshotDue(monitor))
                {
                    await SaveSnapshotAsync(context, monitor.Id, now, snapshot, cancellationToken);
                }
            }

            await context.SaveChangesAsync(cancellationToken);
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

    private static async Task SaveSnapshotAsync(DashboardContext context, int serverId, DateTime now, Snapshot snapshot, CancellationToken cancellationToken)
    {
        var entity = await context.ServerSnapshots.FindAsync([serverId], cancellationToken);
        if (entity is null)
        {
            context.ServerSnapshots.Add(new() { ServerId = serverId, SavedAt = now, Message = snapshot.ToWire().ToByteArray() });
        }
        else
        {
            entity.SavedAt = now;
            entity.Message = snapshot.ToWire().ToByteArray();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The last contact times couldn't be stored; trying again in a minute")]
        public static partial void NotRecorded(ILogger logger, Exception exception);
    }
}
