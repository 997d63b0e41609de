using WsusDashboard.Shared.Remediation;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>One synchronization of one server, as one source saw it.</summary>
public sealed class SyncRunEntity
{
    private const long TicksPerQuarter = TimeSpan.TicksPerMinute * 15;

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

    /// <summary>Quarter hours from 1970 to the start: every zone's midnight is a multiple, so days are counted by whole numbers.</summary>
    public int StartedQuarter { get; set; }

    /// <summary>False for the second view of a synchronization that both sources saw.</summary>
    public bool IsCounted { get; set; } = true;

    public string? CauseId { get; set; }
    public string? CauseTitle { get; set; }

    public static int QuarterOf(DateTime utc) => (int)((utc - DateTime.UnixEpoch).Ticks / TicksPerQuarter);

    public static bool IsWholeQuarter(DateTime utc) => (utc - DateTime.UnixEpoch).Ticks % TicksPerQuarter == 0;
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
public sealed class RemediationEntity
{
    public int ServerId { get; set; }

    /// <summary>The agent's id of the run.</summary>
    public required string RunId { get; set; }

    public required string Playbook { get; set; }
    public string Baseline { get; set; } = "";
    public RunState State { get; set; }
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
