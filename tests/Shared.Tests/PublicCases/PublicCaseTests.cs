using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Tests.Causes;

namespace WsusDashboard.Shared.Tests.PublicCases;

/// <summary>The causes against what other people's estates showed. Of the scored part only sums are asserted, and nothing of it is printed.</summary>
public sealed class PublicCaseTests
{
    private const string Valid = """
        [{ "id": "a-01", "address": "https://example.org", "readOn": "2026-11-30", "language": "en", "question": "run-failed", "cause": "disk-full", "confirmedBy": "vendor",
           "linesNameIt": true, "run": { "source": "wsus", "result": "failed" }, "lines": [{ "log": "WCM", "minute": -1, "text": "a" }] }]
        """;

    private static readonly Lazy<IReadOnlyList<PublicCase>> Work = new(() => PublicCaseReader.ReadFolder(PublicCaseReader.WorkFolder));
    private static readonly Lazy<IReadOnlyList<PublicCase>> Scored = new(() => PublicCaseReader.ReadFolder(PublicCaseReader.ScoredFolder));

    [Fact]
    public void Read_ValidCase_HasItsFields()
    {
        var read = Assert.Single(PublicCaseReader.Read("a.json", Valid));

        Assert.Equal(("a-01", FindingIds.DiskFull, true, SyncResult.Failed), (read.Id, read.Cause, read.LinesNameIt, read.Run.Result));
        Assert.Equal(("WCM", -1), (read.Lines[0].Log, read.Lines[0].Minute));
    }

