using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Output;

/// <summary>A finding about a server's posture.</summary>
public sealed class WsdPostureFinding
{
    /// <summary>The server.</summary>
    public int ServerId { get; internal init; }

    /// <summary>Its name.</summary>
    public string ServerName { get; internal init; } = "";

    /// <summary>Its site.</summary>
    public string Site { get; internal init; } = "";

    /// <summary>The same for the same thing on every server, for example cve-2025-59287.</summary>
    public string FindingId { get; internal init; } = "";

    /// <summary>What it is about.</summary>
    public string Kind { get; internal init; } = "";

    /// <summary>information, warning or critical.</summary>
    public string Severity { get; internal init; } = "";

    /// <summary>found, partlyFixed or cannotSay.</summary>
    public string Answer { get; internal init; } = "";

    /// <summary>A few words.</summary>
    public string Title { get; internal init; } = "";

    /// <summary>The CVE or the product.</summary>
    public string Reference { get; internal init; } = "";

    /// <summary>When it was published, or when support or a certificate ends.</summary>
    public DateTimeOffset? Date { get; internal init; }

    /// <summary>CVSS, 0 to 10.</summary>
    public double? Score { get; internal init; }

    /// <summary>Whether attacks that use it were seen.</summary>
    public bool IsExploited { get; internal init; }

    /// <summary>Why it can't be said.</summary>
    public string Because { get; internal init; } = "";

    /// <summary>What it allows.</summary>
    public string Allows { get; internal init; } = "";

    /// <summary>What fixes it.</summary>
    public string Mends { get; internal init; } = "";

    /// <summary>Who accepted it.</summary>
    public string AcceptedBy { get; internal init; } = "";

    /// <summary>Until when.</summary>
    public DateTimeOffset? AcceptedUntil { get; internal init; }

    /// <summary>Why.</summary>
    public string AcceptedReason { get; internal init; } = "";

    /// <summary>What a list shows.</summary>
    public override string ToString() => $"{ServerName}: {Title}";

    internal static WsdPostureFinding From(JsonValue json) => new()
    {
        ServerId = json["serverId"].Count,
        ServerName = json["serverName"].Text,
        Site = json["site"].Text,
        FindingId = json["finding"]["id"].Text,
        Kind = json["finding"]["kind"].Text,
        Severity = json["finding"]["severity"].Text,
        Answer = json["finding"]["answer"].Text,
        Title = json["finding"]["title"].Text,
        Reference = json["finding"]["reference"].Text,
        Date = json["finding"]["date"].Time,
        Score = json["finding"]["score"].Fraction,
        IsExploited = json["finding"]["isExploited"].IsTrue,
        Because = json["finding"]["because"].Text,
        Allows = json["finding"]["allows"].Text,
        Mends = json["finding"]["mends"].Text,
        AcceptedBy = json["acknowledgement"]["by"].Text,
        AcceptedUntil = json["acknowledgement"]["until"].Time,
        AcceptedReason = json["acknowledgement"]["reason"].Text,
    };
}
