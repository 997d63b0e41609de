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
/// <remarks>Safe for use from several threads: every call opens its own connection. One row a service or pool.</remarks>
internal sealed class OwedStarts(Journal journal, TimeProvider timeProvider)
{
    private readonly PaceClock _clock = new(timeProvider);
    private readonly Channel<bool> _added = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Writes down what is to be started.</summary>
    /// <param name="kind">Services or pools.</param>
    /// <param name="names">In the order of their start.</param>
    /// <param name="why">What stops them, for a person.</param>
    /// <exception cref="SqliteException">The journal cannot be written.</exception>
    public void Add(OwedKind kind, IEnumerable<string> names, string why)
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
        _added.Writer.TryWrite(true);
    }

    /// <summary>Writes it down where the disk takes it: for a restart that must not wait for the disk.</summary>
    public void AddOrGoOn(OwedKind kind, IEnumerable<string> names, string why)
    {
        try
        {
            Add(kind, names, why);
        }
        catch (SqliteException)
        {
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
    public bool IsOwed(OwedKind kind, string name) => Read().Any(start => start.Kind == kind && string.Equals(start.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>It is not owed any more; what was written down since it was read stays.</summary>
    /// <exception cref="SqliteException">The journal cannot be written.</exception>
    public void Forget(OwedStart start)
    {
        using var connection = journal.Open();
        connection.Execute(
            "DELETE FROM owed_starts WHERE kind = $kind AND name = $name AND owed_at = $owedAt", ("$kind", (int)start.Kind), ("$name", start.Name), ("$owedAt", start.OwedAt.Ticks));
    }

    /// <summary>None of these is owed any more.</summary>
    /// <exception cref="SqliteException">The journal cannot be written.</exception>
    public void Forget(OwedKind kind, IEnumerable<string> names)
    {
        using var connection = journal.Open();
        using var transaction = connection.BeginTransaction();
        foreach (var name in names)
        {
            connection.Execute("DELETE FROM owed_starts WHERE kind = $kind AND name = $name", ("$kind", (int)kind), ("$name", name));
        }

        transaction.Commit();
    }

    /// <summary>They run again. Where the disk takes nothing, the next look at what is owed finds that too.</summary>
    public void ForgetOrGoOn(OwedKind kind, params IEnumerable<string> names)
    {
        try
        {
            Forget(kind, names);
        }
        catch (SqliteException)
        {
        }
    }

    /// <summary>Ends when something was added since the last call.</summary>
    public ValueTask<bool> WhenAddedAsync(CancellationToken cancellationToken) => _added.Reader.ReadAsync(cancellationToken);
}
