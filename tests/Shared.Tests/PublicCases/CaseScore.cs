using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Tests.PublicCases;

/// <summary>What the causes answered to one case.</summary>
/// <param name="Id">The case.</param>
/// <param name="Language">Of the server's messages.</param>
/// <param name="Wanted">The cause that the report proves.</param>
/// <param name="Given">The first named one.</param>
/// <param name="Confidence">How sure it was said.</param>
/// <param name="IsRight">It is the cause, or as good.</param>
/// <param name="IsNamed">Lines, events and facts name a cause of the list.</param>
internal sealed record CaseAnswer(string Id, string Language, string Wanted, string Given, CauseConfidence Confidence, bool IsRight, bool IsNamed)
{
    public bool IsUnknown => Given == FindingIds.UnknownCause;
}

/// <summary>How good the answers to a set of cases are.</summary>
internal sealed record CaseScore(IReadOnlyList<CaseAnswer> Answers)
{
    public static CaseScore Of(IEnumerable<PublicCase> cases) => new([.. cases.Select(Answer)]);

    public int Count => Answers.Count;

    public int Right => Answers.Count(answer => answer.IsRight);

    public int Certain => Answers.Count(answer => answer.Confidence is CauseConfidence.Certain);

    public int CertainRight => Answers.Count(answer => answer is { Confidence: CauseConfidence.Certain, IsRight: true });

    public int Likely => Answers.Count(answer => answer.Confidence is CauseConfidence.Likely);

    public int LikelyRight => Answers.Count(answer => answer is { Confidence: CauseConfidence.Likely, IsRight: true });

    /// <summary>Cases in which the cause is of the list and is named by what was seen.</summary>
    public int Named => Answers.Count(answer => answer.IsNamed);

    /// <summary>Those of them that were answered with a right cause instead of "unknown".</summary>
    public int NamedRight => Answers.Count(answer => answer is { IsNamed: true, IsRight: true, IsUnknown: false });

    private static CaseAnswer Answer(PublicCase item)
    {
        var first = CauseEngine.Rank(item.ToContext())[0];

        return new CaseAnswer(item.Id, item.Language, item.Cause, first.Id, first.Confidence, item.IsRight(first.Id), item.LinesNameIt && item.Cause != FindingIds.UnknownCause);
    }
}
