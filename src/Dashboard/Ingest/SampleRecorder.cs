using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Once a minute: a sample of each server that answers, and the time of its last word. Now and then, and at the end: its snapshot.</summary>
internal sealed partial class SampleRecorder(
    IDbContextFactory<DashboardContext> contexts,
    DatabaseOpening database,
    FleetIngest ingest,
    TimeProvider timeProvider,
    ILogger<SampleRecorder> logger) : BackgroundService
{
    private const int MinutesBetweenSnapshots = 10;
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMinutes(1);

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
            using var timer = new PeriodicTimer(SampleInterval, timeProvider);
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

    /// <summary>A minute that cannot be stored is a minute without a sample: the next one says more than a late one.</summary>
    internal async Task RecordAsync(Func<ServerMonitor, bool> isSnapshotDue, CancellationToken cancellationToken)
    {
        try
        {
            var now = timeProvider.GetUtcNow().UtcDateTime;
            var minute = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc);
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var servers = await context.Servers.ToDictionaryAsync(server => server.Id, cancellationToken);
            var sampled = (await context.Samples.Where(sample => sample.At == minute).Select(sample => sample.ServerId).ToListAsync(cancellationToken)).ToHashSet();
            foreach (var monitor in ingest.GetAll().Where(monitor => servers.ContainsKey(monitor.Id)))
            {
                var (link, snapshot) = (monitor.Link, monitor.Snapshot);
                servers[monitor.Id].LastContactAt = link.LastMessageAt?.UtcDateTime ?? servers[monitor.Id].LastContactAt;
                if (link.State == LinkState.Up && snapshot is not null && !sampled.Contains(monitor.Id))
                {
                    context.Samples.Add(ToSample(monitor.Id, minute, snapshot));
                }

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

    private static SampleEntity ToSample(int serverId, DateTime minute, Snapshot snapshot)
    {
        var pool = snapshot.Iis.Value?.WsusPool;
        var workers = pool?.Workers.Select(worker => worker.PrivateKilobytes).OfType<long>().ToList();
        return new()
        {
            ServerId = serverId,
            At = minute,
            WorkerKilobytes = workers is { Count: > 0 } ? workers.Sum() : null,
            LimitKilobytes = pool?.Settings.PrivateMemoryKilobytes,
            QueuedRequests = pool?.QueuedRequests,
            RejectedRequests = pool?.RejectedRequests,
            Updates = snapshot.Wsus.Value?.Counts?.Updates,
            ConfigMgrUpdates = snapshot.ConfigMgr.Value?.SoftwareUpdateCount,
            AgentMemoryKilobytes = snapshot.Host.Value?.AgentMemoryKilobytes,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The samples of this minute could not be stored")]
        public static partial void NotRecorded(ILogger logger, Exception exception);
    }
}
