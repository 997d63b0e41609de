using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Dashboard.Features.Remediation;

/// <summary>A repair in the API.</summary>
public sealed record RemediationJson
{
    public required string Id { get; init; }
    public required int ServerId { get; init; }
    public required string ServerName { get; init; }
    public required string Playbook { get; init; }
    public required string Baseline { get; init; }

    /// <summary>running, succeeded, failed or cancelled; unknown where the agent no longer knows the run.</summary>
    public RunState State { get; init; }

    public string RequestedBy { get; init; } = "";
    public string Reason { get; init; } = "";
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public IReadOnlyList<RunStep> Steps { get; init; } = [];
    public IReadOnlyList<SettingChange> Changes { get; init; } = [];

    /// <summary>Empty where none was given.</summary>
    public string Ticket { get; init; } = "";

    /// <summary>What a person on the server decides, or decided; null where its policy needs no approval.</summary>
    public RunApproval? Approval { get; init; }

    /// <summary>Null until the repair has ended.</summary>
    public Verification? Verification { get; init; }

    public bool CancelRequested { get; init; }
    public bool CanUndo { get; init; }

    /// <summary>For an undo: the repair whose settings it restores.</summary>
    public string? UndoOf { get; init; }

    /// <summary>The undo of this repair, once there is one.</summary>
    public string? UndoneBy { get; init; }

    /// <summary>UTC time of the agent's last word about it.</summary>
    public DateTimeOffset ReadAt { get; init; }

    /// <summary>True where it goes on but the agent does not answer at present: this is the last known state.</summary>
    public bool IsStale { get; init; }

    public static RemediationJson From(RemediationDetail detail) => new()
    {
        Id = detail.Run.Id,
        ServerId = detail.ServerId,
        ServerName = detail.ServerName,
        Playbook = detail.Run.Playbook,
        Baseline = detail.Run.Baseline,
        State = detail.Run.State,
        RequestedBy = detail.Run.RequestedBy,
        Reason = detail.Run.Reason,
        Ticket = detail.Run.Ticket,
        Approval = detail.Run.Approval,
        StartedAt = detail.Run.StartedAt,
        EndedAt = detail.Run.EndedAt,
        Steps = detail.Run.Steps,
        Changes = detail.Run.Changes,
        Verification = detail.Run.Verification,
        CancelRequested = detail.Run.CancelRequested,
        CanUndo = detail.Run.CanUndo,
        UndoOf = detail.Run.UndoOf.Length == 0 ? null : detail.Run.UndoOf,
        UndoneBy = detail.Run.UndoneBy.Length == 0 ? null : detail.Run.UndoneBy,
        ReadAt = detail.ReadAt,
        IsStale = detail.IsStale,
    };
}

/// <summary>The body of POST servers/{id}/plan.</summary>
/// <param name="Playbook">full-repair, pool-only, restart-services or sync-only.</param>
/// <param name="Baseline">guide, microsoft or optimize-wsusserver; absent = the server's own.</param>
public sealed record PlanJson(string Playbook, string? Baseline);

/// <summary>The body of POST servers/{id}/remediations.</summary>
/// <param name="Playbook">full-repair, pool-only, restart-services or sync-only.</param>
/// <param name="Baseline">guide, microsoft or optimize-wsusserver; absent = the server's own.</param>
/// <param name="Fingerprint">Of the plan that was looked at; where the server changed since, nothing is started (409).</param>
/// <param name="Reason">In words, at most 500 characters.</param>
/// <param name="Ticket">Its number, at most 100 characters; absent = one that stands in the reason.</param>
public sealed record StartJson(string Playbook, string? Baseline, string? Fingerprint, string? Reason, string? Ticket);

/// <summary>The body of POST remediations/{id}/undo; may be absent.</summary>
/// <param name="Reason">In words, at most 500 characters.</param>
/// <param name="Ticket">Its number, at most 100 characters; absent = one that stands in the reason.</param>
public sealed record UndoJson(string? Reason, string? Ticket);
