using System.Threading.Channels;
using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent.Repairs;

/// <summary>A service that a restart has stopped, or asked to stop, and has not started again.</summary>
/// <param name="Name">The service.</param>
/// <param name="OwedAt">UTC; services of one restart have the same.</param>
/// <param name="Why">What stopped it, for a person.</param>
internal sealed record OwedStart(string Name, DateTimeOffset OwedAt, string Why);

/// <summary>
/// Services whose stop takes longer than their restart waits. SMS_EXECUTIVE may need more than ten minutes, and a restart that only gives up leaves the site down
/// from the moment at which it has stopped; so the start is written down, and carried out whatever becomes of the agent meanwhile.
/// </summary>
/// <remarks>Safe for use from several threads: every call opens its own connection. One row a service.</remarks>
internal sealed class OwedStarts(Journal journal, TimeProvider timeProvider)
{
    private readonly Channel<bool> _added = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Writes down what is to be started.</summary>
    /// <param name="names">In the order of their start.</param>
    /// <param name="why">What stopped them, for a person.</param>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The journal cannot be written.</exception>
    public void Add(IEnumerable<string> names, string why)
    {
        var owedAt = timeProvider.GetUtcNow().UtcTicks;
        using var connection = journal.Open();
        using var transaction = connection.BeginTransaction();
        foreach (var (position, name) in names.Index())
        {
            connection.Execute(
                """
                INSERT INTO owed_start (name, position, owed_at, why) VALUES ($name, $position, $owedAt, $why)
                ON CONFLICT (name) DO UPDATE SET position = $position, owed_at = $owedAt, why = $why
                """,
                ("$name", name), ("$position", position), ("$owedAt", owedAt), ("$why", why));
        }

        transaction.Commit();
        _added.Writer.TryWrite(true);
    }

    /// <summary>What is owed, each restart in the order of its starts.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The journal cannot be read.</exception>
    public IReadOnlyList<OwedStart> Read()
    {
        using var connection = journal.Open();
        return connection.Query(
            "SELECT name, owed_at, why FROM owed_start ORDER BY owed_at, position",
            reader => new OwedStart(reader.GetString(0), new DateTimeOffset(reader.GetInt64(1), TimeSpan.Zero), reader.GetString(2)));
    }

    /// <summary>It is not owed any more; what was written down since it was read stays.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The journal cannot be written.</exception>
    public void Forget(OwedStart start)
    {
        using var connection = journal.Open();
        connection.Execute("DELETE FROM owed_start WHERE name = $name AND owed_at = $owedAt", ("$name", start.Name), ("$owedAt", start.OwedAt.UtcTicks));
    }

    /// <summary>None of these is owed any more.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The journal cannot be written.</exception>
    public void Forget(IEnumerable<string> names)
    {
        using var connection = journal.Open();
        using var transaction = connection.BeginTransaction();
        foreach (var name in names)
        {
            connection.Execute("DELETE FROM owed_start WHERE name = $name", ("$name", name));
        }

        transaction.Commit();
    }

    /// <summary>Ends when something was added since the last call.</summary>
    public ValueTask<bool> WhenAddedAsync(CancellationToken cancellationToken) => _added.Reader.ReadAsync(cancellationToken);
}
