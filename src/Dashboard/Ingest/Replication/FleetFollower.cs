using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Ingest.Replication;

/// <summary>
/// Shows the servers that other dashboards own, by the rows that these give: the whole fleet at the start, then what is announced. After the connection was gone, every row that is newer than the shown one is read.
/// Threading: one loop reads; any thread asks it to look.
/// </summary>
internal sealed partial class FleetFollower(
    IDbContextFactory<DashboardContext> contexts, FleetIngest ingest, LiveFleet live, IOwnership ownership, Announcements announcements, DashboardOptions options, Backoff backoff, TimeProvider timeProvider, ILogger<FleetFollower> logger) : BackgroundService
{
    private const int ReadAtOnce = 250;

    private static readonly TimeSpan CollectFor = TimeSpan.FromMilliseconds(50);

    private readonly IdBatch _marked = new();
    private readonly ConcurrentDictionary<int, Shown> _shown = new();

    /// <summary>Reads the rows of these servers soon: another dashboard has them now.</summary>
    public void Look(IEnumerable<int> serverIds) => _marked.Mark(serverIds);

    /// <summary>Shows the whole fleet, as its owners show it; before the first server is owned.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var servers = await context.Servers.AsNoTracking().OrderBy(server => server.Id).ToListAsync(cancellationToken);
        foreach (var server in servers)
        {
            var identity = ServerIdentity.Of(server, options);
            ingest.TakeOther(identity, shown => LiveRow.Show(identity, shown, server.Status));
        }

        foreach (var part in servers.Select(server => server.Id).Chunk(ReadAtOnce))
        {
            await ShowAsync(part, cancellationToken);
        }

        live.MarkLoaded();
    }

    /// <summary>Servers of other dashboards that are shown older than their owner has told.</summary>
    public async Task<int> CountBehindAsync(CancellationToken cancellationToken) => (await FindNewerAsync(cancellationToken)).Count(id => ingest.Find(id) is null);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!ownership.IsShared)
        {
            return;
        }

        using var listening = announcements.On(Topics.Rows, _marked.Mark);
        try
        {
            await live.WhenLoaded.WaitAsync(stoppingToken);
            for (var failures = 0; ;)
            {
                var ids = await _marked.TakeAsync(stoppingToken);
                try
                {
                    foreach (var part in (ids ?? await FindNewerAsync(stoppingToken)).Where(id => ingest.Find(id) is null).Chunk(ReadAtOnce))
                    {
                        await ShowAsync(part, stoppingToken);
                    }

                    failures = 0;
                    await Task.Delay(CollectFor, timeProvider, stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    Log.NotRead(logger, exception);
                    await Task.Delay(backoff.Next(++failures), timeProvider, stoppingToken);
                    _marked.MarkEverything();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private async Task<IReadOnlyCollection<int>> FindNewerAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var stored = await context.LiveRows.AsNoTracking().Select(row => new { row.ServerId, row.Term, row.Revision }).ToListAsync(cancellationToken);
        return [.. stored.Where(row => _shown.GetValueOrDefault(row.ServerId) is not { } shown || (shown.Term, shown.Revision) != (row.Term, row.Revision)).Select(row => row.ServerId)];
    }

    private async Task ShowAsync(int[] serverIds, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.LiveRows.AsNoTracking()
            .Where(row => serverIds.Contains(row.ServerId))
            .Select(row => new { row.ServerId, row.Term, row.Revision, row.Row, row.SnapshotTerm, row.SnapshotRevision })
            .ToListAsync(cancellationToken);
        var withSnapshot = rows.Where(row => row.SnapshotTerm > 0 && _shown.GetValueOrDefault(row.ServerId)?.SnapshotKey != (row.SnapshotTerm, row.SnapshotRevision)).Select(row => row.ServerId).ToArray();
        var snapshots = withSnapshot.Length == 0 ? [] : await context.LiveRows.AsNoTracking()
            .Where(row => withSnapshot.Contains(row.ServerId))
            .Select(row => new { row.ServerId, row.SnapshotTerm, row.SnapshotRevision, row.Snapshot })
            .ToDictionaryAsync(row => row.ServerId, cancellationToken);
        foreach (var row in rows)
        {
            // A row that was written since the first question may be older than its snapshot: the next announcement brings it.
            var read = snapshots.GetValueOrDefault(row.ServerId);
            var snapshot = read?.Snapshot is { } message ? ReadSnapshot(message) : null;
            if (ingest.FindIdentity(row.ServerId) is { } identity && LiveRow.Read(row.Row) is { } told)
            {
                ingest.TakeOther(identity, shown => told.Show(identity, snapshot ?? shown?.Snapshot));
                _shown[row.ServerId] = new(row.Term, row.Revision, read is null ? _shown.GetValueOrDefault(row.ServerId)?.SnapshotKey ?? default : (read.SnapshotTerm, read.SnapshotRevision));
            }
        }
    }

    private static Snapshot? ReadSnapshot(byte[] message)
    {
        try
        {
            return Shared.Contract.V1.Snapshot.Parser.ParseFrom(message).ToDomain();
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private sealed record Shown(long Term, long Revision, (long Term, long Revision) SnapshotKey);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The rows of other dashboards' servers couldn't be read; trying again")]
        public static partial void NotRead(ILogger logger, Exception exception);
    }
}
