using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Output;

/// <summary>A sync.</summary>
public sealed class WsdSyncRun
{
    /// <summary>Its server.</summary>
    public int ServerId { get; internal init; }

    /// <summary>Its server's name.</summary>
    public string ServerName { get; internal init; } = "";

    /// <summary>Unique on its server.</summary>
    public string SyncRunId { get; internal init; } = "";

    /// <summary>Who saw it: wsus or configMgr.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>scheduled, manual or parentSite.</summary>
    public string Trigger { get; internal init; } = "";

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; internal init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; internal init; }

    /// <summary>How long it took.</summary>
    public TimeSpan? Duration { get; internal init; }

    /// <summary>running, succeeded, failed, cancelled or unknown.</summary>
    public string Result { get; internal init; } = "";

    /// <summary>The error's number as Windows writes it; empty if there is none.</summary>
    public string ErrorCode { get; internal init; } = "";

    /// <summary>What was said about it.</summary>
    public string ErrorText { get; internal init; } = "";

    /// <summary>Updates that were added or changed.</summary>
    public long? UpdatesChanged { get; internal init; }

    /// <summary>Id of the cause.</summary>
    public string Cause { get; internal init; } = "";

    /// <summary>False for the second view of a sync that WSUS and Configuration Manager both saw, and for one that a repair stopped.</summary>
    public bool IsCounted { get; internal init; }

    /// <summary>The repair that started or stopped it.</summary>
    public string RepairId { get; internal init; } = "";

    /// <summary>What a list shows.</summary>
    public override string ToString() => $"{ServerName} {StartedAt:g} {Result}";

    internal static WsdSyncRun From(JsonValue json, int serverId, string serverName) => new()
    {
        ServerId = serverId,
        ServerName = serverName,
        SyncRunId = json["id"].Text,
        Source = json["source"].Text,
        Trigger = json["trigger"].Text,
        StartedAt = json["startedAt"].Time,
        EndedAt = json["endedAt"].Time,
        Duration = json["durationSeconds"].Fraction is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Result = json["result"].Text,
        ErrorCode = json["errorCode"].Number is { } code and not 0 ? $"0x{unchecked((uint)code):X8}" : "",
        ErrorText = json["errorText"].Text,
        UpdatesChanged = json["updatesChanged"].Number,
        Cause = json["cause"].Text,
        IsCounted = json["isCounted"].IsTrue,
        RepairId = json["repairId"].Text,
    };
}
