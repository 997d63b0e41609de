using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Agent.Remediation;

/// <summary>The journal of all runs, in the agent's SQLite file. Each method is one transaction.</summary>
/// <remarks>Safe for use from several threads: every call opens its own connection.</remarks>
internal sealed class Journal(Func<SqliteConnection> open, TimeProvider timeProvider)
{
    private const int ConstraintViolation = 19;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly Lock _schemaGate = new();
    private bool _hasSchema;

    /// <summary>Writes a new run; false where another one is running, or the key is taken.</summary>
    public bool TryCreate(RemediationRun run, string idempotencyKey, string request)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO remediation_run (id, started_at, state, revision, undo_of, can_undo, idempotency_key, request, document)
            VALUES ($id, $startedAt, $state, $revision, $undoOf, $canUndo, $key, $request, $document)
            """;
        BindRun(command, run);
        command.Parameters.AddWithValue("$startedAt", run.StartedAt.UtcTicks);
        command.Parameters.AddWithValue("$undoOf", run.UndoOf);
        command.Parameters.AddWithValue("$key", idempotencyKey.Length == 0 ? DBNull.Value : idempotencyKey);
        command.Parameters.AddWithValue("$request", request);
        try
        {
            return command.ExecuteNonQuery() == 1;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == ConstraintViolation)
        {
            return false;
        }
    }

    /// <summary>Writes the run as it is now.</summary>
    public void Write(RemediationRun run)
    {
        using var connection = Open();
        Update(connection, null, run);
    }

    /// <summary>Writes the run and the intent of the step that is entered.</summary>
    public void WriteIntent(RemediationRun run, RunStep step)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        Update(connection, transaction, run);
        Execute(
            connection,
            transaction,
            "INSERT INTO remediation_intent (run_id, number, attempt, kind, target, intended_at) VALUES ($run, $number, $attempt, $kind, $target, $at)",
            ("$run", run.Id), ("$number", step.Number), ("$attempt", step.Attempts), ("$kind", step.Kind.ToString()), ("$target", step.Target), ("$at", Now()));
        transaction.Commit();
    }

    /// <summary>Writes the run and the outcome of the step that was left.</summary>
    public void WriteOutcome(RemediationRun run, RunStep step)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        Update(connection, transaction, run);
        Execute(
            connection,
            transaction,
            "UPDATE remediation_intent SET outcome = $outcome, outcome_at = $at WHERE run_id = $run AND number = $number AND attempt = $attempt",
            ("$run", run.Id), ("$number", step.Number), ("$attempt", step.Attempts), ("$outcome", step.State.ToString()), ("$at", Now()));
        transaction.Commit();
    }

    public RemediationRun? Find(string id) => ReadRun("WHERE id = $value", id);

    public RemediationRun? FindNewest() => ReadRun("ORDER BY started_at DESC LIMIT 1");

    /// <summary>The newest run that can be undone.</summary>
    public RemediationRun? FindUndoable() => ReadRun("WHERE can_undo = 1 AND state <> 1 ORDER BY started_at DESC LIMIT 1");

    /// <summary>The run that was not ended.</summary>
    public RemediationRun? FindUnfinished() => ReadRun("WHERE state = 1");

    /// <summary>The run that a key started, with the request that it stood for.</summary>
    public (RemediationRun Run, string Request)? FindByKey(string idempotencyKey)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT document, request FROM remediation_run WHERE idempotency_key = $key";
        command.Parameters.AddWithValue("$key", idempotencyKey);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (Parse<RemediationRun>(reader.GetString(0)), reader.GetString(1)) : null;
    }

    /// <summary>Runs whose newest revision no event has carried yet; at most 50, oldest first.</summary>
    public IReadOnlyList<RemediationRun> ReadUnpublished()
    {
        using var connection = Open();
        return ReadRuns(connection, "WHERE published_revision < revision ORDER BY started_at LIMIT 50");
    }

    /// <summary>Runs that wait for a person on the server.</summary>
    public IReadOnlyList<RemediationRun> ReadWaiting()
    {
        using var connection = Open();
        return ReadRuns(connection, "WHERE state = 5");
    }

    public void MarkPublished(string runId, long revision)
    {
        using var connection = Open();
        Execute(
            connection,
            null,
            "UPDATE remediation_run SET published_revision = MAX(published_revision, $revision) WHERE id = $run",
            ("$run", runId), ("$revision", revision));
    }

    public void WriteNote(string runId, int number, string name, string value)
    {
        using var connection = Open();
        Execute(
            connection,
            null,
            "INSERT INTO remediation_note (run_id, number, name, value, written_at) VALUES ($run, $number, $name, $value, $at) "
            + "ON CONFLICT (run_id, number, name) DO UPDATE SET value = $value, written_at = $at",
            ("$run", runId), ("$number", number), ("$name", name), ("$value", value), ("$at", Now()));
    }

    /// <summary>The notes of all steps of a run: (step, name) to value.</summary>
    public IReadOnlyDictionary<(int Number, string Name), string> ReadNotes(string runId)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT number, name, value FROM remediation_note WHERE run_id = $run";
        command.Parameters.AddWithValue("$run", runId);
        using var reader = command.ExecuteReader();
        var notes = new Dictionary<(int, string), string>();
        while (reader.Read())
        {
            notes[(reader.GetInt32(0), reader.GetString(1))] = reader.GetString(2);
        }

        return notes;
    }

    /// <summary>Saves the settings of a run once: what was saved first is what Undo restores.</summary>
    public void SaveSettings(string runId, SavedSettings saved)
    {
        using var connection = Open();
        Execute(
            connection,
            null,
            "INSERT OR IGNORE INTO saved_settings (run_id, saved_at, document) VALUES ($run, $at, $document)",
            ("$run", runId), ("$at", Now()), ("$document", JsonSerializer.Serialize(saved, Json)));
    }

    public SavedSettings? FindSettings(string runId)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT document FROM saved_settings WHERE run_id = $run";
        command.Parameters.AddWithValue("$run", runId);
        return command.ExecuteScalar() is string document ? Parse<SavedSettings>(document) : null;
    }

    private static void Update(SqliteConnection connection, SqliteTransaction? transaction, RemediationRun run)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            "UPDATE remediation_run SET state = $state, revision = $revision, can_undo = $canUndo, document = $document WHERE id = $id";
        BindRun(command, run);
        command.ExecuteNonQuery();
    }

    private static void BindRun(SqliteCommand command, RemediationRun run)
    {
        command.Parameters.AddWithValue("$id", run.Id);
        command.Parameters.AddWithValue("$state", (int)run.State);
        command.Parameters.AddWithValue("$revision", run.Revision);
        command.Parameters.AddWithValue("$canUndo", run.CanUndo ? 1 : 0);
        command.Parameters.AddWithValue("$document", JsonSerializer.Serialize(run, Json));
    }

    private static void Execute(SqliteConnection connection, SqliteTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }

    private static T Parse<T>(string document) => JsonSerializer.Deserialize<T>(document, Json) ?? throw new JsonException("The journal holds an empty document.");

    private RemediationRun? ReadRun(string condition, string? value = null)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT document FROM remediation_run {condition}";
        if (value is not null)
        {
            command.Parameters.AddWithValue("$value", value);
        }

        return command.ExecuteScalar() is string document ? Parse<RemediationRun>(document) : null;
    }

    private static List<RemediationRun> ReadRuns(SqliteConnection connection, string condition)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT document FROM remediation_run {condition}";
        using var reader = command.ExecuteReader();
        var runs = new List<RemediationRun>();
        while (reader.Read())
        {
            runs.Add(Parse<RemediationRun>(reader.GetString(0)));
        }

        return runs;
    }

    private long Now() => timeProvider.GetUtcNow().UtcTicks;

    private SqliteConnection Open()
    {
        var connection = open();
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
