using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Output;

/// <summary>What a repair would do on a server now.</summary>
public sealed class WsdRepairPlan
{
    /// <summary>The server.</summary>
    public int ServerId { get; internal init; }

    /// <summary>Its name.</summary>
    public string ServerName { get; internal init; } = "";

    /// <summary>Its name in Windows.</summary>
    public string ComputerName { get; internal init; } = "";

    /// <summary>The playbook.</summary>
    public string Playbook { get; internal init; } = "";

    /// <summary>The baseline.</summary>
    public string Baseline { get; internal init; } = "";

    /// <summary>Starts only this plan.</summary>
    public string Fingerprint { get; internal init; } = "";

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; internal init; }

    /// <summary>The steps, in order.</summary>
    public WsdPlanStep[] Steps { get; internal init; } = [];

    /// <summary>Settings that would change.</summary>
    public WsdSettingChange[] Changes { get; internal init; } = [];

    /// <summary>Values of the baseline that aren't safe on this server.</summary>
    public WsdSettingDeviation[] Deviations { get; internal init; } = [];

    /// <summary>Risks on this server.</summary>
    public string[] Warnings { get; internal init; } = [];

    /// <summary>What will be interrupted.</summary>
    public string[] Interruptions { get; internal init; } = [];

    /// <summary>Why it can't be started; empty if it can.</summary>
    public string Refusal { get; internal init; } = "";

    /// <summary>How long it takes.</summary>
    public TimeSpan? ExpectedDuration { get; internal init; }

    /// <summary>What a list shows.</summary>
    public override string ToString() => $"{ServerName}: {Playbook}";

    internal static WsdRepairPlan From(JsonValue json, int serverId, string serverName) => new()
    {
        ServerId = serverId,
        ServerName = serverName,
        ComputerName = json["computerName"].Text,
        Playbook = json["playbook"].Text,
        Baseline = json["baseline"].Text,
        Fingerprint = json["fingerprint"].Text,
        CreatedAt = json["createdAt"].Time,
        Steps = json["steps"].Select(WsdPlanStep.From),
        Changes = json["changes"].Select(WsdSettingChange.From),
        Deviations = json["deviations"].Select(WsdSettingDeviation.From),
        Warnings = json["warnings"].Texts(),
        Interruptions = json["interruptions"].Texts(),
        Refusal = json["refusal"].Text,
        ExpectedDuration = json["expectedDuration"].Duration,
    };
}

/// <summary>A step of a plan.</summary>
public sealed class WsdPlanStep
{
    /// <summary>From 1.</summary>
    public int Number { get; internal init; }

    /// <summary>What it does.</summary>
    public string Kind { get; internal init; } = "";

    /// <summary>In words.</summary>
    public string Title { get; internal init; } = "";

    /// <summary>What it acts on.</summary>
    public string Target { get; internal init; } = "";

    /// <summary>More about it.</summary>
    public string Detail { get; internal init; } = "";

    /// <summary>Whether it isn't needed on this server.</summary>
    public bool WillBeSkipped { get; internal init; }

    /// <summary>What it interrupts.</summary>
    public string Interrupts { get; internal init; } = "";

    /// <summary>How long it takes.</summary>
    public TimeSpan? ExpectedDuration { get; internal init; }

    /// <summary>What a list shows.</summary>
    public override string ToString() => $"{Number}. {Title}";

    internal static WsdPlanStep From(JsonValue json) => new()
    {
        Number = json["number"].Count,
        Kind = json["kind"].Text,
        Title = json["title"].Text,
        Target = json["target"].Text,
        Detail = json["detail"].Text,
        WillBeSkipped = json["willBeSkipped"].IsTrue,
        Interrupts = json["interrupts"].Text,
        ExpectedDuration = json["expectedDuration"].Duration,
    };
}

/// <summary>A setting that changes.</summary>
public sealed class WsdSettingChange
{
    /// <summary>Its key.</summary>
    public string Setting { get; internal init; } = "";

    /// <summary>The value before.</summary>
    public string Before { get; internal init; } = "";

    /// <summary>The value after.</summary>
    public string After { get; internal init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>Who recommends it.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>What a list shows.</summary>
    public override string ToString() => $"{Setting}: {Before} → {After}";

    internal static WsdSettingChange From(JsonValue json) => new()
    {
        Setting = json["setting"].Text,
        Before = json["before"].Text,
        After = json["after"].Text,
        Reason = json["reason"].Text,
        Source = json["source"].Text,
    };
}

/// <summary>A value of the baseline that isn't safe on a server.</summary>
public sealed class WsdSettingDeviation
{
    /// <summary>Its key.</summary>
    public string Setting { get; internal init; } = "";

    /// <summary>What the baseline asks for.</summary>
    public string Wanted { get; internal init; } = "";

    /// <summary>What is planned instead.</summary>
    public string Planned { get; internal init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>Whether it is planned anyway.</summary>
    public bool IsIncluded { get; internal init; }

    /// <summary>What a list shows.</summary>
    public override string ToString() => $"{Setting}: {Planned} instead of {Wanted}";

    internal static WsdSettingDeviation From(JsonValue json) => new()
    {
        Setting = json["setting"].Text,
        Wanted = json["wanted"].Text,
        Planned = json["planned"].Text,
        Reason = json["reason"].Text,
        IsIncluded = json["isIncluded"].IsTrue,
    };
}
