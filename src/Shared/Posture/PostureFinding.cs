using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Posture;

/// <summary>What a finding about a server's posture is about.</summary>
public enum PostureKind
{
    Unknown = 0,

    /// <summary>A published vulnerability whose fix the server's build does not have.</summary>
    Vulnerability = 1,

    /// <summary>A product whose support ends or has ended.</summary>
    EndOfLife = 2,

    /// <summary>TLS of WSUS's directories, of Windows or of .NET.</summary>
    Tls = 3,

    /// <summary>The certificate of WSUS's site.</summary>
    Certificate = 4,

    /// <summary>Who can reach WSUS's ports, as far as the server can know.</summary>
    Exposure = 5,

    /// <summary>The role WSUS is installed, and nothing uses it.</summary>
    UnusedRole = 6,

    /// <summary>Something matches a published sign of an attack. It never says "compromised".</summary>
    CompromiseSign = 7,

    /// <summary>Readiness for updates as Microsoft delivers them now: MIME types, space, what is selected.</summary>
    Uup = 8,
}

/// <summary>How much a finding matters.</summary>
public enum PostureSeverity
{
    Information = 0,
    Warning = 1,
    Critical = 2,
}

/// <summary>What a finding says.</summary>
public enum PostureAnswer
{
    /// <summary>It can't be said, and <see cref="PostureFinding.Because"/> says why. Never the same as "all right".</summary>
    CannotSay = 0,

    /// <summary>It is so.</summary>
    Found = 1,

    /// <summary>It is so, although a part of the fix is there.</summary>
    PartlyFixed = 2,
}

/// <summary>How sure the knowledge is that a finding rests on; the marks of the reference.</summary>
public enum Certainty
{
    /// <summary>[?]: not known; only a real server can tell.</summary>
    Unknown = 0,

    /// <summary>[S]: stands in a source.</summary>
    Sourced = 1,

    /// <summary>[X]: measured.</summary>
    Measured = 2,

    /// <summary>[M]: from memory, not found in a source.</summary>
    FromMemory = 3,

    /// <summary>[I]: inferred from sourced facts.</summary>
    Inferred = 4,
}

/// <summary>One conclusion about a server's posture, with all that a person needs to act on it or to doubt it.</summary>
public sealed record PostureFinding
{
    /// <summary>The same for the same thing on every server: "cve-2025-59287", "end-of-life-windows-server-2016", "certificate-ends", "firewall-open". At most 60 characters.</summary>
    public required string Id { get; init; }

    public PostureKind Kind { get; init; }

    public PostureSeverity Severity { get; init; }

    public PostureAnswer Answer { get; init; } = PostureAnswer.Found;

    /// <summary>A few words: "CVE-2025-59287: remote code without sign-in".</summary>
    public string Title { get; init; } = "";

    /// <summary>The CVE, or the product; empty where there is neither.</summary>
    public string Reference { get; init; } = "";

    /// <summary>UTC: when a vulnerability was published, when support or a certificate ends. Null where there is no date.</summary>
    public DateTimeOffset? Date { get; init; }

    /// <summary>CVSS base score, 0 to 10; null where there is none or it was not read.</summary>
    public double? Score { get; init; }

    /// <summary>Attacks that use it were seen.</summary>
    public bool IsExploited { get; init; }

    /// <summary>True where whoever reaches the port needs no sign-in to run code.</summary>
    public bool AllowsRemoteCode { get; init; }

    /// <summary>Why it can't be said; empty where it can. A part of a sentence: "Can't say, because …".</summary>
    public string Because { get; init; } = "";

    /// <summary>What it allows, or what follows; one sentence.</summary>
    public string Allows { get; init; } = "";

    /// <summary>What mends it; a sentence.</summary>
    public string Mends { get; init; } = "";

    /// <summary>What lowers the risk until then; a sentence. Empty where nothing does.</summary>
    public string LowersRisk { get; init; } = "";

    /// <summary>What was found; at most 20.</summary>
    public ValueList<PostureEvidence> Evidence { get; init; } = [];

    /// <summary>Where the knowledge comes from.</summary>
    public string Source { get; init; } = "";

    public Certainty Certainty { get; init; }

    /// <summary>A page adds "not verified".</summary>
    public bool IsUnverified => Certainty is not (Certainty.Sourced or Certainty.Measured);
}

/// <summary>One value that a finding rests on.</summary>
/// <param name="What">What was looked at: "Build of Windows".</param>
/// <param name="Value">What was found: "10.0.17763.7558".</param>
/// <param name="ReadFrom">Where: "Registry, CurrentVersion, UBR".</param>
/// <param name="At">UTC time of the reading, where known.</param>
public sealed record PostureEvidence(string What, string Value, string ReadFrom, DateTimeOffset? At);

/// <summary>The table that findings were made with.</summary>
public sealed record TableInForce
{
    /// <summary>The table's own date, at 00:00 UTC; null where there is no usable table.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>SHA-256 of its bytes; 64 lower-case hexadecimal digits, or empty.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>True where an administrator renewed it from a file, false where it came with the release.</summary>
    public bool IsFromFile { get; init; }

    /// <summary>Why a renewed table is not used, for a person; empty where nothing is wrong.</summary>
    public string Problem { get; init; } = "";
}
