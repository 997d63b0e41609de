using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>
/// The only writer of the history. Events come through a queue that is bounded in bytes, and are stored in batches, each in one transaction with the cursors that say how
/// far it goes. While the database cannot be written, a batch waits and the queue fills; what finds no room is not lost: the agents keep it, and the links
/// watch again from the stored cursor. What another dashboard has taken meanwhile is given up: it reads the same from the agents. Threading: any thread adds; one loop writes.
/// </summary>
internal sealed partial class HistoryWriter(
    IDbContextFactory<DashboardContext> contexts,
    DatabaseInitializer database,
    StorageHealth health,
    Backoff backoff,
    TimeProvider timeProvider,
    ILogger<HistoryWriter> logger,
    IOwnership? ownership = null) : BackgroundService
{
    private const int MaximumBatch = 500;

    /// <summary>Statuses in one transaction. Between two of them others have their turn: thousands at once would keep people's changes out for as long as they take.</summary>
    internal const int MaximumStatuses = 250;

    /// <summary>Changes of one moment are one transaction.</summary>
    private static readonly TimeSpan CollectFor = TimeSpan.FromMilliseconds(200);

    private readonly IOwnership _ownership = ownership ?? SoleOwnership.Instance;
    private readonly HistoryQueue _items = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private static readonly Counter<long> Items = Instrumentation.Meter.CreateCounter<long>("wsusdashboard.ingest.items", "{item}", "Events of agents that were stored.");

    private readonly ConcurrentDictionary<int, ServerState> _servers = new();
    private readonly ConcurrentDictionary<int, long> _terms = new();
    private readonly ConcurrentDictionary<int, LinkCursor> _cursors = new();
    private readonly ConcurrentDictionary<int, bool> _statuses = new();
    private readonly ConcurrentDictionary<int, bool> _interrupted = new();

    /// <summary>The last server whose status was taken; the next batch goes on behind it, so that servers that change all the time hide no others. Belongs to the loop.</summary>
    private int _lastStatus;

    /// <summary>Repairs have ended, and the history has it. Handlers return at once.</summary>
    public event Action<IReadOnlyList<EndedRun>>? RunsEnded;

    /// <summary>More events of these servers are stored. Handlers return at once.</summary>
    public event Action<IReadOnlyCollection<int>>? CursorsStored;

    /// <summary>True where a link that could not store an event may watch again.</summary>
    public bool HasRoomFor(int serverId) => health.Current.Problem == StorageProblem.None && _items.HasRoomFor(serverId);

    /// <param name="state">A server that this dashboard owns.</param>
    /// <param name="term">The term under which it was loaded.</param>
    public void Add(ServerState state, long term = 0)
    {
        _servers[state.Id] = state;
        _terms[state.Id] = term;
        _cursors.TryAdd(state.Id, LinkCursor.Start);
    }

    public void Remove(int serverId)
    {
        _servers.TryRemove(serverId, out _);
        _terms.TryRemove(serverId, out _);
        _cursors.TryRemove(serverId, out _);
        _statuses.TryRemove(serverId, out _);
    }

    public void SetCursor(int serverId, LinkCursor cursor) => _cursors[serverId] = cursor;

    public LinkCursor GetCursor(int serverId) => _cursors.GetValueOrDefault(serverId, LinkCursor.Start);

    /// <summary>False where there is no room.</summary>
    public bool TryWrite(HistoryItem item)
    {
        var written = _items.TryAdd(item);
        _signal.Writer.TryWrite(true);
        return written;
    }

    /// <summary>Ends when all that was added before is stored, or given up.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        var mark = new FlushItem();
        if (!_items.TryAdd(mark))
        {
            return Task.CompletedTask;
        }

        _signal.Writer.TryWrite(true);
        return mark.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>True once after an event of this server was out of order: its link must watch again.</summary>
    public bool TakeInterrupted(int serverId) => _interrupted.TryRemove(serverId, out _);

    public void MarkStatus(int serverId)
    {
        _statuses[serverId] = true;
        _signal.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            while (await _signal.Reader.WaitToReadAsync(stoppingToken))
            {
                _signal.Reader.TryRead(out _);
                while (await WriteNextAsync(stoppingToken))
                {
                    // As long as a batch was full, more is waiting.
                }

                await Task.Delay(CollectFor, timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await WriteLastAsync();
        }
    }

    /// <summary>What is left in the queue when the dashboard stops; without success the agents have it still.</summary>
    private async Task WriteLastAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2), timeProvider);
            while (TakeBatch() is { IsEmpty: false } batch)
            {
                await StoreAsync(batch, deadline.Token);
            }
        }
        catch (Exception exception)
        {
            Log.LastNotStored(logger, exception);
        }
    }

    private async Task<bool> WriteNextAsync(CancellationToken cancellationToken)
    {
        var batch = TakeBatch();
        if (batch.IsEmpty)
        {
            return false;
        }

        try
        {
            return await WriteAsync(batch, cancellationToken);
        }
        finally
        {
            batch.EndFlushes();
        }
    }

    /// <summary>True where more may be waiting.</summary>
    private async Task<bool> WriteAsync(HistoryBatch batch, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _ownership.WhenConfirmedAsync(cancellationToken);
                if (await StoreAsync(batch, cancellationToken))
                {
                    health.ReportSuccess();
                }

                return batch.Items.Count == MaximumBatch || batch.Statuses.Count == MaximumStatuses;
            }
            catch (OwnershipLostException lost)
            {
                Log.GivenUp(logger, lost.Message);
                batch = batch.Without(lost.Partitions);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                var problem = StorageFault.Of(exception);
                if (problem == StorageProblem.None && !batch.IsSingle)
                {
                    // Not the storage: something in this batch. One by one, so that only the culprit is lost, and named.
                    return await WriteOneByOneAsync(batch, cancellationToken);
                }

                if (problem == StorageProblem.None)
                {
                    Log.Skipped(logger, batch.Items.Count > 0 ? batch.Items[0].ToString() : $"status of server {batch.Statuses[0]}", exception);
                    return batch.Items is [EventItem { IsPlaceholder: false } lost] && await WriteAsync(new([lost.ToPlaceholder(exception.Message)], []), cancellationToken);
                }

                health.ReportFailure(problem);
                Log.NotStored(logger, batch.Items.Count, attempt, exception);
                await Task.Delay(backoff.Next(attempt), timeProvider, cancellationToken);
            }
        }
    }

    private async Task<bool> WriteOneByOneAsync(HistoryBatch batch, CancellationToken cancellationToken)
    {
        foreach (var single in batch.Split())
        {
            await WriteAsync(single, cancellationToken);
        }

        return true;
    }

    private HistoryBatch TakeBatch()
    {
        var items = new List<HistoryItem>();
        while (items.Count < MaximumBatch && _items.TryTake(out var item))
        {
            items.Add(item);
        }

        var statuses = _statuses.Keys.OrderBy(id => id <= _lastStatus).ThenBy(id => id).Take(MaximumStatuses).ToList();
        foreach (var id in statuses)
        {
            _statuses.TryRemove(id, out _);
            _lastStatus = id;
        }

        return new(items, statuses);
    }

    /// <summary>False where nothing had to be written.</summary>
    private async Task<bool> StoreAsync(HistoryBatch batch, CancellationToken cancellationToken)
    {
        // What isn't here any more has gone to another dashboard, or was removed.
        var terms = new Dictionary<int, long>();
        batch = _ownership.IsShared ? batch.Where(id => terms.ContainsKey(id) || (_servers.ContainsKey(id) && _terms.TryGetValue(id, out var term) && terms.TryAdd(id, term))) : batch;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var transaction = new HistoryTransaction(context, _servers, GetCursor, timeProvider.GetUtcNow(), _ownership, serverId => terms.GetValueOrDefault(serverId));
        var isWritten = await transaction.StoreAsync(batch, cancellationToken);
        foreach (var (serverId, cursor) in transaction.Cursors.Where(entry => !_ownership.IsShared || _servers.ContainsKey(entry.Key)))
        {
            _cursors[serverId] = cursor;
        }

        Items.Add(batch.Items.Count);
        foreach (var serverId in transaction.Interrupted)
        {
            _interrupted[serverId] = true;
        }

        if (transaction.Cursors.Count > 0)
        {
            CursorsStored?.Invoke([.. transaction.Cursors.Keys]);
        }

        if (transaction.EndedRuns.Count > 0)
        {
            RunsEnded?.Invoke(transaction.EndedRuns);
        }

        return isWritten;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Count} events couldn't be stored (attempt {Attempt}); trying again")]
        public static partial void NotStored(ILogger logger, int count, int attempt, Exception exception);

        [LoggerMessage(4, LogLevel.Warning, "Nothing more is stored of servers that have gone to another dashboard. {Reason}")]
        public static partial void GivenUp(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Error, "This couldn't be stored and is skipped: {Item}")]
        public static partial void Skipped(ILogger logger, string? item, Exception exception);

        [LoggerMessage(3, LogLevel.Warning, "The last events couldn't be stored before shutdown; the agents will send them again")]
        public static partial void LastNotStored(ILogger logger, Exception exception);
    }
}

/// <summary>What one transaction stores.</summary>
internal sealed record HistoryBatch(IReadOnlyList<HistoryItem> Items, IReadOnlyList<int> Statuses)
{
    public bool IsEmpty => Items.Count == 0 && Statuses.Count == 0;

    public bool IsSingle => Items.Count + Statuses.Count == 1;

    /// <summary>What of it is of such servers.</summary>
    public HistoryBatch Where(Func<int, bool> isKept) => new([.. Items.Where(item => isKept(item.ServerId))], [.. Statuses.Where(isKept)]);

    public HistoryBatch Without(IReadOnlyList<int> partitions) => Where(serverId => !partitions.Contains(Partitions.Of(serverId)));

    /// <summary>Tells those who wait for what came before them.</summary>
    public void EndFlushes()
    {
        foreach (var flush in Items.OfType<FlushItem>())
        {
            flush.Done.TrySetResult();
        }
    }

    public IEnumerable<HistoryBatch> Split() =>
        Items.Select(item => new HistoryBatch([item], [])).Concat(Statuses.Select(status => new HistoryBatch([], [status])));
}
