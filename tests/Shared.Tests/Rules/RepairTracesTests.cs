using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using static WsusDashboard.Shared.Tests.Rules.TestServer;

namespace WsusDashboard.Shared.Tests.Rules;

/// <summary>What a repair does to a server is the repair's doing, not the server's trouble.</summary>
public sealed class RepairTracesTests
{
    [Fact]
    public void Assess_PoolThatTheRepairRestarts_IsMarkedAndMakesNothingWorse()
    {
        var assessment = RuleEngine.Assess(Healthy().ChangePool(pool => pool with { State = PoolState.Stopped, StateSince = Now.AddMinutes(-1) }) with { Repairs = [Running()] });

        var stopped = Assert.Single(assessment.Findings);
        Assert.Equal((FindingIds.PoolStopped, Severity.Information, false), (stopped.Id, stopped.Severity, stopped.IsCause));
        Assert.Equal(new FindingRepair("repair", FindingRepairRole.Causes), stopped.Repair);
        Assert.Equal((null, null), (stopped.Playbook, stopped.NextStep));
        Assert.Equal(Health.Healthy, assessment.Health);
        Assert.Null(assessment.Leading);
    }

    [Fact]
    public void Assess_ServiceThatTheRepairRestarts_IsMarked()
    {
        var assessment = RuleEngine.Assess(
            Healthy().ChangeService(ServiceNames.SmsExecutive, service => service with { State = ServiceState.Stopped, StateSince = Now.AddMinutes(-1) }) with { Repairs = [Running()] });

        Assert.Equal(FindingRepairRole.Causes, Assert.Single(assessment.Findings, finding => finding.Id == FindingIds.SmsExecutiveStopped).Repair?.Role);
        Assert.Equal(Health.Healthy, assessment.Health);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(30, false)]
    public void Assess_ClientsThatGetNothingDuringARepair_AreItsDoingWhereItBeganInIt(double sinceMinutes, bool isCaused)
    {
        var repair = Running() with { StartedAt = Now.AddMinutes(-5), InterruptsFrom = Now.AddMinutes(-5) };
        var inside = Healthy().ChangeClient([ClientEndpoint.ClientWebService], sinceMinutes, state => state with { Answer = Answer(503) }) with { Repairs = [repair] };
        var outside = Healthy().WithOutside([ClientEndpoint.ClientWebService], sinceMinutes, state => state with { Answer = Answer(503) }) with { Repairs = [repair] };

        Assert.All(new[] { (FindingIds.ClientsFailing, inside), (FindingIds.ClientsCutOff, outside) }, known =>
        {
            var finding = Assert.Single(RuleEngine.Assess(known.Item2).Findings);
            Assert.Equal((known.Item1, isCaused), (finding.Id, finding.Repair?.Role is FindingRepairRole.Causes));
            Assert.Equal(isCaused, finding.Severity is Severity.Information);
        });
    }

    [Fact]
    public void Assess_ServiceThatWasStoppedBefore_KeepsItsWeightAndLosesTheAdviceThatIsCarriedOut()
    {
        var assessment = RuleEngine.Assess(Healthy().Stop(ServiceNames.SmsExecutive) with { Repairs = [Running()] });

        var stopped = Assert.Single(assessment.Findings, finding => finding.Id == FindingIds.SmsExecutiveStopped);
        Assert.Equal((Severity.Critical, true, null, null), (stopped.Severity, stopped.IsCause, stopped.Playbook, stopped.NextStep));
        Assert.Equal(FindingRepairRole.Addresses, stopped.Repair?.Role);
        Assert.Equal(Health.Critical, assessment.Health);
    }

    [Fact]
    public void Assess_RepairThatDoesSomethingElse_LeavesTheAdvice()
    {
        var assessment = RuleEngine.Assess(Healthy().Stop(ServiceNames.SmsExecutive) with { Repairs = [Running() with { Playbook = PlaybookCatalog.PoolOnlyId }] });

        var stopped = Assert.Single(assessment.Findings, finding => finding.Id == FindingIds.SmsExecutiveStopped);
        Assert.Equal(PlaybookCatalog.StartSmsExecutiveId, stopped.Playbook);
        Assert.Null(stopped.Repair);
    }

    [Fact]
    public void Assess_RepairThatIsLongOver_ExcusesNothing()
    {
        var over = Running() with { StartedAt = Now.AddHours(-2), EndedAt = Now.AddHours(-1), InterruptsFrom = Now.AddHours(-2), InterruptsUntil = Now.AddHours(-1.9) };

        var stopped = Assert.Single(RuleEngine.Assess(Healthy().ChangePool(pool => pool with { State = PoolState.Stopped, StateSince = Now.AddMinutes(-30) }) with { Repairs = [over] }).Findings);

        Assert.Equal((FindingIds.PoolStopped, Severity.Critical), (stopped.Id, stopped.Severity));
        Assert.Null(stopped.Repair);
    }

