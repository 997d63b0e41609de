using Microsoft.Web.Administration;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using static WsusDashboard.Agent.Tests.Repairs.FakeServer;

namespace WsusDashboard.Agent.Tests.Repairs.Trials;

/// <summary>New settings are on trial: where clients then get worse answers than before, the agent restores the saved ones.</summary>
public sealed class TrialTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trial_AnswersAsBefore_PassesAndTheRunGoesOn()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.Succeeded, TrialVerdict.Passed, true), (run.State, run.Trial?.Verdict, run.CanUndo));
        Assert.All(run.Trial!.Endpoints, endpoint => Assert.Equal((endpoint.Before, endpoint.WordsBefore), (endpoint.After, endpoint.WordsAfter)));
        Assert.Equal(10, server.Rounds);
        Assert.Equal(30_000, server.Iis.Settings.QueueLength);
    }

    [Fact]
    public async Task Trial_ConfigurationRefused_RollsBackEarlyAndRunsNoLaterStep()
    {
        using var server = new FakeServer { Answer = New((_, _) => FakeServer.Answers(500, 19)) };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        Assert.Equal((RepairState.RolledBack, TrialVerdict.Worse, false), (run.State, run.Trial?.Verdict, run.CanUndo));
        Assert.Equal((1000, 1_843_200), (server.Iis.Settings.QueueLength, server.Iis.Settings.PrivateMemoryKilobytes));
        Assert.Equal(["stop pool", "start pool", "stop pool", "start pool"], server.Iis.Done);
        Assert.Equal(0, server.Wsus.Starts);
        AssertText.Tells(run.Sentence, "500.19");
        Assert.Equal(
            [(StepKind.RestoreSettings, StepState.Done), (StepKind.RestartPool, StepState.Done), (StepKind.VerifyRollback, StepState.Done)],
            run.Steps.Where(step => step.IsRollback).Select(step => (step.Kind, step.State)));
        Assert.All(run.Steps.Where(step => step is { IsRollback: false, Kind: StepKind.ResetIis or StepKind.StartSync or StepKind.VerifySync }), step => Assert.Equal(StepState.NotRun, step.State));

        var trial = run.Steps.Single(step => step.Kind == StepKind.TrySettings);
        Assert.True(trial.EndedAt - trial.StartedAt < TimeSpan.FromSeconds(20), "It waited although the sign was clear.");
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Trial_OneEndpointWorse_RollsBack(int status)
    {
        using var server = new FakeServer { Answer = New((endpoint, _) => FakeServer.Answers(endpoint is ClientEndpoint.ReportingWebService ? status : endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200)) };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal(RepairState.RolledBack, run.State);
        AssertText.Tells(run.Sentence, "ReportingWebService");
        var trial = run.Steps.Single(step => step.Kind == StepKind.TrySettings);
        Assert.True(status == 503 || trial.EndedAt - trial.StartedAt >= TimeSpan.FromMinutes(3), "It gave up before the limit.");
    }

    [Theory]
    [InlineData(0.1, 4.9, RepairState.Succeeded)]
    [InlineData(0.1, 5.1, RepairState.RolledBack)]
    [InlineData(4, 7.9, RepairState.Succeeded)]
    [InlineData(4, 8.1, RepairState.RolledBack)]
    public async Task Trial_AnswersThatTakeLonger_AreMeasuredByTwiceBeforeOrFiveSeconds(double before, double after, RepairState expected)
    {
        using var server = new FakeServer { Answer = (endpoint, settings) => FakeServer.Answers(endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200, null, settings.QueueLength == 1000 ? before : after) };
        await using var agent = await AgentLife.BeginAsync(server);

        Assert.Equal(expected, (await agent.RunAsync(PlaybookCatalog.PoolOnlyId)).State);
    }

    [Fact]
    public async Task Trial_FirstAnswersAfterAColdStart_HaveTheirTime()
    {
        var asked = 0;
        using var server = new FakeServer();
        server.Answer = New((endpoint, _) => Interlocked.Increment(ref asked) <= 20
            ? new ProbeAnswer { Failure = ProbeFailure.TimedOut, Duration = TimeSpan.FromSeconds(30) }
            : FakeServer.Answers(endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200));
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.Succeeded, TrialVerdict.Passed), (run.State, run.Trial?.Verdict));
    }

    [Fact]
    public async Task Trial_NothingAnsweredBeforeOrSince_KeepsTheSettingsAndProvesNothing()
    {
        using var server = new FakeServer { Answer = (_, _) => FakeServer.Answers(503), Wsus = { Result = SyncResult.Failed, ErrorText = "HTTP status 503" } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        Assert.Equal((RepairState.NotProven, TrialVerdict.NotProven, true), (run.State, run.Trial?.Verdict, run.CanUndo));
        Assert.Equal(30_000, server.Iis.Settings.QueueLength);
        Assert.Contains("iisreset", server.Iis.Done);
        Assert.DoesNotContain(run.Steps, step => step.IsRollback);
    }

    [Fact]
    public async Task Trial_NothingAnsweredAndALaterStepFails_ProvesNothingEither()
    {
        using var server = new FakeServer { Answer = (_, _) => FakeServer.Answers(503), Iis = { ResetExitCode = 5 } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        Assert.Equal((RepairState.NotProven, StepState.Failed), (run.State, run.Steps.Single(step => step.Kind == StepKind.ResetIis).State));
        Assert.StartsWith(run.Trial!.Reason, run.Sentence, StringComparison.Ordinal);
        AssertText.Tells(run.Sentence, "code 5");
    }

    [Fact]
    public async Task Trial_NothingAnsweredBeforeAndTheSyncSucceeds_IsProvenByTheSync()
    {
        using var server = new FakeServer { Answer = (_, _) => FakeServer.Answers(404) };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.Succeeded, TrialVerdict.NotProven), (run.State, run.Trial!.Verdict));
    }

    [Fact]
    public async Task Trial_PoolWasStopped_PassesAsSoonAsItAnswers()
    {
        using var server = new FakeServer { Iis = { State = ObjectState.Stopped } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.Succeeded, TrialVerdict.Passed, "503"), (run.State, run.Trial?.Verdict, run.Trial?.Endpoints[0].WordsBefore));
    }

    [Theory]
    [InlineData(WindowsEvents.WorkerDied, "5009")]
    [InlineData(WindowsEvents.WorkerSilent, "5010")]
    [InlineData(WindowsEvents.WorkerLost, "5011")]
    [InlineData(WindowsEvents.PoolDisabled, "5002")]
    public async Task Trial_WorkerCrashes_RollsBackAtOnce(int eventId, string told)
    {
        using var server = new FakeServer();
        server.Answer = New((endpoint, _) =>
        {
            server.Events = [new WindowsEvent { LogName = WindowsEvents.SystemLog, Provider = WindowsEvents.WasProvider, EventId = eventId, At = server.Time.GetUtcNow(), Subject = FakeIis.PoolName }];
            return FakeServer.Answers(endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200);
        });
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal(RepairState.RolledBack, run.State);
        AssertText.Tells(run.Sentence, told);
    }

    [Fact]
    public async Task Trial_ServerRunsOutOfMemory_RollsBack()
    {
        using var server = new FakeServer();
        server.Answer = New((endpoint, _) =>
        {
            server.AvailableMemoryKilobytes = 100 * 1024;
            return FakeServer.Answers(endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200);
        });
        await using var agent = await AgentLife.BeginAsync(server);

        Assert.Equal(RepairState.RolledBack, (await agent.RunAsync(PlaybookCatalog.PoolOnlyId)).State);
    }

    [Fact]
    public async Task Trial_CancelledInItsMiddle_LeadsBack()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        server.WhileAsked = settings => IsNew(settings) ? agent.Service.CancelAsync(agent.Service.Get(RepairQueue.Latest).Id, Token) : Task.CompletedTask;

        var run = await agent.RunAsync();

        Assert.Equal((RepairState.RolledBack, 1000), (run.State, server.Iis.Settings.QueueLength));
        Assert.DoesNotContain("iisreset", server.Iis.Done);
    }

    [Fact]
    public async Task Undo_OfARunThatWasRolledBack_IsRefused()
    {
        using var server = new FakeServer { Answer = New((_, _) => FakeServer.Answers(500, 19)) };
        await using var agent = await AgentLife.BeginAsync(server);
        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal(CommandFailure.Refused, (await Assert.ThrowsAsync<CommandException>(() => agent.Service.UndoAsync(run.Id, Token))).Failure);
    }

    [Fact]
    public async Task Rollback_SettingThatSomebodyChangedMeanwhile_IsTheirs()
    {
        using var server = new FakeServer();
        server.Answer = New((_, _) =>
        {
            server.Iis.Set(pool => pool.QueueLength = 7_777);
            return FakeServer.Answers(500, 19);
        });
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.RolledBack, 7_777, 1_843_200), (run.State, server.Iis.Settings.QueueLength, server.Iis.Settings.PrivateMemoryKilobytes));
    }

    [Fact]
    public async Task Rollback_PolicyThatLetsNothingBeChanged_LeavesTheSettingsForUndo()
    {
        using var server = new FakeServer();
        server.Answer = New((_, _) =>
        {
            server.WritePolicy("""{ "mode": "monitor-only" }""");
            return FakeServer.Answers(500, 19);
        });
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.Failed, 30_000, true), (run.State, server.Iis.Settings.QueueLength, run.CanUndo));
    }

    [Fact]
    public async Task Rollback_ClientsStillGetLess_IsSaid()
    {
        var isNew = false;
        using var server = new FakeServer();
        server.Answer = (endpoint, settings) =>
        {
            isNew |= settings.QueueLength != 1000;
            return FakeServer.Answers(isNew ? 500 : endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200);
        };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.RolledBack, StepState.Failed), (run.State, run.Steps[^1].State));
    }

    [Fact]
    public async Task Rollback_WithTheAgentEndedAtEveryPlace_EndsWithTheSettingsOfBefore()
    {
        var places = await CountPlacesAsync();
        Assert.True(places > 30, $"Only {places} places were passed.");

        for (var place = 0; place < places; place++)
        {
            await EndAndResumeAsync(place);
        }
    }

    private static async Task<int> CountPlacesAsync()
    {
        using var server = new FakeServer { Answer = New((_, _) => FakeServer.Answers(500, 19)) };
        await using var agent = await AgentLife.BeginAsync(server);
        Assert.Equal(RepairState.RolledBack, (await agent.RunAsync(PlaybookCatalog.PoolOnlyId)).State);
        return server.Crash.Passed.Count;
    }

    private static async Task EndAndResumeAsync(int place)
    {
        using var server = new FakeServer { Answer = New((_, _) => FakeServer.Answers(500, 19)) };
        string? id = null;
        await using (var first = await AgentLife.BeginAsync(server, place))
        {
            try
            {
                id = (await first.StartAsync(PlaybookCatalog.PoolOnlyId)).Id;
            }
            catch (OperationCanceledException)
            {
                // It ended while it planned: there is no run to resume.
            }

            if (id is not null)
            {
                await server.Ended.ReadAsync(Token);
            }
        }

        await using var second = await AgentLife.BeginAsync(server);
        if (id is null)
        {
            await second.UntilOpenAsync();
            Assert.Equal(1000, server.Iis.Settings.QueueLength);
            return;
        }

        var run = second.Service.Get(id) is { IsFinal: true } ended ? ended : await second.EndOfAsync(id);
        await second.UntilOpenAsync();

        var where = $"ended at place {place}, after {string.Join(", ", server.Crash.Passed.Take(place).TakeLast(3))}";
        Assert.True(run.State == RepairState.RolledBack, $"{where}: {run.State}, {run.Sentence}");
        Assert.True(server.Iis.Settings is { QueueLength: 1000, PrivateMemoryKilobytes: 1_843_200 }, where);
        Assert.True(server.Iis.State == ObjectState.Started, where);
        Assert.True(server.Wsus.Starts == 0 && !run.CanUndo, where);
        Assert.True(run.Steps.Count(step => step.IsRollback) == 3, where);
    }
}
