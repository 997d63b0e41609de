using Microsoft.Data.Sqlite;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Agent.Repairs;

/// <summary>The journal of all repairs, in the agent's SQLite file. Each method is one transaction.</summary>
/// <remarks>Safe for use from several threads: every call opens its own connection.</remarks>
internal sealed class Journal(IServerAccess server, UndoFiles undo, TimeProvider timeProvider)
{
    /// <summary>Runs that have begun and are kept beside those that can be undone or go on: the newest.</summary>
    public const int MaximumKeptRuns = 500;

    /// <summary>Runs that waited for an approval and never began; counted apart, so that asking pushes out nothing that was done.</summary>
    public const int MaximumKeptRequests = 100;

    private const int ConstraintViolation = 19;

    /// <summary>How long the key of a repair is remembered: its hub may ask again for days.</summary>
    private static readonly TimeSpan RepairKeyLife = TimeSpan.FromDays(30);

    private readonly Lock _schemaGate = new();
    private bool _hasSchema;

    /// <summary>Writes a new repair, where it comes from and its key in one transaction, and lets go of old ones; false where another one is running, or the key has started one.</summary>
    public bool TryCreate(Repair run, CommandOrigin origin) => TryWrite((connection, transaction) =>
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = """
            INSERT INTO repair_run (id, started_at, state, revision, undo_of, can_undo, has_begun, document)
            VALUES ($id, $startedAt, $state, $revision, $undoOf, $canUndo, $hasBegun, $document)
            """;
        BindRun(command, run);
        command.Parameters.AddWithValue("$hasBegun", run.State == RepairState.WaitingForApproval ? 0 : 1);
        command.Parameters.AddWithValue("$startedAt", run.StartedAt.UtcTicks);
        command.Parameters.AddWithValue("$undoOf", run.UndoOf);
        command.ExecuteNonQuery();
        Execute(connection, transaction, "INSERT INTO repair_origin (run_id, hub) VALUES ($run, $hub)", ("$run", run.Id), ("$hub", origin.Hub));
        Prune(connection, transaction);
        return origin.Key is not { } key || Execute(
            connection,
            transaction,
            "UPDATE command_key SET repair = $run, keep_until = MAX(keep_until, $until) WHERE hub = $hub AND key = $key AND repair IS NULL",
            ("$run", run.Id), ("$until", (timeProvider.GetUtcNow() + RepairKeyLife).UtcTicks), ("$hub", key.Hub), ("$key", key.Key)) == 1;
    });

    /// <summary>Writes that a repair which waited has begun; false where another one is running.</summary>
    public bool TryBegin(Repair run) => TryWrite((connection, transaction) =>
    {
        Update(connection, transaction, run);
        Execute(connection, transaction, "UPDATE repair_run SET has_begun = 1 WHERE id = $id", ("$id", run.Id));
        return true;
    });

    /// <summary>The repair that a key has started; null where it has started none.</summary>
    public string? FindByKey(CommandKey key)
    {
        using var connection = Open();
        return connection.Scalar<string>("SELECT repair FROM command_key WHERE hub = $hub AND key = $key", ("$hub", key.Hub), ("$key", key.Key));
    }

    /// <summary>Writes the run as it is now.</summary>
    public void Write(Repair run)
    {
        using var connection = Open();
        Update(connection, null, run);
    }

    /// <summary>
    /// Writes the run and the intent of the step that is entered. One that stands there already is taken over: an agent that was ending may have written it after this one had read the run,
    /// and a repair that waits for its journal must not wait for that.
    /// </summary>
    public void WriteIntent(Repair run, RepairStep step)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        Update(connection, transaction, run);
        Execute(
            connection,
            transaction,
            """
            INSERT INTO repair_intent (run_id, number, attempt, kind, target, intended_at) VALUES ($run, $number, $attempt, $kind, $target, $at)
            ON CONFLICT (run_id, number, attempt) DO UPDATE SET intended_at = $at, outcome = NULL, outcome_at = NULL
            """,
            ("$run", run.Id), ("$number", step.Number), ("$attempt", step.Attempts), ("$kind", step.Kind.ToString()), ("$target", step.Target), ("$at", Now()));
        transaction.Commit();
    }

    /// <summary>Writes the run and the outcome of the step that was left.</summary>
    public void WriteOutcome(Repair run, RepairStep step)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        Update(connection, transaction, run);
        Execute(
            connection,
            transaction,
            "UPDATE repair_intent SET outcome = $outcome, outcome_at = $at WHERE run_id = $run AND number = $number AND attempt = $attempt",
            ("$run", run.Id), ("$number", step.Number), ("$attempt", step.Attempts), ("$outcome", step.State.ToString()), ("$at", Now()));
        transaction.Commit();
    }

    public Repair? Find(string id) => ReadRun("WHERE id = $value", id);

    /// <summary>True where a hub asked for it; false for what somebody on the server started, and where nobody knows.</summary>
    public bool IsFromHub(string repairId)
    {
        using var connection = Open();
        return connection.Scalar<string>("SELECT hub FROM repair_origin WHERE run_id = $run", ("$run", repairId)) is { Length: > 0 };
    }

    public Repair? FindNewest() => ReadRun("ORDER BY rowid DESC LIMIT 1");

    /// <summary>The newest run that can be undone.</summary>
    public Repair? FindUndoable() => ReadRun("WHERE can_undo = 1 AND state <> 1 ORDER BY rowid DESC LIMIT 1");

    /// <summary>The run that was not ended.</summary>
    public Repair? FindUnfinished() => ReadRun("WHERE state = 1");

    /// <summary>Runs whose newest revision no event has carried yet; at most 50, oldest first.</summary>
    public IReadOnlyList<Repair> ReadUnpublished()
    {
        using var connection = Open();
        return ReadRuns(connection, "WHERE published_revision < revision ORDER BY rowid LIMIT 50");
    }

    /// <summary>Runs that wait for a person on the server.</summary>
    public IReadOnlyList<Repair> ReadWaiting()
    {
        using var connection = Open();
        return ReadRuns(connection, "WHERE state = 5");
    }

    /// <summary>Ends a run that waited and never began.</summary>
    public Repair EndWaiting(Repair run, string decision)
    {
        var ended = run with
        {
            State = RepairState.Cancelled,
            EndedAt = timeProvider.GetUtcNow(),
            Approval = run.Approval! with { Decision = decision },
            Steps = [.. run.Steps.Select(step => step with { State = StepState.NotRun })],
            Revision = run.Revision + 1,
        };
        Write(ended);
        return ended;
    }

    public void MarkPublished(string repairId, long revision)
    {
        using var connection = Open();
        Execute(
            connection,
            null,
            "UPDATE repair_run SET published_revision = MAX(published_revision, $revision) WHERE id = $run",
            ("$run", repairId), ("$revision", revision));
    }

    public void WriteNote(string repairId, int number, string name, string value)
    {
        using var connection = Open();
        Execute(
            connection,
            null,
            "INSERT INTO repair_note (run_id, number, name, value, written_at) VALUES ($run, $number, $name, $value, $at) "
            + "ON CONFLICT (run_id, number, name) DO UPDATE SET value = $value, written_at = $at",
            ("$run", repairId), ("$number", number), ("$name", name), ("$value", value), ("$at", Now()));
    }

    /// <summary>What has passed for the agent until now, whatever the server's clock was set to.</summary>
    public TimeSpan ReadPassed()
    {
        using var connection = Open();
        return new PaceClock(timeProvider).GoOn(connection);
    }

    /// <summary>The notes of all steps of a run: (step, name) to value.</summary>
    public IReadOnlyDictionary<(int Number, string Name), string> ReadNotes(string repairId)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT number, name, value FROM repair_note WHERE run_id = $run";
        command.Parameters.AddWithValue("$run", repairId);
        using var reader = command.ExecuteReader();
        var notes = new Dictionary<(int, string), string>();
        while (reader.Read())
        {
            notes[(reader.GetInt32(0), reader.GetString(1))] = reader.GetString(2);
        }

        return notes;
    }

    /// <summary>Saves the settings of a run once: what was saved first is what Undo restores.</summary>
    public void SaveSettings(string repairId, SavedSettings saved)
    {
        using var connection = Open();
        Execute(
            connection,
            null,
            "INSERT OR IGNORE INTO saved_settings (run_id, saved_at, document) VALUES ($run, $at, $document)",
            ("$run", repairId), ("$at", Now()), ("$document", JournalJson.Write(saved)));
    }

    public SavedSettings? FindSettings(string repairId)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT document FROM saved_settings WHERE run_id = $run";
        command.Parameters.AddWithValue("$run", repairId);
        return command.ExecuteScalar() is string document ? JournalJson.Read<SavedSettings>(document) : null;
    }

    /// <summary>Keeps what an undo of this run needs apart from the store, which may be damaged; where it cannot be undone any more, lets go of it.</summary>
    /// <exception cref="StoreException">It cannot be written.</exception>
    public void KeepUndo(Repair run)
    {
        try
        {
            if (run.CanUndo)
            {
                undo.Save(new(run, FindSettings(run.Id)));
            }
            else
            {
                undo.Delete(run.Id);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The data for undoing the repair can't be saved in {undo.Folder}: {exception.Message}", exception);
        }
    }

    /// <summary>Writes a run that a store which was lost knew, and what it saved.</summary>
    public void Restore(Repair run, SavedSettings? saved) => TryWrite((connection, transaction) =>
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO repair_run (id, started_at, state, revision, undo_of, can_undo, has_begun, document) VALUES ($id, $startedAt, $state, $revision, '', $canUndo, 1, $document)";
        BindRun(command, run);
        command.Parameters.AddWithValue("$startedAt", run.StartedAt.UtcTicks);
        command.ExecuteNonQuery();
        if (saved is not null)
        {
            Execute(
                connection, transaction, "INSERT OR IGNORE INTO saved_settings (run_id, saved_at, document) VALUES ($run, $at, $document)",
                ("$run", run.Id), ("$at", Now()), ("$document", JournalJson.Write(saved)));
        }

        return true;
    });

    private static void Prune(SqliteConnection connection, SqliteTransaction transaction)
    {
        Execute(
            connection,
            transaction,
            """
            DELETE FROM repair_run WHERE can_undo = 0 AND state NOT IN (1, 5)
            AND rowid NOT IN (SELECT rowid FROM repair_run WHERE has_begun = 1 ORDER BY rowid DESC LIMIT $runs)
            AND rowid NOT IN (SELECT rowid FROM repair_run WHERE has_begun = 0 ORDER BY rowid DESC LIMIT $requests)
            """,
            ("$runs", MaximumKeptRuns), ("$requests", MaximumKeptRequests));
        foreach (var sql in (string[])
        [
            "DELETE FROM repair_intent WHERE run_id NOT IN (SELECT id FROM repair_run)",
            "DELETE FROM repair_note WHERE run_id NOT IN (SELECT id FROM repair_run)",
            "DELETE FROM saved_settings WHERE run_id NOT IN (SELECT id FROM repair_run)",
            "DELETE FROM repair_origin WHERE run_id NOT IN (SELECT id FROM repair_run)",
        ])
        {
            Execute(connection, transaction, sql);
        }
    }

    private bool TryWrite(Func<SqliteConnection, SqliteTransaction, bool> write)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        try
        {
            if (!write(connection, transaction))
            {
                return false;
            }

            transaction.Commit();
            return true;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == ConstraintViolation)
        {
            return false;
        }
    }

    private static void Update(SqliteConnection connection, SqliteTransaction? transaction, Repair run)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            "UPDATE repair_run SET state = $state, revision = $revision, can_undo = $canUndo, document = $document WHERE id = $id";
        BindRun(command, run);
        command.ExecuteNonQuery();
    }

    private static void BindRun(SqliteCommand command, Repair run)
    {
        command.Parameters.AddWithValue("$id", run.Id);
        command.Parameters.AddWithValue("$state", (int)run.State);
        command.Parameters.AddWithValue("$revision", run.Revision);
        command.Parameters.AddWithValue("$canUndo", run.CanUndo ? 1 : 0);
        command.Parameters.AddWithValue("$document", JournalJson.Write(run));
    }

    private static int Execute(SqliteConnection connection, SqliteTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteNonQuery();
    }

    private Repair? ReadRun(string condition, string? value = null)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT document FROM repair_run {condition}";
        if (value is not null)
        {
            command.Parameters.AddWithValue("$value", value);
        }

        return command.ExecuteScalar() is string document ? JournalJson.Read<Repair>(document) : null;
    }

    private static List<Repair> ReadRuns(SqliteConnection connection, string condition)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT document FROM repair_run {condition}";
        using var reader = command.ExecuteReader();
        var runs = new List<Repair>();
        while (reader.Read())
        {
            runs.Add(JournalJson.Read<Repair>(reader.GetString(0)));
        }

        return runs;
    }

    private long Now() => timeProvider.GetUtcNow().UtcTicks;

    /// <summary>A connection to the agent's file in which the journal's tables are.</summary>
    public SqliteConnection Open()
    {
        var connection = server.OpenStore();
        try
        {
            lock (_schemaGate)
            {
                if (!_hasSchema)
                {
                    Execute(connection, null, JournalSchema.Sql);
                    _hasSchema = true;
                }
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
