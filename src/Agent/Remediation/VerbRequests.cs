using WsusDashboard.Agent.Security.Commands;

namespace WsusDashboard.Agent.Remediation;

/// <summary>Starts the plan that was shown.</summary>
public sealed record StartRequest
{
    public required string Playbook { get; init; }

    /// <summary>Empty = guide.</summary>
    public string Baseline { get; init; } = "";

    /// <summary>Of the plan that was shown, 64 hexadecimal digits.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Who asks, 1 to 200 characters.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Reason or ticket, at most 500 characters.</summary>
    public string Reason { get; init; } = "";

    /// <summary>At most 100 characters.</summary>
    public string Ticket { get; init; } = "";

    /// <summary>At most 100 characters; the same key answers with the same run. Empty = none.</summary>
    public string IdempotencyKey { get; init; } = "";

    /// <summary>Null: it begins at once.</summary>
    internal ApprovalOrder? Approval { get; init; }
}

/// <summary>Restores the settings that a run changed.</summary>
public sealed record UndoRequest
{
    /// <summary>Id of the run, or "undoable" for the newest that can be undone.</summary>
    public required string RunId { get; init; }

    /// <inheritdoc cref="StartRequest.RequestedBy"/>
    public required string RequestedBy { get; init; }

    /// <inheritdoc cref="StartRequest.Reason"/>
    public string Reason { get; init; } = "";

    /// <inheritdoc cref="StartRequest.Ticket"/>
    public string Ticket { get; init; } = "";

    /// <inheritdoc cref="StartRequest.IdempotencyKey"/>
    public string IdempotencyKey { get; init; } = "";

    /// <inheritdoc cref="StartRequest.Approval"/>
    internal ApprovalOrder? Approval { get; init; }
}

/// <summary>Starts, stops, restarts or recycles one service or pool.</summary>
public sealed record ControlRequest
{
    public required string Name { get; init; }

    /// <summary>For a service start, stop or restart; for a pool start, stop or recycle.</summary>
    public required string Verb { get; init; }

    /// <inheritdoc cref="StartRequest.RequestedBy"/>
    public required string RequestedBy { get; init; }

    /// <inheritdoc cref="StartRequest.Reason"/>
    public string Reason { get; init; } = "";
}

/// <summary>Starts or stops a synchronization.</summary>
public sealed record SyncRequest
{
    /// <inheritdoc cref="StartRequest.RequestedBy"/>
    public required string RequestedBy { get; init; }

    /// <inheritdoc cref="StartRequest.Reason"/>
    public string Reason { get; init; } = "";

    /// <summary>On a start: Configuration Manager reads the whole catalogue again instead of what changed. WSUS knows no such thing.</summary>
    public bool IsFullConfigMgrSync { get; init; }
}

/// <summary>Who was asked for a synchronization.</summary>
/// <param name="WsusAsked">WSUS accepted.</param>
/// <param name="ConfigMgrAsked">Configuration Manager accepted; false also where this is no site server.</param>
/// <param name="Message">For a person.</param>
public sealed record StartSyncAnswer(bool WsusAsked, bool ConfigMgrAsked, string Message);
