using System.Reflection;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using static WsusDashboard.Shared.Tests.Rules.TestServer;

namespace WsusDashboard.Shared.Tests.Rules;

public sealed class RuleEngineTests
{
    private const string Http407 = "UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required.";

    public static TheoryData<string> Cases => [.. RuleCase.All.Select(item => item.Name)];

    public static TheoryData<string> BaselineIds => [.. BaselineCatalog.All.Select(baseline => baseline.Id)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Assess_IllServer_FindsIt(string name)
    {
        var item = RuleCase.All.Single(candidate => candidate.Name == name);

        var finding = item.Find();

        Assert.Equal(item.Severity, finding.Severity);
        Assert.Equal(item.IsCause, finding.IsCause);
        Assert.Equal(item.Playbook, finding.Playbook);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Assess_IllServer_EveryFindingCanBeActedOn(string name)
    {
        var assessment = RuleEngine.Assess(RuleCase.All.Single(candidate => candidate.Name == name).Make());

        Assert.Equal(assessment.Findings.Count, assessment.Findings.Select(finding => finding.Id).Distinct().Count());
        Assert.All(assessment.Findings, finding =>
        {
            Assert.Contains(finding.Id, FindingIds.All);
            Assert.NotEmpty(finding.Title);
            Assert.NotEmpty(finding.Explanation);
            Assert.NotEmpty(finding.Source);
            Assert.NotEmpty(finding.Evidence);
            Assert.All(finding.Evidence, evidence => Assert.All([evidence.What, evidence.Value, evidence.ReadFrom], Assert.NotEmpty));
            Assert.Contains(finding.Evidence, evidence => evidence.Speaks is EvidenceDirection.For);
            Assert.True(finding.Playbook is null || PlaybookCatalog.Find(finding.Playbook) is not null);
            Assert.True(finding.Playbook is not null || finding.NextStep is not null || !finding.IsCause, $"{finding.Id}: a cause must say what helps.");
        });
        Assert.EndsWith(".", assessment.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("..", assessment.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Cases_OfAllRules_CoverEveryFinding() =>
        Assert.Empty(FindingIds.Findings.Except(RuleCase.All.Select(item => item.FindingId)));

    [Fact]
    public void FindingIds_All_HoldsEveryConstant()
    {
        var constants = typeof(FindingIds).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(constants.Order(), FindingIds.All.Order());
        Assert.All(FindingIds.All, id => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", id));
    }

    [Fact]
    public void Readme_TableOfFindings_NamesEachOnce()
    {
        var rows = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Shared.README.md")).SkipWhile(line => !line.StartsWith("| finding", StringComparison.Ordinal)).Skip(2);

        var named = rows.SelectMany(row => System.Text.RegularExpressions.Regex.Matches(row.Split('|')[1], "`([a-z0-9-]+)`").Select(match => match.Groups[1].Value));

        Assert.Equal(FindingIds.Findings.Order(), named.Order());
    }

    [Theory]
    [MemberData(nameof(BaselineIds))]
    public void Assess_HealthyServer_FindsNothing(string baselineId)
    {
        var assessment = RuleEngine.Assess(Healthy(BaselineCatalog.Find(baselineId)));

        Assert.Empty(assessment.Findings);
        Assert.Equal(Health.Healthy, assessment.Health);
        Assert.Null(assessment.Leading);
        AssertText.Tells(assessment.Sentence, "1 h", "12,480");
    }

    [Fact]
    public void Assess_HealthyServerWithoutConfigMgr_FindsNothing()
    {
        var assessment = RuleEngine.Assess(Healthy()
            .Change(snapshot => snapshot with { ConfigMgr = snapshot.ConfigMgr.NotInstalled() })
            .ChangeService(ServiceNames.SmsExecutive, service => service with { State = ServiceState.NotInstalled })
            .ChangeService(ServiceNames.NotificationServer, service => service with { State = ServiceState.NotInstalled }));

        Assert.Empty(assessment.Findings);
    }

    [Fact]
    public void Assess_ServerWithoutWsus_FindsNothing()
    {
        var assessment = RuleEngine.Assess(Healthy() with
        {
            RecentSyncs = [],
            Snapshot = Snapshot.Empty(new AgentInfo { AgentId = "a", ComputerName = "DC" }) with
            {
                Iis = Read(SectionNames.Iis, new IisState()),
                Wsus = new Section<WsusState> { Name = SectionNames.Wsus, Status = SectionStatus.NotInstalled },
            },
        });

        Assert.Empty(assessment.Findings);
        Assert.Equal(Health.Healthy, assessment.Health);
        AssertText.Tells(assessment.Sentence, "WSUS");
    }

    [Fact]
    public void Assess_NothingReadYet_IsUnknown()
    {
        var empty = Snapshot.Empty(new AgentInfo { AgentId = "a", ComputerName = "SRV" });

        Assert.Equal(Health.Unknown, RuleEngine.Assess(Healthy() with { Snapshot = null }).Health);
        Assert.Equal(Health.Unknown, RuleEngine.Assess(Healthy() with { Snapshot = empty }).Health);
        Assert.Equal(Health.Unreachable, RuleEngine.Assess(Healthy() with { Snapshot = null, IsReachable = false }).Health);
    }

    [Fact]
    public void Assess_Unreachable_KeepsTheLastFindings()
    {
        var assessment = RuleEngine.Assess(Healthy().Stop(ServiceNames.SmsExecutive) with { Now = Now.AddHours(3), IsReachable = false, UnreachableSince = Now, LinkError = "connection refused" });

        Assert.Equal(Health.Unreachable, assessment.Health);
        Assert.Equal([FindingIds.AgentUnreachable, FindingIds.SmsExecutiveStopped], assessment.Findings.Select(finding => finding.Id));
        AssertText.Tells(assessment.Sentence, "BRN-WSUS02", "3 h", "connection refused", "SMS_EXECUTIVE");
    }

    [Fact]
    public void Assess_StarvedPool_SaysItInOneSentence()
    {
        var assessment = RuleEngine.Assess(Healthy()
            .ChangeSettings(settings => settings with { PrivateMemoryKilobytes = 1_843_200 })
            .WithSyncs("CCCSCCCCSCCCCC")
            .WithEvents(WindowsEvents.PrivateMemoryRecycle, 5));

        AssertText.Tells(assessment.Sentence, "cancelled", "WsusPool", "1.8 GB", "5 ", "24 h");
        Assert.Equal(FindingIds.PoolMemoryLimit, assessment.Leading?.Id);
        Assert.Equal(Health.Critical, assessment.Health);
        Assert.DoesNotContain(assessment.Findings, finding => finding.Id == FindingIds.UnknownCause);
    }

    [Fact]
    public void Assess_PoolStoppedAfterRecycles_NamesTheReasonOfTheStopFirst()
    {
        var assessment = RuleEngine.Assess(Healthy()
            .ChangeSettings(settings => settings with { PrivateMemoryKilobytes = 1_843_200 })
            .ChangePool(pool => pool with { State = PoolState.Stopped, StateSince = Now.AddDays(-3), Workers = [] })
            .WithSyncs("FFFCCC")
            .WithEvents(WindowsEvents.PrivateMemoryRecycle, 5, newestHoursAgo: 72.1)
            .WithEvents(WindowsEvents.WorkerDied, 5, newestHoursAgo: 72.1)
            .WithEvents(WindowsEvents.PoolDisabled, 1, newestHoursAgo: 72));

        Assert.Equal([FindingIds.PoolMemoryLimit, FindingIds.PoolRapidFail, FindingIds.PoolStopped], assessment.Findings.Where(finding => finding.IsCause).Select(finding => finding.Id));
    }

    [Fact]
    public void Assess_AgentStartedAfterThePoolStopped_TakesTheTimeFromTheEventLog()
    {
        var assessment = RuleEngine.Assess(Healthy()
            .ChangeSettings(settings => settings with { PrivateMemoryKilobytes = 1_843_200 })
            .ChangePool(pool => pool with { State = PoolState.Stopped, StateSince = Now.AddMinutes(-1), Workers = [] })
            .Change(snapshot => snapshot with { Agent = snapshot.Agent with { StartedAt = Now.AddMinutes(-1) } })
            .WithSyncs("FFF")
            .WithEvents(WindowsEvents.PrivateMemoryRecycle, 5, newestHoursAgo: 72)
            .WithEvents(WindowsEvents.PoolDisabled, 1, newestHoursAgo: 72));

        AssertText.Tells(assessment.Sentence, "WsusPool", "1.8 GB", "5 ");
        AssertText.Tells(assessment.Findings.Single(finding => finding.Id == FindingIds.PoolStopped).Explanation, "3 d");
    }

    [Fact]
    public void Assess_PoolDisabledLongBeforeItWasStoppedAgain_IsHistory()
    {
        var assessment = RuleEngine.Assess(Healthy()
            .ChangePool(pool => pool with { State = PoolState.Stopped, StateSince = Now.AddHours(-1) })
            .WithEvents(WindowsEvents.PoolDisabled, 1, newestHoursAgo: 72));

        Assert.Equal([FindingIds.PoolStopped], assessment.Findings.Select(finding => finding.Id));
    }

    [Fact]
    public void Assess_PoolRepairedBeforeTheNextSync_TakesOldEventsAndErrorsForNoCause()
    {
        var assessment = RuleEngine.Assess(Healthy()
            .ChangePool(pool => pool with { StateSince = Now.AddMinutes(-10), RejectedRequests = 24_793 })
            .WithSyncs("FFFS", "The request failed with HTTP status 503: Service Unavailable", 503)
            .WithEvents(WindowsEvents.PrivateMemoryRecycle, 5)
            .WithEvents(WindowsEvents.WorkerDied, 5));

        Assert.DoesNotContain(assessment.Findings, finding => finding.IsCause);
        Assert.Contains(assessment.Findings, finding => finding.Id == FindingIds.SyncAwaited);
        Assert.DoesNotContain(assessment.Findings, finding => finding.Id is FindingIds.UnknownCause or FindingIds.PoolAddressSpace or FindingIds.PoolWorkerDies);
    }

    [Fact]
    public void Assess_WorkerThatEndsWhenItIsRecycled_IsExplainedByTheLimit()
    {
        var assessment = RuleEngine.Assess(Healthy(BaselineCatalog.Microsoft)
            .ChangeSettings(settings => settings with { PrivateMemoryKilobytes = 1_843_200 })
            .WithSyncs("CCCS")
            .WithEvents(WindowsEvents.PrivateMemoryRecycle, 3)
            .WithEvents(WindowsEvents.WorkerDied, 3));

        Assert.Equal([FindingIds.PoolMemoryLimit], assessment.Findings.Where(finding => finding.IsCause).Select(finding => finding.Id));
    }

    [Fact]
    public void Assess_ProxyRefusesAndSettingsDrifted_DoesNotOfferThePoolRepairForIt()
    {
        var assessment = RuleEngine.Assess(Healthy()
            .ChangeSettings(settings => settings with { PrivateMemoryKilobytes = 1_843_200, QueueLength = 1000 })
            .ChangeWsus(wsus => wsus with { UsesProxy = true, ProxyName = "proxy.corp.example" })
            .WithSyncs("FFFFS", Http407)
            .WithEvents(WindowsEvents.PrivateMemoryRecycle, 2));

        Assert.Equal(FindingIds.ProxyRefused, assessment.Leading?.Id);
        Assert.Null(assessment.Leading!.Playbook);
        Assert.NotEqual("", assessment.Leading.NextStep);
        AssertText.Tells(assessment.Sentence, "proxy.corp.example");
        Assert.Equal([FindingIds.ProxyRefused], assessment.Findings.Where(finding => finding.IsCause).Select(finding => finding.Id));
        Assert.DoesNotContain(assessment.Findings, finding => finding.Playbook == PlaybookCatalog.FullRepairId);
        var drift = assessment.Findings.Single(finding => finding.Id == FindingIds.SettingsDrift);
        Assert.Equal((Severity.Warning, PlaybookCatalog.PoolOnlyId), (drift.Severity, drift.Playbook));
    }

    [Fact]
    public void Assess_ProxyRefusedBeforeTheLastSuccess_IsHistory() =>
        Assert.DoesNotContain(RuleEngine.Assess(Healthy().WithSyncs("SFFFS", Http407)).Findings, finding => finding.Id == FindingIds.ProxyRefused);

    [Fact]
    public void Assess_BothSourcesTellOfTheSameSyncs_CountsThemOnce()
    {
        var observation = Healthy() with
        {
            RecentSyncs = [.. History("CCSSS"), .. History("FFSSS", source: SyncSource.ConfigMgr, offsetMinutes: -1)],
        };

        var finding = RuleEngine.Assess(observation).Findings.Single(item => item.Id == FindingIds.SyncFailing);

        AssertText.Tells(finding.Title, "2 ");
        Assert.Equal(Severity.Warning, finding.Severity);
    }

    [Fact]
    public void Assess_SiteFailsWhileWsusCannotBeAsked_CountsTheSitesRuns()
    {
        var observation = Healthy() with
        {
            RecentSyncs = [.. History("SSS", offsetMinutes: -600), .. History("FFF", "The request failed with HTTP status 503: Service Unavailable", 503, SyncSource.ConfigMgr)],
        };

        Assert.Contains(RuleEngine.Assess(observation).Findings, finding => finding is { Id: FindingIds.SyncFailing, Severity: Severity.Critical });
    }

    [Fact]
    public void Assess_RunOfWsusThatNeverEnded_DoesNotHideWhatTheSiteTellsLater()
    {
        var lost = new SyncRun { Id = "wsus-lost", Source = SyncSource.Wsus, StartedAt = Now.AddHours(-40), Result = SyncResult.Running };
        var observation = Healthy() with { RecentSyncs = [.. History("FFF", "The request failed with HTTP status 503", 503, SyncSource.ConfigMgr), lost] };

        AssertText.Tells(Assert.Single(RuleEngine.Assess(observation).Findings, finding => finding.Id == FindingIds.SyncFailing).Title, "3 ");
    }

    [Fact]
    public void Assess_AgentStartedInMidSync_DoesNotTakeThatForARestartOfTheService()
    {
        var observation = Healthy().WithSyncs("CSS")
            .ChangeService(ServiceNames.WsusService, service => service with { StateSince = Now.AddHours(-1.97) })
            .Change(snapshot => snapshot with { Agent = snapshot.Agent with { StartedAt = Now.AddHours(-1.98) } });

        Assert.DoesNotContain(RuleEngine.Assess(observation).Findings, finding => finding.Id == FindingIds.WsusServiceRestarted);
    }

    [Fact]
    public void Assess_RecycleBetweenTwoSyncs_IsNoCause()
    {
        var observation = Healthy().WithSyncs("CSS").WithEvents(WindowsEvents.TimeRecycle, 1, newestHoursAgo: 3);

        Assert.DoesNotContain(RuleEngine.Assess(observation).Findings, finding => finding.IsCause);
    }

    [Fact]
    public void Assess_AnotherUpdatePointOfTheSiteSucceeded_IsNotThisServersSuccess()
    {
        var observation = Healthy().WithSyncs(new string('F', 40)).ChangeConfigMgr(state => state with
        {
            SoftwareUpdatePoints =
            [
                new SupSyncStatus { ServerName = "zrh-sup01.corp.example", LastSuccessfulSyncAt = Now.AddHours(-1) },
                new SupSyncStatus { ServerName = "brn-wsus02.corp.example", LastSuccessfulSyncAt = Now.AddDays(-9) },
            ],
        });

        AssertText.Tells(Assert.Single(RuleEngine.Assess(observation).Findings, finding => finding.Id == FindingIds.SyncOverdue).Title, "9 d");
    }

    [Fact]
    public void Assess_EventsOfAnotherPoolOrOfLastWeek_NameNoCause()
    {
        var observation = Healthy()
            .ChangeSettings(settings => settings with { PrivateMemoryKilobytes = 1_843_200 })
            .WithSyncs("CCCS")
            .WithEvents(WindowsEvents.PrivateMemoryRecycle, 3, pool: "SMS Management Point Pool")
            .WithEvents(WindowsEvents.PrivateMemoryRecycle, 3, newestHoursAgo: 100);

        Assert.DoesNotContain(RuleEngine.Assess(observation).Findings, finding => finding.IsCause);
    }

    [Fact]
    public void Assess_DamagedConfiguration_OffersNoPlaybookThatTouchesIt()
    {
        var assessment = RuleEngine.Assess(Healthy()
            .ChangeSettings(settings => settings with { QueueLength = 1000 })
            .ChangePool(pool => pool with { State = PoolState.Stopped })
            .Change(snapshot => snapshot with { Iis = snapshot.Iis.Unreadable(ReadFailure.Malformed, "line 1") }));

        Assert.DoesNotContain(assessment.Findings, finding => finding.Playbook is PlaybookCatalog.FullRepairId or PlaybookCatalog.PoolOnlyId);
    }

    [Fact]
    public void Assess_WsusSilentBecauseOfALibrary_IsNoSecondFinding()
    {
        var silent = Healthy().WithLibrary("").Change(snapshot => snapshot with { Wsus = snapshot.Wsus.Unreadable(ReadFailure.Fault, "HTTP 500") });

        var assessment = RuleEngine.Assess(silent);

        Assert.Equal(FindingIds.PoolCompressionLibrary, assessment.Leading?.Id);
        Assert.DoesNotContain(assessment.Findings, finding => finding.Id is FindingIds.WsusUnavailable or FindingIds.SectionUnreadable);
    }

    [Fact]
    public void Assess_LibraryThatDoesNoHarm_IsNoFinding()
    {
        var answering = Healthy().WithLibrary("");
        var guarded = Healthy().WithLibrary("bitness64").Change(snapshot => snapshot with { Wsus = snapshot.Wsus.Unreadable(ReadFailure.Fault, "HTTP 500") });
        var is64Bit = Healthy(BaselineCatalog.Microsoft).WithLibrary("").Change(snapshot => snapshot with { Wsus = snapshot.Wsus.Unreadable(ReadFailure.Fault, "HTTP 500") });

        Assert.Empty(RuleEngine.Assess(answering).Findings);
        Assert.DoesNotContain(RuleEngine.Assess(guarded).Findings, finding => finding.Id == FindingIds.PoolCompressionLibrary);
        Assert.DoesNotContain(RuleEngine.Assess(is64Bit).Findings, finding => finding.Id == FindingIds.PoolCompressionLibrary);
    }

    [Fact]
    public void Assess_GuideOnAServerThatMayNotBe32Bit_IsNotDriftThere()
    {
        var observation = Healthy().WithLibrary("").ChangeSettings(settings => settings with { Enable32BitAppOnWin64 = false });

        Assert.Empty(RuleEngine.Assess(observation).Findings);
        Assert.Contains(RuleEngine.Assess(Healthy().ChangeSettings(settings => settings with { Enable32BitAppOnWin64 = false })).Findings, finding => finding.Id == FindingIds.SettingsDrift);
    }

    [Fact]
    public void Assess_WsusSilentBecauseItsPoolIsStopped_IsNoSecondFinding()
    {
        var assessment = RuleEngine.Assess(Healthy()
            .ChangePool(pool => pool with { State = PoolState.Stopped })
            .Change(snapshot => snapshot with { Wsus = snapshot.Wsus.Unreadable(ReadFailure.Unavailable, "HTTP 503") }));

        Assert.Equal([FindingIds.PoolStopped], assessment.Findings.Select(finding => finding.Id));
        Assert.Contains(assessment.Findings[0].Evidence, evidence => evidence.Value == "HTTP 503");
    }

    [Fact]
    public void Assess_RequestsRefusedBeforeTheQueueWasMadeLonger_IsHistory() =>
        Assert.Empty(RuleEngine.Assess(Healthy().ChangePool(pool => pool with { RejectedRequests = 24_793 })).Findings);

    [Fact]
    public void Assess_RunningSynchronization_IsNeitherSuccessNorFailure() =>
        Assert.Empty(RuleEngine.Assess(Healthy().WithSyncs("RSSS")).Findings);

    [Fact]
    public void Assess_SameObservationTwice_SaysTheSame()
    {
        var observation = RuleCase.All[0].Make();

        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(RuleEngine.Assess(observation)), System.Text.Json.JsonSerializer.Serialize(RuleEngine.Assess(observation)));
    }
}
