using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Output;

/// <summary>A repair, with its steps.</summary>
public sealed class WsdRepair
{
    /// <summary>Its id.</summary>
    public string RepairId { get; internal init; } = "";

    /// <summary>Its server.</summary>
    public int ServerId { get; internal init; }

    /// <summary>Its server's name.</summary>
    public string ServerName { get; internal init; } = "";

    /// <summary>Its server's site.</summary>
    public string Site { get; internal init; } = "";

    /// <summary>running, succeeded, failed, cancelled, waitingForApproval, notProven or rolledBack.</summary>
    public string State { get; internal init; } = "";

    /// <summary>Whether it has ended.</summary>
    public bool IsFinal { get; internal init; }

    /// <summary>The playbook.</summary>
    public string Playbook { get; internal init; } = "";

    /// <summary>The baseline.</summary>
    public string Baseline { get; internal init; } = "";

    /// <summary>Who asked for it.</summary>
    public string RequestedBy { get; internal init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>The ticket it belongs to.</summary>
    public string Ticket { get; internal init; } = "";

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; internal init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; internal init; }

    /// <summary>What came of it.</summary>
    public string Sentence { get; internal init; } = "";

    /// <summary>The steps, in order.</summary>
    public WsdRepairStep[] Steps { get; internal init; } = [];

    /// <summary>Settings that it changes.</summary>
    public WsdSettingChange[] Changes { get; internal init; } = [];

    /// <summary>Whether Undo-WsdRepair can restore the settings it saved.</summary>
    public bool CanUndo { get; internal init; }

    /// <summary>For an undo: the repair whose settings it restores.</summary>
    public string UndoOf { get; internal init; } = "";

    /// <summary>The undo of this repair.</summary>
    public string UndoneBy { get; internal init; } = "";

    /// <summary>Whether this is an older state, because the agent isn't answering.</summary>
    public bool IsStale { get; internal init; }

    /// <summary>When its agent said this.</summary>
    public DateTimeOffset? ReadAt { get; internal init; }

    /// <summary>What a list shows.</summary>
    public override string ToString() => $"{RepairId} on {ServerName}: {State}";

    internal static WsdRepair From(JsonValue json) => new()
    {
        RepairId = json["repair"]["id"].Text,
        ServerId = json["serverId"].Count,
        ServerName = json["serverName"].Text,
        Site = json["site"].Text,
        State = json["repair"]["state"].Text,
        IsFinal = json["repair"]["isFinal"].IsTrue,
        Playbook = json["repair"]["playbook"].Text,
        Baseline = json["repair"]["baseline"].Text,
        RequestedBy = json["repair"]["requestedBy"].Text,
        Reason = json["repair"]["reason"].Text,
        Ticket = json["repair"]["ticket"].Text,
        StartedAt = json["repair"]["startedAt"].Time,
        EndedAt = json["repair"]["endedAt"].Time,
        Sentence = json["repair"]["sentence"].Text,
        Steps = json["repair"]["steps"].Select(WsdRepairStep.From),
        Changes = json["repair"]["changes"].Select(WsdSettingChange.From),
        CanUndo = json["repair"]["canUndo"].IsTrue,
        UndoOf = json["repair"]["undoOf"].Text,
        UndoneBy = json["repair"]["undoneBy"].Text,
        IsStale = json["isStale"].IsTrue,
        ReadAt = json["readAt"].Time,
    };
}

/// <summary>A step of a repair.</summary>
public sealed class WsdRepairStep
{
    /// <summary>From 1.</summary>
    public int Number { get; internal init; }

    /// <summary>What it does.</summary>
    public string Kind { get; internal init; } = "";

    /// <summary>In words.</summary>
    public string Title { get; internal init; } = "";

    /// <summary>What it acts on.</summary>
    public string Target { get; internal init; } = "";

    /// <summary>waiting, running, done, failed, skipped or notRun.</summary>
    public string State { get; internal init; } = "";

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; internal init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; internal init; }

    /// <summary>What is going on, or what came of it.</summary>
    public string Message { get; internal init; } = "";

    /// <summary>Whether the agent added it to restore the saved settings.</summary>
    public bool IsRollback { get; internal init; }

    /// <summary>What a list shows.</summary>
    public override string ToString() => $"{Number}. {Title}: {State}";

    internal static WsdRepairStep From(JsonValue json) => new()
    {
        Number = json["number"].Count,
        Kind = json["kind"].Text,
        Title = json["title"].Text,
        Target = json["target"].Text,
        State = json["state"].Text,
        StartedAt = json["startedAt"].Time,
        EndedAt = json["endedAt"].Time,
        Message = json["message"].Text,
        IsRollback = json["isRollback"].IsTrue,
    };
}
