using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using static WsusDashboard.Agent.Tests.Repairs.FakeServer;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Repairs.Trials;

/// <summary>A keep that was accepted stands, whatever the trial or a later step says.</summary>
public sealed class KeepTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keep_WhileClientsGetLess_KeepsTheSettingsAndGoesOn()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        server.Answer = New((_, _) => FakeServer.Answers(404));
        server.WhileAsked = settings => IsNew(settings) ? agent.Service.KeepAsync(agent.Service.Get(RepairQueue.Latest).Id, Token) : Task.CompletedTask;

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.Succeeded, TrialVerdict.Kept, "Ann", "CHG-1", true), (run.State, run.Trial?.Verdict, run.Keep?.By, run.Keep?.Reason, run.CanUndo));
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

        Assert.Equal(isAllowed ? (RepairState.Succeeded, (CommandFailure?)null) : (RepairState.RolledBack, CommandFailure.Refused), (run.State, refused));
    }

    [Fact]
    public async Task Keep_WithoutAReason_IsRefused()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.RunAsync(PlaybookCatalog.PoolOnlyId);
        var request = new Wire.KeepSettingsRequest { Id = RepairQueue.Latest, Context = new() { Person = "Ann", Reason = " " } };

        var refused = await Assert.ThrowsAsync<CommandException>(() => agent.Service.SendAsync<Wire.Repair>(request, Token));

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
    public async Task Keep_AcceptedInTheRoundThatDecides_WinsOverItsVerdict()
    {
        using var server = new FakeServer { Answer = New((_, _) => Answers(500, 19)) };
        await using var agent = await AgentLife.BeginAsync(server);
        var rounds = 0;
        server.WhileAsked = settings => IsNew(settings) && ++rounds == 2 ? agent.Service.KeepAsync(agent.Service.Get(RepairQueue.Latest).Id, Token) : Task.CompletedTask;

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((2, RepairState.Succeeded, TrialVerdict.Kept, true), (rounds, run.State, run.Trial?.Verdict, run.CanUndo));
        Assert.True(IsNew(server.Iis.Settings));
    }

    [Fact]
    public async Task Keep_BeforeTheTrialAsksAnybody_EndsItAsKept()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        KeepOnceSet(server, agent);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.Succeeded, TrialVerdict.Kept, StepState.Done), (run.State, run.Trial?.Verdict, run.Steps.Single(step => step.Kind == StepKind.TrySettings).State));
        Assert.Equal(5, server.Rounds);
    }

    [Fact]
    public async Task Keep_AndALaterStepFails_RestoresNothing()
    {
        using var server = new FakeServer { Iis = { DoesNotStop = true } };
        await using var agent = await AgentLife.BeginAsync(server);
        KeepOnceSet(server, agent);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.Failed, true, false), (run.State, run.CanUndo, run.IsRollingBack));
        Assert.True(IsNew(server.Iis.Settings));
    }

    [Fact]
    public async Task Session_KeepAndRollback_TheFirstOfThemWins()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        var keep = new KeepDecision("Ann", "CHG-1", server.Time.GetUtcNow());
        var worse = new Trial { Verdict = TrialVerdict.Worse, Reason = "clients get less" };

        var kept = Session();
        Assert.True(await kept.RequestKeepAsync(keep, () => { }, Token));
        Assert.False(kept.TryEndTrial("a step failed"));
        Assert.Equal(TrialVerdict.Kept, kept.EndTrial(worse).Verdict);

        var decided = Session();
        Assert.Equal(TrialVerdict.Worse, decided.EndTrial(worse).Verdict);
        Assert.False(await decided.RequestKeepAsync(keep, () => { }, Token));

        var ended = Session();
        Assert.True(ended.TryEndTrial("a step failed"));
        Assert.False(await ended.RequestKeepAsync(keep, () => { }, Token));
        Assert.Equal((TrialVerdict.Worse, "a step failed"), (ended.Run.Trial!.Verdict, ended.Run.Trial.Reason));

        RepairSession Session() => new(
            new Repair { Id = "run-1", PlanFingerprint = "", ComputerName = ComputerName, Playbook = PlaybookCatalog.PoolOnlyId, State = RepairState.Running, CanUndo = true, Trial = new Trial() },
            agent.Get<Journal>(),
            agent.Get<RepairPublisher>(),
            server.Time,
            NullLogger<RepairSession>.Instance);
    }

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

    /// <summary>Ann keeps the settings as soon as they are set, before the pool is restarted.</summary>
    private static void KeepOnceSet(FakeServer server, AgentLife agent)
    {
        var isAsked = false;
        server.BeforeRefresh = async _ =>
        {
            if (!isAsked && IsNew(server.Iis.Settings))
            {
                isAsked = true;
                await agent.Service.KeepAsync(agent.Service.Get(RepairQueue.Latest).Id, Token);
            }
        };
    }
}
