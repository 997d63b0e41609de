using Google.Protobuf;
using Microsoft.Data.Sqlite;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Storage;

/// <summary>The writes of one transaction; it counts the sequence on its own, so a transaction that is rolled back leaves no gap.</summary>
internal sealed class StoreWriter(SqliteConnection connection, long lastSequence, DateTimeOffset now)
{
    /// <summary>Stands behind the id of a run that had no end when its evidence was gathered: it is gathered once more when it has one.</summary>
    public const string OpenMark = "/open";

    public long LastSequence { get; private set; } = lastSequence;

    /// <summary>Inserts or updates a run and appends an event; false where it says nothing new.</summary>
    public bool Upsert(SyncRun run)
    {
        var payload = run.ToWire().ToByteArray();
        var known = connection.Query("SELECT payload FROM sync_runs WHERE id = $id", reader => reader.GetFieldValue<byte[]>(0), ("$id", run.Id));
        if (known.Count > 0 && known[0].AsSpan().SequenceEqual(payload))
        {
            return false;
        }

        connection.Execute(
            """
            INSERT INTO sync_runs (id, source, started_at, payload) VALUES ($id, $source, $startedAt, $payload)
            ON CONFLICT (id) DO UPDATE SET source = excluded.source, started_at = excluded.started_at, payload = excluded.payload
            """,
            ("$id", run.Id),
            ("$source", (int)run.Source),
            ("$startedAt", run.StartedAt.UtcTicks),
            ("$payload", payload));
        Append(new AgentEvent { At = now, SyncRun = run });
        return true;
    }

    private bool HasEnd(string runId) =>
        connection.Query("SELECT payload FROM sync_runs WHERE id = $id", reader => reader.GetFieldValue<byte[]>(0), ("$id", runId)) is not [var payload] || Wire.SyncRun.Parser.ParseFrom(payload).EndedAt is not null;

    public void Append(AgentEvent agentEvent)
    {
        LastSequence++;
        var numbered = agentEvent with { Sequence = LastSequence, At = agentEvent.At == default ? now : agentEvent.At };
        connection.Execute(
            "INSERT INTO events (sequence, payload) VALUES ($sequence, $payload)",
            ("$sequence", LastSequence),
            ("$payload", numbered.ToWire().ToByteArray()));
        if (agentEvent.Evidence is { } evidence)
        {
            connection.Execute("INSERT INTO run_evidence (run_id) VALUES ($key) ON CONFLICT DO NOTHING", ("$key", HasEnd(evidence.RunId) ? evidence.RunId : evidence.RunId + OpenMark));
        }
    }

    public void Write(IReadOnlyList<KnownState> states, IReadOnlyList<string> removedSubjects)
    {
        foreach (var state in states)
        {
            connection.Execute(
                """
                INSERT INTO states (subject, section, state, since) VALUES ($subject, $section, $state, $since)
                ON CONFLICT (subject) DO UPDATE SET section = excluded.section, state = excluded.state, since = excluded.since
                """,
                ("$subject", state.Subject),
                ("$section", state.Section),
                ("$state", state.State),
                ("$since", state.Since.UtcTicks));
        }

        foreach (var subject in removedSubjects)
        {
            connection.Execute("DELETE FROM states WHERE subject = $subject", ("$subject", subject));
        }
    }

    public void Write(LogPosition? position)
    {
        if (position is not null)
        {
            connection.Execute(
                "INSERT INTO log_positions (name, value) VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                ("$name", position.Name),
                ("$value", StoreJson.Write(position)));
        }
    }

    public void Write(EventBookmark? bookmark)
    {
        if (bookmark is not null)
        {
            connection.Execute(
                """
                INSERT INTO event_bookmarks (log, provider, record_id, at) VALUES ($log, $provider, $recordId, $at)
                ON CONFLICT (log, provider) DO UPDATE SET record_id = excluded.record_id, at = excluded.at
                """,
                ("$log", bookmark.Log),
                ("$provider", bookmark.Provider),
                ("$recordId", bookmark.RecordId),
                ("$at", bookmark.At.UtcTicks));
        }
    }
}
