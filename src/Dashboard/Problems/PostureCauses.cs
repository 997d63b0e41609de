using System.Globalization;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>
/// Which findings about a server's posture are problems: what was found and is a warning or worse. What can't be said is no problem, and no proof that one is gone. Their ids are those of the rules and of this
/// build's table; what only a newer table of an agent knows is one problem a kind, so that no agent can make up as many as it likes. Pure.
/// </summary>
internal static class PostureCauses
{
    public const string NewerVulnerability = "cve-newer-than-table";
    public const string NewerEnd = "end-of-life-newer-than-table";

    private const string VulnerabilityPrefix = "cve-";
    private const string EndPrefix = "end-of-life-";

    private static readonly HashSet<string> OfTable =
    [
        .. PostureTable.OfRelease?.Vulnerabilities.Select(vulnerability => PostureFindingIds.Vulnerability(vulnerability.Cve)) ?? [],
        .. PostureTable.OfRelease?.Products.Select(product => PostureFindingIds.EndOfLife(product.Id)) ?? [],
    ];

    private static readonly Dictionary<string, PostureKind> OfRules = new()
    {
        [PostureFindingIds.TlsOff] = PostureKind.Tls,
        [PostureFindingIds.TlsNotRequired] = PostureKind.Tls,
        [PostureFindingIds.TlsRequiredForContent] = PostureKind.Tls,
        [PostureFindingIds.TlsClientCertificate] = PostureKind.Tls,
        [PostureFindingIds.TlsNotSetUp] = PostureKind.Tls,
        [PostureFindingIds.TlsWithoutHttp] = PostureKind.Tls,
        [PostureFindingIds.OldProtocols] = PostureKind.Tls,
        [PostureFindingIds.WeakDotNet] = PostureKind.Tls,
        [PostureFindingIds.CertificateEnds] = PostureKind.Certificate,
        [PostureFindingIds.CertificateName] = PostureKind.Certificate,
        [PostureFindingIds.CertificateNotTrusted] = PostureKind.Certificate,
        [PostureFindingIds.FirewallOpen] = PostureKind.Exposure,
        [PostureFindingIds.FirewallOff] = PostureKind.Exposure,
        [PostureFindingIds.PoolIdentity] = PostureKind.Exposure,
        [PostureFindingIds.DatabaseNotEncrypted] = PostureKind.Exposure,
        [PostureFindingIds.RoleNotSetUp] = PostureKind.UnusedRole,
        [PostureFindingIds.RoleUnused] = PostureKind.UnusedRole,
        [PostureFindingIds.CompromiseSign] = PostureKind.CompromiseSign,
        [PostureFindingIds.MimeMissing] = PostureKind.Uup,
        [PostureFindingIds.MimeTwice] = PostureKind.Uup,
        [PostureFindingIds.ContentSpace] = PostureKind.Uup,
        [PostureFindingIds.DriversSelected] = PostureKind.Uup,
        [PostureFindingIds.AllLanguages] = PostureKind.Uup,
    };

    /// <summary>True where a problem is about a server's posture, and not about its syncs: it never stands before one of these.</summary>
    public static bool IsOne(string causeId) => KindOf(causeId) is not null;

    /// <summary>Null where it isn't about the posture.</summary>
    public static PostureKind? KindOf(string causeId) => causeId.StartsWith(VulnerabilityPrefix, StringComparison.Ordinal) ? PostureKind.Vulnerability
        : causeId.StartsWith(EndPrefix, StringComparison.Ordinal) ? PostureKind.EndOfLife
        : OfRules.TryGetValue(causeId, out var kind) ? kind : null;

    /// <summary>The problem that a finding belongs to: one update mends a vulnerability on all servers, and one date ends support for all; anything else is a server's own. Null where it isn't about the posture.</summary>
    public static ProblemGroup? GroupOf(int serverId, string causeId) => KindOf(causeId) is { } kind
        ? new(IsShared(kind) ? $"posture:{causeId}" : string.Create(CultureInfo.InvariantCulture, $"posture:{causeId}:{serverId}"), ProblemKind.Posture, "")
        : null;

    /// <summary>False where the name of a problem is that of the first server that had it: it is the same on all.</summary>
    public static bool IsRenamed(string causeId) => KindOf(causeId) is not (null or PostureKind.Vulnerability);

    /// <summary>Worst first, each id once.</summary>
    /// <param name="posture">What is said about the server.</param>
    /// <param name="others">Findings that aren't about the posture: one certificate is one problem.</param>
    /// <param name="now">UTC.</param>
    public static IEnumerable<StandingCause> Of(PostureAssessment posture, IReadOnlyList<Finding> others, DateTimeOffset now) => posture.Findings
        .Where(finding => finding.Answer is not PostureAnswer.CannotSay && finding.Severity is not PostureSeverity.Information)
        .Where(finding => finding.Id != PostureFindingIds.CertificateEnds || others.All(other => other.Id != FindingIds.ClientCertificateEnds))
        .Select(finding => new StandingCause(IdOf(finding), finding.Title, (Severity)(int)finding.Severity, EndedAt(finding, now), null))
        .Where(cause => IsOne(cause.Id))
        .DistinctBy(cause => cause.Id);

    /// <summary>True where a look that doesn't find a problem says that it is gone: what can't be said isn't gone.</summary>
    public static bool IsTold(string causeId, Snapshot snapshot, PostureAssessment posture) => snapshot.Posture.Status is SectionStatus.Ok
        && !posture.Findings.Any(finding => finding.Answer is PostureAnswer.CannotSay && finding.Id != PostureFindingIds.TableFileUnusable && (finding.Kind is PostureKind.Unknown || finding.Kind == KindOf(causeId)));

    private static bool IsShared(PostureKind kind) => kind is PostureKind.Vulnerability or PostureKind.EndOfLife;

    private static string IdOf(PostureFinding finding) => finding.Kind switch
    {
        PostureKind.Vulnerability => OfTable.Contains(finding.Id) ? finding.Id : NewerVulnerability,
        PostureKind.EndOfLife => OfTable.Contains(finding.Id) ? finding.Id : NewerEnd,
        _ => finding.Id,
    };

    /// <summary>Since when it is so, where a date says that: support or a certificate that has ended.</summary>
    private static DateTimeOffset? EndedAt(PostureFinding finding, DateTimeOffset now) =>
        finding.Kind is PostureKind.EndOfLife or PostureKind.Certificate && finding.Date <= now ? finding.Date : null;
}
