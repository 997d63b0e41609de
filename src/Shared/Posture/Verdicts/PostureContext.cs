using System.Globalization;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Posture.Verdicts;

/// <summary>What the rules look at, and the words they share.</summary>
/// <param name="Snapshot">All that is known of the server.</param>
/// <param name="Facts">Its posture.</param>
/// <param name="Table">The table; null where none can be used.</param>
/// <param name="Now">UTC.</param>
internal sealed record PostureContext(Snapshot Snapshot, PostureState Facts, PostureTable? Table, DateTimeOffset Now)
{
    private const string Registry = "Registry";

    /// <summary>True where WSUS has a site here: what is said of TLS, ports and content then makes sense.</summary>
    public bool HasSite => Facts.Site.Name.Length > 0;

    /// <summary>True unless it is known that the role isn't there.</summary>
    public bool MayHaveRole => Facts.Role.IsInstalled is not false;

    public static string Day(DateTimeOffset day) => day.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>The whole version: Windows calls the builds 9200 and 9600 6.2 and 6.3, all later ones 10.0.</summary>
    public string WindowsVersion()
    {
        var windows = Facts.Windows;
        var family = windows.Build switch { 0 => "", 9200 => "6.2.", 9600 => "6.3.", _ => "10.0." };
        return string.Create(CultureInfo.InvariantCulture, $"{family}{windows.Build}{(windows.Revision is { } revision ? $".{revision}" : "")}");
    }

    public PostureEvidence BuildEvidence() => new("Build of Windows", WindowsVersion(), $"{Registry}, {Facts.Windows.RevisionSource switch { RevisionSource.BuildLab => "BuildLabEx", RevisionSource.UpdateBuildRevision => "UBR", _ => "CurrentBuildNumber" }}", Facts.Windows.ReadAt);

    public PostureEvidence FromTable(string what, string value) => new(what, value, $"Table of {Day(Table!.AsOf)}", null);

    /// <summary>A finding that something can't be said.</summary>
    public static PostureFinding CannotSay(string id, PostureKind kind, string title, string because, string mends, PostureSeverity severity = PostureSeverity.Warning, params PostureEvidence[] evidence) => new()
    {
        Id = id,
        Kind = kind,
        Severity = severity,
        Answer = PostureAnswer.CannotSay,
        Title = title,
        Because = because.TrimEnd('.'),
        Mends = mends,
        Evidence = [.. evidence],
        Source = Sources.Product,
        Certainty = Certainty.Measured,
    };

    /// <summary>The less sure of both.</summary>
    public static Certainty Weaker(Certainty one, Certainty other) => Doubt(one) >= Doubt(other) ? one : other;

    private static int Doubt(Certainty certainty) => certainty switch
    {
        Certainty.Measured => 0,
        Certainty.Sourced => 1,
        Certainty.Inferred => 2,
        Certainty.FromMemory => 3,
        _ => 4,
    };
}

/// <summary>Where the rules' knowledge comes from.</summary>
internal static class Sources
{
    public const string Product = "WsusDashboard";
    public const string Tls = "Microsoft, Step 2: Configure WSUS (windowsserverdocs)";
    public const string Tls12 = "Microsoft, How to enable TLS 1.2 (memdocs)";
    public const string BestPractices = "Microsoft, Windows Server Update Services best practices";
    public const string ScanFailures = "Microsoft, troubleshoot software update scan failures";
    public const string Signs = "SigmaHQ/sigma, rules for CVE-2025-59287";
    public const string Plan = "Microsoft, Plan your WSUS deployment (windowsserverdocs)";
    public const string Firewall = "Windows' firewall classes; the count of open servers: Shadowserver, by imdpc.com";
}
