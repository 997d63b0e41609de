using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Repairs;

public sealed class RepairTests
{
    [Fact]
    public async Task FullRepair_OfAStarvedSiteServer_SetsRestartsSynchronizesAndProvesIt()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        Assert.Equal(RepairState.Succeeded, run.State);
        Assert.All(run.Steps, step => Assert.Equal(StepState.Done, step.State));
        Assert.All(run.Steps, step => Assert.Equal(1, step.Attempts));
        Assert.Equal(30_000, server.Iis.Settings.QueueLength);
        Assert.Equal(0, server.Iis.Settings.PrivateMemoryKilobytes);
        Assert.Equal(["stop pool", "start pool", "iisreset"], server.Iis.Done);
        Assert.Contains("0 → 12,480", run.Verification?.Sentence, StringComparison.Ordinal);
        Assert.True(run.Verification?.Succeeded);
        Assert.True(run.CanUndo);
        Assert.False(server.IsBusy);
    }

    [Fact]
    public async Task RestartService_WithRunningDependents_StopsThemFirstAndStartsThemLast()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);

        await agent.RunAsync(PlaybookCatalog.RestartServicesId);

        Assert.Equal(
            [
                $"stop {ServiceNames.SmsExecutive}", $"stop {ServiceNames.SiteComponentManager}",
                $"start {ServiceNames.SiteComponentManager}", $"start {ServiceNames.SmsExecutive}",
                $"stop {ServiceNames.SmsExecutive}", $"start {ServiceNames.SmsExecutive}",
                $"start {ServiceNames.NotificationServer}",
            ],
            server.Services.Accepted);
    }

    [Fact]
    public async Task RestartPool_OfAStoppedPool_OnlyStartsIt()
    {
        using var server = new FakeServer { Iis = { State = Microsoft.Web.Administration.ObjectState.Stopped } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal(["start pool"], server.Iis.Done);
        Assert.Contains("was stopped; it was started", run.Steps.Single(step => step.Kind == StepKind.RestartPool).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RestartPool_ThatDoesNotStop_RestoresTheSettingsAndNothingFurtherRuns()
    {
        using var server = new FakeServer { Iis = { DoesNotStop = true } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        Assert.Equal(RepairState.Failed, run.State);
        Assert.Equal(["stop pool"], server.Iis.Done);
        Assert.Equal(0, server.Wsus.Starts);
        var failed = run.Steps.First(step => step.State == StepState.Failed);
        Assert.Equal((StepKind.RestartPool, false), (failed.Kind, failed.IsRollback));
        Assert.Contains("didn't stop within", failed.Message, StringComparison.Ordinal);
        Assert.All(run.Steps.Where(step => step.Number > failed.Number && !step.IsRollback), step => Assert.Equal(StepState.NotRun, step.State));

        // The settings are as they were; the pool could not be restarted with them, and the run says so.
        Assert.Equal(
            [(StepKind.RestoreSettings, StepState.Done), (StepKind.RestartPool, StepState.Failed), (StepKind.VerifyRollback, StepState.NotRun)],
            run.Steps.Where(step => step.IsRollback).Select(step => (step.Kind, step.State)));
        Assert.Equal((1000, false), (server.Iis.Settings.QueueLength, run.CanUndo));
    }

    [Fact]
    public async Task RestartService_ThatHangsInStop_FailsAfterItsTimeLimitAndIsNotKilled()
    {
        using var server = new FakeServer();
        server.Services.HangInStop(ServiceNames.SmsExecutive);
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        Assert.Equal(RepairState.Failed, run.State);
        var failed = run.Steps.Single(step => step.State == StepState.Failed);
        Assert.Contains("didn't stop within 10 min", failed.Message, StringComparison.Ordinal);
        Assert.Contains("wasn't killed", failed.Message, StringComparison.Ordinal);
        Assert.Contains($"starts {ServiceNames.SiteComponentManager}, {ServiceNames.SmsExecutive}", failed.Message, StringComparison.Ordinal);
        Assert.Equal(ServiceState.StopPending, server.Services.StateOf(ServiceNames.SmsExecutive));
    }

    [Fact]
    public async Task ResetIis_ThatFails_KeepsItsOutputAndReadsBack()
    {
        using var server = new FakeServer { Iis = { ResetExitCode = 5 } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        Assert.Equal(RepairState.Failed, run.State);
        var failed = run.Steps.Single(step => step.State == StepState.Failed);
        Assert.Equal(StepKind.ResetIis, failed.Kind);
        Assert.Contains("code 5", failed.Message, StringComparison.Ordinal);
        Assert.Contains("Access denied", failed.Output, StringComparison.Ordinal);
        Assert.Contains("W3SVC: Running", failed.ReadBack);
    }

    [Fact]
    public async Task ResetIis_ThatHangs_FailsWithWhatRunsNow()
    {
        using var server = new FakeServer { Iis = { ResetHangs = true } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        Assert.Equal(RepairState.Failed, run.State);
        var failed = run.Steps.Single(step => step.State == StepState.Failed);
        Assert.Contains("did not end in time", failed.Message, StringComparison.Ordinal);
        Assert.Contains("W3SVC: Running", failed.ReadBack);
    }

    [Fact]
    public async Task VerifySync_WhereTheProxyRefuses_FailsAndSaysThatThePoolWasNotTheCause()
    {
        using var server = new FakeServer
        {
            Wsus = { Result = SyncResult.Failed, ErrorText = "WebException: The remote server returned an error: (407) Proxy Authentication Required." },
        };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        Assert.Equal(RepairState.Failed, run.State);
        Assert.Contains("the proxy answers 407", run.Verification?.Sentence, StringComparison.Ordinal);
        Assert.False(run.Verification?.Succeeded);
        Assert.Equal(SyncResult.Failed, run.Verification?.SyncResult);
        Assert.True(run.CanUndo);
    }

    [Fact]
    public async Task VerifySync_WhereNoUpdatesArrive_IsNoSuccess()
    {
        using var server = new FakeServer { Wsus = { UpdatesAfter = 0 } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.SyncOnlyId);

        Assert.Equal(RepairState.Failed, run.State);
        Assert.Contains("still 0 updates in WSUS", run.Verification?.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifySync_WhereSmsExecutiveIsStopped_NamesItInsteadOfWaitingForHours()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true, ConfigMgrNeverEnds = true } };
        server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.SyncOnlyId);

        Assert.Equal(RepairState.Failed, run.State);
        Assert.Contains("SMS_EXECUTIVE is Stopped", run.Verification?.Sentence, StringComparison.Ordinal);
        Assert.True(run.EndedAt - run.StartedAt < TimeSpan.FromMinutes(10), "It waited too long.");
    }

    [Theory]
    [InlineData(false, RepairState.Succeeded)]
    [InlineData(true, RepairState.Failed)]
    public async Task VerifySync_OnlyTheSitesStatusTells_CountsOnlyWhereItsTimesAreKnown(bool areTimesUncertain, RepairState expected)
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true, HasNoSyncLog = true } };
        server.Wsus.UpdatePoint = new() { ServerName = "sup01", SiteCode = "BRN", LastSyncState = 6702, LastSyncStateAt = server.Time.GetUtcNow().AddHours(1), AreTimesUncertain = areTimesUncertain };
        await using var agent = await AgentLife.BeginAsync(server);

        Assert.Equal(expected, (await agent.RunAsync(PlaybookCatalog.SyncOnlyId)).State);
    }

    [Fact]
    public async Task VerifySync_ClockWasSetBack_IsNotProvedByAnEarlierSync()
    {
        using var server = new FakeServer { Wsus = { Result = SyncResult.Failed } };

        // As the clock of then shows it, which was two days ahead of that of now.
        var earlier = server.Time.GetUtcNow().AddHours(30);
        server.Wsus.Past.Add(new SyncRun { Id = "wsus-past", Source = SyncSource.Wsus, StartedAt = earlier, EndedAt = earlier.AddMinutes(4), Result = SyncResult.Succeeded });
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.SyncOnlyId);

        Assert.Equal((RepairState.Failed, SyncResult.Failed), (run.State, run.Verification!.SyncResult));
        Assert.Equal(1, server.Wsus.Starts);
    }

    [Fact]
    public async Task VerifySync_ThatNeverEnds_IsGivenUpAfterTheTimeLimit()
    {
        using var server = new FakeServer { Wsus = { NeverEnds = true } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.SyncOnlyId);

        Assert.Equal(RepairState.Failed, run.State);
        Assert.Contains("4 h", run.Steps[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartSync_WhileThePoolWarmsUp_AsksAgain()
    {
        using var server = new FakeServer { Wsus = { Refusals = 4 } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.SyncOnlyId);

        Assert.Equal(RepairState.Succeeded, run.State);
        Assert.Equal(1, server.Wsus.Starts);
    }

    [Fact]
    public async Task StartSync_ClockIsSetForwardWhileItWaits_AsksWsusAndConfigMgrAgain()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true, Refusals = 4, SyncNowFailure = new EdgeException(ReadFailure.Unavailable, "Provider load failure (0x80041013).") } };
        var asked = 0;
        server.Wsus.WhenAsked = () =>
        {
            server.Time.SetClock(TimeSpan.FromDays(++asked is 1 or 6 ? 2 : 0));
            server.Wsus.SyncNowFailure = asked < 8 ? server.Wsus.SyncNowFailure : null;
        };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.SyncOnlyId);

        Assert.Equal((RepairState.Succeeded, 1, 1), (run.State, server.Wsus.Starts, server.Wsus.SyncNows));
    }

    [Fact]
    public async Task StartSync_ClockIsSetBackWhileItWaits_FailsAfterFiveMinutes()
    {
        using var server = new FakeServer { Wsus = { Refusals = int.MaxValue } };
        await using var agent = await AgentLife.BeginAsync(server);
        var (asked, begin) = (0, server.Time.GetTimestamp());
        server.Wsus.WhenAsked = () => server.Time.SetClock(TimeSpan.FromDays(++asked == 1 ? -2 : 0));

        var run = await agent.RunAsync(PlaybookCatalog.SyncOnlyId);

        Assert.Equal((RepairState.Failed, 0), (run.State, server.Wsus.Starts));
        Assert.InRange(server.Time.GetElapsedTime(begin), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(7));
    }

    [Fact]
    public async Task StartSync_WhereWsusNeverAnswers_FailsAfterFiveMinutes()
    {
        using var server = new FakeServer { Wsus = { Refusals = int.MaxValue } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.SyncOnlyId);

        Assert.Equal(RepairState.Failed, run.State);
        Assert.Contains("503", run.Steps[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartSync_WhereConfigMgrRefuses_SaysSoAndJudgesByWsus()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true, SyncNowFailure = new EdgeException(ReadFailure.AccessDenied, "Access denied.") } };
        server.Wsus.UpdatesBefore = 12_000;
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.SyncOnlyId);

        Assert.Equal(RepairState.Succeeded, run.State);
        Assert.Contains("wasn't asked (Access denied)", run.Verification?.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartSync_WhereTheProviderStaysGone_AsksConfigMgrByFile()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true, SyncNowFailure = new EdgeException(ReadFailure.Unavailable, "Provider load failure (0x80041013).") } };
        server.Wsus.UpdatesBefore = 12_000;
        var file = server.MakeSyncInbox();
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.SyncOnlyId);

        Assert.True(File.Exists(file));
        Assert.Contains("was asked with a request file", run.Steps[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_WhileAStepRuns_StopsAfterIt()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Held in its first step, which asks clients before any setting is set.
        server.WhileAsked = _ => held.Task;
        var plan = await agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, null, TestContext.Current.CancellationToken);
        var started = await agent.Service.StartAsync(AgentLife.Request(plan), TestContext.Current.CancellationToken);

        var asked = await agent.Service.CancelAsync(started.Id, TestContext.Current.CancellationToken);
        held.SetResult();
        var run = await agent.EndOfAsync(started.Id);

        Assert.True(asked.CancelRequested);
        Assert.Equal(RepairState.Cancelled, run.State);
        Assert.Contains(run.Steps, step => step.State == StepState.NotRun);
        Assert.DoesNotContain(run.Steps, step => step.State is StepState.Waiting or StepState.Running);
    }

    [Fact]
    public async Task Run_EachChange_ReachesTheHubInRisingRevision()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        var revisions = server.Published.Where(published => published.Id == run.Id).Select(published => published.Revision).ToArray();
        Assert.Equal(revisions.Order(), revisions);
        Assert.Equal(run.Revision, revisions[^1]);
        Assert.All(run.Steps, step => Assert.Contains(server.Published, published => published.Steps[step.Number - 1].State == StepState.Running));
    }

    [Fact]
    public async Task Run_WhosePolicyBecomesMonitorOnly_DoesNothingFurther()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        var plan = await agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, null, TestContext.Current.CancellationToken);
        server.BeforeRefresh = _ =>
        {
            if (server.IsBusy)
            {
                server.WritePolicy("""{ "mode": "monitor-only" }""");
            }

            return Task.CompletedTask;
        };

        var started = await agent.Service.StartAsync(AgentLife.Request(plan), TestContext.Current.CancellationToken);
        var run = await agent.EndOfAsync(started.Id);

        Assert.Equal(RepairState.Failed, run.State);
        Assert.Contains("monitor-only", run.Steps.Single(step => step.State == StepState.Failed).Message, StringComparison.Ordinal);
        Assert.Equal(1000, server.Iis.Settings.QueueLength);
        Assert.Empty(server.Iis.Done);
    }

    [Fact]
    public async Task ServiceThatIsNotInstalled_IsPassedOver()
    {
        using var server = new FakeServer();
        server.Services.Force(ServiceNames.NotificationServer, ServiceState.NotInstalled);
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.RestartServicesId);

        Assert.Equal(StepState.Skipped, run.Steps.Single(step => step.Target == ServiceNames.NotificationServer).State);
        Assert.Equal(RepairState.Succeeded, run.State);
    }

    [Fact]
    public async Task Run_ThatOutlivesTheAllowedHours_IsNotLeftHalfWay()
    {
        using var server = new FakeServer();
        server.WritePolicy("""{ "mode": "apply-settings", "hours": [ { "from": "05:00", "to": "06:01" } ] }""");
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        Assert.True(run.EndedAt > run.StartedAt.AddMinutes(2), "The run ended within the allowed hours; the test proves nothing.");
        Assert.Equal(RepairState.Succeeded, run.State);
        Assert.Contains("05:00 to 06:01", (await agent.Service.PlanAsync(PlaybookCatalog.SyncOnlyId, null, TestContext.Current.CancellationToken)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhoseJournalCannotBeWrittenForAWhile_WaitsAndLosesNothing()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        server.FailStoreWhile(() => server.Iis.Done.Contains("stop pool") && server.StoreFailures < 6);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal(6, server.StoreFailures);
        Assert.Equal(RepairState.Succeeded, run.State);
        Assert.Equal(["stop pool", "start pool"], server.Iis.Done);
    }
}
