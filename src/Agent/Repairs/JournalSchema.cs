namespace WsusDashboard.Agent.Repairs;

/// <summary>The journal's tables in the agent's SQLite file.</summary>
/// <remarks>
/// Invariants: at most one run is in state Running (an index holds it); a step's intent row is written before its work and gets its
/// outcome after it, in the transaction that writes the run; notes are written between the parts of a step, each before the part that
/// it announces. What has an intent and no outcome was interrupted. A repair, the key that started it and where it came from are written in one transaction.
/// Runs are ordered by their rowid, the order in which they were written: a clock that was set back must not make the newest the oldest.
/// </remarks>
internal static class JournalSchema
{
    public const string Sql = """
        CREATE TABLE IF NOT EXISTS repair_run (
            id TEXT NOT NULL PRIMARY KEY,
            started_at INTEGER NOT NULL,
            state INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            published_revision INTEGER NOT NULL DEFAULT 0,
            undo_of TEXT NOT NULL DEFAULT '',
            can_undo INTEGER NOT NULL DEFAULT 0,
            has_begun INTEGER NOT NULL,
            document TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX IF NOT EXISTS repair_run_one_running ON repair_run (state) WHERE state = 1;
        CREATE INDEX IF NOT EXISTS repair_run_started ON repair_run (started_at);
        CREATE TABLE IF NOT EXISTS repair_intent (
            run_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            kind TEXT NOT NULL,
            target TEXT NOT NULL,
            intended_at INTEGER NOT NULL,
            outcome TEXT NULL,
            outcome_at INTEGER NULL,
            PRIMARY KEY (run_id, number, attempt)
        ) STRICT;
        CREATE TABLE IF NOT EXISTS repair_note (
            run_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            written_at INTEGER NOT NULL,
            PRIMARY KEY (run_id, number, name)
        ) STRICT;
        CREATE TABLE IF NOT EXISTS saved_settings (
            run_id TEXT NOT NULL PRIMARY KEY,
            saved_at INTEGER NOT NULL,
            document TEXT NOT NULL
        ) STRICT;
        CREATE TABLE IF NOT EXISTS owed_starts (
            kind INTEGER NOT NULL,
            name TEXT NOT NULL COLLATE NOCASE,
            position INTEGER NOT NULL,
            owed_at INTEGER NOT NULL,
            why TEXT NOT NULL,
            PRIMARY KEY (kind, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS command_key (
            hub TEXT NOT NULL,
            key TEXT NOT NULL,
            content TEXT NOT NULL,
            keep_until INTEGER NOT NULL,
            repair TEXT NULL,
            answer BLOB NULL,
            failure INTEGER NULL,
            message TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (hub, key)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS repair_origin (
            run_id TEXT NOT NULL PRIMARY KEY,
            hub TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS command_pace (
            id INTEGER NOT NULL PRIMARY KEY,
            kind INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE IF NOT EXISTS pace_clock (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            passed INTEGER NOT NULL,
            stamp INTEGER NOT NULL,
            wall INTEGER NOT NULL
        ) STRICT;
        """;
}
