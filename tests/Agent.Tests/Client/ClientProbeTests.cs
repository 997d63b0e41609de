using Microsoft.Extensions.Time.Testing;
using Microsoft.Web.Administration;
using WsusDashboard.Agent.Client;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Client;

/// <summary>Every endpoint is asked, and nothing is woken for it.</summary>
public sealed class ClientProbeTests
{
    private static readonly string[] AllPaths = [.. ClientEndpoints.All.Select(ClientEndpoints.PathOf).Order()];

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AskAsync_HealthyServer_AsksEachOnceAndNamesItsPool()
    {
        await using var wsus = await LoopbackWsus.StartAsync();

        var state = await AskAsync(wsus);

        Assert.Equal(AllPaths, wsus.Asked.Order());
        Assert.Equal(ClientEndpoints.All, state.Endpoints.Select(endpoint => endpoint.Endpoint));
        Assert.All(state.Endpoints, endpoint => Assert.Equal(
            endpoint.Endpoint is ClientEndpoint.ApiRemoting30 ? (AnswerClass.Refused, LoopbackWsus.AdminPool) : (AnswerClass.Answered, LoopbackWsus.Pool),
            (endpoint.Class, endpoint.PoolName)));
        Assert.All(state.Endpoints, endpoint => Assert.StartsWith("http://127.0.0.1:", endpoint.Address, StringComparison.Ordinal));
        Assert.Empty(state.KeptLoaded);
    }

    [Theory]
    [InlineData(ObjectState.Stopped)]
    [InlineData(ObjectState.Stopping)]
    public async Task AskAsync_StoppedPool_IsNotAsked(ObjectState stopped)
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        wsus.States[LoopbackWsus.Pool] = stopped;

        var state = await AskAsync(wsus, new ProbeRound { WakesIdlePools = true });

