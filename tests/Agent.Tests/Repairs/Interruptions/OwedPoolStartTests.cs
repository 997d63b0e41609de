using Microsoft.Web.Administration;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs.Interruptions;

/// <summary>A pool that the agent stops runs again, whatever ends its restart; one that somebody else stopped stays stopped.</summary>
public sealed class OwedPoolStartTests : IDisposable
{
    private readonly FakeServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Look_PoolStoppedAfterItsRepairGaveUp_StartsItOnce()
    {
        await using var agent = await FailedRepairAsync();

        var whileItStops = await agent.OwedStarts.LookAsync(Token);
        Assert.DoesNotContain("start pool", _server.Iis.Done);
        _server.Iis.State = ObjectState.Stopped;
        await agent.OwedStarts.LookAsync(Token);
        var afterwards = await agent.OwedStarts.LookAsync(Token);

        Assert.NotNull(whileItStops);
        Assert.Null(afterwards);
        Assert.Equal(ObjectState.Started, _server.Iis.State);
        Assert.Single(_server.Iis.Done, "start pool");
        Assert.Equal(["asked", "done"], Audited());
    }

    [Fact]
    public async Task Look_AgentKilledAfterTheStopAndItsRunCannotGoOn_StartsThePool()
    {
        var id = await EndAtAsync("after stop pool");
        _server.WritePolicy("""{ "mode": "monitor-only" }""");
        await using var next = await AgentLife.BeginAsync(_server);
        Assert.Equal(RepairState.Failed, (await next.EndOfAsync(id)).State);
        Assert.Equal(ObjectState.Stopped, _server.Iis.State);

        _server.WritePolicy("""{ "mode": "restart" }""");
        await next.OwedStarts.LookAsync(Token);

        Assert.Equal(ObjectState.Started, _server.Iis.State);
    }

    [Fact]
    public async Task Restart_OfAPoolThatSomebodyStopped_OwesNothing()
    {
        _server.Iis.State = ObjectState.Stopped;
        await EndAtAsync("before start pool");
        await using var next = await AgentLife.BeginAsync(_server, crashAt: 0);

        Assert.DoesNotContain("start pool", _server.Iis.Done);
        Assert.Empty(next.Get<OwedStarts>().Read());
    }

    [Fact]
    public async Task Restart_ThatWentWell_OwesNothing()
    {
        await using var agent = await AgentLife.BeginAsync(_server);
        await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Null(await agent.OwedStarts.LookAsync(Token));
    }

    [Fact]
    public async Task Restart_WhoseWorkersDoNotStay_HadItsStart()
    {
        _server.Iis.StartsInVain = int.MaxValue;
        await using var agent = await AgentLife.BeginAsync(_server);

        var run = await agent.RunAsync(PlaybookCatalog.PoolOnlyId);

        Assert.Equal((RepairState.Failed, ObjectState.Stopped), (run.State, _server.Iis.State));
        Assert.Empty(agent.Get<OwedStarts>().Read());
    }

    [Theory]
    [InlineData(PoolVerbs.Stop, ObjectState.Stopped)]
    [InlineData(PoolVerbs.Start, ObjectState.Started)]
    public async Task Look_SomeoneCommandedIt_HasNothingLeftToStart(string verb, ObjectState expected)
    {
        await using var agent = await FailedRepairAsync();
        _server.Iis.State = ObjectState.Stopped;
        await agent.Service.ControlPoolAsync(FakeIis.PoolName, verb, Token);

        Assert.Null(await agent.OwedStarts.LookAsync(Token));

        Assert.Equal(expected, _server.Iis.State);
    }

    [Fact]
    public async Task Look_PolicyNarrowedMeanwhile_StartsNothingAndSaysSo()
    {
        await using var agent = await FailedRepairAsync();
        _server.Iis.State = ObjectState.Stopped;
        _server.WritePolicy("""{ "mode": "restart", "allowedPools": [] }""");

        await agent.OwedStarts.LookAsync(Token);

        Assert.Equal(ObjectState.Stopped, _server.Iis.State);
        Assert.Equal(["refused"], Audited());
        Assert.Empty(agent.Get<OwedStarts>().Read());
    }

    [Fact]
    public async Task Look_IisCannotBeRead_StartsOwedServicesAllTheSame()
    {
        await using var agent = await AgentLife.BeginAsync(_server);
        await agent.UntilOpenAsync();
        agent.Get<OwedStarts>().Add(OwedKind.Pool, [FakeIis.PoolName], "a test");
        _server.Time.Advance(TimeSpan.FromSeconds(1));
        agent.Get<OwedStarts>().Add(OwedKind.Service, [ServiceNames.SmsExecutive], "a test");
        _server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        _server.Iis.BeforeAct = () => throw new UnauthorizedAccessException("insufficient permissions");

        await agent.OwedStarts.LookAsync(Token);

        Assert.Equal(ServiceState.Running, _server.Services.StateOf(ServiceNames.SmsExecutive));
        Assert.Equal([FakeIis.PoolName], agent.Get<OwedStarts>().Read().Select(start => start.Name));
    }

    /// <summary>An agent whose repair has given up on the pool, whose worker still ends.</summary>
    private async Task<AgentLife> FailedRepairAsync()
    {
        _server.Iis.DoesNotStop = true;
        var agent = await AgentLife.BeginAsync(_server);
        Assert.Equal(RepairState.Failed, (await agent.RunAsync(PlaybookCatalog.PoolOnlyId)).State);
        Assert.Equal(ObjectState.Stopping, _server.Iis.State);
        _server.Iis.DoesNotStop = false;
        return agent;
    }

    /// <summary>Ends an agent at a place of its repair, which a rehearsal finds.</summary>
    private async Task<string> EndAtAsync(string placeName)
    {
        int place;
        using (var rehearsal = new FakeServer { Iis = { State = _server.Iis.State } })
        {
            await using var agent = await AgentLife.BeginAsync(rehearsal);
            await agent.RunAsync(PlaybookCatalog.PoolOnlyId);
            place = rehearsal.Crash.Passed.IndexOf(placeName);
        }

        await using var first = await AgentLife.BeginAsync(_server, place);
        var started = await first.StartAsync(PlaybookCatalog.PoolOnlyId);
        await _server.Ended.ReadAsync(Token);
        return started.Id;
    }

    private List<string> Audited() =>
        [.. AuditFiles.ReadEntries(_server.Folder).Where(entry => entry.Verb.StartsWith("start after", StringComparison.Ordinal)).Select(entry => entry.Outcome)];
}
