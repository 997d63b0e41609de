using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent.Security.Commands;

/// <summary>A command that was sent before with the same key.</summary>
/// <param name="Content">Hash of what it asked for.</param>
/// <param name="Answer">The first answer; null where there is none (yet).</param>
/// <param name="Failure">Why it was not carried out; null where it was, or where it goes on.</param>
/// <param name="Message">The message of the failure.</param>
internal sealed record SeenCommand(string Content, byte[]? Answer, VerbFailure? Failure, string Message);

/// <summary>The keys of the commands of hubs, in the agent's SQLite file until they have expired: after a restart too a command is carried out once.</summary>
/// <remarks>Safe for use from several threads; every call opens its own connection.</remarks>
internal sealed class SeenCommands(AgentStore store, TimeProvider timeProvider)
{
    // Each lives for minutes; a hub that sends more has lost its way.
    private const int MaximumKept = 10_000;

    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS seen_commands (
            hub TEXT NOT NULL, key TEXT NOT NULL, content TEXT NOT NULL, keep_until INTEGER NOT NULL, answer BLOB, failure INTEGER, message TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (hub, key)) WITHOUT ROWID;
        """;

    /// <summary>Notes a command before it is carried out; the one of before where the key was used already.</summary>
    public SeenCommand? Begin(string hub, string key, string content, DateTimeOffset keepUntil) => JournalGuard.Read(() =>
    {
        using var connection = store.OpenConnection();
        connection.Execute(Schema);
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute("DELETE FROM seen_commands WHERE keep_until < $now", ("$now", timeProvider.GetUtcNow().UtcTicks));
        if (Find(connection, hub, key) is { } seen)
        {
            transaction.Commit();
            return seen;
        }

        if (connection.Scalar<long>("SELECT COUNT(*) FROM seen_commands") >= MaximumKept)
        {
            throw new VerbException(VerbFailure.Unavailable, $"The agent has taken {MaximumKept} commands within minutes and takes no more for now. Nothing was started.");
        }

        connection.Execute(
            "INSERT INTO seen_commands (hub, key, content, keep_until) VALUES ($hub, $key, $content, $until)",
            ("$hub", hub), ("$key", key), ("$content", content), ("$until", keepUntil.UtcTicks));
        transaction.Commit();
        return null;
    });

    /// <summary>Keeps the answer for whoever asks again with the same key.</summary>
    public void Answer(string hub, string key, byte[] answer) =>
        Update("UPDATE seen_commands SET answer = $answer WHERE hub = $hub AND key = $key", ("$answer", answer), ("$hub", hub), ("$key", key));

    /// <summary>Keeps why it was not carried out.</summary>
    public void Fail(string hub, string key, VerbFailure failure, string message) =>
        Update("UPDATE seen_commands SET failure = $failure, message = $message WHERE hub = $hub AND key = $key", ("$failure", (int)failure), ("$message", message), ("$hub", hub), ("$key", key));

    private static SeenCommand? Find(SqliteConnection connection, string hub, string key) => connection.Query(
        "SELECT content, answer, failure, message FROM seen_commands WHERE hub = $hub AND key = $key",
        reader => new SeenCommand(
            reader.GetString(0),
            reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1),
            reader.IsDBNull(2) ? null : (VerbFailure)reader.GetInt32(2),
            reader.GetString(3)),
        ("$hub", hub),
        ("$key", key)).FirstOrDefault();

    private void Update(string sql, params (string Name, object? Value)[] parameters) => JournalGuard.Read(() =>
    {
        using var connection = store.OpenConnection();
        return connection.Execute(sql, parameters);
    });
}
