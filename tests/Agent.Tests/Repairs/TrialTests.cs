using Google.Protobuf.WellKnownTypes;
using Microsoft.Web.Administration;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Repairs;

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

        Assert.Equal((RunState.Succeeded, TrialVerdict.Passed, true), (run.State, run.Trial?.Verdict, run.CanUndo));
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

        Assert.Equal((RunState.RolledBack, TrialVerdict.Worse, false), (run.State, run.Trial?.Verdict, run.CanUndo));
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

        Assert.Equal(RunState.RolledBack, run.State);
        AssertText.Tells(run.Sentence, "ReportingWebService");
        var trial = run.Steps.Single(step => step.Kind == StepKind.TrySettings);
        Assert.True(status == 503 || trial.EndedAt - trial.StartedAt >= TimeSpan.FromMinutes(3), "It gave up before the limit.");
    }

    [Theory]
    [InlineData(0.1, 4.9, RunState.Succeeded)]
    [InlineData(0.1, 5.1, RunState.RolledBack)]
    [InlineData(4, 7.9, RunState.Succeeded)]
    [InlineData(4, 8.1, RunState.RolledBack)]
    public async Task Trial_AnswersThatTakeLonger_AreMeasuredByTwiceBeforeOrFiveSeconds(double before, double after, RunState expected)
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

        Assert.Equal((RunState.Succeeded, TrialVerdict.Passed), (run.State, run.Trial?.Verdict));
    }

    [Fact]
    public async Task Trial_NothingAnsweredBeforeOrSince_KeepsTheSettingsAndProvesNothing()
    {
        using var server = new FakeServer { Answer = (_, _) => FakeServer.Answers(503), Wsus = { Result = SyncResult.Failed, ErrorText = "HTTP status 503" } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync();

        Assert.Equal((RunState.NotProven, TrialVerdict.NotProven, true), (run.State, run.Trial?.Verdict, run.CanUndo));
        Assert.Equal(30_000, server.Iis.Settings.QueueLength);
        Assert.Contains("iisreset", server.Iis.Done);
        Assert.DoesNotContain(run.Steps, step => step.IsRollback);
    }

    [Fact]
    public async Task Trial_NothingAnsweredBeforeAndTheSyncSucceeds_IsProvenByTheSync()
    {
        using var server = new FakeServer { Answer = (_, _) => FakeServer.Answers(404) };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RunState.Succeeded, TrialVerdict.NotProven), (run.State, run.Trial!.Verdict));
    }

    [Fact]
    public async Task Trial_PoolWasStopped_PassesAsSoonAsItAnswers()
    {
        using var server = new FakeServer { Iis = { State = ObjectState.Stopped } };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RunState.Succeeded, TrialVerdict.Passed, "503"), (run.State, run.Trial?.Verdict, run.Trial?.Endpoints[0].WordsBefore));
    }

    [Theory]
    [InlineData(WindowsEvents.WorkerDied, "5009")]
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

        Assert.Equal(RunState.RolledBack, run.State);
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

        Assert.Equal(RunState.RolledBack, (await agent.RunAsync(PlaybookCatalog.PoolOnlyId)).State);
    }

    [Fact]
    public async Task Trial_CancelledInItsMiddle_LeadsBack()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        server.WhileAsked = settings => IsNew(settings) ? agent.Service.CancelAsync(agent.Service.Get(RepairQueue.Latest).Id, Token) : Task.CompletedTask;

        var run = await agent.RunAsync();

        Assert.Equal((RunState.RolledBack, 1000), (run.State, server.Iis.Settings.QueueLength));
        Assert.DoesNotContain("iisreset", server.Iis.Done);
    }

    [Fact]
    public async Task Keep_WhileClientsGetLess_KeepsTheSettingsAndGoesOn()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        server.Answer = New((_, _) => FakeServer.Answers(404));
        server.WhileAsked = settings => IsNew(settings) ? agent.Service.KeepAsync(agent.Service.Get(RepairQueue.Latest).Id, Token) : Task.CompletedTask;

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RunState.Succeeded, TrialVerdict.Kept, "Ann", "CHG-1", true), (run.State, run.Trial?.Verdict, run.Keep?.By, run.Keep?.Reason, run.CanUndo));
        Assert.Equal(30_000, server.Iis.Settings.QueueLength);
    }

    [Theory]
    [InlineData("{ \"mode\": \"apply-settings\" }", false)]
    [InlineData("{ \"mode\": \"apply-settings\", \"keepAnyway\": true }", true)]
    public async Task Keep_FromADashboard_IsAMatterOfTheLocalPolicy(string policy, bool isAllowed)
    {
        using var server = new FakeServer { Answer = New((_, _) => FakeServer.Answers(404)) };
        server.WritePolicy(policy);
        await using var agent = await AgentLife.BeginAsync(server);
        var hub = new PairedHub { Id = new string('a', 32), Name = "head office", Pin = "pin", PairedAt = server.Time.GetUtcNow(), PairedFrom = "10.0.0.1" };
        agent.Get<PairedHubs>().Add(hub);
        CommandFailure? refused = null;
        server.WhileAsked = async settings =>
        {
            if (IsNew(settings))
            {
                try
                {
                    await AsHub(agent, server, hub, "it is worth it").KeepAsync(RepairQueue.Latest, Token);
                }
                catch (CommandException exception)
                {
                    refused = exception.Failure;
                }
            }
        };

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal(isAllowed ? (RunState.Succeeded, (CommandFailure?)null) : (RunState.RolledBack, CommandFailure.Refused), (run.State, refused));
    }

    [Fact]
    public async Task Keep_WithoutAReason_IsRefused()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.RunAsync(PlaybookCatalog.PoolOnlyId);
        var request = new Wire.KeepSettingsRequest { Id = RepairQueue.Latest, Context = new() { Person = "Ann", Reason = " " } };

        var refused = await Assert.ThrowsAsync<CommandException>(() => agent.Service.SendAsync<Wire.RepairRun>(request, Token));

        Assert.Equal((CommandFailure.InvalidArgument, "context.reason"), (refused.Failure, Assert.Single(refused.Violations).Field));
    }

    [Fact]
    public async Task Keep_AfterTheEnd_IsAConflict()
    {
        using var server = new FakeServer { Answer = New((_, _) => FakeServer.Answers(500, 19)) };
        await using var agent = await AgentLife.BeginAsync(server);
        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        var refused = await Assert.ThrowsAsync<CommandException>(() => agent.Service.KeepAsync(run.Id, Token));

        Assert.Equal(CommandFailure.Conflict, refused.Failure);
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

        Assert.Equal((RunState.RolledBack, 7_777, 1_843_200), (run.State, server.Iis.Settings.QueueLength, server.Iis.Settings.PrivateMemoryKilobytes));
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

        Assert.Equal((RunState.Failed, 30_000, true), (run.State, server.Iis.Settings.QueueLength, run.CanUndo));
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

        Assert.Equal((RunState.RolledBack, StepState.Failed), (run.State, run.Steps[^1].State));
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

    /// <summary>An answer where the new settings are in force; before and after them the server is healthy.</summary>
    private static Func<ClientEndpoint, PoolSettings, ProbeAnswer> New(Func<ClientEndpoint, PoolSettings, ProbeAnswer> answer) => (endpoint, settings) =>
        IsNew(settings) ? answer(endpoint, settings) : FakeServer.Answers(endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200);

    private static Requester AsHub(AgentLife agent, FakeServer server, PairedHub hub, string reason) => new(agent.Get<CommandPipe>(), agent.Get<RepairStarter>(), agent.Get<RepairQueue>())
    {
        Caller = new(CallerKind.Hub, hub, hub.Pin, hub.PairedFrom),
        Context = () => new()
        {
            Person = "Ann",
            Hub = hub.Id,
            Reason = reason,
            IdempotencyKey = Guid.NewGuid().ToString("N"),
            IssuedAt = Timestamp.FromDateTimeOffset(server.Time.GetUtcNow()),
            ExpiresAt = Timestamp.FromDateTimeOffset(server.Time.GetUtcNow().AddMinutes(2)),
        },
    };

    private static bool IsNew(PoolSettings settings) => settings.PrivateMemoryKilobytes == 0;

    private static async Task<int> CountPlacesAsync()
    {
        using var server = new FakeServer { Answer = New((_, _) => FakeServer.Answers(500, 19)) };
        await using var agent = await AgentLife.BeginAsync(server);
        Assert.Equal(RunState.RolledBack, (await agent.RunAsync(PlaybookCatalog.PoolOnlyId)).State);
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
        Assert.True(run.State == RunState.RolledBack, $"{where}: {run.State}, {run.Sentence}");
        Assert.True(server.Iis.Settings is { QueueLength: 1000, PrivateMemoryKilobytes: 1_843_200 }, where);
        Assert.True(server.Iis.State == ObjectState.Started, where);
        Assert.True(server.Wsus.Starts == 0 && !run.CanUndo, where);
        Assert.True(run.Steps.Count(step => step.IsRollback) == 3, where);
    }
}
