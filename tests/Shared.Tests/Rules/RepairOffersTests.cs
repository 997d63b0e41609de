using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Tests.Causes;
using static WsusDashboard.Shared.Tests.Rules.TestServer;

namespace WsusDashboard.Shared.Tests.Rules;

/// <summary>Which playbook cures which cause. What is not in the table is cured by none.</summary>
public sealed class RepairOffersTests
{
    private const string Full = PlaybookCatalog.FullRepairId;
    private const string PoolOnly = PlaybookCatalog.PoolOnlyId;
    private const string Services = PlaybookCatalog.RestartServicesId;
    private const string Wsus = PlaybookCatalog.StartWsusId;
    private const string Executive = PlaybookCatalog.StartSmsExecutiveId;
    private const string Startup = PlaybookCatalog.RestoreStartupId;
    private const string Sync = PlaybookCatalog.SyncOnlyId;
    private const string Http407 = "UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required.";

    /// <summary>"none" where it is cured only in some cases: a limit that is set is, one that is none of the pool's settings is not.</summary>
    private static readonly Dictionary<string, string?[]> Cures = new()
    {
        [FindingIds.PoolStopped] = [Full],
        [FindingIds.PoolRapidFail] = [Full],
        [FindingIds.PoolWorkerDies] = [Full, null],
        [FindingIds.PoolAddressSpace] = [Full, null],
        [FindingIds.PoolMemoryLimit] = [Full, null],
        [FindingIds.PoolVirtualMemoryLimit] = [Full, null],
        [FindingIds.PoolRecycledInSync] = [Full, null],
        [FindingIds.PoolQueueFull] = [Full, PoolOnly, null],
        [FindingIds.PoolIdleOrPing] = [Full, null],
        [FindingIds.PoolCompressionLibrary] = [PoolOnly],
        [FindingIds.WsusUnavailable] = [Full, null],
        [FindingIds.WsusServiceStopped] = [Wsus, Startup, null],
        [FindingIds.WorldWideWebStopped] = [Wsus, Startup],
        [FindingIds.ProcessActivationStopped] = [Wsus, Startup],
        [FindingIds.SmsExecutiveStopped] = [Executive, Startup],
        [FindingIds.WsusServiceRestarted] = [Sync],
        [FindingIds.SmsExecutiveRestarted] = [Sync],
        [FindingIds.ServerRestarted] = [Sync],
    };

    public static TheoryData<string> Cases => [.. RuleCase.All.Select(item => item.Name)];

