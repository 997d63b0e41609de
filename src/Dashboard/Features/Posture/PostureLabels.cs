using System.Globalization;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Posture;

/// <summary>How pages say it.</summary>
internal static class PostureLabels
{
    /// <summary>Kinds in the order in which somebody has to look at them.</summary>
    public static IReadOnlyList<PostureKind> Kinds { get; } =
    [
        PostureKind.CompromiseSign, PostureKind.Vulnerability, PostureKind.Exposure, PostureKind.Certificate, PostureKind.Tls, PostureKind.EndOfLife, PostureKind.UnusedRole, PostureKind.Uup,
    ];

    /// <summary>The place of a kind; what can't be said comes last, whatever its kind.</summary>
    public static int Rank(bool isUnsaid, PostureKind kind) => isUnsaid ? Kinds.Count + 1 : Kinds.Contains(kind) ? Kinds.TakeWhile(known => known != kind).Count() : Kinds.Count;

    public static string Kind(PostureKind kind) => kind switch
    {
        PostureKind.Vulnerability => "Vulnerabilities",
        PostureKind.EndOfLife => "End of support",
        PostureKind.Tls => "TLS",
        PostureKind.Certificate => "Certificates",
        PostureKind.Exposure => "Who can reach it",
        PostureKind.UnusedRole => "Unused role",
        PostureKind.CompromiseSign => "Signs of an attack",
        PostureKind.Uup => "Ready for coming updates",
        _ => "Other",
    };

    public static StateDisplay Look(PostureFinding finding) => finding.Answer is PostureAnswer.CannotSay
        ? new("none", "Can't say", Tone.Quiet)
        : StateDisplay.Of((Shared.Rules.Findings.Severity)(int)finding.Severity);

    /// <summary>How sure the knowledge is, where that has to be said; empty where it stands in a source or was measured.</summary>
    public static string Doubt(Certainty certainty) => certainty switch
    {
        Certainty.Sourced or Certainty.Measured => "",
        Certainty.Inferred => "not verified: inferred from other facts",
        Certainty.FromMemory => "not verified: no source found",
        _ => "not verified: not known for sure",
    };

    /// <summary>What the date of a finding is.</summary>
    public static string DateName(PostureKind kind) => kind switch
    {
        PostureKind.EndOfLife or PostureKind.Certificate => "Ends",
        _ => "Published",
    };

    /// <summary>"29 Nov 2026".</summary>
    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>"in 42 days", "today", "3 days ago".</summary>
    public static string Left(int days) => days switch
    {
        0 => "today",
        > 0 => $"in {Wording.Count(days, "day")}",
        _ => $"{Wording.Count(-days, "day")} ago",
    };
}
