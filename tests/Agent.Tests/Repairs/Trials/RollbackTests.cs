using Microsoft.Web.Administration;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using static WsusDashboard.Agent.Tests.Repairs.FakeServer;

namespace WsusDashboard.Agent.Tests.Repairs.Trials;

/// <summary>Rollbacks that meet trouble of their own: the pool runs at their end, and nothing lands after them.</summary>
public sealed class RollbackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rollback_SettingsCannotBeRestored_StartsThePoolAllTheSame()
    {
        using var server = new FakeServer { Iis = { StartsInVain = 1 } };
        server.BeforeRefresh = _ =>
        {
            server.IisError = server.Iis.Done.Count(what => what == "start pool") == 1 ? "The file is damaged." : null;
            return Task.CompletedTask;
        };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal(
            [(StepKind.RestoreSettings, StepState.Failed), (StepKind.RestartPool, StepState.Done), (StepKind.VerifyRollback, StepState.NotRun)],
            run.Steps.Where(step => step.IsRollback).Select(step => (step.Kind, step.State)));
        Assert.Equal((RepairState.Failed, ObjectState.Started, true), (run.State, server.Iis.State, run.CanUndo));
        AssertText.Tells(run.Sentence, "Stopped again", "damaged");

        Assert.Equal(RepairState.Succeeded, (await agent.UndoAsync(run.Id)).State);
        Assert.Equal(1000, server.Iis.Settings.QueueLength);
    }

    [Fact]
    public async Task Rollback_CommitThatItsStepGaveUp_IsRestoredOnceItIsMade()
    {
        using var server = new FakeServer();
        var commits = 0;
        server.Iis.BeforeAct = () =>
        {
            if (Interlocked.Increment(ref commits) == 1)
            {
                server.Time.Advance(TimeSpan.FromMinutes(3));
                Assert.True(SpinWait.SpinUntil(() => server.Published.Any(run => run.IsRollingBack), TimeSpan.FromMinutes(1)), "The step never gave up.");
            }
        };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.RolledBack, StepState.Failed), (run.State, run.Steps.Single(step => step.Kind == StepKind.ApplySettings).State));
        Assert.Equal((1000, 1_843_200), (server.Iis.Settings.QueueLength, server.Iis.Settings.PrivateMemoryKilobytes));
    }

    [Fact]
    public async Task Trial_LastRoundTakesAsLongAsItMay_IsDecidedByItsAnswers()
    {
        using var server = new FakeServer
        {
            Answer = New((_, _) => Answers(404)),
            BeforeRefresh = token => token.IsCancellationRequested ? Task.FromCanceled(token) : Task.CompletedTask,
        };
        await using var agent = await AgentLife.BeginAsync(server);
        server.WhileAsked = async settings =>
        {
            var step = agent.Service.Get(RepairQueue.Latest).CurrentStep;
            if (IsNew(settings) && server.Time.GetUtcNow() - step?.StartedAt >= TimeSpan.FromSeconds(178))
            {
                // The reading of the pools, the answers and the reading of the server, each nearly up to its own limit of 30 s.
                await PassAsync(server, TimeSpan.FromSeconds(85));
            }
        };

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal(RepairState.RolledBack, run.State);
        Assert.NotEmpty(run.Steps.Single(step => step.Kind == StepKind.TrySettings).ReadBack);
    }

    [Fact]
    public async Task Undo_OfARunThatIsBeingRolledBack_IsRefusedRatherThanPutOff()
    {
        using var server = new FakeServer { Answer = New((_, _) => Answers(500, 19)) };
        await using var agent = await AgentLife.BeginAsync(server);
        CommandFailure? refused = null;
        server.WhileAsked = async _ =>
        {
            if (agent.Service.Get(RepairQueue.Latest) is { IsRollingBack: true } run)
            {
                refused = (await Assert.ThrowsAsync<CommandException>(() => agent.Service.UndoAsync(run.Id, Token))).Failure;
            }
        };

        Assert.Equal(RepairState.RolledBack, (await agent.RunAsync(PlaybookCatalog.PoolOnlyId)).State);
        Assert.Equal(CommandFailure.Refused, refused);
    }

    [Fact]
    public async Task Rollback_ClientsStillGetLess_IsInTheSentenceAfterTheReason()
    {
        var isNew = false;
        using var server = new FakeServer();
        server.Answer = (endpoint, settings) =>
        {
            isNew |= IsNew(settings);
            return Answers(isNew ? 500 : 200);
        };
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal($"{run.Trial!.Reason} {run.Steps[^1].Message}", run.Sentence);
    }

    /// <summary>Moves the time on, and returns when every deadline until then was told: the clock may be in the middle of telling an earlier one.</summary>
    private static async Task PassAsync(FakeServer server, TimeSpan time)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var deadline = new CancellationTokenSource(time, server.Time);
        using var registration = deadline.Token.Register(told.SetResult);
        server.Time.Advance(time);
        await told.Task;
    }
}
