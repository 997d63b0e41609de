using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Tests.Causes;

public sealed class CauseEngineTests
{
    private const double RequiredAccuracy = 0.9;

    public static TheoryData<string> Names => [.. LabelledCase.All.Select(item => item.Name)];

    [Fact]
    public void Rank_LabelledSet_IsRightInNineOfTenAndNeverBlamesThePoolWrongly()
    {
        Assert.InRange(LabelledCase.All.Count, 60, int.MaxValue);
        Assert.Equal(LabelledCase.All.Count, LabelledCase.All.Select(item => item.Name).Distinct().Count());

        var answers = LabelledCase.All.Select(item => (item.Name, item.Label, Given: CauseEngine.Rank(item.File)[0].Id)).ToList();
        var confused = answers.Where(answer => answer.Given != answer.Label).Select(answer => $"\"{answer.Name}\": {answer.Label} was taken for {answer.Given}").ToList();
        var poolBlamed = answers.Where(answer => FindingIds.PoolCauses.Contains(answer.Given) && !FindingIds.PoolCauses.Contains(answer.Label)).Select(answer => answer.Name).ToList();

        Assert.True(confused.Count <= answers.Count * (1 - RequiredAccuracy), $"{confused.Count} of {answers.Count} wrong:{Environment.NewLine}{string.Join(Environment.NewLine, confused)}");
        Assert.Empty(poolBlamed);
    }

    [Fact]
    public void Rank_LabelledSet_HasNoKnownConfusion() =>
        Assert.Empty(LabelledCase.All.Select(item => (item, CauseEngine.Rank(item.File)[0].Id)).Where(pair => pair.Id != pair.item.Label).Select(pair => $"{pair.item.Name}: {pair.item.Label} → {pair.Id}"));

    [Fact]
    public void Rank_TwoCausesAtOnce_ListsBoth() =>
        Assert.Empty(LabelledCase.All.Where(item => item.Also is not null && CauseEngine.Rank(item.File).All(cause => cause.Id != item.Also)).Select(item => item.Name));

    [Fact]
    public void Rank_DecidingEvidenceTakenAway_GivesNoCertainWrongAnswer()
    {
        var mutated = LabelledCase.All.Where(item => item.FileWithout is not null).ToList();

        Assert.InRange(mutated.Count, 25, int.MaxValue);
        Assert.Empty(mutated
            .Select(item => (item.Name, item.Label, First: CauseEngine.Rank(item.FileWithout!)[0]))
            .Where(answer => answer.First.Id != answer.Label && answer.First.Id != FindingIds.UnknownCause && answer.First.Confidence is CauseConfidence.Certain)
            .Select(answer => $"{answer.Name}: {answer.First.Id}"));
    }

    [Fact]
    public void Rank_DecidingEvidenceTakenAway_IsMostlyUnknown()
    {
        var first = LabelledCase.All.Where(item => item.FileWithout is not null).Select(item => CauseEngine.Rank(item.FileWithout!)[0].Id).ToList();

        Assert.True(first.Count(id => id == FindingIds.UnknownCause) >= first.Count * 0.8, string.Join(", ", first));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Rank_AnyCase_EveryCauseShowsItsEvidenceAndWhatToDo(string name)
    {
        var ranked = CauseEngine.Rank(LabelledCase.All.Single(item => item.Name == name).File);

        Assert.NotEmpty(ranked);
        Assert.Equal(ranked.Count, ranked.Select(cause => cause.Id).Distinct().Count());
        Assert.All(ranked, cause =>
        {
            Assert.Contains(cause.Id, FindingIds.Causes);
            Assert.Contains(cause.Evidence, evidence => evidence.Speaks is EvidenceDirection.For);
            Assert.All([cause.Name, cause.Explanation, cause.Source, cause.Helps, cause.LookNext], text => Assert.DoesNotContain("{", text, StringComparison.Ordinal));
            Assert.All(cause.Evidence, evidence => Assert.All([evidence.What, evidence.Value, evidence.ReadFrom], Assert.NotEmpty));
            Assert.True(cause.Playbook is null || PlaybookCatalog.Find(cause.Playbook) is not null);
            Assert.True(cause.Id == FindingIds.UnknownCause || cause.Because is { Length: > 0 });
        });
    }

    [Fact]
    public void Rules_OfAllFamilies_CoverThe41CausesAndEveryId()
    {
        Assert.Equal(Enumerable.Range(1, 41), CauseCatalog.All.Select(cause => cause.Number).Distinct().Order());
        Assert.Equal(FindingIds.Causes.Except([FindingIds.UnknownCause]).Order(), CauseCatalog.All.Select(cause => cause.Id).Order());
        Assert.Equal(CauseCatalog.All.Count, CauseCatalog.All.Select(cause => cause.Precedence).Distinct().Count());
    }

    /// <summary>An agent keeps only lines that may speak: the answer must not depend on the others.</summary>
    [Fact]
    public void Rank_LinesThatAnAgentWouldKeep_GiveTheSameAnswer() =>
        Assert.Empty(LabelledCase.All.Select(item => (item.Name, item.File))
            .Where(item => CauseEngine.Rank(item.File)[0].Id != CauseEngine.Rank(item.File with { Lines = [.. item.File.Lines.Where(line => CauseEngine.MaySpeak(line.Text) && CauseEngine.IsTelling(line))] })[0].Id)
            .Select(item => item.Name));

    [Fact]
    public void LabelledSet_NamesEveryCause() => Assert.Empty(FindingIds.Causes.Except(LabelledCase.All.Select(item => item.Label)));

    [Theory]
    [InlineData(FindingIds.ProxyRefused)]
    [InlineData(FindingIds.SecureChannelFailed)]
    [InlineData(FindingIds.DiskFull)]
    [InlineData(FindingIds.UpstreamFailing)]
    [InlineData(FindingIds.DatabaseFailing)]
    public void Rank_CauseOutsideThePool_OffersNoPlaybookForIt(string id) =>
        Assert.All(LabelledCase.All.Where(item => item.Label == id), item => Assert.Null(CauseEngine.Rank(item.File)[0].Playbook));
}
