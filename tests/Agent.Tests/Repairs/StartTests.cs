using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Repairs;

public sealed class StartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_OfTheFirstMoment_WaitsUntilTheJournalIsRead()
    {
        using var server = new FakeServer();
        await using var agent = AgentLife.BeforeItsJournalIsRead(server);

        var asked = agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, "guide", Cancellation);
        Assert.False(asked.IsCompleted);
        await agent.ReadJournalAsync();
        var started = await agent.Service.StartAsync(AgentLife.Request(await asked), Cancellation);

        Assert.Equal(RepairState.Succeeded, (await agent.EndOfAsync(started.Id)).State);
    }

    [Fact]
    public async Task Request_WhileTheJournalCannotBeRead_IsRefusedAndSaysSo()
    {
        var gate = new ChangeLock();
        gate.StayClosed();

        await gate.WhenSettled.WaitAsync(Cancellation);

        Assert.False(gate.TryEnter("a repair", out _, out var occupiedBy));
        Assert.Contains("can't read its journal", occupiedBy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfAPlanWhoseServerChanged_IsRefusedAndNamesWhat()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        var plan = await agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, null, Cancellation);
        server.Iis.Set(pool => pool.QueueLength = 2000);

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.StartAsync(AgentLife.Request(plan), Cancellation));

        Assert.Equal(CommandFailure.Conflict, failure.Failure);
        Assert.Contains("queueLength of WsusPool: 1000 → 2000", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2000, server.Iis.Settings.QueueLength);
        Assert.Null(agent.Gate.OccupiedBy);
    }

    [Fact]
    public async Task Start_WhileAnotherRunGoesOn_IsRefusedAndNamesIt()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var plan = await agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, null, Cancellation);
        server.BeforeRefresh = token => server.IsBusy ? held.Task.WaitAsync(token) : Task.CompletedTask;
        var first = await agent.Service.StartAsync(AgentLife.Request(plan), Cancellation);

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.StartAsync(AgentLife.Request(plan), Cancellation));
        held.SetResult();
        await agent.EndOfAsync(first.Id);

        Assert.Equal(CommandFailure.Conflict, failure.Failure);
        Assert.Contains(first.Id, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Ann", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TwoAtOnce_StartsOne()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        var plan = await agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, null, Cancellation);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.BeforeRefresh = token => server.IsBusy ? held.Task.WaitAsync(token) : Task.CompletedTask;

        var starts = Enumerable.Range(0, 4).Select(_ => Task.Run(() => agent.Service.StartAsync(AgentLife.Request(plan), Cancellation))).ToArray();
        var outcomes = await Task.WhenAll(starts.Select(async start =>
        {
            try
            {
                return (await start).Id;
            }
            catch (CommandException exception) when (exception.Failure == CommandFailure.Conflict)
            {
                return "conflict";
            }
        }));
        held.SetResult();

        var id = Assert.Single(outcomes, outcome => outcome != "conflict");
        await agent.EndOfAsync(id);
        Assert.Single(server.Iis.Done, "iisreset");
    }

    [Fact]
    public async Task Start_WithTheSameKey_AnswersWithTheSameRun()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        var plan = await agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, null, Cancellation);

        var first = await agent.Service.StartAsync(AgentLife.Request(plan, "key-1"), Cancellation);
        var again = await agent.Service.StartAsync(AgentLife.Request(plan, "key-1"), Cancellation);
        var ended = await agent.EndOfAsync(first.Id);
        var later = await agent.Service.StartAsync(AgentLife.Request(plan, "key-1"), Cancellation);

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(first.Id, later.Id);
        Assert.Equal(ended.State, later.State);
        Assert.Single(server.Iis.Done, "iisreset");
    }

    [Fact]
    public async Task Start_WithAKeyOfAnotherRequest_IsRefused()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        var run = await agent.StartAsync(PlaybookCatalog.SyncOnlyId, "key-1");
        await agent.EndOfAsync(run.Id);
        var other = await agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, null, Cancellation);

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.StartAsync(AgentLife.Request(other, "key-1"), Cancellation));

        Assert.Equal(CommandFailure.Conflict, failure.Failure);
        Assert.Contains(run.Id, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UnderMonitorOnly_IsRefused()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        server.WritePolicy("""{ "mode": "monitor-only" }""");
        var plan = await agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, null, Cancellation);

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.StartAsync(AgentLife.Request(plan), Cancellation));

        Assert.Equal(CommandFailure.Refused, failure.Failure);
        Assert.Contains("only on the server itself", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithWrongFields_NamesThemAll()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.StartAsync(
            new Wire.StartRepairRequest
            {
                Playbook = "",
                Baseline = "mine",
                Fingerprint = "abc",
                Context = new() { Person = new string('a', 201), Reason = new string('r', 501), Ticket = new string('t', 101), IdempotencyKey = new string('k', 101) },
            },
            Cancellation));

        Assert.Equal(["context.person", "context.reason", "context.ticket", "context.idempotency_key", "playbook", "baseline", "fingerprint"], failure.Violations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task Get_OfAnUnknownRun_IsNotFound()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);

        Assert.Equal(CommandFailure.NotFound, Assert.Throws<CommandException>(() => agent.Service.Get("nope")).Failure);
        Assert.Equal(CommandFailure.NotFound, Assert.Throws<CommandException>(() => agent.Service.Get(RepairQueue.Latest)).Failure);
    }

    [Fact]
    public async Task Get_InALaterLife_AnswersWithTheWholeRun()
    {
        using var server = new FakeServer();
        Repair run;
        await using (var first = await AgentLife.BeginAsync(server))
        {
            run = await first.RunAsync();
        }

        await using var second = await AgentLife.BeginAsync(server);

        Assert.Equivalent(run, second.Service.Get(run.Id), strict: true);
        Assert.Equal(run.Id, second.Service.Get(RepairQueue.Latest).Id);
    }
}
