using Microsoft.Extensions.Time.Testing;
using Microsoft.Web.Administration;
using WsusDashboard.Agent.Client;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Client;

/// <summary>From one round of questions to the next.</summary>
public sealed class ClientCollectorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SnapshotStore _snapshots;

    public ClientCollectorTests() => _snapshots = new SnapshotStore(new AgentInfo { AgentId = "a", ComputerName = "SUP01" }, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CollectAsync_ServerThatAlwaysRefuses_IsGoodUntilItAnsweredBetterOnce()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        var collector = Collector(wsus);
        foreach (var (status, usual, isFailing) in new[]
        {
            (401, AnswerClass.Refused, false),
            (503, AnswerClass.Refused, true),
            (401, AnswerClass.Refused, false),
            (200, AnswerClass.Answered, false),
            (401, AnswerClass.Answered, true),
        })
        {
            wsus.Answer(ClientEndpoint.ClientWebService, status);

            var endpoint = (await CollectAsync(collector)).Find(ClientEndpoint.ClientWebService)!;

            Assert.Equal((status, usual, isFailing, isFailing), (endpoint.Answer?.Status, endpoint.Usual, endpoint.IsFailing, endpoint.FailingSince is not null));
        }
    }

    [Fact]
    public async Task CollectAsync_PoolStoppedInBetween_RemembersWhatWasUsual()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        var collector = Collector(wsus);
        for (var round = 0; round < 5; round++)
        {
            await CollectAsync(collector);
        }

        wsus.States[LoopbackWsus.Pool] = ObjectState.Stopped;
        var stopped = (await CollectAsync(collector)).Find(ClientEndpoint.ClientWebService)!;

        Assert.Equal((AnswerClass.Answered, SkipReason.PoolStopped), (stopped.Usual, stopped.Skipped));
        Assert.NotNull(stopped.Percentile95);
    }

    [Fact]
    public async Task CollectAsync_IisNotReadable_TakesThePoolThatWasSeenLast()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        var collector = Collector(wsus);
        wsus.DamageConfiguration();
        _snapshots.Apply(
            SectionBindings.Find(SectionNames.Iis),
            Reading.Ok(new IisState { WsusPoolName = "Seen", Pools = [new AppPool { Name = "Seen", State = PoolState.Started, Settings = new PoolSettings(), Workers = [new PoolWorker(1, 1, null)] }] }),
            new ReadTiming(_time.GetUtcNow(), TimeSpan.Zero, new Pace(TimeSpan.FromSeconds(15), "")));

        var state = await CollectAsync(collector);

        Assert.All(state.Endpoints, endpoint => Assert.Equal("Seen", endpoint.PoolName));
    }

    [Fact]
    public async Task CollectAsync_RepairAsks_TakesItsAnswersAndAsksNothing()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        using var probe = wsus.Probe(_time);
        var collector = new ClientCollector(probe, _snapshots, wsus.Options, _time);
        using var held = wsus.HoldAnswers();
        var repair = probe.AskAsync(new ProbeRound { WakesIdlePools = true }, Token);
        await held.UntilAskedAsync(ClientEndpoints.All.Count);

        var collecting = CollectAsync(collector);
        held.Release();

        var state = await collecting;
        Assert.Equal((await repair)!.Endpoints.Select(endpoint => endpoint.Answer), state.Endpoints.Select(endpoint => endpoint.Answer));
        Assert.Equal(AnswerClass.Answered, state.Find(ClientEndpoint.ClientWebService)?.Usual);
        Assert.Equal(ClientEndpoints.All.Count, wsus.Asked.Count);
    }

    [Fact]
    public async Task CollectAsync_NoWsus_IsNotInstalled()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        wsus.Edges.Values.Clear();

        Assert.Equal(SectionStatus.NotInstalled, (await Collector(wsus).CollectAsync(ReadDepth.Everything, Token)).Status);
    }

    [Fact]
    public async Task Pace_IsAMinuteAndSecondsDuringARepair()
    {
        await using var wsus = await LoopbackWsus.StartAsync();
        var collector = Collector(wsus);

        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5)), (collector.IdleInterval, collector.RepairInterval));
        Assert.True(collector.Timeout > ClientProbe.Patience * 2);
    }

    private ClientCollector Collector(LoopbackWsus wsus) => new(wsus.Probe(_time), _snapshots, wsus.Options, _time);

    private static async Task<ClientState> CollectAsync(ClientCollector collector)
    {
        var reading = await collector.CollectAsync(ReadDepth.Everything, Token);

        return Assert.IsType<ClientState>(reading.Value);
    }
}
