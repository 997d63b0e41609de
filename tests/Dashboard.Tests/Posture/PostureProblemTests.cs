using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using static WsusDashboard.Dashboard.Tests.Posture.PostureSamples;

namespace WsusDashboard.Dashboard.Tests.Posture;

/// <summary>Findings about the posture as problems: after those about syncs, never gone by accident, never more than an agent may make up.</summary>
public sealed class PostureProblemTests
{
    [Fact]
    public void Standing_FailingSyncBesideACriticalVulnerability_ComesFirst()
    {
        var reading = Read(Vulnerable(Now), ProblemSamples.Finding(FindingIds.ProxyRefused, Severity.Warning));

        Assert.Equal(FindingIds.ProxyRefused, reading.Standing[0].Id);
        Assert.Contains(reading.Standing.Skip(1), cause => cause is { Id: RemoteCode, Severity: Severity.Critical, IsCause: false, Playbook: null });
    }

    [Fact]
    public void Standing_WhatCannotBeSaid_IsNoProblem() => Assert.Empty(Read(Facts(Now, revision: null)).Standing);

    [Fact]
    public void Standing_InformationAlone_IsNoProblem() =>
        Assert.DoesNotContain(Read(Facts(Now).JudgedByAgent(Verdict("cve-2025-59287", PostureKind.Vulnerability) with { Severity = PostureSeverity.Information })).Standing, cause => PostureCauses.IsOne(cause.Id));

    [Fact]
    public void Standing_OneCertificateFoundTwice_IsOneProblem()
    {
        var facts = Facts(Now).WithCertificate(Now.AddDays(5));

        Assert.Contains(Read(facts).Standing, cause => cause.Id == PostureFindingIds.CertificateEnds);
        Assert.DoesNotContain(Read(facts, ProblemSamples.Finding(FindingIds.ClientCertificateEnds)).Standing, cause => cause.Id == PostureFindingIds.CertificateEnds);
    }

