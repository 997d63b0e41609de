using Microsoft.Data.Sqlite;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Storage;

/// <summary>The agent's SQLite file: outgoing events, sync runs, how far logs were read, states seen; the journal of repairs shares the file.</summary>
/// <remarks>
/// Threading: writes go through one gate, one transaction each; reads open their own connection (WAL), so they never wait for a write.
/// Every failure of the file surfaces as a <see cref="StoreException"/>, and nothing half-written stays.
/// </remarks>
public sealed class AgentStore : IDisposable
{
    private const int PruneEvery = 100;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly TimeProvider _timeProvider;
    private readonly string _connectionString;
    private readonly int _maximumKeptEvents;
    private readonly IReadOnlyList<string> _setAside;
    private long _lastSequence;
    private volatile bool _isDisposed;

    public AgentStore(AgentOptions options, TimeProvider timeProvider, ILogger<AgentStore> logger)
    {
        _timeProvider = timeProvider;
        _maximumKeptEvents = options.MaximumKeptEvents;
        Path = System.IO.Path.Combine(options.DataDirectory, "agent.db");
        _connectionString = new SqliteConnectionStringBuilder { DataSource = Path, DefaultTimeout = 5 }.ToString();
        var identity = Guard(() => StoreFile.Prepare(Path, OpenConnection, CloseAll, timeProvider, logger));
        AgentId = identity.AgentId;
        SequenceEpoch = identity.SequenceEpoch;
        _lastSequence = identity.LastSequence;
        _setAside = StoreFile.FindSetAside(Path);
    }

    /// <summary>Raised after events were written, on the writer's thread: a receiver only sets a signal.</summary>
    public event Action? EventsAppended;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>32 hexadecimal digits, made once; kept in a file of its own too, so that it outlives this one.</summary>
    public string AgentId { get; }

    /// <summary>Identifies one life of the event sequence; it changes when the file was lost.</summary>
    public string SequenceEpoch { get; }

