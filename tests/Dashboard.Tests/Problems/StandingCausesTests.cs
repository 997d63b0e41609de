using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using static WsusDashboard.Dashboard.Tests.Problems.ProblemSamples;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>Which findings are problems, and what one look says of one.</summary>
public sealed class StandingCausesTests
{
    private static readonly DateTimeOffset Now = Clock.Start;

    [Fact]
    public void Of_CauseAndItsSymptoms_IsTheCauseOnce() =>
        Assert.Equal([FindingIds.ProxyRefused], Ids(Finding(FindingIds.ProxyRefused), Symptom(FindingIds.SyncFailing), Symptom(FindingIds.SyncOverdue)));

    [Fact]
    public void Of_SymptomsThatNothingExplains_AreProblems() =>
        Assert.Equal([FindingIds.SyncOverdue], Ids(Symptom(FindingIds.SyncOverdue)));

    [Fact]
    public void Of_UnknownCauseBesideItsSymptoms_IsTheUnknownCause() =>
        Assert.Equal([FindingIds.UnknownCause], Ids(Symptom(FindingIds.UnknownCause), Symptom(FindingIds.SyncFailing)));

    [Fact]
    public void Of_ReasonAndWhatFollowsFromIt_IsTheReason() =>
        Assert.Equal([FindingIds.PoolMemoryLimit], Ids(Finding(FindingIds.PoolMemoryLimit), Finding(FindingIds.PoolRapidFail), Finding(FindingIds.PoolStopped)));

    [Fact]
    public void Of_InformationAwaitedProofOrTheRepairsOwnDoing_IsNone() =>
        Assert.Empty(Ids(
            Finding(FindingIds.SyncOccasionalSuccess, Severity.Information),
            Symptom(FindingIds.SyncAwaited),
            Symptom(FindingIds.SyncFailing),
            Finding(FindingIds.PoolStopped) with { Repair = new("run", FindingRepairRole.Causes) }));

    [Theory]
    [InlineData(FindingIds.UnknownCause, FindingIds.ProxyRefused, FindingIds.ProxyRefused)]
    [InlineData(FindingIds.SyncOverdue, FindingIds.ProxyRefused, FindingIds.ProxyRefused)]
    [InlineData(FindingIds.SyncFailing, FindingIds.UnknownCause, FindingIds.UnknownCause)]
    [InlineData(FindingIds.PoolStopped, FindingIds.PoolMemoryLimit, FindingIds.PoolMemoryLimit)]
    [InlineData(FindingIds.SourceUnreachable, FindingIds.MicrosoftOutage, FindingIds.MicrosoftOutage)]
    [InlineData(FindingIds.ProxyRefused, FindingIds.DatabaseFailing, null)]
    [InlineData(FindingIds.UnknownCause, FindingIds.SettingsDrift, null)]
    public void FindSuccessor_CauseThatStandsNoMore_IsWhatItTurnedOutToBe(string gone, string standing, string? expected)
    {
        var causes = StandingCauses.Of(new(Health.Critical, [Finding(standing, isCause: standing is not (FindingIds.UnknownCause or FindingIds.SettingsDrift))], ""));

        Assert.Equal(expected, StandingCauses.FindSuccessor(gone, causes)?.Id);
    }

    [Fact]
    public void IsTold_ServerThatAnswersAndWasRead_IsTold()
    {
        var reading = Server(1, Now, Finding(FindingIds.SmsExecutiveStopped)).Read(Now);

        Assert.True(reading.Of(FindingIds.SmsExecutiveStopped, null).IsTold);
        Assert.True(reading.Of(FindingIds.ProxyRefused, null).IsTold);
        Assert.Equal(Now, reading.Of(FindingIds.SmsExecutiveStopped, null).ReadAt);
    }

    [Fact]
    public void IsTold_LostServer_TellsOnlyThatItIsLost()
    {
        var reading = Server(1, Now, Finding(FindingIds.SmsExecutiveStopped)).Silent(Now.AddMinutes(-5)).Read(Now);

        Assert.True(reading.Of(FindingIds.AgentUnreachable, null) is { IsTold: true, Standing.Since: not null });
        Assert.False(reading.Of(FindingIds.SmsExecutiveStopped, null).IsTold);
        Assert.False(reading.Of(FindingIds.ProxyRefused, null).IsTold);
    }