        Assert.Equal([ClientEndpoints.PathOf(ClientEndpoint.ApiRemoting30)], wsus.Asked);
        Assert.All(ClientEndpoints.OfClients, endpoint => Assert.True(state.Find(endpoint) is { Skipped: SkipReason.PoolStopped, Answer: null, IsFailing: true }));
        Assert.Equal(SkipReason.None, state.Find(ClientEndpoint.ApiRemoting30)?.Skipped);
    }

    [Fact]
    public async Task AskAsync_PoolOnDemandWithoutWorker_IsNotWoken()
    {
        await using var wsus = await LoopbackWsus.StartAsync("OnDemand");
        wsus.WithWorker.Remove(LoopbackWsus.Pool);

        var state = await AskAsync(wsus);

        Assert.Equal([ClientEndpoints.PathOf(ClientEndpoint.ApiRemoting30)], wsus.Asked);
        Assert.All(ClientEndpoints.OfClients, endpoint => Assert.True(state.Find(endpoint) is { Skipped: SkipReason.PoolIdle, IsFailing: false }));
        Assert.Equal([LoopbackWsus.AdminPool], state.KeptLoaded);
    }

    [Fact]
    public async Task AskAsync_CallerThatWantsTheWorker_WakesIt()
    {
        await using var wsus = await LoopbackWsus.StartAsync("OnDemand");
        wsus.WithWorker.Clear();

        await AskAsync(wsus, new ProbeRound { WakesIdlePools = true });

        Assert.Equal(AllPaths, wsus.Asked.Order());
    }

    [Fact]
    public async Task AskAsync_PoolAlwaysRunningWithoutWorker_IsAsked()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        wsus.WithWorker.Clear();

        await AskAsync(wsus);

        Assert.Equal(AllPaths, wsus.Asked.Order());
    }

    [Theory]
    [InlineData("OnDemand", "00:20:00", 2)]
    [InlineData("OnDemand", "00:00:00", 0)]
    [InlineData("AlwaysRunning", "00:20:00", 0)]
    public async Task AskAsync_WorkerThatWouldEndWhenIdle_IsSaidToBeKept(string startMode, string idleTimeout, int kept)
    {
        await using var wsus = await LoopbackWsus.StartAsync(startMode, idleTimeout);

        Assert.Equal(kept, (await AskAsync(wsus)).KeptLoaded.Count);
    }

    [Fact]
    public async Task AskAsync_NoWsus_IsNull()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        wsus.Edges.Values.Clear();

        Assert.Null(await wsus.Probe(_time).AskAsync(new ProbeRound(), Token));
        Assert.Empty(wsus.Asked);
    }

    [Fact]
    public async Task AskAsync_IisNotReadable_AsksOnlyWhereThePoolWasSeenBefore()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        wsus.DamageConfiguration();

        await Assert.ThrowsAsync<EdgeException>(() => wsus.Probe(_time).AskAsync(new ProbeRound(), Token));
        Assert.Empty(wsus.Asked);

        var pool = new AppPool { Name = LoopbackWsus.Pool, State = PoolState.Started, Settings = new PoolSettings { StartMode = "OnDemand" }, Workers = [new PoolWorker(1, 1, null)] };
        await AskAsync(wsus, new ProbeRound { LastKnownPool = pool });
        Assert.Equal(AllPaths, wsus.Asked.Order());

        var idle = await AskAsync(wsus, new ProbeRound { LastKnownPool = pool with { Workers = [] } });
        Assert.All(idle.Endpoints, endpoint => Assert.Equal(SkipReason.PoolIdle, endpoint.Skipped));
        Assert.Equal(AllPaths.Length, wsus.Asked.Count);
    }

    [Fact]
    public async Task AskAsync_OneEndpointHangs_HoldsUpNoQuestionAndEndsAtTheDeadline()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        var waiting = new TaskCompletionSource();
        wsus.BeforeAnswer = async context =>
        {
            if (context.Request.Path.Value == ClientEndpoints.PathOf(ClientEndpoint.ClientWebService))
            {
                waiting.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        };

        var asking = AskAsync(wsus, new ProbeRound { Deadline = TimeSpan.FromSeconds(7) });
        await waiting.Task.WaitAsync(Token);
        while (!asking.IsCompleted)
        {
            // Where one question waited for the other, the last would never be asked.
            if (wsus.Asked.Count == ClientEndpoints.All.Count)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            await Task.Yield();
        }

        var state = await asking;
        Assert.Equal(ProbeFailure.TimedOut, state.Find(ClientEndpoint.ClientWebService)?.Answer?.Failure);
    }

    [Fact]
    public async Task AskAsync_AnotherRoundIsUnderWay_WaitsForItAndAsksThen()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        using var probe = wsus.Probe(_time);
        using var held = wsus.HoldAnswers();
        var first = probe.AskAsync(new ProbeRound(), Token);
        await held.UntilAskedAsync(AllPaths.Length);

        var second = probe.AskAsync(new ProbeRound(), Token);
        for (var turn = 0; turn < 1000; turn++)
        {
            await Task.Yield();
        }

        Assert.Equal((false, AllPaths.Length), (second.IsCompleted, wsus.Asked.Count));
        held.Release();
        Assert.NotSame(await first, await second);
        Assert.Equal(AllPaths.Length * 2, wsus.Asked.Count);
    }

    [Theory]
    [InlineData(30, 5)]
    [InlineData(29, 10)]
    public async Task AskOrJoinAsync_AnotherRoundIsUnderWay_TakesItsAnswersIfTheyWereWaitedForAsLong(int seconds, int asked)
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        using var probe = wsus.Probe(_time);
        using var held = wsus.HoldAnswers();
        var repair = probe.AskAsync(new ProbeRound { Deadline = TimeSpan.FromSeconds(seconds) }, Token);
        await held.UntilAskedAsync(AllPaths.Length);

        var joined = probe.AskOrJoinAsync(new ProbeRound(), Token);
        held.Release();

        Assert.Equal(asked == AllPaths.Length, ReferenceEquals(await repair, await joined));
        Assert.Equal(asked, wsus.Asked.Count);
    }

    [Fact]
    public async Task AskOrJoinAsync_NobodyAsks_AsksEachTime()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        using var probe = wsus.Probe(_time);

        await probe.AskAsync(new ProbeRound(), Token);
        await probe.AskOrJoinAsync(new ProbeRound(), Token);
        await probe.AskOrJoinAsync(new ProbeRound(), Token);

        Assert.Equal(AllPaths.Length * 3, wsus.Asked.Count);
    }

    [Fact]
    public async Task AskAsync_RoundBeforeWasGivenUp_IsNotHeldUp()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        using var probe = wsus.Probe(_time);
        using var held = wsus.HoldAnswers();
        using var end = new CancellationTokenSource();
        var first = probe.AskAsync(new ProbeRound(), end.Token);
        await held.UntilAskedAsync(AllPaths.Length);
        var joined = probe.AskOrJoinAsync(new ProbeRound(), Token);

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        held.Release();

        Assert.NotNull(await joined);
        Assert.Equal(AllPaths.Length * 2, wsus.Asked.Count);
    }

    [Fact]
    public async Task FindClientHost_NameThatClientsUse_IsNeverLocalhostWhereTheServerHasAName()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        var registry = new WsusRegistry(wsus.Edges, new AgentOptions());
        Assert.Equal("localhost", registry.FindClientHost(registry.FindAddress()!));

        wsus.Edges.Values[(@"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "Hostname")] = "SUP01";
        wsus.Edges.Values[(@"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "Domain")] = "corp.example";
        Assert.Equal("SUP01.corp.example", registry.FindClientHost(registry.FindAddress()!));

        wsus.Edges.Values[(WsusRegistry.SetupKey, "HostHeader")] = "updates.corp.example";
        Assert.Equal("updates.corp.example", registry.FindClientHost(registry.FindAddress()!));

        var named = new WsusRegistry(wsus.Edges, new AgentOptions { WsusHost = "127.0.0.1" });
        Assert.Equal("127.0.0.1", named.FindClientHost(named.FindAddress()!));
    }

    private async Task<ClientState> AskAsync(LoopbackWsus wsus, ProbeRound? round = null) =>
        await wsus.Probe(_time).AskAsync(round ?? new ProbeRound(), Token) ?? throw new InvalidOperationException("There is a WSUS.");
}
