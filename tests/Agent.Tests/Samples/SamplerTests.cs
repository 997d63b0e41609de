using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Samples;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Samples;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Samples;

public sealed class SamplerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 30, TimeSpan.Zero));
    private readonly AgentOptions _options;
    private readonly SnapshotStore _snapshots;
    private AgentStore _store;

    public SamplerTests()
    {
        _options = new AgentOptions { DataDirectory = _folder.Path };
        _store = Open();
        _snapshots = new SnapshotStore(new AgentIdentity(_options, _store, _time).Create(), _time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task TakeAsync_NothingReadYet_HasNoSample()
    {
        var samples = new SampleStore(_store);

        await Sampler(samples).TakeAsync(Token);

        Assert.Equal(0, samples.LastMinute);
    }

    [Fact]
    public async Task TakeAsync_PoolWithTwoWorkers_AddsTheirMemoryAndCountsRejectedSinceTheSampleBefore()
    {
        var samples = new SampleStore(_store);
        var sampler = Sampler(samples);
        foreach (var rejected in new[] { 500, 530, 20 })
        {
            Apply(rejected, 400_000, 300_000);
            await sampler.TakeAsync(Token);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        var taken = Read(samples);

        Assert.Equal([700_000L, 700_000L, 700_000L], taken.Select(sample => sample.WorkerKilobytes!.Value));
        Assert.Equal([null, 30L, 20L], taken.Select(sample => sample.RejectedRequests));
        Assert.Equal(1_843_200, taken[0].LimitKilobytes);
        Assert.Equal([0L, 1L, 2L], taken.Select(sample => sample.Minute - taken[0].Minute));
    }

    [Fact]
    public async Task TakeAsync_PoolThatCannotBeRead_IsUnknownAndNotTheOldValue()
    {
        var samples = new SampleStore(_store);
        Apply(0, 400_000);
        _snapshots.Apply(SectionBindings.Find(SectionNames.Iis), Reading.Unreadable(ReadFailure.AccessDenied, "denied"), Timing());

        await Sampler(samples).TakeAsync(Token);

        Assert.Null(Assert.Single(Read(samples)).WorkerKilobytes);
    }

    [Fact]
    public async Task TakeAsync_AnswersToClients_AreTakenWhileTheyAreFresh()
    {
        var samples = new SampleStore(_store);
        Apply(0, 400_000);
        _snapshots.Apply(SectionBindings.Find(SectionNames.Client), Reading.Ok(new ClientState
        {
            Endpoints =
            [
                new EndpointState { Endpoint = ClientEndpoint.ClientWebService, Answer = new ProbeAnswer { Status = 200, Duration = TimeSpan.FromMilliseconds(1_234) } },
                new EndpointState { Endpoint = ClientEndpoint.SimpleAuthWebService, Answer = new ProbeAnswer { Failure = ProbeFailure.TimedOut, Duration = TimeSpan.FromSeconds(30) } },
                new EndpointState { Endpoint = ClientEndpoint.Content, Skipped = SkipReason.PoolStopped },
                new EndpointState { Endpoint = ClientEndpoint.ApiRemoting30, Skipped = SkipReason.PoolIdle },
            ],
        }), new ReadTiming(_time.GetUtcNow(), TimeSpan.Zero, new Pace(TimeSpan.FromMinutes(1), "")));
        await Sampler(samples).TakeAsync(Token);
        _time.Advance(TimeSpan.FromMinutes(2));
        await Sampler(samples).TakeAsync(Token);

        var taken = Read(samples);

        Assert.Equal(
            [
                new EndpointSample(ClientEndpoint.ClientWebService, 1_200, IsFailing: false),
                new EndpointSample(ClientEndpoint.SimpleAuthWebService, null, IsFailing: true),
                new EndpointSample(ClientEndpoint.Content, null, IsFailing: true),
            ],
            taken[0].Client);
        Assert.Empty(taken[1].Client);
    }

    [Fact]
    public async Task ExecuteAsync_TimeGoesOn_OneSampleEachMinute()
    {
        var samples = new SampleStore(_store);
        Apply(0, 400_000);
        using var sampler = Sampler(samples);
        await sampler.StartAsync(Token);
        while (samples.LastMinute == 0 || Read(samples).Count < 5)
        {
            _time.Advance(TimeSpan.FromSeconds(7));
            await Task.Yield();
        }

        await sampler.StopAsync(Token);

        var minutes = Read(samples).Select(sample => sample.Minute).ToList();
        Assert.Equal(minutes.Distinct(), minutes);
    }

    [Fact]
    public async Task AppendAsync_MoreThanEightDays_KeepsEightAlsoOverARestart()
    {
        var samples = new SampleStore(_store);
        const int Minutes = 10 * 24 * 60;
        for (var minute = 1; minute <= Minutes; minute += 20)
        {
            await samples.AppendAsync(new ServerSample { Minute = 60_000_000 + minute - 1 }, Token);
        }

        _store.Dispose();
        _store = Open();
        samples = new SampleStore(_store);

        var kept = samples.Read(0, Minutes);
        Assert.Equal(kept[^1].Minute, samples.LastMinute);
        Assert.InRange(kept[^1].Minute - kept[0].Minute, (long)ContractLimits.SampleRetention.TotalMinutes - 60, (long)ContractLimits.SampleRetention.TotalMinutes + 60);
    }

    [Fact]
    public async Task AppendAsync_ClockSetBackByMonths_GoesOnAtOnce()
    {
        var samples = new SampleStore(_store);
        await samples.AppendAsync(new ServerSample { Minute = 60_000_000 }, Token);
        await samples.AppendAsync(new ServerSample { Minute = 59_999_990 }, Token);
        Assert.Equal(60_000_000, samples.LastMinute);

        await samples.AppendAsync(new ServerSample { Minute = 50_000_000 }, Token);

        Assert.Equal(50_000_000, Assert.Single(samples.Read(0, 10)).Minute);
    }

    private AgentStore Open() => new(_options, _time, NullLogger<AgentStore>.Instance);

    private Sampler Sampler(SampleStore samples) => new(_snapshots, samples, _time, NullLogger<Sampler>.Instance);

    private static List<ServerSample> Read(SampleStore samples) => [.. samples.Read(0, 100).Select(sample => sample.ToDomain())];

    private ReadTiming Timing() => new(_time.GetUtcNow(), TimeSpan.Zero, new Pace(TimeSpan.FromSeconds(15), ""));

    private void Apply(long rejected, params long[] workers) => _snapshots.Apply(
        SectionBindings.Find(SectionNames.Iis),
        Reading.Ok(new IisState
        {
            WsusPoolName = "WsusPool",
            Pools =
            [
                new AppPool
                {
                    Name = "WsusPool",
                    State = PoolState.Started,
                    Settings = new PoolSettings { PrivateMemoryKilobytes = 1_843_200 },
                    RejectedRequests = rejected,
                    Workers = [.. workers.Select((kilobytes, index) => new PoolWorker(index, kilobytes, null))],
                },
            ],
        }),
        Timing());
}