    [Fact]
    public void IsTold_ConnectingServer_TellsNothing()
    {
        var server = Server(1, Now, Finding(FindingIds.SmsExecutiveStopped));
        var reading = (server with { Link = server.Link with { State = LinkState.Connecting } }).Read(Now);

        Assert.False(reading.Of(FindingIds.AgentUnreachable, null).IsTold);
        Assert.False(reading.Of(FindingIds.SmsExecutiveStopped, null).IsTold);
    }

    [Fact]
    public void IsTold_HistoryBeingRead_TellsNothingYet() =>
        Assert.False(Server(1, Now, Symptom(FindingIds.SyncOverdue)).Reading().Read(Now).Of(FindingIds.SyncOverdue, null).IsTold);

    [Fact]
    public void IsTold_SourceThatCannotBeRead_DoesNotSayThatItsCauseIsGone()
    {
        var reading = Server(1, Now).WithoutServices().Read(Now);

        Assert.False(reading.Of(FindingIds.SmsExecutiveStopped, null).IsTold);
        Assert.True(reading.Of(FindingIds.PoolStopped, null).IsTold);
    }

    [Fact]
    public void IsTold_AgentThatHasJustStarted_TellsNothingYet()
    {
        var server = Server(1, Now);
        var starting = server with { Snapshot = server.Snapshot! with { Events = server.Snapshot.Events with { Status = SectionStatus.Pending } } };

        Assert.False(starting.Read(Now).Of(FindingIds.PoolStopped, null).IsTold);
    }

    [Theory]
    [InlineData("full-repair", true)]
    [InlineData("restart-services", true)]
    [InlineData("pool-only", false)]
    [InlineData("", false)]
    public void IsAddressed_RepairThatGoesOn_OnlyWhereItCarriesOutTheAdvice(string playbook, bool expected)
    {
        var reading = Server(1, Now, Finding(FindingIds.SmsExecutiveStopped, playbook: "restart-services")).Repairing("run-1", Now, playbook).Read(Now).Of(FindingIds.SmsExecutiveStopped, null);

        Assert.Equal(("run-1", expected), (reading.RepairId, reading.IsAddressed));
    }

    [Fact]
    public void IsAddressed_CauseThatStandsNoMore_ByThePlaybookThatWasKnown()
    {
        var reading = Server(1, Now).Repairing("run-1", Now).Read(Now);

        Assert.True(reading.Of(FindingIds.SmsExecutiveStopped, "restart-services").IsAddressed);
        Assert.False(reading.Of(FindingIds.ProxyRefused, null).IsAddressed);
    }

    [Fact]
    public void IsAddressed_RepairThatWaitsForApproval_IsNone()
    {
        var server = Server(1, Now, Finding(FindingIds.SmsExecutiveStopped, playbook: "restart-services")).Repairing("run-1", Now);

        Assert.Null((server with { ActiveRepair = server.ActiveRepair! with { IsWaiting = true } }).Read(Now).Of(FindingIds.SmsExecutiveStopped, null).RepairId);
    }

    [Fact]
    public void IsAwaited_ProofThatIsAwaited_IsOfWhatASyncProves()
    {
        var reading = Server(1, Now, Symptom(FindingIds.SyncAwaited)).Read(Now);

        Assert.True(reading.Of(FindingIds.PoolMemoryLimit, null).IsAwaited);
        Assert.False(reading.Of(FindingIds.SmsExecutiveStopped, null).IsAwaited);
        Assert.False(reading.Of(FindingIds.AgentUnreachable, null).IsAwaited);
    }

    private static Finding Symptom(string id) => Finding(id, Severity.Warning, isCause: false);

    private static IEnumerable<string> Ids(params IReadOnlyList<Finding> findings) => StandingCauses.Of(new(Health.Critical, findings, "")).Select(cause => cause.Id);
}