    /// <summary>Names of stores before this one that were damaged and lie beside it, newest first; a person deletes them once they were looked at.</summary>
    public IReadOnlyList<string> SetAside => [.. _setAside.Where(name => File.Exists(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, name)))];

    /// <summary>Number of the newest event; 0 before the first.</summary>
    public long LastSequence => Interlocked.Read(ref _lastSequence);

    /// <summary>A new connection to the file: WAL, every commit on disk before it returns, five seconds of patience with a lock.</summary>
    /// <exception cref="ObjectDisposedException">The agent has ended: what still runs of it must not write beside the next one.</exception>
    public SqliteConnection OpenConnection()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -256;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Appends one event and returns its sequence number.</summary>
    /// <exception cref="StoreException">The file cannot be written.</exception>
    public async Task<long> AppendEventAsync(AgentEvent agentEvent, CancellationToken cancellationToken = default) =>
        (await SaveAsync(new StoreBatch { Events = [agentEvent] }, cancellationToken).ConfigureAwait(false)).LastSequence;

    /// <summary>Writes a batch in one transaction.</summary>
    /// <exception cref="StoreException">The file cannot be written; nothing of the batch is.</exception>
    public async Task<StoreOutcome> SaveAsync(StoreBatch batch, CancellationToken cancellationToken = default)
    {
        StoreOutcome outcome;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            outcome = Guard(() => Write(batch));
            Interlocked.Exchange(ref _lastSequence, outcome.LastSequence);
        }
        finally
        {
            _gate.Release();
        }

        if (outcome.EventCount > 0)
        {
            EventsAppended?.Invoke();
        }

        return outcome;
    }

    /// <summary>Events in order from a number on; where older ones are gone, from the oldest that is kept.</summary>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public IReadOnlyList<Wire.AgentEvent> ReadEvents(long fromSequence, int maximum) => Read(connection => connection.Query(
        "SELECT payload FROM events WHERE sequence >= $from ORDER BY sequence LIMIT $maximum",
        reader => Wire.AgentEvent.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0)),
        ("$from", fromSequence),
        ("$maximum", maximum)));

    /// <summary>A page of sync runs, newest first.</summary>
    /// <exception cref="FormatException">The page token is not one of ours.</exception>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public SyncRunPage ListSyncRuns(int pageSize, string pageToken, DateTimeOffset? since)
    {
        var start = PageToken.Parse(pageToken);
        var runs = Read(connection => connection.Query(
            """
            SELECT payload FROM sync_runs
            WHERE (started_at, id) < ($startedAt, $id) AND started_at >= $since
            ORDER BY started_at DESC, id DESC LIMIT $maximum
            """,
            ReadRun,
            ("$startedAt", start.StartedAtTicks),
            ("$id", start.Id),
            ("$since", since?.UtcTicks ?? 0),
            ("$maximum", pageSize + 1)));
        if (runs.Count <= pageSize)
        {
            return new SyncRunPage(runs, "");
        }

        runs.RemoveAt(pageSize);
        return new SyncRunPage(runs, PageToken.After(runs[^1]));
    }

    /// <summary>The newest runs of one source, newest first.</summary>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public IReadOnlyList<SyncRun> ReadNewestRuns(SyncSource source, int maximum) => Read(connection => connection.Query(
        "SELECT payload FROM sync_runs WHERE source = $source ORDER BY started_at DESC, id DESC LIMIT $maximum",
        ReadRun,
        ("$source", (int)source),
        ("$maximum", maximum)));

    /// <summary>
    /// Runs that did not succeed, started after a moment, and for which no evidence was gathered yet; newest first. One that has an end counts once it ended before <paramref name="to"/>;
    /// one that has none once another of its source began, or it began before <paramref name="openTo"/>, and again if its end becomes known.
    /// </summary>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public IReadOnlyList<SyncRun> ReadRunsWithoutEvidence(DateTimeOffset from, DateTimeOffset to, DateTimeOffset openTo, int maximum) => Read(connection =>
    {
        var runs = connection.Query(
            """
            SELECT payload, EXISTS (SELECT 1 FROM run_evidence WHERE run_id = sync_runs.id), EXISTS (SELECT 1 FROM run_evidence WHERE run_id = sync_runs.id || $open)
            FROM sync_runs WHERE started_at >= $from AND started_at <= $to ORDER BY started_at DESC
            """,
            reader => (Run: ReadRun(reader), IsGathered: reader.GetBoolean(1), IsGatheredOpen: reader.GetBoolean(2)),
            ("$open", StoreWriter.OpenMark),
            ("$from", from.UtcTicks),
            ("$to", to.UtcTicks));
        var newest = runs.GroupBy(item => item.Run.Source).ToDictionary(group => group.Key, group => group.Max(item => item.Run.StartedAt));
        return runs
            .Where(item => item.Run.Result is not SyncResult.Succeeded && (item.Run.EndedAt is { } endedAt
                ? !item.IsGathered && endedAt <= to
                : !item.IsGathered && !item.IsGatheredOpen && (item.Run.StartedAt <= openTo || item.Run.StartedAt < newest[item.Run.Source])))
            .Select(item => item.Run)
            .Take(maximum)
            .ToList();
    });

    /// <summary>The newest runs of both sources that started before a moment, newest first.</summary>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public IReadOnlyList<SyncRun> ReadRunsBefore(DateTimeOffset to, int maximum) => Read(connection => connection.Query(
        "SELECT payload FROM sync_runs WHERE started_at <= $to ORDER BY started_at DESC, id DESC LIMIT $maximum",
        ReadRun,
        ("$to", to.UtcTicks),
        ("$maximum", maximum)));

    public LogPosition? ReadLogPosition(string name) => Read(connection =>
        connection.Scalar<string>("SELECT value FROM log_positions WHERE name = $name", ("$name", name)) is { } value ? StoreJson.ReadLogPosition(value) : null);

    public IReadOnlyList<KnownState> ReadStates() => Read(connection => connection.Query(
        "SELECT section, subject, state, since FROM states",
        reader => new KnownState(reader.GetString(0), reader.GetString(1), reader.GetString(2), new DateTimeOffset(reader.GetInt64(3), TimeSpan.Zero))));

    /// <summary>How far the sources of Windows events were taken.</summary>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public IReadOnlyList<EventBookmark> ReadEventBookmarks() => Read(connection => connection.Query(
        "SELECT log, provider, record_id, at FROM event_bookmarks",
        reader => new EventBookmark(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), new DateTimeOffset(reader.GetInt64(3), TimeSpan.Zero))));

    /// <summary>Work on the file that belongs to another class: one write at a time, and its failures in the words of this one.</summary>
    /// <exception cref="StoreException">The file cannot be used.</exception>
    internal async Task<T> WriteAsync<T>(Func<SqliteConnection, T> write, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Read(write);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc cref="WriteAsync"/>
    internal T Read<T>(Func<SqliteConnection, T> query) => Guard(() =>
    {
        using var connection = OpenConnection();
        return query(connection);
    });

    public void Dispose()
    {
        _isDisposed = true;
        _gate.Dispose();
        CloseAll();
    }

    /// <summary>A pooled connection would keep the file open after its last use.</summary>
    private void CloseAll()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private static SyncRun ReadRun(SqliteDataReader reader) => Wire.SyncRun.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0)).ToDomain();

    private StoreOutcome Write(StoreBatch batch)
    {
        using var connection = OpenConnection();
        using var transaction = connection.BeginTransaction(deferred: false);

        // The file is asked too: an agent that was ended a moment ago may have written a last event after this one opened it.
        var before = Math.Max(LastSequence, StoreSchema.ReadLastSequence(connection));
        var writer = new StoreWriter(connection, before, _timeProvider.GetUtcNow());
        var changedRuns = batch.SyncRuns.Where(writer.Upsert).ToList();
        writer.Write(batch.States, batch.RemovedSubjects);
        writer.Write(batch.LogPosition);
        writer.Write(batch.EventBookmark);
        foreach (var agentEvent in batch.Events)
        {
            writer.Append(agentEvent);
        }

        if (writer.LastSequence / PruneEvery != before / PruneEvery)
        {
            connection.Execute("DELETE FROM events WHERE sequence <= $oldest", ("$oldest", writer.LastSequence - _maximumKeptEvents));
        }

        transaction.Commit();
        return new StoreOutcome(writer.LastSequence, (int)(writer.LastSequence - before), changedRuns);
    }

    private T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFile.Explain(Path, exception), exception);
        }
    }
}