    [Fact]
    public void Causes_OfTheLabelledSet_AreCuredAsTheTableSays()
    {
        Assert.Empty(LabelledCase.All
            .Select(item => (item.Name, First: CauseEngine.Rank(item.File)[0]))
            .Where(answer => !Allowed(answer.First.Id).Contains(answer.First.Playbook))
            .Select(answer => $"{answer.Name}: {answer.First.Id} → {answer.First.Playbook ?? "none"}"));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Of_AnyIllServer_OffersWhatCuresItsLeadingCauseAndNothingElse(string name)
    {
        var assessment = RuleEngine.Assess(RuleCase.All.Single(candidate => candidate.Name == name).Make());

        var offer = RepairOffers.Of(assessment);

        if (assessment.Leading is { IsCause: true } cause)
        {
            Assert.Equal((cause.Id, cause.Playbook, true), (offer.FindingId, offer.Playbook, offer.IsCauseNamed));
            Assert.Contains(offer.Playbook, Allowed(cause.Id));
        }

        Assert.Equal(offer.Playbook is null, offer.Explanation.Length > 0);
        Assert.True(offer.Playbook is null || offer.Instead is null);
        Assert.True(offer.Playbook is null || offer.Objection(offer.Playbook) is null);
    }

    [Fact]
    public void Of_ProxyRefusesAndSettingsDrifted_IsNoneAndSaysWhatToDo()
    {
        var assessment = RuleEngine.Assess(Healthy()
            .ChangeSettings(settings => settings with { PrivateMemoryKilobytes = 1_843_200, QueueLength = 1000 })
            .ChangeWsus(wsus => wsus with { UsesProxy = true, ProxyName = "proxy.corp.example" })
            .WithSyncs("FFFFS", Http407));
        Assert.Contains(assessment.Findings, finding => finding.Playbook is not null);

        var offer = RepairOffers.Of(assessment);

        Assert.Equal(((string?)null, FindingIds.ProxyRefused, assessment.Leading!.NextStep), (offer.Playbook, offer.FindingId, offer.Instead));
        AssertText.Tells(offer.Explanation, assessment.Leading.Title, offer.Instead!);
        Assert.All(PlaybookCatalog.All, playbook => Assert.NotNull(offer.Objection(playbook.Id)));
    }

    [Fact]
    public void Of_NoCauseNamed_IsTheFirstThatMayHelpAndObjectsToNothing()
    {
        var offer = RepairOffers.Of(RuleEngine.Assess(Healthy().ChangeSettings(settings => settings with { QueueLength = 1000 })));

        Assert.Equal((PoolOnly, FindingIds.SettingsDrift, false), (offer.Playbook, offer.FindingId, offer.IsCauseNamed));
        Assert.All(PlaybookCatalog.All, playbook => Assert.Null(offer.Objection(playbook.Id)));
    }

    [Fact]
    public void Of_HealthyServer_IsNone()
    {
        var offer = RepairOffers.Of(RuleEngine.Assess(Healthy()));

        Assert.Equal(RepairOffer.None, offer);
        Assert.NotEqual("", offer.Explanation);
        Assert.Null(offer.Objection(Full));
    }

    [Fact]
    public void Of_WhatStandsInTheWayOfEveryRepair_IsNone()
    {
        var unreachable = Healthy().Stop(ServiceNames.SmsExecutive) with { IsReachable = false, UnreachableSince = Now, LinkError = "connection refused" };
        var damaged = Healthy().Stop(ServiceNames.NotificationServer).Change(snapshot => snapshot with { Iis = snapshot.Iis.Unreadable(ReadFailure.Malformed, "line 1") });

        Assert.Null(RepairOffers.Of(RuleEngine.Assess(unreachable)).Playbook);
        Assert.Null(RepairOffers.Of(RuleEngine.Assess(unreachable)).Objection(Full));
        Assert.Equal(((string?)null, FindingIds.IisConfigurationDamaged), (RepairOffers.Of(RuleEngine.Assess(damaged)).Playbook, RepairOffers.Of(RuleEngine.Assess(damaged)).FindingId));
    }

    [Theory]
    [InlineData(Full, FindingIds.PoolStopped, new[] { Full, PoolOnly })]
    [InlineData(Full, FindingIds.WsusUnavailable, new[] { Full })]
    [InlineData(PoolOnly, FindingIds.PoolCompressionLibrary, new[] { PoolOnly, Full })]
    [InlineData(Services, FindingIds.NotificationServerStopped, new[] { Services, Full })]
    [InlineData(Wsus, FindingIds.WsusServiceStopped, new[] { Wsus, Services, Startup, Full })]
    [InlineData(Executive, FindingIds.SmsExecutiveStopped, new[] { Executive, Services, Startup, Full })]
    [InlineData(Startup, FindingIds.WsusServiceStopped, new[] { Startup })]
    [InlineData(Sync, FindingIds.ServerRestarted, new[] { Full, PoolOnly, Services, Wsus, Executive, Startup, Sync })]
    public void Cures_EachPlaybook_IsTrueForThoseThatDoAtLeastAsMuch(string offered, string cause, string[] expected)
    {
        var offer = new RepairOffer(offered, cause, "a cause", true, null);

        Assert.Equal(expected.Order(), PlaybookCatalog.All.Select(playbook => playbook.Id).Where(offer.Cures).Order());
        Assert.All(PlaybookCatalog.All, playbook => Assert.Equal(!offer.Cures(playbook.Id), offer.Objection(playbook.Id) is not null));
    }

    [Fact]
    public void Table_NamesOnlyCausesAndPlaybooksThatThereAre()
    {
        Assert.Empty(Cures.Keys.Except(FindingIds.All));
        Assert.Empty(Cures.Values.SelectMany(playbooks => playbooks).OfType<string>().Except(PlaybookCatalog.All.Select(playbook => playbook.Id)));
    }

    private static string?[] Allowed(string cause) => Cures.GetValueOrDefault(cause, [null]);
}
