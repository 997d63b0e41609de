using System.Globalization;
using Google.Protobuf;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Ingest.Replication;

/// <summary>
/// Gives the other dashboards the rows of the servers that this one owns: what a person would see at once, numbers that change all the time and snapshots now and then. A row is stored with the term of its
/// partition, and announced with its transaction. Threading: one loop.
/// </summary>
internal sealed partial class LiveRowWriter(
    IDbContextFactory<DashboardContext> contexts, LiveFleet live, IOwnership ownership, Announcements announcements, Backoff backoff, TimeProvider timeProvider, ILogger<LiveRowWriter> logger) : BackgroundService
{
    /// <summary>Rows of one transaction.</summary>
    internal const int MaximumRows = 250;

    private static readonly TimeSpan CollectFor = TimeSpan.FromMilliseconds(200);

    /// <summary>The snapshot of a server that looks the same.</summary>
    private static readonly TimeSpan SnapshotEvery = TimeSpan.FromSeconds(30);

    /// <summary>What looks the same is told again so often, if anything of it is new.</summary>
    private static readonly TimeSpan SameEvery = TimeSpan.FromSeconds(10);

    private const string Store = """
        INSERT INTO "LiveRows" ("ServerId", "Term", "Revision", "Row", "SnapshotTerm", "SnapshotRevision", "Snapshot")
            SELECT t.id, t.term, t.revision, t.row, CASE WHEN t.snapshot IS NULL THEN 0 ELSE t.term END, CASE WHEN t.snapshot IS NULL THEN 0 ELSE t.revision END, t.snapshot
            FROM unnest(@ids, @terms, @revisions, @rows, @snapshots) AS t (id, term, revision, row, snapshot) JOIN "Servers" ON "Servers"."Id" = t.id
        ON CONFLICT ("ServerId") DO UPDATE SET "Term" = EXCLUDED."Term", "Revision" = EXCLUDED."Revision", "Row" = EXCLUDED."Row",
            "SnapshotTerm" = CASE WHEN EXCLUDED."Snapshot" IS NULL THEN "LiveRows"."SnapshotTerm" ELSE EXCLUDED."SnapshotTerm" END,
            "SnapshotRevision" = CASE WHEN EXCLUDED."Snapshot" IS NULL THEN "LiveRows"."SnapshotRevision" ELSE EXCLUDED."SnapshotRevision" END,
            "Snapshot" = COALESCE(EXCLUDED."Snapshot", "LiveRows"."Snapshot")
        """;

    /// <summary>What others have of each server.</summary>
    private readonly Dictionary<int, Written> _written = [];
    private readonly HashSet<int> _waiting = [];
    private bool _isAlone;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!ownership.IsShared)
        {
            return;
        }

        try
        {
            await live.WhenLoaded.WaitAsync(stoppingToken);
            using var subscription = live.Subscribe();
            await Task.WhenAll(CollectAsync(subscription, stoppingToken), WriteAllAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private async Task CollectAsync(LiveSubscription subscription, CancellationToken cancellationToken)
    {
        await foreach (var changes in subscription.ReadAsync(cancellationToken))
        {
            lock (_waiting)
            {
                _waiting.UnionWith(changes.Changed.Select(server => server.Id));
            }
        }
    }

    private async Task WriteAllAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            await Task.Delay(CollectFor, timeProvider, cancellationToken);
            try
            {
                await ownership.WhenConfirmedAsync(cancellationToken);
                if (ownership.View.Dashboards <= 1)
                {
                    await BeAloneAsync(cancellationToken);
                    continue;
                }

                BeTogether();
                while (await WriteAsync(cancellationToken) == MaximumRows)
                {
                    // More is waiting.
                }

                failures = 0;
            }
            catch (OwnershipLostException)
            {
                // They are another dashboard's to tell; this one learns it within a moment, and tells the rest again.
                await Task.Delay(backoff.Next(++failures), timeProvider, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.NotWritten(logger, exception);
                await Task.Delay(backoff.Next(++failures), timeProvider, cancellationToken);
            }
        }
    }

    /// <summary>Nobody reads the rows: they go, so that no later start takes an old one for new.</summary>
    private async Task BeAloneAsync(CancellationToken cancellationToken)
    {
        var owned = ownership.Owned;
        if (_isAlone || owned.Count < Partitions.Count)
        {
            return;
        }

        var ids = live.GetAll().Select(server => server.Id).ToList();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await ownership.CheckAsync(context, owned.TermsOf(ids), cancellationToken);
        await context.LiveRows.Where(row => ids.Contains(row.ServerId)).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _written.Clear();
        _isAlone = true;
    }

    /// <summary>Another dashboard has come: it is told of all.</summary>
    private void BeTogether()
    {
        if (_isAlone)
        {
            _isAlone = false;
            lock (_waiting)
            {
                _waiting.UnionWith(live.GetAll().Select(server => server.Id));
            }
        }
    }

    /// <summary>Stores what is due, at most one transaction of it. The value is how many rows.</summary>
    private async Task<int> WriteAsync(CancellationToken cancellationToken)
    {
        var owned = ownership.Owned;
        var now = timeProvider.GetTimestamp();
        var due = TakeDue(owned, now);
        if (due.Count == 0)
        {
            return 0;
        }

        try
        {
            await StoreAsync(due, owned, now, cancellationToken);
        }
        catch
        {
            lock (_waiting)
            {
                _waiting.UnionWith(due.Select(server => server.Id));
            }

            throw;
        }

        return due.Count;
    }

    private async Task StoreAsync(List<LiveServer> due, OwnedPartitions owned, long now, CancellationToken cancellationToken)
    {
        var snapshots = due.ConvertAll(server => IsSnapshotDue(server, owned, now) ? server.Snapshot : null);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await ownership.CheckAsync(context, owned.TermsOf(due.Select(server => server.Id)), cancellationToken);
        await context.Database.ExecuteSqlRawAsync(
            Store,
            [
                Parameter("ids", NpgsqlDbType.Integer, due.ConvertAll(server => server.Id)),
                Parameter("terms", NpgsqlDbType.Bigint, due.ConvertAll(server => owned.TermOf(server.Id))),
                Parameter("revisions", NpgsqlDbType.Bigint, due.ConvertAll(server => server.Revision)),
                Parameter("rows", NpgsqlDbType.Bytea, due.ConvertAll(LiveRow.Write)),
                Parameter("snapshots", NpgsqlDbType.Bytea, snapshots.ConvertAll(snapshot => snapshot?.ToWire().ToByteArray())),
            ],
            cancellationToken);
        await announcements.TellWithAsync(context, Topics.Rows, due.Select(server => server.Id.ToString(CultureInfo.InvariantCulture)), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        for (var i = 0; i < due.Count; i++)
        {
            var (server, before) = (due[i], _written.GetValueOrDefault(due[i].Id));
            _written[server.Id] = new(server, owned.TermOf(server.Id), now, snapshots[i] ?? before?.Snapshot, snapshots[i] is null && before is not null ? before.SnapshotAt : now);
        }
    }

    private static NpgsqlParameter Parameter<T>(string name, NpgsqlDbType type, List<T> values) => new(name, NpgsqlDbType.Array | type) { Value = values.ToArray() };

    private List<LiveServer> TakeDue(OwnedPartitions owned, long now)
    {
        lock (_waiting)
        {
            _waiting.RemoveWhere(id => !owned.Owns(id));
            var due = _waiting.Select(live.Find).OfType<LiveServer>().Where(server => IsDue(server, owned, now)).Take(MaximumRows).ToList();
            _waiting.RemoveWhere(id => live.Find(id) is null);
            _waiting.ExceptWith(due.Select(server => server.Id));
            return due;
        }
    }

    private bool IsDue(LiveServer server, OwnedPartitions owned, long now) =>
        _written.GetValueOrDefault(server.Id) is not { } last || last.Term != owned.TermOf(server.Id) || !last.Server.LooksLike(server) || timeProvider.GetElapsedTime(last.At, now) >= SameEvery;

    /// <summary>With the row that looks other than before; else it goes now and then: each heartbeat makes a new one.</summary>
    private bool IsSnapshotDue(LiveServer server, OwnedPartitions owned, long now) =>
        _written.GetValueOrDefault(server.Id) is not { } last || last.Term != owned.TermOf(server.Id)
        || (!ReferenceEquals(last.Snapshot, server.Snapshot) && (!last.Server.LooksLike(server) || timeProvider.GetElapsedTime(last.SnapshotAt, now) >= SnapshotEvery));

    private sealed record Written(LiveServer Server, long Term, long At, Snapshot? Snapshot, long SnapshotAt);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The rows of this dashboard's servers couldn't be given to the other dashboards; trying again")]
        public static partial void NotWritten(ILogger logger, Exception exception);
    }
}