    [Theory]
    [InlineData("\"language\"", "\"lang\"", "a.json", "a-01", "language")]
    [InlineData("\"confirmedBy\": \"vendor\"", "\"confirmedBy\": \"hearsay\"", "a-01", "confirmedBy", "hearsay")]
    [InlineData("disk-full", "disk-fool", "a-01", "cause", "disk-fool")]
    [InlineData("\"linesNameIt\": true", "\"linesNameIt\": 1", "a-01", "linesNameIt", "true, false")]
    [InlineData("\"log\": \"WCM\"", "\"log\": \"smsexec\"", "a-01", "lines[0]", "smsexec")]
    [InlineData("\"minute\": -1", "\"minute\": -999999", "a-01", "minute", "-999999")]
    [InlineData("\"source\": \"wsus\"", "\"source\": \"wsus\", \"secondSource\": 1", "a-01, run", "secondSource", "Allowed")]
    [InlineData("\"readOn\": \"2026-11-30\"", "\"readOn\": \"yesterday\"", "a-01", "readOn", "yesterday")]
    [InlineData("[{", "{", "a.json", "JSON", "isn't")]
    public void Read_FieldOrValueThatIsNotKnown_NamesFileCaseAndField(string valid, string wrong, params string[] facts)
    {
        var exception = Assert.Throws<FormatException>(() => PublicCaseReader.Read("a.json", Valid.Replace(valid, wrong, StringComparison.Ordinal)));

        Assert.All(facts, fact => Assert.Contains(fact, exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_FolderThatIsNotThere_HasNoCases() => Assert.Empty(PublicCaseReader.ReadFolder(Path.Combine(AppContext.BaseDirectory, "no such folder")));

    [Fact]
    public void SyncCases_AllFifteen_AreRight()
    {
        var answers = CaseScore.Of(SyncCases.Read(SharedMaterial.Find("sync-cases.json"))).Answers;

        Assert.Equal(15, answers.Count);
        Assert.Empty(answers.Where(answer => !answer.IsRight).Select(answer => $"{answer.Id}: {answer.Wanted} was taken for {answer.Given}, {answer.Confidence}"));
    }

    /// <summary>Floors: what was reached on the day that the cases came in, so that no later rule loses it.</summary>
    [Fact]
    public void Rank_WorkPart_ReachesItsCounts()
    {
        var score = CaseScore.Of(Work.Value);

        Assert.InRange(score.Right, 67, int.MaxValue);
        Assert.InRange(score.NamedRight, 29, int.MaxValue);
        Assert.Equal(score.Certain, score.CertainRight);
        Assert.InRange(score.LikelyRight, (int)Math.Ceiling(score.Likely * 0.85), int.MaxValue);
    }

    /// <summary>Floors too; the target is 95 % (tests/Benchmarks/README.md). Nothing that is certain may be wrong.</summary>
    [Fact]
    public void Rank_ScoredPart_ReachesItsCounts()
    {
        var score = CaseScore.Of(Scored.Value);

        Assert.InRange(score.Right, 26, int.MaxValue);
        Assert.Equal(score.Certain, score.CertainRight);
    }

    /// <summary>Patched servers give no error text: what is left may be too little, never enough for a wrong certainty.</summary>
    [Fact]
    public void Rank_LabelledSetWithoutErrorText_IsNeverWrongAndCertain() => Assert.Empty(LabelledCase.All
        .Select(item => (item.Name, item.Label, item.Also, First: CauseEngine.Rank(WithoutText(item.File))[0]))
        .Where(answer => answer.First is { Confidence: CauseConfidence.Certain } && answer.First.Id != answer.Label && answer.First.Id != answer.Also)
        .Select(answer => $"{answer.Name}: {answer.Label} was taken for {answer.First.Id}"));

    [Fact]
    public void Rank_PublicCasesWithoutErrorText_AreNeverWrongAndCertain() => Assert.Empty(Work.Value
        .Select(item => (Case: item, First: CauseEngine.Rank(item.ToContext(isTextHidden: true))[0]))
        .Where(answer => answer.First.Confidence is CauseConfidence.Certain && !answer.Case.IsRight(answer.First.Id))
        .Select(answer => $"{answer.Case.Id}: {answer.Case.Cause} was taken for {answer.First.Id}"));

    /// <summary>The page of a run and the state of its server name the same cause.</summary>
    [Fact]
    public void Assess_PublicCases_NamesTheCauseOfTheRun() => Assert.Empty(Work.Value.Concat(Scored.Value)
        .Where(item => item.Question is CauseQuestion.RunFailed && item.Run.Result is SyncResult.Failed or SyncResult.Cancelled)
        .Select(item => (Ranked: CauseEngine.Rank(item.ToContext())[0].Id, Assessed: RuleEngine.Assess(item.ToObservation()).Causes is [var first, ..] ? first.Id : "none"))
        .Where(answer => answer.Ranked != answer.Assessed)
        .Select(answer => $"{answer.Ranked} on the run, {answer.Assessed} on the server"));

    /// <summary>The pool is at its defaults, so its settings differ from the baseline: beside these errors that is no reason to repair it.</summary>
    [Theory]
    [InlineData("P02")]
    [InlineData("P03")]
    [InlineData("P05")]
    [InlineData("P08")]
    [InlineData("P10")]
    [InlineData("P15")]
    public void Of_ErrorOutsideThePool_OffersNoRepairOfThePool(string id)
    {
        var item = SyncCases.Read(SharedMaterial.Find("sync-cases.json")).Single(item => item.Id == id);
        var drifted = item with { Facts = item.Facts with { Pool = PoolState.Started } };

        var assessment = RuleEngine.Assess(drifted.ToObservation());

        Assert.Equal(item.Facts.IsWsusHere, assessment.Findings.Any(finding => finding.Id == FindingIds.SettingsDrift));
        Assert.Null(RepairOffers.Of(assessment).Playbook);
    }

    [Fact]
    public void Assess_SiteCannotTakeLicenceTerms_NamesThemAlsoWhereWsusSucceeds()
    {
        var item = SyncCases.Read(SharedMaterial.Find("sync-cases.json")).Single(item => item.Id == "P04");
        var observation = item.ToObservation();
        var site = observation.RecentSyncs[0];
        var wsus = new SyncRun { Id = "wsus-1", Source = SyncSource.Wsus, StartedAt = site.StartedAt.AddMinutes(1), EndedAt = site.EndedAt!.Value.AddMinutes(-4), Result = SyncResult.Succeeded };

        var assessment = RuleEngine.Assess(observation with { RecentSyncs = [site, wsus] });

        Assert.Equal((FindingIds.LicenseTermsPending, true), (assessment.Leading?.Id, assessment.Leading?.IsCause));
        Assert.Equal(site.Id, assessment.ExplainedRunId);
    }

    private static SyncRunContext WithoutText(SyncRunContext context) => context with
    {
        Run = context.Run with { ErrorText = "", ErrorCode = 0 },
        OtherView = context.OtherView is { } other ? other with { ErrorText = "", ErrorCode = 0 } : null,
    };
}
