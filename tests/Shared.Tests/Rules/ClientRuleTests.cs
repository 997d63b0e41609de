using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using static WsusDashboard.Shared.Tests.Rules.TestServer;

namespace WsusDashboard.Shared.Tests.Rules;

/// <summary>What a client is answered, and what is no trouble at all.</summary>
public sealed class ClientRuleTests
{
    private static readonly ClientEndpoint[] Scans = [ClientEndpoint.ClientWebService];

    [Fact]
    public void Assess_BadAnswerOfAMinute_IsNoNews() =>
        Assert.Empty(Ids(Healthy().ChangeClient(Scans, 1, state => state with { Answer = Answer(503) })));

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public void Assess_RefusalWhereNothingBetterWasEverSeen_IsUsual(int status) =>
        Assert.Empty(Ids(Healthy().ChangeClient(Scans, 600, state => state with { Answer = Answer(status), Usual = AnswerClass.Refused })));

    [Fact]
    public void Assess_FileForEverybodyRefused_IsNeverUsual()
    {
        var observation = Healthy().ChangeClient([ClientEndpoint.Content], 600, state => state with { Answer = Answer(403), Usual = AnswerClass.NotAsked });

        Assert.Equal([FindingIds.ClientsFailing], Ids(observation));
    }

    [Fact]
    public void Assess_AdministrationFails_IsNothingThatClientsNotice() =>
        Assert.Empty(Ids(Healthy().ChangeClient([ClientEndpoint.ApiRemoting30], 600, state => state with { Answer = Answer(503), Percentile95 = TimeSpan.FromSeconds(20) })));

    [Fact]
    public void Assess_PoolWithoutWorkerThatNobodyAsked_IsNoTrouble() =>
        Assert.Empty(Ids(Healthy().ChangeClient(ClientEndpoints.All, 600, state => state with { Skipped = SkipReason.PoolIdle, Answer = null })));

    [Fact]
    public void Assess_SomeEndpointsFail_HasTheOthersAsEvidenceAgainst()
    {
        var finding = Assert.Single(RuleEngine.Assess(Healthy().ChangeClient([ClientEndpoint.ReportingWebService, ClientEndpoint.SimpleAuthWebService], 6, state => state with { Answer = Answer(503) })).Findings);

        Assert.Equal((2, 2), (finding.Evidence.Count(evidence => evidence.Speaks is EvidenceDirection.For), finding.Evidence.Count(evidence => evidence.Speaks is EvidenceDirection.Against)));
        AssertText.Tells(finding.Title, "503");
        AssertText.Tells(finding.Explanation, "6 min", "SimpleAuthWebService and ReportingWebService");
    }

    [Fact]
    public void Assess_ClientsFailForTheirStoppedPool_LeadsWithThePool()
    {
        var assessment = RuleEngine.Assess(Healthy()
            .ChangePool(pool => pool with { State = PoolState.Stopped, Workers = [] })
            .ChangeClient(ClientEndpoints.All, 30, state => state with { Skipped = SkipReason.PoolStopped, Answer = null }));

        Assert.Equal(FindingIds.PoolStopped, assessment.Leading?.Id);
        Assert.Contains(assessment.Findings, finding => finding.Id == FindingIds.ClientsFailing);
    }

    [Fact]
    public void Assess_EndpointFailsAndIsSlow_IsSaidOnce() =>
        Assert.Equal(
            [FindingIds.ClientsFailing],
            Ids(Healthy().ChangeClient(Scans, 6, state => state with { Answer = NoAnswer(ProbeFailure.TimedOut), Percentile95 = TimeSpan.FromSeconds(30) })));

    [Fact]
    public void Assess_OneSlowAnswer_IsNoNews() =>
        Assert.Empty(Ids(Healthy().ChangeClient(Scans, 600, state => state with { Answer = Answer(200) with { Duration = TimeSpan.FromSeconds(20) }, Percentile95 = TimeSpan.FromSeconds(4.9) })));

    [Theory]
    [InlineData(30.5, 0)]
    [InlineData(29.5, 1)]
    public void Assess_Certificate_IsSaidInItsLastThirtyDays(double days, int findings)
    {
        var observation = Healthy().ChangeClient(Scans, 600, state => state with { Answer = state.Answer! with { Certificate = new ProbeCertificate(Now.AddDays(days), CertificateProblem.None) } });

        Assert.Equal(findings, Ids(observation).Count);
    }

