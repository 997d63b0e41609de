using Microsoft.Data.Sqlite;

namespace WsusDashboard.Agent.Storage;

/// <summary>The tables of agent.db that collecting needs; the journal of repairs has its own.</summary>
internal static class StoreSchema
{
    private const string Tables =
        """
        CREATE TABLE IF NOT EXISTS identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY, payload BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS sync_runs (id TEXT PRIMARY KEY, source INTEGER NOT NULL, started_at INTEGER NOT NULL, payload BLOB NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS sync_runs_started ON sync_runs (started_at DESC, id DESC);
        CREATE TABLE IF NOT EXISTS run_evidence (run_id TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS log_positions (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS samples (minute INTEGER PRIMARY KEY, payload BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS event_bookmarks (log TEXT NOT NULL, provider TEXT NOT NULL, record_id INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (log, provider)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS posture_signs (id TEXT PRIMARY KEY, at INTEGER NOT NULL, payload BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS posture_content (day INTEGER PRIMARY KEY, free_kilobytes INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS posture_table (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS states (subject TEXT PRIMARY KEY, section TEXT NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>Creates what is missing and returns the identity of the installation and of its event sequence.</summary>
    /// <param name="connection">To the file.</param>
    /// <param name="agentId">Who the agent is known to be; null where only this file can tell.</param>
    public static StoreIdentity Prepare(SqliteConnection connection, string? agentId)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute(Tables);
        if (agentId is not null)
        {
            connection.Execute("INSERT INTO identity (name, value) VALUES ('agent_id', $id) ON CONFLICT (name) DO UPDATE SET value = $id", ("$id", agentId));
        }

        var identity = new StoreIdentity(
            ReadOrCreate(connection, "agent_id"),
            ReadOrCreate(connection, "sequence_epoch"),
            ReadLastSequence(connection));
        transaction.Commit();
        return identity;
    }

    /// <summary>Number of the newest event; 0 before the first.</summary>
    public static long ReadLastSequence(SqliteConnection connection) => connection.Scalar<long>("SELECT COALESCE(MAX(sequence), 0) FROM events");

    private static string ReadOrCreate(SqliteConnection connection, string name)
    {
        connection.Execute(
            "INSERT INTO identity (name, value) VALUES ($name, $value) ON CONFLICT DO NOTHING",
            ("$name", name),
            ("$value", Guid.NewGuid().ToString("N")));
        return connection.Scalar<string>("SELECT value FROM identity WHERE name = $name", ("$name", name)) ?? "";
    }
}

/// <summary>Who an installation is, and where its event sequence stands.</summary>
internal sealed record StoreIdentity(string AgentId, string SequenceEpoch, long LastSequence);
