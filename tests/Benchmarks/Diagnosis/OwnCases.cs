using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Tests.Causes;
using WsusDashboard.Shared.Tests.PublicCases;

namespace WsusDashboard.Benchmarks.Diagnosis;

/// <summary>The labelled set of the tests, as answers.</summary>
internal static class OwnCases
{
    public static CaseScore Score() => new([.. LabelledCase.All.Select(item =>
    {
        var first = CauseEngine.Rank(item.File)[0];

        return new CaseAnswer(item.Name, "en", item.Label, first.Id, first.Confidence, first.Id == item.Label, item.Label != Shared.Rules.Findings.FindingIds.UnknownCause);
    })]);
}