    [Fact]
    public void Assess_ClientNotReadable_IsSaidAndNotGuessed() =>
        Assert.Equal(
            [FindingIds.SectionUnreadable],
            Ids(Healthy()
                .ChangeClient(ClientEndpoints.All, 600, state => state with { Answer = Answer(503) })
                .Change(snapshot => snapshot with { Client = snapshot.Client.Unreadable(ReadFailure.AccessDenied, "denied") })));

    [Fact]
    public void Assess_OutsideAnswersAsHere_IsNoDifference()
    {
        Assert.Empty(Ids(Healthy().WithOutside([], 0, state => state)));
        Assert.Empty(Ids(Healthy()
            .ChangeClient(Scans, 600, state => state with { Answer = Answer(401), Usual = AnswerClass.Refused })
            .WithOutside(Scans, 600, state => state with { Answer = Answer(401), Usual = AnswerClass.Refused })));
    }

    [Fact]
    public void Assess_FailingHereAndOutside_IsTheServersTroubleAlone() =>
        Assert.Equal(
            [FindingIds.ClientsFailing],
            Ids(Healthy().ChangeClient(Scans, 20, state => state with { Answer = Answer(503) }).WithOutside(Scans, 20, state => state with { Answer = Answer(503) })));

    [Fact]
    public void Assess_OutsideNotAskedForLong_IsNotRepeated()
    {
        var cutOff = Healthy().WithOutside(Scans, 600, state => state with { Answer = NoAnswer(ProbeFailure.NotConnected) });

        Assert.Equal([FindingIds.ClientsCutOff], Ids(cutOff));
        Assert.Empty(Ids(cutOff with { Outside = cutOff.Outside! with { ReadAt = Now.AddHours(-1) } }));
    }

    [Fact]
    public void Assess_BadAnswersThatChange_AreFailingSinceTheFirst()
    {
        var observation = Healthy().ChangeClient(Scans, 0.5, state => state with { Answer = Answer(503), FailingSince = Now.AddMinutes(-40) });

        var finding = Assert.Single(RuleEngine.Assess(observation).Findings);

        Assert.Equal((FindingIds.ClientsFailing, Now.AddMinutes(-40)), (finding.Id, finding.Since));
        AssertText.Tells(finding.Explanation, "40 min");
    }

    [Fact]
    public void Assess_AnswerKnownFromBeforeTheAgentWasStarted_IsFailingSinceThen()
    {
        var observation = Healthy().ChangeClient(Scans, 90, state => state with { Answer = Answer(503), FailingSince = Now.AddMinutes(-5) });

        Assert.Equal(Now.AddMinutes(-90), Assert.Single(RuleEngine.Assess(observation).Findings).Since);
    }

    [Fact]
    public void Assess_AgentThatBeganToLookJustThen_KnowsNoBeginning()
    {
        var observation = Healthy().ChangeClient(Scans, 5, state => state with { Answer = Answer(503) }).Change(snapshot => snapshot with { Agent = snapshot.Agent with { StartedAt = Now.AddMinutes(-5) } });

        Assert.Null(Assert.Single(RuleEngine.Assess(observation).Findings).Since);
    }

    [Fact]
    public void Assess_OutsideBadAnswersThatChange_AreCutOffSinceTheFirst()
    {
        var observation = Healthy().WithOutside(Scans, 0.5, state => state with { Answer = NoAnswer(ProbeFailure.TimedOut), FailingSince = Now.AddMinutes(-40) });

        var finding = Assert.Single(RuleEngine.Assess(observation).Findings);

        Assert.Equal((FindingIds.ClientsCutOff, Now.AddMinutes(-40)), (finding.Id, finding.Since));
    }

    [Fact]
    public void Assess_OutsideNotAskedSinceWsusAnswersHere_IsNoDifference()
    {
        var failing = Healthy().WithOutside(Scans, 600, state => state with { Answer = Answer(503) });

        Assert.Empty(Ids(failing.ChangeClient(Scans, 0.1, state => state)));
        Assert.Empty(Ids(failing.ChangeClient(Scans, 1, state => state)));
        var finding = Assert.Single(RuleEngine.Assess(failing.ChangeClient(Scans, 20, state => state)).Findings);
        Assert.Equal((FindingIds.ClientsCutOff, Now.AddMinutes(-20)), (finding.Id, finding.Since));
    }

    private static List<string> Ids(Observation observation) => [.. RuleEngine.Assess(observation).Findings.Select(finding => finding.Id)];
}
