using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Causes;

/// <summary>How pages say what the cause engine found.</summary>
internal static class CauseLabels
{
    public static string Confidence(RankedCause cause) => Confidence(cause.Id, cause.Confidence);

    public static string Confidence(string causeId, CauseConfidence confidence) => RepairLabels.HowSure(causeId, confidence);

    /// <summary>How often the same line stands in good syncs: what stands there too explains no bad one. Empty where nothing was compared.</summary>
    public static string GoodRuns(LoggedLine line) => line.CoveredGoodRuns == 0 ? ""
        : line.GoodRuns == 0 ? $"in none of {Wording.Count(line.CoveredGoodRuns, "good sync", "good syncs")}"
        : $"also in {Wording.Number(line.GoodRuns)} of {Wording.Count(line.CoveredGoodRuns, "good sync", "good syncs")}";

    public static string Evidence(IReadOnlyList<Evidence> evidence)
    {
        var against = evidence.Count(item => item.Speaks == EvidenceDirection.Against);

        return against == 0 ? $"Evidence: {evidence.Count} for" : $"Evidence: {evidence.Count - against} for, {against} against";
    }
}
