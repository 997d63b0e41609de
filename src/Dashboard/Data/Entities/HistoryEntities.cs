using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>One synchronization of one server, as one source saw it.</summary>
public sealed class SyncRunEntity
{
    public long Id { get; set; }

    public int ServerId { get; set; }

    /// <summary>The agent's id of the run; unique on its server.</summary>
    public required string RunId { get; set; }

    public SyncSource Source { get; set; }
    public SyncTrigger Trigger { get; set; }
    public DateTime StartedAt { get; set; }
    public DateTime? EndedAt { get; set; }
    public SyncResult Result { get; set; }
    public long ErrorCode { get; set; }
    public string ErrorText { get; set; } = "";
    public long? UpdatesChanged { get; set; }

    /// <summary>False for the second view of a synchronization that both sources saw, and for what a repair broke.</summary>
    public bool IsCounted { get; set; } = true;

    /// <summary>The agent's id of the repair that started it or cut it off; null where none did.</summary>
    public string? RepairId { get; set; }

    /// <summary>What that repair has to do with it.</summary>
    public RepairTrace RepairTrace { get; set; }

    public string? CauseId { get; set; }
    public string? CauseTitle { get; set; }
}

/// <summary>
/// The roll-up that the charts read: all synchronizations of one server that started in one period, packed. Written by <see cref="Rollup.SyncRollup"/> in
/// the transaction that changes one of them, so it is never behind. Counts by hour, server, result and cause would be as many rows as there are runs: a
/// server synchronizes every few hours.
/// </summary>
public sealed class SyncPeriodEntity
{
    /// <summary>Period and server, as <see cref="Rollup.SyncPeriod"/> makes it.</summary>
    public long Id { get; set; }

    public int ServerId { get; set; }

    /// <summary>As <see cref="Rollup.PackedRuns"/> makes it.</summary>
    public required byte[] Runs { get; set; }
}

/// <summary>
/// The coarser level of the roll-up: how many synchronizations of one kind a <see cref="SyncPeriodEntity"/> holds, written together with it. What is only
/// counted over years is summed here, without reading millions of runs.
/// </summary>
public sealed class SyncPeriodCountEntity
{
    /// <summary>Of the <see cref="SyncPeriodEntity"/>.</summary>
    public long PeriodId { get; set; }

    /// <summary>Result, source and counted, as <see cref="Rollup.PackedRun.Kind"/> has them.</summary>
    public int Kind { get; set; }

    public int ServerId { get; set; }

    public int Count { get; set; }
}

/// <summary>A cause that was named for a synchronization, with the number that the roll-up knows it by.</summary>
public sealed class SyncCauseEntity
{
    public int Id { get; set; }
    public required string CauseId { get; set; }
    public string Title { get; set; } = "";
}

/// <summary>An event of Windows (WAS, WSUS) on a server: recycles, stopped pools, failed synchronizations.</summary>
public sealed class ServerEventEntity
{
    public const int MaximumMessageLength = 400;

    public long Id { get; set; }
    public int ServerId { get; set; }
    public DateTime At { get; set; }
    public required string LogName { get; set; }
    public long RecordId { get; set; }
    public required string Provider { get; set; }
    public int EventId { get; set; }
    public EventLevel Level { get; set; }

    /// <summary>At most <see cref="MaximumMessageLength"/> characters.</summary>
    public string Message { get; set; } = "";
}

/// <summary>When a person last looked at what changed.</summary>
public sealed class LastLookEntity
{
    public required string UserId { get; set; }
    public DateTime At { get; set; }
}

/// <summary>A state that changed, on the server or of the server as a whole (subject "health").</summary>
public sealed class StateChangeEntity
{
    public const string HealthSubject = "health";

    public long Id { get; set; }
    public int ServerId { get; set; }
    public DateTime At { get; set; }
    public required string Subject { get; set; }
    public string From { get; set; } = "";
    public string To { get; set; } = "";
    public string Detail { get; set; } = "";
}

/// <summary>The hub's copy of a repair; the agent's journal is the original.</summary>
public sealed class RepairEntity
{
    public int ServerId { get; set; }

    /// <summary>The agent's id of the repair.</summary>
    public required string RepairId { get; set; }

    public required string Playbook { get; set; }
    public string Baseline { get; set; } = "";
    public RepairState State { get; set; }
    public string RequestedBy { get; set; } = "";
    public string Reason { get; set; } = "";
    public DateTime StartedAt { get; set; }
    public DateTime? EndedAt { get; set; }
    public long Revision { get; set; }
    public string Sentence { get; set; } = "";
    public bool CanUndo { get; set; }
    public string UndoOf { get; set; } = "";
    public string UndoneBy { get; set; } = "";

    /// <summary>UTC time of the agent's word that this copy is of.</summary>
    public DateTime ReadAt { get; set; }

    /// <summary>The whole run as JSON, with its steps.</summary>
    public required string Run { get; set; }
}
