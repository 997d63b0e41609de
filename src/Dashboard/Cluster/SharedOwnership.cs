using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using WsusDashboard.Dashboard.Data;

namespace WsusDashboard.Dashboard.Cluster;

/// <summary>
/// Shares the fleet with the other dashboards of a PostgreSQL database: a partition is owned by whoever has its lock, which lives as long as the connection, and each taking of it begins a new term. A lock
/// alone can't keep an owner that was frozen or cut off from going on; so every write checks the term in its own transaction, and nothing is written or commanded while no answer of the database is younger
/// than two seconds. A dashboard that lost the database goes on reading from its agents, and takes the same partitions again.
/// Threading: one loop takes and gives; what others read is immutable.
/// </summary>
internal sealed partial class SharedOwnership(DatabaseProvider database, DashboardInstance self, Announcements announcements, StorageHealth health, TimeProvider timeProvider, ILogger<SharedOwnership> logger) : IOwnership
{
    /// <summary>Half of what the database waits before it lets the locks of a silent dashboard go.</summary>
    internal static readonly TimeSpan ConfirmedFor = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WaitAfterFailure = TimeSpan.FromMilliseconds(200);

    /// <summary>After the database was away, each dashboard takes what it had before others may.</summary>
    private static readonly TimeSpan Precedence = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(8);

    /// <summary>So many partitions leave at a time: the others have the first of them while the last still go on here, and no server waits for all.</summary>
    private const int LeavingAtOnce = 8;

    /// <summary>So many go from each to one that joins: it has often just started, and whatever it does for the first time is slow.</summary>
    private const int SharedAtOnce = 1;

    private const string Check = """SELECT p."Id" FROM "Partitions" AS p JOIN unnest(@ids, @terms) AS t (id, term) ON p."Id" = t.id AND p."Term" = t.term ORDER BY p."Id" FOR SHARE OF p""";

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Partitions with their terms; belongs to the loop. Without a connection they stay: each is ours until another term is written.</summary>
    private readonly SortedDictionary<int, Held> _held = [];

    private volatile OwnedPartitions _owned = OwnedPartitions.None;
    private volatile ClusterView _view = new(1, 1, Partitions.Count, IsDrained: false);
    private volatile Heartbeat? _heartbeat;
    private bool _isAway;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? _mayTakeFrom;
    private bool _hasBegun;
    private bool _isEnding;

    public bool IsShared => true;

    public OwnedPartitions Owned => _owned;

    public ClusterView View => _view;

    /// <summary>By two clocks: the steady one stands still while a computer sleeps, the other one may be set.</summary>
    public bool IsConfirmed => _heartbeat is { } last && timeProvider.GetElapsedTime(last.Sent) <= ConfirmedFor && timeProvider.GetUtcNow() - last.At <= ConfirmedFor;

    public Task WhenConfirmedAsync(CancellationToken cancellationToken) => WhenAsync(() => IsConfirmed, cancellationToken);

    public Task WhenOwnedAsync(Func<OwnedPartitions, bool> isSo, CancellationToken cancellationToken) => WhenAsync(() => isSo(_owned), cancellationToken);

