using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent.Repairs;

/// <summary>What is to be started again; the number stands in the journal.</summary>
internal enum OwedKind
{
    Service = 0,
    Pool = 1,
}

/// <summary>A service or an application pool that the agent has stopped, or asked to stop, and has not started again.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Of the service or pool.</param>
/// <param name="OwedAt">On the <see cref="PaceClock"/>; services of one restart have the same.</param>
/// <param name="Age">How long it has been owed at the reading, whatever the server's clock was set to.</param>
/// <param name="Why">What stopped it, for a person.</param>
internal sealed record OwedStart(OwedKind Kind, string Name, TimeSpan OwedAt, TimeSpan Age, string Why);

/// <summary>
/// What a restart of the agent stops. SMS_EXECUTIVE may need more than ten minutes to stop and a pool's worker minutes to end, and a restart that only gives up
/// leaves the server down from then on; so the start is written down before the stop, and carried out whatever becomes of the agent meanwhile. What was stopped
/// before the restart came is never owed: whoever stopped it wants it so.
/// </summary>
/// <remarks>Safe for use from several threads: every call opens its own connection, and one writes at a time. One row a service or pool, and the same in a file beside it.</remarks>
internal sealed class OwedStarts(Journal journal, OwedStartFile file, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly PaceClock _clock = new(timeProvider);
    private readonly Channel<bool> _added = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Writes down what is to be started.</summary>
    /// <param name="kind">Services or pools.</param>
    /// <param name="names">In the order of their start.</param>
    /// <param name="why">What stops them, for a person.</param>
    /// <exception cref="SqliteException">The journal cannot be written.</exception>
    /// <exception cref="StoreException">The file beside it cannot be written.</exception>
    public void Add(OwedKind kind, IEnumerable<string> names, string why)
    {
        lock (_gate)
        {
            AddToJournal(kind, names, why);
            file.Write(Read());
        }

        _added.Writer.TryWrite(true);
    }

    /// <summary>Writes it down where the disk takes it: for a restart that must not wait for the disk.</summary>
    public void AddOrGoOn(OwedKind kind, IEnumerable<string> names, string why)
    {
        try
        {
            Add(kind, names, why);
        }
        catch (Exception exception) when (exception is SqliteException or StoreException)
        {
        }
    }

    /// <summary>At the start of the agent: what a store that was lost has owed is owed by this one, from now on.</summary>
    /// <exception cref="SqliteException">The journal cannot be written.</exception>
    /// <exception cref="StoreException">The file beside it cannot be written.</exception>
    public void TakeBack()
    {
        var known = Read();
        foreach (var restart in file.Read().Where(kept => !known.Any(start => Is(start, kept.Kind, kept.Name))).GroupBy(kept => (kept.Kind, kept.Why)))
        {
            Add(restart.Key.Kind, restart.Select(kept => kept.Name), restart.Key.Why);
        }
    }

    /// <summary>What is owed, each restart in the order of its starts.</summary>
    /// <exception cref="SqliteException">The journal cannot be read.</exception>
    public IReadOnlyList<OwedStart> Read()
    {
        using var connection = journal.Open();
        var passed = _clock.Read(connection);
        return connection.Query(
            "SELECT kind, name, owed_at, why FROM owed_starts ORDER BY owed_at, kind, position",
            reader => new OwedStart((OwedKind)reader.GetInt32(0), reader.GetString(1), new TimeSpan(reader.GetInt64(2)), passed - new TimeSpan(reader.GetInt64(2)), reader.GetString(3)));
    }

    /// <exception cref="SqliteException">The journal cannot be read.</exception>
    public bool IsOwed(OwedKind kind, string name) => Read().Any(start => Is(start, kind, name));

    /// <summary>It is not owed any more; what was written down since it was read stays.</summary>
    /// <exception cref="SqliteException">The journal cannot be written.</exception>
    /// <exception cref="StoreException">The file beside it cannot be written.</exception>
    public void Forget(OwedStart start) => Forget(owed => Is(owed, start.Kind, start.Name) && owed.OwedAt == start.OwedAt);

    /// <summary>None of these is owed any more.</summary>
    /// <exception cref="SqliteException">The journal cannot be written.</exception>
    /// <exception cref="StoreException">The file beside it cannot be written.</exception>
    public void Forget(OwedKind kind, IEnumerable<string> names)
    {
        var settled = names.ToList();
        Forget(owed => settled.Exists(name => Is(owed, kind, name)));
    }

    /// <summary>They run again. Where the disk takes nothing, the next look at what is owed finds that too.</summary>
    public void ForgetOrGoOn(OwedKind kind, params IEnumerable<string> names)
    {
        try
        {
            Forget(kind, names);
        }
        catch (Exception exception) when (exception is SqliteException or StoreException)
        {
        }
    }

    /// <summary>Ends when something was added since the last call.</summary>
    public ValueTask<bool> WhenAddedAsync(CancellationToken cancellationToken) => _added.Reader.ReadAsync(cancellationToken);

    private static bool Is(OwedStart start, OwedKind kind, string name) => start.Kind == kind && string.Equals(start.Name, name, StringComparison.OrdinalIgnoreCase);

    private void AddToJournal(OwedKind kind, IEnumerable<string> names, string why)
    {
        using var connection = journal.Open();
        using var transaction = connection.BeginTransaction();
        var owedAt = _clock.GoOn(connection).Ticks;
        foreach (var (position, name) in names.Index())
        {
            connection.Execute(
                """
                INSERT INTO owed_starts (kind, name, position, owed_at, why) VALUES ($kind, $name, $position, $owedAt, $why)
                ON CONFLICT (kind, name) DO UPDATE SET position = $position, owed_at = $owedAt, why = $why
                """,
                ("$kind", (int)kind), ("$name", name), ("$position", position), ("$owedAt", owedAt), ("$why", why));
        }

        transaction.Commit();
    }

    private void Forget(Func<OwedStart, bool> isSettled)
    {
        lock (_gate)
        {
            var settled = Read().ToLookup(isSettled);
            if (!settled[true].Any())
            {
                return;
            }

            file.Write(settled[false]);
            using var connection = journal.Open();
            using var transaction = connection.BeginTransaction();
            foreach (var start in settled[true])
            {
                connection.Execute("DELETE FROM owed_starts WHERE kind = $kind AND name = $name", ("$kind", (int)start.Kind), ("$name", start.Name));
            }

            transaction.Commit();
        }
    }
}
