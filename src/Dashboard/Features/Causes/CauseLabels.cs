using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Causes;

/// <summary>How pages say what the cause engine found.</summary>
internal static class CauseLabels
{
    public static string Confidence(RankedCause cause) => cause.Id == FindingIds.UnknownCause ? "unknown" : cause.Confidence switch
    {
        CauseConfidence.Certain => "confirmed by the evidence",
        CauseConfidence.Likely => "likely",
        _ => "possible",
    };

    public static string Evidence(IReadOnlyList<Evidence> evidence)
    {
        var against = evidence.Count(item => item.Speaks == EvidenceDirection.Against);

        return against == 0 ? $"Evidence: {evidence.Count} for" : $"Evidence: {evidence.Count - against} for, {against} against";
    }
}
