using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Features.Problems;

/// <summary>Words for what problems are.</summary>
internal static class ProblemLabels
{
    /// <summary>What the servers of a problem have in common; empty for a server's own.</summary>
    public static string Common(ProblemKind kind, string subject) => kind switch
    {
        ProblemKind.Upstream => subject.Length > 0 ? $"Upstream failure: {subject}" : "Upstream failure outside your sites",
        ProblemKind.Outage => $"Outage: {subject}",
        ProblemKind.Segment => $"Unreachable together: {subject}",
        ProblemKind.Posture => "Posture",
        _ => "",
    };

    /// <summary>The same beside one of its servers, without naming the others.</summary>
    public static string Common(ProblemKind kind) => kind switch
    {
        ProblemKind.Upstream => "upstream failure",
        ProblemKind.Outage => "outage",
        ProblemKind.Segment => "unreachable with others",
        ProblemKind.Posture => "posture",
        _ => "",
    };
}
