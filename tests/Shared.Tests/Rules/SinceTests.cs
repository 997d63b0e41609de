using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using static WsusDashboard.Shared.Tests.Rules.TestServer;

namespace WsusDashboard.Shared.Tests.Rules;

/// <summary>Since when something is so on the server; what rests on events older than the settings in force; one name for one cause.</summary>
public sealed class SinceTests
{
    private const string Http407 = "UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required.";

    private static Observation Limited => Healthy().ChangeSettings(settings => settings with { PrivateMemoryKilobytes = 1_843_200 });

    [Fact]
    public void Since_StoppedService_IsWhenItStopped() =>
        Assert.Equal(Now.AddHours(-3), Find(Healthy().Stop(ServiceNames.SmsExecutive), FindingIds.SmsExecutiveStopped).Since);

    [Fact]
    public void Since_ServiceThatTheAgentFoundStopped_IsTheChangeThatTheHistoryHas()
    {
        var observation = Healthy()
            .ChangeService(ServiceNames.SmsExecutive, service => service with { State = ServiceState.Stopped, StateSince = Now.AddMinutes(-5) })
            .Change(snapshot => snapshot with { Agent = snapshot.Agent with { StartedAt = Now.AddMinutes(-5) } });
        var change = new RecentChange(Now.AddDays(-2), new StateChange(StateSubjects.Service(ServiceNames.SmsExecutive), "Running", "Stopped", ""));

        Assert.Null(Find(observation, FindingIds.SmsExecutiveStopped).Since);
        Assert.Equal(Now.AddDays(-2), Find(observation with { Changes = [change] }, FindingIds.SmsExecutiveStopped).Since);
    }

    [Fact]
    public void Since_PoolDisabledByRapidFail_IsTheEvent()
    {
        var observation = Limited
            .ChangePool(pool => pool with { State = PoolState.Stopped, StateSince = Now.AddMinutes(-1), Workers = [] })
            .Change(snapshot => snapshot with { Agent = snapshot.Agent with { StartedAt = Now.AddMinutes(-1) } })
            .WithEvents(WindowsEvents.PoolDisabled, 1, newestHoursAgo: 72);

        Assert.Equal(Now.AddHours(-72), Find(observation, FindingIds.PoolStopped).Since);
        Assert.Equal(Now.AddHours(-72), Find(observation, FindingIds.PoolRapidFail).Since);
    }

    [Fact]
    public void Since_FailuresInARow_IsTheEndOfTheFirstOfThem()
    {
        var failing = Find(Healthy().WithSyncs("FFFFS"), FindingIds.SyncFailing);

        Assert.Equal(Now.AddHours(-8).AddMinutes(4), failing.Since);
    }

    [Fact]
    public void Since_NamedCause_GoesBackAsFarAsNoOtherWasNamed()
    {
        var observation = Healthy().WithSyncs("FFFFS", Http407);
        var runs = observation.RecentSyncs;

        Assert.Equal(Now.AddHours(-8).AddMinutes(4), Find(observation, FindingIds.ProxyRefused).Since);
        Assert.Equal(
            Now.AddHours(-4).AddMinutes(4),
            Find(observation with { RunCauses = new Dictionary<string, string> { [runs[0].Id] = FindingIds.ProxyRefused, [runs[2].Id] = FindingIds.DatabaseFailing } }, FindingIds.ProxyRefused).Since);
    }

    [Fact]
    public void Since_SectionThatCannotBeRead_IsTheFirstFailedReading() =>
        Assert.Equal(Now.AddHours(-1), Find(Healthy().Change(snapshot => snapshot with { Events = snapshot.Events.Unreadable(ReadFailure.AccessDenied, "no") }), FindingIds.SectionUnreadable).Since);

    [Fact]
    public void Since_AgentThatDoesNotAnswer_IsItsLastWord() =>
        Assert.Equal(Now.AddHours(-2), Find(Healthy() with { IsReachable = false, UnreachableSince = Now.AddHours(-2) }, FindingIds.AgentUnreachable).Since);

