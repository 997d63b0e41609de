using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Rules.Causes;

/// <summary>One cause with all that speaks for it and against it, and how sure that makes it.</summary>
internal sealed record WeighedCause(CauseRule Rule, IReadOnlyList<WeightedEvidence> Evidence)
{
    public int Score => Evidence.Sum(item => item.Weight);

    /// <summary>
    /// Possible, likely from 60, certain from 100 if it was earned: by two kinds of evidence, or by one that decides by its nature, and by nothing against it. One line, however
    /// plainly it speaks, stays likely: it may be a follow-up, or the error of something else.
    /// </summary>
    public CauseConfidence Confidence =>
        Score < Weight.Strong ? CauseConfidence.Possible
        : Score >= Weight.Names && IsEarned ? CauseConfidence.Certain
        : CauseConfidence.Likely;

    private bool IsEarned => Evidence.All(item => item.Weight > Weight.SpeaksAgainst)
        && (Evidence.Any(item => item is { IsDecisive: true, Weight: > 0 }) || Evidence.Where(item => item.Weight >= Weight.Supports).Select(item => item.Kind).Distinct().Count() > 1);
}
