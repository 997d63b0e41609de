using WsusDashboard.Agent.Remediation;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Agent.Tests.Remediation;

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

        Assert.Equal(RunState.Succeeded, (await agent.EndOfAsync(started.Id)).State);
    }

    [Fact]
    public async Task Request_WhileTheJournalCannotBeRead_IsRefusedAndSaysSo()
    {
        var gate = new ServerGate();
        gate.StayClosed();

        await gate.WhenSettled.WaitAsync(Cancellation);

        Assert.False(gate.TryEnter("a repair", out _, out var occupiedBy));
        Assert.Contains("cannot read its journal", occupiedBy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfAPlanWhoseServerChanged_IsRefusedAndNamesWhat()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        var plan = await agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, null, Cancellation);
        server.Iis.Set(pool => pool.QueueLength = 2000);

        var failure = await Assert.ThrowsAsync<VerbException>(() => agent.Service.StartAsync(AgentLife.Request(plan), Cancellation));

        Assert.Equal(VerbFailure.Conflict, failure.Failure);
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

        var failure = await Assert.ThrowsAsync<VerbException>(() => agent.Service.StartAsync(AgentLife.Request(plan), Cancellation));
        held.SetResult();
        await agent.EndOfAsync(first.Id);

        Assert.Equal(VerbFailure.Conflict, failure.Failure);
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
            catch (VerbException exception) when (exception.Failure == VerbFailure.Conflict)
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

        var failure = await Assert.ThrowsAsync<VerbException>(() => agent.Service.StartAsync(AgentLife.Request(other, "key-1"), Cancellation));

        Assert.Equal(VerbFailure.Conflict, failure.Failure);
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

        var failure = await Assert.ThrowsAsync<VerbException>(() => agent.Service.StartAsync(AgentLife.Request(plan), Cancellation));

        Assert.Equal(VerbFailure.Refused, failure.Failure);
        Assert.Contains("only on the server itself", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithWrongFields_NamesThemAll()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var failure = await Assert.ThrowsAsync<VerbException>(() => agent.Service.StartAsync(
            new StartRequest
            {
                Playbook = "",
                Baseline = "mine",
                Fingerprint = "abc",
                RequestedBy = new string('a', 201),
                Reason = new string('r', 501),
                IdempotencyKey = new string('k', 101),
            },
            Cancellation));

        Assert.Equal(["playbook", "baseline", "fingerprint", "requested_by", "reason", "idempotency_key"], failure.Violations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task Get_OfAnUnknownRun_IsNotFound()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);

        Assert.Equal(VerbFailure.NotFound, Assert.Throws<VerbException>(() => agent.Service.Get("nope")).Failure);
        Assert.Equal(VerbFailure.NotFound, Assert.Throws<VerbException>(() => agent.Service.Get(RemediationService.LatestRun)).Failure);
    }

    [Fact]
    public async Task Get_InALaterLife_AnswersWithTheWholeRun()
    {
        using var server = new FakeServer();
        RemediationRun run;
        await using (var first = await AgentLife.BeginAsync(server))
        {
            run = await first.RunAsync();
        }

        await using var second = await AgentLife.BeginAsync(server);

        Assert.Equivalent(run, second.Service.Get(run.Id), strict: true);
        Assert.Equal(run.Id, second.Service.Get(RemediationService.LatestRun).Id);
    }
}
