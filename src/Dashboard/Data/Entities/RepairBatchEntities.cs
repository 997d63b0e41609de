namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>How far one server of a batch is.</summary>
public enum BatchServerState
{
    /// <summary>Its agent is asked for a plan.</summary>
    Planning = 0,

    /// <summary>It has a plan that can be started.</summary>
    Planned = 1,

    /// <summary>Nothing here cures its cause, or it has no plan, or one that its agent refuses to start; it stays as it is.</summary>
    LeftOut = 2,

    /// <summary>It is to be repaired, and others are first.</summary>
    Waiting = 3,

    /// <summary>Its start was asked for, or its repair goes on.</summary>
    Running = 4,

    /// <summary>Its repair succeeded.</summary>
    Succeeded = 5,

    /// <summary>Its repair failed, was stopped, or was not accepted.</summary>
    Failed = 6,

    /// <summary>Someone stopped the batch before its turn; nothing was done.</summary>
    Stopped = 7,

    /// <summary>With the new settings clients got worse answers than before, and its agent restored the saved ones.</summary>
    RolledBack = 8,

    /// <summary>The new settings stay, and nothing has proven them yet.</summary>
    NotProven = 9,
}

/// <summary>A repair of several servers.</summary>
public sealed class RepairBatchEntity
{
    /// <summary>Cannot be guessed.</summary>
    public required string Id { get; set; }

    /// <summary>Who planned it, as JSON: its servers are asked as that caller.</summary>
    public required string Owner { get; set; }

    /// <summary>Null = for each server the one that cures its leading cause.</summary>
    public string? Playbook { get; set; }

    /// <summary>Null = each server's own.</summary>
    public string? Baseline { get; set; }

    public string Reason { get; set; } = "";
    public string Ticket { get; set; } = "";
    public DateTime CreatedAt { get; set; }

    /// <summary>Null until it was started; set once.</summary>
    public DateTime? StartedAt { get; set; }
}

/// <summary>One server of a batch. It holds all that its next step needs, so that whoever finds it open can go on with it.</summary>
public sealed class RepairBatchServerEntity
{
    public required string BatchId { get; set; }
    public int ServerId { get; set; }
    public BatchServerState State { get; set; }

    /// <summary>What it is repaired with, decided when the batch was made; null where nothing here cures its cause, so that it is left out.</summary>
    public string? Playbook { get; set; }

    /// <summary>UTC time at which it came into this state.</summary>
    public DateTime Since { get; set; }

    /// <summary>Times that the job, which looks once a minute, has found it in this state: a length that survives a restart and that no clock that is set changes.</summary>
    public int Looks { get; set; }

    /// <summary>The plan as JSON, with its fingerprint; its id is the idempotency key of the start, so a start that is sent again has no second effect. Null until there is one.</summary>
    public string? Plan { get; set; }

    /// <summary>The agent's id of the repair; null until its start was answered.</summary>
    public string? RepairId { get; set; }

    /// <summary>Why it is left out or failed; empty else.</summary>
    public string Message { get; set; } = "";
}