    [Fact]
    public void Assess_SyncsThatRepairsCutOff_AreInNoStreakAndHaveNoCause()
    {
        // Two hours apart; a repair was in the middle of each.
        var cut = History("CCC").Select((run, index) => Running($"repair-{index}") with
        {
            StartedAt = run.StartedAt.AddMinutes(1),
            InterruptsFrom = run.StartedAt.AddMinutes(1),
            InterruptsUntil = run.StartedAt.AddMinutes(4),
            EndedAt = run.StartedAt.AddMinutes(5),
        });

        var assessment = RuleEngine.Assess(Healthy().WithSyncs("CCCS") with { Repairs = [.. cut] });

        Assert.Empty(assessment.Findings);
        Assert.Empty(assessment.Causes);
        Assert.Equal(Health.Healthy, assessment.Health);
    }

    [Fact]
    public void Assess_FailedSyncThatARepairStarted_IsNotCountedAndNobodySaysThatNothingSpeaksAgainstIt()
    {
        var repair = Running() with { StartedAt = Now.AddHours(-2.5), InterruptsFrom = Now.AddHours(-2.4), InterruptsUntil = Now.AddHours(-2.3), AsksSyncAt = Now.AddHours(-2.1), EndedAt = Now.AddHours(-1.9) };

        var assessment = RuleEngine.Assess(Healthy().WithSyncs("FFS").ChangePool(pool => pool with { StateSince = Now.AddHours(-2.35) }) with { Repairs = [repair] });

        var awaited = Assert.Single(assessment.Findings, finding => finding.Id == FindingIds.SyncAwaited);
        Assert.Equal(Severity.Warning, Assert.Single(assessment.Findings, finding => finding.Id == FindingIds.SyncFailing).Severity);
        Assert.Equal(2, awaited.Evidence.Count(evidence => evidence.Speaks is EvidenceDirection.Against));
    }

    [Fact]
    public void Assess_SuccessfulSyncThatARepairStarted_Counts()
    {
        var repair = Running() with { StartedAt = Now.AddHours(-2.5), AsksSyncAt = Now.AddHours(-2.1), EndedAt = Now.AddHours(-1.9) };

        Assert.Empty(RuleEngine.Assess(Healthy().WithSyncs("SFFS") with { Repairs = [repair] }).Findings);
    }

    [Fact]
    public void Assess_EventsOfTheRestart_AreNoCrashes()
    {
        var repair = Running() with { StartedAt = Now.AddHours(-2.1), InterruptsFrom = Now.AddHours(-2.05), InterruptsUntil = Now.AddHours(-1.9), EndedAt = Now.AddHours(-1.8) };
        var observation = Healthy(BaselineCatalog.Microsoft).WithEvents(WindowsEvents.WorkerDied, 1, newestHoursAgo: 1.95) with { RecentSyncs = History("SS", offsetMinutes: -240) };

        Assert.Contains(RuleEngine.Assess(observation).Findings, finding => finding.Id == FindingIds.PoolWorkerDies);
        Assert.DoesNotContain(RuleEngine.Assess(observation with { Repairs = [repair] }).Findings, finding => finding.Id == FindingIds.PoolWorkerDies);
    }

    [Fact]
    public void Assess_SettingThatTheRepairSet_StaysKnown()
    {
        var repair = Running() with { StartedAt = Now.AddHours(-1.5), InterruptsFrom = Now.AddHours(-1.5), InterruptsUntil = Now.AddHours(-1.4), EndedAt = Now.AddHours(-1.3) };
        var observation = Healthy().WithSyncs("FFS") with
        {
            Changes = [new RecentChange(Now.AddHours(-1.45), new StateChange(StateSubjects.Setting(Pool, SettingKeys.QueueLength), "1000", "30000", ""))],
            Repairs = [repair],
        };

        Assert.Contains(RuleEngine.Assess(observation).Findings, finding => finding.Id == FindingIds.SyncAwaited && finding.Since == Now.AddHours(-1.45));
    }

    private static RepairPeriod Running(string id = "repair") => new()
    {
        RepairId = id,
        Playbook = PlaybookCatalog.FullRepairId,
        RequestedBy = "tests",
        StartedAt = Now.AddMinutes(-2),
        InterruptsFrom = Now.AddMinutes(-2),
    };
}