    public async Task CheckAsync(DbContext context, IReadOnlyDictionary<int, long> terms, CancellationToken cancellationToken)
    {
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = Check;
        command.Transaction = context.Database.CurrentTransaction is { } transaction ? Microsoft.EntityFrameworkCore.Storage.DbContextTransactionExtensions.GetDbTransaction(transaction) : throw new InvalidOperationException("A term is held until the end of a transaction, and there is none.");
        command.Parameters.Add(new NpgsqlParameter("ids", NpgsqlDbType.Array | NpgsqlDbType.Integer) { Value = terms.Keys.ToArray() });
        command.Parameters.Add(new NpgsqlParameter("terms", NpgsqlDbType.Array | NpgsqlDbType.Bigint) { Value = terms.Values.ToArray() });
        var held = new HashSet<int>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                held.Add(reader.GetInt32(0));
            }
        }

        if (held.Count < terms.Count)
        {
            throw new OwnershipLostException([.. terms.Keys.Where(partition => !held.Contains(partition)).Order()]);
        }
    }

    public async Task RunAsync(Func<OwnershipChange, CancellationToken, Task> apply, CancellationToken cancellationToken)
    {
        // Each partition comes and goes at most once before the loop looks again.
        var changes = Channel.CreateBounded<Change>(new BoundedChannelOptions(4 * (Partitions.Count + 1)) { SingleReader = true });
        using var ending = new CancellationTokenSource();
        var applying = ApplyAsync(changes.Reader, apply, ending.Token);
        using var listening = announcements.On(Topics.Ownership, _ => _wake.Writer.TryWrite(true));
        try
        {
            await LoopAsync(changes.Writer, applying, cancellationToken);
        }
        finally
        {
            changes.Writer.TryComplete();
            ending.CancelAfter(LongestLeave);
            await applying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WhenAsync(Func<bool> isSo, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = Volatile.Read(ref _changed).Task;
            if (isSo())
            {
                return;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    private async Task LoopAsync(ChannelWriter<Change> changes, Task applying, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await using var session = await PartitionSession.OpenAsync(database, self, cancellationToken);
                _mayTakeFrom = _held.Count > 0 ? timeProvider.GetTimestamp() : null;
                try
                {
                    while (!applying.IsCompleted)
                    {
                        await LookAsync(session, changes, cancellationToken);
                        await WaitAsync(cancellationToken);
                    }

                    await applying;
                }
                finally
                {
                    if (cancellationToken.IsCancellationRequested)
                    {
                        await EndAsync(session, changes);
                    }
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or System.IO.IOException && !cancellationToken.IsCancellationRequested)
            {
                _heartbeat = null;
                if (!_isAway)
                {
                    _isAway = true;
                    Log.Disconnected(logger, exception.Message);
                }

                foreach (var held in _held.Values)
                {
                    held.IsLocked = false;
                }

                health.ReportFailure(StorageFault.Of(exception) is var problem and not (StorageProblem.None or StorageProblem.Other) ? problem : StorageProblem.Unreachable);
                await Task.Delay(WaitAfterFailure, timeProvider, cancellationToken);
            }
        }
    }

    private async Task LookAsync(PartitionSession session, ChannelWriter<Change> changes, CancellationToken cancellationToken)
    {
        foreach (var partition in await session.TryLockAsync([.. _held.Where(held => !held.Value.IsLocked).Select(held => held.Key)], cancellationToken))
        {
            _held[partition].IsLocked = true;
        }

        var (sent, at) = (timeProvider.GetTimestamp(), timeProvider.GetUtcNow());
        var beat = await session.BeatAsync(_isEnding, cancellationToken);

        // Where only drained ones are left, they go on: a fleet that nobody watches is worse. Who is confirmed has seen who else there is.
        var sharers = beat.Takers > 0 ? beat.Takers : beat.Staying;
        _view = new(beat.Dashboards, Math.Max(1, sharers), Enumerable.Range(0, Partitions.Count).Count(partition => !beat.Locked.Contains(partition)), beat.IsDrained && beat.Takers > 0);
        _heartbeat = new(sent, at);
        health.ReportReached();
        if (_isAway)
        {
            _isAway = false;
            Log.Back(logger);
        }

        Signal();

        await DropLostAsync(session, beat, changes, cancellationToken);
        await DropLeftAsync(session, cancellationToken);
        var staying = _held.Where(held => held.Key != Partitions.WholeFleet && held.Value.Leaving is null).Select(held => held.Key).ToList();
        var fair = _isEnding ? 0 : _view.Share;
        if (fair == 0 && _held.TryGetValue(Partitions.WholeFleet, out var whole) && whole.Leaving is null)
        {
            staying.Add(Partitions.WholeFleet);
        }

        if (staying.Count > fair)
        {
            var atOnce = fair > 0 ? SharedAtOnce : LeavingAtOnce;
            var places = sharers > 0 ? atOnce - _held.Count(held => held.Value.Leaving is not null) : staying.Count;
            await BeginToLeaveAsync([.. staying.Skip(fair).Take(places)], changes, cancellationToken);
        }
        else if (fair > 0 && (_mayTakeFrom is not { } since || timeProvider.GetElapsedTime(since) >= Precedence))
        {
            await TakeAsync(session, beat, fair - staying.Count, changes, cancellationToken);
        }

        if (!_hasBegun)
        {
            // Nothing came, and that is an answer too.
            _hasBegun = true;
            await changes.WriteAsync(new(new([], IsGained: true), null), cancellationToken);
        }
    }

    /// <summary>Another dashboard took them while this one was away.</summary>
    private async Task DropLostAsync(PartitionSession session, ClusterBeat beat, ChannelWriter<Change> changes, CancellationToken cancellationToken)
    {
        var lost = _held.Where(held => beat.Terms.GetValueOrDefault(held.Key) != held.Value.Term).ToList();
        if (lost.Count == 0)
        {
            return;
        }

        foreach (var partition in lost.Select(held => held.Key))
        {
            _held.Remove(partition);
        }

        Publish(_owned.Without(lost.Select(held => held.Key)));
        Log.Lost(logger, lost.Count);
        await changes.WriteAsync(new(new([.. lost.Select(held => held.Key)], IsGained: false), null), cancellationToken);
        await session.UnlockAsync([.. lost.Where(held => held.Value.IsLocked).Select(held => held.Key)], cancellationToken);
    }

    /// <summary>What was asked to end here has ended: others may have it.</summary>
    private async Task DropLeftAsync(PartitionSession session, CancellationToken cancellationToken)
    {
        var left = _held.Where(held => held.Value.Leaving is { IsCompleted: true }).Select(held => held.Key).ToList();
        if (left.Count > 0)
        {
            await session.UnlockAsync([.. left.Where(partition => _held[partition].IsLocked)], cancellationToken);
            left.ForEach(partition => _held.Remove(partition));

            // At once, not with what else is told: nobody watches these servers.
            await session.NotifyAsync(Announcements.Channel, announcements.Compose(Topics.Ownership, "left"), cancellationToken);
        }
    }

    private async Task BeginToLeaveAsync(IReadOnlyList<int> partitions, ChannelWriter<Change> changes, CancellationToken cancellationToken)
    {
        if (partitions.Count == 0)
        {
            return;
        }

        var applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var partition in partitions)
        {
            _held[partition].Leaving = applied.Task;
        }

        Publish(_owned.Without(partitions));
        Log.Leaving(logger, partitions.Count);
        await changes.WriteAsync(new(new(partitions, IsGained: false), applied), cancellationToken);
    }

    private async Task TakeAsync(PartitionSession session, ClusterBeat beat, int wanted, ChannelWriter<Change> changes, CancellationToken cancellationToken)
    {
        var free = Enumerable.Range(0, Partitions.Count).Where(partition => !beat.Locked.Contains(partition) && !_held.ContainsKey(partition)).Take(wanted).ToList();
        if (!beat.Locked.Contains(Partitions.WholeFleet) && !_held.ContainsKey(Partitions.WholeFleet))
        {
            free.Add(Partitions.WholeFleet);
        }

        var locked = await session.TryLockAsync(free, cancellationToken);
        if (locked.Count == 0)
        {
            return;
        }

        var terms = await session.BeginTermsAsync(locked, cancellationToken);
        await session.UnlockAsync([.. locked.Where(partition => !terms.ContainsKey(partition))], cancellationToken);
        foreach (var (partition, term) in terms)
        {
            _held[partition] = new(term) { IsLocked = true };
        }

        Publish(_owned.With(terms));
        Log.Taken(logger, terms.Count);
        _hasBegun = true;
        await changes.WriteAsync(new(new([.. terms.Keys.Order()], IsGained: true), null), cancellationToken);
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = _wake.Reader.ReadAsync(limit.Token).AsTask();
        await Task.WhenAny(woken, Task.Delay(Interval, timeProvider, limit.Token));
        await limit.CancelAsync();
        await ((Task)woken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>The dashboard stops: from now on it isn't counted, and part by part what goes on here ends and becomes the others'. Nobody waits longer than a moment.</summary>
    private async Task EndAsync(PartitionSession session, ChannelWriter<Change> changes)
    {
        using var limit = new CancellationTokenSource(LongestLeave, timeProvider);
        try
        {
            _isEnding = true;
            await LookAsync(session, changes, limit.Token);
            while (_held.Count > 0)
            {
                await WaitAsync(limit.Token);
                await LookAsync(session, changes, limit.Token);
            }

            await session.LeaveAsync(limit.Token);
            await session.NotifyAsync(Announcements.Channel, announcements.Compose(Topics.Ownership, "left"), limit.Token);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or InvalidOperationException or TimeoutException or System.IO.IOException or ChannelClosedException)
        {
            // The locks go with the connection.
            Log.Disconnected(logger, exception.Message);
        }

        _held.Clear();
        Publish(OwnedPartitions.None);
    }

    private async Task ApplyAsync(ChannelReader<Change> changes, Func<OwnershipChange, CancellationToken, Task> apply, CancellationToken cancellationToken)
    {
        await foreach (var change in changes.ReadAllAsync(cancellationToken))
        {
            try
            {
                await apply(change.What, cancellationToken);
            }
            finally
            {
                change.Applied?.TrySetResult();
                _wake.Writer.TryWrite(true);
            }
        }
    }

    private void Publish(OwnedPartitions owned)
    {
        _owned = owned;
        Signal();
    }

    private void Signal() => Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private sealed class Held(long term)
    {
        public long Term => term;

        public bool IsLocked { get; set; }

        /// <summary>Ends when nothing is done with it here any more; null while it stays.</summary>
        public Task? Leaving { get; set; }
    }

    private sealed record Heartbeat(long Sent, DateTimeOffset At);

    private sealed record Change(OwnershipChange What, TaskCompletionSource? Applied);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Took {Count} partitions of the fleet")]
        public static partial void Taken(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Information, "Giving {Count} partitions of the fleet to another dashboard")]
        public static partial void Leaving(ILogger logger, int count);

        [LoggerMessage(3, LogLevel.Warning, "Another dashboard has taken {Count} partitions of the fleet")]
        public static partial void Lost(ILogger logger, int count);

        [LoggerMessage(4, LogLevel.Warning, "The connection that holds this dashboard's share of the fleet is gone: nothing is written and no command is sent until it's back. {Reason}")]
        public static partial void Disconnected(ILogger logger, string reason);

        [LoggerMessage(5, LogLevel.Information, "The connection that holds this dashboard's share of the fleet is back.")]
        public static partial void Back(ILogger logger);
    }
}