    [Fact]
    public void Standing_VerdictsThatOnlyANewerTableKnows_AreOneProblemAKind()
    {
        var made = Enumerable.Range(1, 40).Select(number => Verdict($"cve-2027-{number}", PostureKind.Vulnerability))
            .Concat(Enumerable.Range(1, 40).Select(number => Verdict($"end-of-life-product-{number}", PostureKind.EndOfLife)))
            .Append(Verdict(FindingIds.PoolStopped, PostureKind.Vulnerability));

        var standing = Read(Facts(Now).JudgedByAgent([.. made])).Standing.Where(cause => PostureCauses.IsOne(cause.Id)).ToList();

        Assert.Equal([PostureCauses.NewerVulnerability, PostureCauses.NewerEnd], standing.Select(cause => cause.Id).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(standing, cause => cause.Id == FindingIds.PoolStopped);
    }

    [Theory]
    [InlineData(60_000, true)]
    [InlineData(RemoteCodeFixedIn, true)]
    [InlineData(null, false)]
    public void IsTold_VulnerabilityThatIsNotFound_IsGoneOnlyWhereTheRevisionWasRead(int? revision, bool expected) =>
        Assert.Equal(expected, Read(Facts(Now, revision)).Of(RemoteCode, null).IsTold);

    [Fact]
    public void IsTold_FactsThatCouldNotBeRead_ProveNothingGone()
    {
        var section = Section(Facts(Now), Now) with { Status = SectionStatus.Unreadable, Error = "access denied" };

        Assert.False(new ServerReading(Server(section), Now).Of(RemoteCode, null).IsTold);
        Assert.False(new ServerReading(Server(Section(Facts(Now.AddDays(-3)), Now.AddDays(-3))), Now).Of(RemoteCode, null).IsTold);
    }

    [Fact]
    public void Of_PostureWhileAProofIsAwaited_IsNotAwaitedWithIt() =>
        Assert.False(Read(Vulnerable(Now), ProblemSamples.Finding(FindingIds.SyncAwaited, Severity.Information, isCause: false)).Of(RemoteCode, null).IsAwaited);

    [Fact]
    public void ToLive_OldCriticalVulnerabilityBesideAWarningAboutSyncs_StandsBehindIt()
    {
        var problems = new ProblemSet();
        problems.Put(new(1, ProblemKind.Server, RemoteCode, "x", "", "", null));
        problems.Put(new(2, ProblemKind.Server, FindingIds.SettingsDrift, "x", "", "", null));
        problems.Replace(null, new(1, Course(RemoteCode, Severity.Critical, Now.AddDays(-90))));
        problems.Replace(null, new(2, Course(FindingIds.SettingsDrift, Severity.Warning, Now.AddHours(-1))));

        Assert.Equal([FindingIds.SettingsDrift, RemoteCode], problems.ToLive(1, Now).Select(problem => problem.CauseId));
    }

    [Fact]
    public void KindOf_EveryIdOfTheTable_IsAboutThePosture()
    {
        var table = PostureTable.OfRelease!;

        Assert.All(table.Vulnerabilities, vulnerability => Assert.Equal(PostureKind.Vulnerability, PostureCauses.KindOf(PostureFindingIds.Vulnerability(vulnerability.Cve))));
        Assert.All(table.Products, product => Assert.Equal(PostureKind.EndOfLife, PostureCauses.KindOf(PostureFindingIds.EndOfLife(product.Id))));
        Assert.DoesNotContain(FindingIds.All, PostureCauses.IsOne);
    }

    [Fact]
    public void Of_ServerThatWasNeverRead_CannotSay()
    {
        var finding = Assert.Single(LivePosture.Of(Server(Section(Facts(Now), Now)) with { Snapshot = null }, Now).Findings);

        Assert.Equal((PostureFindingIds.NotRead, PostureAnswer.CannotSay), (finding.Id, finding.Answer));
    }

    [Fact]
    public void Of_SameFactsALongTimeLater_AreJudgedAgain()
    {
        var server = Server(Section(Facts(Now).WithCertificate(Now.AddDays(40)), Now));
        Assert.DoesNotContain(LivePosture.Of(server, Now).Findings, finding => finding.Id == PostureFindingIds.CertificateEnds);

        Assert.Contains(LivePosture.Of(server, Now.AddDays(15)).Findings, finding => finding is { Id: PostureFindingIds.CertificateEnds, Severity: PostureSeverity.Warning });
        Assert.Contains(LivePosture.Of(server, Now.AddDays(35)).Findings, finding => finding is { Id: PostureFindingIds.CertificateEnds, Severity: PostureSeverity.Critical });
    }

    [Fact]
    public async Task Observe_SameVulnerabilityOnTwoServers_IsOneProblemAndEachCertificateItsOwn()
    {
        await using var harness = await HarnessAsync(2);

        await harness.LookForAsync(3, now => Posture(1, Vulnerable(now).WithCertificate(Now.AddDays(5)), now));
        await harness.LookForAsync(3, now => Posture(2, Vulnerable(now).WithCertificate(Now.AddDays(6)), now));

        var problems = await harness.ProblemsAsync();
        Assert.All(problems, problem => Assert.Equal(ProblemKind.Posture, problem.Kind));
        var shared = Assert.Single(problems, problem => problem.CauseId == RemoteCode);
        var courses = await harness.CoursesAsync();
        Assert.Equal([1, 2], courses.Where(course => course.ProblemId == shared.Id).Select(course => course.ServerId));
        Assert.Equal(2, problems.Count(problem => problem.CauseId == PostureFindingIds.CertificateEnds));
        Assert.All(courses, course => Assert.Equal(ProblemState.Open, course.State));
    }

    [Fact]
    public async Task Observe_RevisionCannotBeReadAnyMore_LeavesTheProblemOpenUntilAReadingShowsTheFix()
    {
        await using var harness = await HarnessAsync(1);
        await harness.LookForAsync(3, now => Posture(1, Vulnerable(now), now));

        await harness.LookForAsync(60, now => Posture(1, Facts(now, revision: null), now));
        Assert.Equal(ProblemState.Open, StateOf(await harness.CoursesAsync()));

        await harness.LookForAsync(60, now => Posture(1, Facts(now, RemoteCodeFixedIn), now));
        Assert.Equal(ProblemState.Resolved, StateOf(await harness.CoursesAsync()));

        static ProblemState StateOf(IEnumerable<ProblemServerEntity> courses) => courses.Single(course => course.CauseId == RemoteCode).State;
    }

    private static async Task<ProblemHarness> HarnessAsync(int servers)
    {
        var harness = new ProblemHarness(DatabaseKind.Sqlite);
        harness.Time.SetUtcNow(Now);
        await harness.AddServersAsync(servers);
        return harness;
    }

    private static LiveServer Posture(int id, PostureState facts, DateTimeOffset now)
    {
        var server = ProblemSamples.Server(id, now);
        return server with { Snapshot = server.Snapshot! with { Posture = Section(facts, now) } };
    }

    private static ProblemCourse Course(string cause, Severity severity, DateTimeOffset since) => new()
    {
        ServerId = 1,
        CauseId = cause,
        Title = cause,
        Severity = severity,
        State = ProblemState.Open,
        StateSince = since,
        Since = since,
    };

    private static PostureFinding Verdict(string id, PostureKind kind) => new() { Id = id, Kind = kind, Severity = PostureSeverity.Critical, Title = id };

    private static ServerReading Read(PostureState facts, params Finding[] findings) => new(Server(Section(facts, Now), findings), Now);

    private static LiveServer Server(Section<PostureState> section, params Finding[] findings)
    {
        var server = ProblemSamples.Server(1, Now, findings);
        return server with { Snapshot = server.Snapshot! with { Posture = section } };
    }
}
