using Google.Protobuf;
using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent.Commands;

/// <summary>A command that was sent before with the same key.</summary>
/// <param name="RepairId">The repair that it started; null where it started none.</param>
/// <param name="Answer">The first answer; null where there is none (yet).</param>
/// <param name="Failure">Why it was not carried out; null where it was, or where it goes on.</param>
/// <param name="Message">The message of the failure.</param>
internal sealed record KnownCommand(string? RepairId, byte[]? Answer, CommandFailure? Failure, string Message);

/// <summary>The keys of commands, in the agent's SQLite file until they have expired: after a restart too a command is carried out once.</summary>
/// <remarks>Safe for use from several threads; every call opens its own connection, one after the other. The journal writes a repair and its key in one transaction.</remarks>
internal sealed class IdempotencyKeys(Journal journal, TimeProvider timeProvider)
{
    /// <summary>Keys of one hub, or of this server itself. Each lives for minutes; a hub that sends more has lost its way, and takes nobody else's place. Those of repairs live longer and don't count.</summary>
    public const int MaximumKeptOfHub = 2_000;

    private readonly JournalTurn _turn = new();

    /// <summary>Notes a command before it is carried out.</summary>
    /// <param name="command">A checked command.</param>
    /// <param name="known">The command of before, where the key was used already; else null.</param>
    /// <returns>Its key; null where it has none.</returns>
    /// <exception cref="CommandException">The key was used for another request, or no more keys are taken.</exception>
    public CommandKey? Begin(AgentCommand command, out KnownCommand? known)
    {
        var key = command.Key(timeProvider.GetUtcNow());
        known = key is null ? null : _turn.Take(() => Begin(key));
        return key;
    }

    /// <summary>Keeps the answer for whoever asks again with the same key.</summary>
    public void Answer(AgentCommand command, CommandKey? key, IMessage answer) => Keep(command, key, "answer = $answer", ("$answer", answer.ToByteArray()));

    /// <summary>Keeps why it was not carried out.</summary>
    public void Fail(AgentCommand command, CommandKey? key, CommandException failure) =>
        Keep(command, key, "failure = $failure, message = $message", ("$failure", (int)failure.Failure), ("$message", failure.Message));

    private KnownCommand? Begin(CommandKey key)
    {
        using var connection = journal.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute("DELETE FROM command_key WHERE keep_until < $now", ("$now", timeProvider.GetUtcNow().UtcTicks));
        if (Find(connection, key) is { } seen)
        {
            transaction.Commit();
            return seen.Content == key.Content
                ? seen.Command
                : throw new CommandException(CommandFailure.Conflict, $"This idempotency key was already used for another request{(seen.Command.RepairId is { } id ? $" (repair {id})" : "")}. Nothing was started; use a new key.");
        }

        if (connection.Scalar<long>("SELECT COUNT(*) FROM command_key WHERE repair IS NULL AND hub = $hub", ("$hub", key.Hub)) >= MaximumKeptOfHub)
        {
            throw new CommandException(CommandFailure.Unavailable, $"The agent received {MaximumKeptOfHub} commands from this dashboard within minutes and accepts no more for now. Nothing was started; try again later.");
        }

        connection.Execute(
            "INSERT INTO command_key (hub, key, content, keep_until) VALUES ($hub, $key, $content, $until)",
            ("$hub", key.Hub), ("$key", key.Key), ("$content", key.Content), ("$until", key.KeepUntil.UtcTicks));
        transaction.Commit();
        return null;
    }

    private static (string Content, KnownCommand Command)? Find(SqliteConnection connection, CommandKey key)
    {
        var found = connection.Query(
            "SELECT content, repair, answer, failure, message FROM command_key WHERE hub = $hub AND key = $key",
            reader => (reader.GetString(0), new KnownCommand(
                reader.IsDBNull(1) ? null : reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2),
                reader.IsDBNull(3) ? null : (CommandFailure)reader.GetInt32(3),
                reader.GetString(4))),
            ("$hub", key.Hub),
            ("$key", key.Key));
        return found.Count == 0 ? null : found[0];
    }

    private void Keep(AgentCommand command, CommandKey? key, string columns, params (string Name, object? Value)[] values)
    {
        // A repair is answered from the journal, as it is then; one that was refused may be asked for again.
        if (key is not null && !command.StartsRepair)
        {
            _turn.Take(() =>
            {
                using var connection = journal.Open();
                return connection.Execute($"UPDATE command_key SET {columns} WHERE hub = $hub AND key = $key", [.. values, ("$hub", key.Hub), ("$key", key.Key)]);
            });
        }
    }
}
