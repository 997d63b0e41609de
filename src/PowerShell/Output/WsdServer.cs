using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Output;

/// <summary>A server, as the dashboard knows it. Words like its health are those of the API, so that a newer dashboard's can be shown too.</summary>
public sealed class WsdServer
{
    /// <summary>Its id in this dashboard.</summary>
    public int ServerId { get; internal init; }

    /// <summary>Its name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Its site.</summary>
    public string Site { get; internal init; } = "";

    /// <summary>healthy, warning, critical, unreachable or unknown.</summary>
    public string Health { get; internal init; } = "";

    /// <summary>Since when.</summary>
    public DateTimeOffset? HealthSince { get; internal init; }

    /// <summary>What is going on with it: watched, readingHistory, beingRepaired, quarantined or notAssessable.</summary>
    public string Condition { get; internal init; } = "";

    /// <summary>Id of the cause named for it; empty if all is well.</summary>
    public string Cause { get; internal init; } = "";

    /// <summary>Its health in one sentence.</summary>
    public string Sentence { get; internal init; } = "";

    /// <summary>The pool that serves WSUS.</summary>
    public string PoolName { get; internal init; } = "";

    /// <summary>Its state.</summary>
    public string PoolState { get; internal init; } = "";

    /// <summary>How many settings differ from the baseline.</summary>
    public long? Drift { get; internal init; }

    /// <summary>How the last sync ended.</summary>
    public string LastSyncResult { get; internal init; } = "";

    /// <summary>When it ended.</summary>
    public DateTimeOffset? LastSyncAt { get; internal init; }

    /// <summary>When the last successful sync ended.</summary>
    public DateTimeOffset? LastGoodSyncAt { get; internal init; }

    /// <summary>Whether a sync is running.</summary>
    public bool IsSynchronizing { get; internal init; }

    /// <summary>Updates that Configuration Manager shows on a site server, else those that WSUS knows.</summary>
    public long? Updates { get; internal init; }

    /// <summary>The playbook that fixes the cause; empty if none does.</summary>
    public string Playbook { get; internal init; } = "";

    /// <summary>Whether that repair can be started now.</summary>
    public bool IsCurable { get; internal init; }

    /// <summary>What to do instead if no playbook helps.</summary>
    public string NextStep { get; internal init; } = "";

    /// <summary>The repair that is running.</summary>
    public string ActiveRepairId { get; internal init; } = "";

    /// <summary>When its agent last said something.</summary>
    public DateTimeOffset? ReadAt { get; internal init; }

    /// <summary>Its agent's address; only with -ServerId or -Detailed, like all that follows.</summary>
    public string Address { get; internal init; } = "";

    /// <summary>Its name in Windows.</summary>
    public string ComputerName { get; internal init; } = "";

    /// <summary>Its Windows.</summary>
    public string OperatingSystem { get; internal init; } = "";

    /// <summary>The version of its agent.</summary>
    public string AgentVersion { get; internal init; } = "";

    /// <summary>The version of WSUS.</summary>
    public string WsusVersion { get; internal init; } = "";

    /// <summary>The baseline it is compared with.</summary>
    public string Baseline { get; internal init; } = "";

    /// <summary>What a list shows.</summary>
    public override string ToString() => Name;

    internal static WsdServer From(JsonValue json) => new()
    {
        ServerId = json["id"].Count,
        Name = json["name"].Text,
        Site = json["site"].Text,
        Health = json["health"].Text,
        HealthSince = json["healthSince"].Time,
        Condition = json["condition"].Text,
        Cause = json["cause"].Text,
        Sentence = json["sentence"].Text,
        PoolName = json["pool"]["name"].Text,
        PoolState = json["pool"]["state"].Text,
        Drift = json["pool"]["drift"].Number,
        LastSyncResult = json["lastSync"]["result"].Text,
        LastSyncAt = json["lastSync"]["at"].Time,
        LastGoodSyncAt = json["lastGoodSyncAt"].Time,
        IsSynchronizing = json["isSynchronizing"].IsTrue,
        Updates = json["updates"]["total"].Number,
        Playbook = json["playbook"].Text,
        IsCurable = json["isCurable"].IsTrue,
        NextStep = json["nextStep"].Text,
        ActiveRepairId = json["activeRepair"]["repairId"].Text,
        ReadAt = json["readAt"].Time,
        Address = json["address"].Text,
        ComputerName = json["computerName"].Text,
        OperatingSystem = json["operatingSystem"].Text,
        AgentVersion = json["agentVersion"].Text,
        WsusVersion = json["wsusVersion"].Text,
        Baseline = json["baseline"].Text,
    };
}