    [Fact]
    public void Since_DriftedSetting_IsWhenItWasChanged()
    {
        var observation = Healthy().ChangeSettings(settings => settings with { QueueLength = 1000 });

        Assert.Null(Find(observation, FindingIds.SettingsDrift).Since);
        Assert.Equal(Now.AddDays(-1), Find(observation with { Changes = [Changed(SettingKeys.QueueLength, Now.AddDays(-1))] }, FindingIds.SettingsDrift).Since);
    }

    [Fact]
    public void OlderSettings_RecyclesAtAnotherLimit_SaySoAndAdviseNothing()
    {
        var observation = Limited.WithEvents(WindowsEvents.PrivateMemoryRecycle, 5, newestHoursAgo: 5) with { Changes = [Changed(SettingKeys.PrivateMemory, Now.AddHours(-4))] };

        var finding = Find(observation, FindingIds.PoolMemoryLimit);

        Assert.Equal((Severity.Information, null, Now.AddHours(-4)), (finding.Severity, finding.Playbook, finding.SettingsChangedAt));
    }

    [Fact]
    public void OlderSettings_RecyclesAtTheLimitInForce_AdviseAsBefore()
    {
        var observation = Limited.WithEvents(WindowsEvents.PrivateMemoryRecycle, 5, newestHoursAgo: 3) with { Changes = [Changed(SettingKeys.PrivateMemory, Now.AddHours(-10))] };

        var finding = Find(observation, FindingIds.PoolMemoryLimit);

        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.NotNull(finding.Playbook);
        Assert.Null(finding.SettingsChangedAt);
    }

    [Fact]
    public void OlderSettings_FailureBeforeTheLimitWasRaised_WaitsForItsProof()
    {
        var observation = Limited.WithSyncs("CCCS").WithEvents(WindowsEvents.PrivateMemoryRecycle, 5);

        Assert.True(Find(observation, FindingIds.PoolMemoryLimit).IsCause);
        var after = RuleEngine.Assess(observation with { Changes = [Changed(SettingKeys.PrivateMemory, Now.AddMinutes(-20))] });
        Assert.DoesNotContain(after.Findings, finding => finding.IsCause);
        Assert.Equal(FindingIds.SyncAwaited, after.Leading?.Id);
    }

    [Fact]
    public void OlderSettings_ChangeOfAnotherSetting_DoesNotAnswerTheCause()
    {
        var observation = Limited.WithSyncs("CCCS").WithEvents(WindowsEvents.PrivateMemoryRecycle, 5) with { Changes = [Changed(SettingKeys.IdleTimeout, Now.AddMinutes(-20))] };

        Assert.True(Find(observation, FindingIds.PoolMemoryLimit).IsCause);
    }

    [Fact]
    public void Names_CauseAndFindingOfOneId_AreTheSame()
    {
        var causes = CauseCatalog.All.ToDictionary(cause => cause.Id, cause => cause.Name);
        var shared = RuleCase.All.Select(item => item.Find()).Where(finding => causes.ContainsKey(finding.Id) && finding.IsCause).DistinctBy(finding => finding.Id).ToList();

        Assert.True(shared.Count > 8, $"Only {shared.Count} were compared.");
        Assert.All(shared, finding => Assert.Equal(causes[finding.Id], finding.Title));
    }

    [Fact]
    public void Leading_UnknownCauseBesideASymptom_IsTheUnknownCause() =>
        Assert.Equal(FindingIds.UnknownCause, RuleEngine.Assess(Healthy().WithSyncs("CCCS")).Leading?.Id);

    [Fact]
    public void Leading_OnlyInformation_IsThat()
    {
        var assessment = RuleEngine.Assess(Healthy().WithSyncs("SCCCSCCCC"));

        Assert.Equal((FindingIds.SyncOccasionalSuccess, Severity.Information), (assessment.Leading?.Id, assessment.Leading?.Severity));
    }

    private static Finding Find(Observation observation, string id) => RuleEngine.Assess(observation).Findings.Single(finding => finding.Id == id);

    private static RecentChange Changed(string key, DateTimeOffset at) => new(at, new StateChange(StateSubjects.Setting(Pool, key), "", "", ""));
}
