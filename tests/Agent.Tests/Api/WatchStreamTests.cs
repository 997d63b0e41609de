using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Api;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Samples;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Repairs;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Samples;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Api;

public sealed class WatchStreamTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly AgentStore _store;
    private readonly SnapshotStore _snapshots;
    private readonly SampleStore _samples;
    private readonly FakeServer _server = new();
    private readonly AgentLife _life;
    private readonly WatchStream _watch;

    public WatchStreamTests()
    {
        var policy = new LocalPolicy(_folder.Path, _time);
        _life = AgentLife.BeforeItsJournalIsRead(_server);
        var options = new AgentOptions { DataDirectory = _folder.Path };
        _store = new AgentStore(options, _time, NullLogger<AgentStore>.Instance);
        _snapshots = new SnapshotStore(new AgentIdentity(options, _store, _time).Create(), _time);
        _samples = new SampleStore(_store);
        _watch = new WatchStream(_snapshots, _store, _samples, new AgentInfoReader(_snapshots, _store, policy, new AuditHealth(), _life.Approvals, _life.Get<CommandPace>()), _time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _life.DisposeAsync();
        _server.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ReadAsync_EventsAreGoneFromTheFile_GoesOnWithHeartbeats()
    {
        await AppendAsync(3);
        await using var messages = Watch(0, "");
        Assert.NotNull((await NextAsync(messages)).Snapshot);
        _store.Read(connection => connection.Execute("DELETE FROM events"));

        var next = messages.MoveNextAsync().AsTask();
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return next.IsCompleted;
        });

        Assert.True(await next);
        Assert.NotNull(messages.Current.Heartbeat);
        Assert.Equal(4, await _store.AppendEventAsync(new() { At = _time.GetUtcNow(), StateChange = new("a", "b", "c", "") }, Token));
    }

    [Fact]
    public async Task ReadAsync_Begins_WithTheSnapshotThenAllEvents()
    {
        await AppendAsync(3);
        await using var messages = Watch(0, "");

        Assert.Equal(3, (await NextAsync(messages)).Snapshot.Agent.LastSequence);
        for (var sequence = 1; sequence <= 3; sequence++)
        {
            Assert.Equal(sequence, (await NextAsync(messages)).Event.Sequence);
        }
    }

    [Fact]
    public async Task ReadAsync_SinceANumber_SendsOnlyWhatCameAfter()
    {
        await AppendAsync(5);
        await using var messages = Watch(4, _store.SequenceEpoch);
        await NextAsync(messages);

        Assert.Equal(5, (await NextAsync(messages)).Event.Sequence);
    }

    [Theory]
    [InlineData(2, "another epoch")]
    [InlineData(99, "")]
    public async Task ReadAsync_NumberOfAnotherLife_SendsAllThatIsKept(long after, string epoch)
    {
        await AppendAsync(2);
        await using var messages = Watch(after, epoch.Length == 0 ? _store.SequenceEpoch : epoch);
        await NextAsync(messages);

        Assert.Equal(1, (await NextAsync(messages)).Event.Sequence);
    }

    [Fact]
    public async Task ReadAsync_EventWhileWaiting_ComesAtOnce()
    {
        await using var messages = Watch(0, "");
        await NextAsync(messages);
        var next = NextAsync(messages);
        await AppendAsync(1);

        Assert.Equal(1, (await next).Event.Sequence);
    }

    [Fact]
    public async Task ReadAsync_PolicyFileChanges_TellsThePolicyInForceOnTheSameWatch()
    {
        var path = Path.Combine(_folder.Path, LocalPolicy.FileName);
        await using var messages = Watch(0, "");
        var first = (await NextAsync(messages)).Snapshot.Agent.Policy;
        Assert.Equal((Wire.PolicyMode.ApplySettings, "default", path, null), (first.Mode, first.Source, first.Path, first.ChangedAt));

        await File.WriteAllTextAsync(
            path, """{ "mode": "restart", "allowedPlaybooks": ["pool-only"], "allowedPools": ["P"], "allowedServices": ["S"], "hours": [ { "from": "22:00", "to": "23:00" } ], "needsLocalApproval": ["pool-only", "service"] }""", Token);
        var changed = (await UntilInfoAsync(messages)).Policy;
        Assert.Equal(Wire.PolicyMode.Restart, changed.Mode);
        Assert.Equal(["pool-only"], changed.AllowedPlaybooks);
        Assert.Equal((["P"], ["S"]), (changed.AllowedPools, changed.AllowedServices));
        Assert.Equal(["every day 22:00 to 23:00"], changed.Hours);
        Assert.Equal(["pool-only", "service"], changed.NeedsApprovalFor);
        Assert.False(changed.NeedsLocalApproval);
        Assert.Contains("only every day 22:00 to 23:00", changed.Closed, StringComparison.Ordinal);
        Assert.NotNull(changed.ChangedAt);

        await File.WriteAllTextAsync(path, """{ "mode": "everything" }""", Token);
        var damaged = (await UntilInfoAsync(messages)).Policy;
        Assert.Equal(Wire.PolicyMode.MonitorOnly, damaged.Mode);
        Assert.Contains("monitor-only, restart, apply-settings", damaged.Problem, StringComparison.Ordinal);

        File.Delete(path);
        var gone = await UntilInfoAsync(messages);
        Assert.Equal((Wire.PolicyMode.MonitorOnly, 1), (gone.Policy.Mode, gone.Problems.Count));
        Assert.NotEqual(damaged.Problem, gone.Policy.Problem);
    }

    [Fact]
    public async Task ReadAsync_SomethingWaitsForApproval_IsToldAtOnceAndAgainWhenItIsDecided()
    {
        await using var messages = Watch(0, "");
        await NextAsync(messages);
        var next = NextAsync(messages);

        var hub = new PairedHub { Id = new string('a', 32), Name = "head office", Pin = "pin", PairedAt = _time.GetUtcNow(), PairedFrom = "10.0.0.1" };
        _life.Get<PairedHubs>().Add(hub);
        _life.Approvals.Add(new AgentCommand(new Wire.StopSyncRequest { Context = new() { Person = "ann" } }, new AgentCaller(CallerKind.Hub, hub, hub.Pin, hub.PairedFrom)), "");
        var pending = Assert.Single(_life.Approvals.All);
        var waiting = Assert.Single((await next).Info.Waiting);
        Assert.Equal((pending.Id, pending.What, "ann", "head office"), (waiting.Id, waiting.What, waiting.Person, waiting.HubName));

        next = NextAsync(messages);
        await _life.Approvals.DecideAsync(pending.Id, approve: false, "root", Token);
        Assert.Empty((await next).Info.Waiting);
    }

    [Fact]
    public async Task ReadAsync_SeveralChangesOfASection_SendTheLatestOnce()
    {
        await using var messages = Watch(0, "");
        await NextAsync(messages);
        Apply("W3SVC", ServiceState.Stopped);
        Apply("W3SVC", ServiceState.StartPending);
        Apply("W3SVC", ServiceState.Running);

        Assert.Equal(Wire.ServiceState.Running, (await NextAsync(messages)).Section.Services.Services[0].State);
        var heartbeat = NextAsync(messages);
        Assert.NotNull((await AdvanceAsync(heartbeat)).Heartbeat);
    }

    [Fact]
    public async Task ReadAsync_NothingChanges_TellsTheAgesInTheHeartbeat()
    {
        Apply("W3SVC", ServiceState.Running);
        await using var messages = Watch(0, "");
        await NextAsync(messages);
        _time.Advance(TimeSpan.FromSeconds(2));
        Apply("W3SVC", ServiceState.Running);
        var readAt = _time.GetUtcNow();

        var heartbeat = (await AdvanceAsync(NextAsync(messages))).Heartbeat;

        var read = Assert.Single(heartbeat.Reads);
        Assert.Equal(SectionNames.Services, read.Name);
        Assert.Equal(readAt, read.ReadAt.ToDateTimeOffset());
        Assert.Empty((await AdvanceAsync(NextAsync(messages))).Heartbeat.Reads);
    }

    [Fact]
    public async Task ReadAsync_Silence_NeverLastsLongerThanTheContractSays()
    {
        await using var messages = Watch(0, "");
        await NextAsync(messages);
        var next = NextAsync(messages);
        _time.Advance(TimeSpan.FromSeconds(15));

        Assert.NotNull((await next).Heartbeat);
    }

    [Fact]
    public async Task ReadAsync_Cancelled_EndsAndForgetsTheWatcher()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var messages = _watch.ReadAsync(0, "", null, source.Token).GetAsyncEnumerator(source.Token);
        await messages.MoveNextAsync();
        var next = messages.MoveNextAsync();
        await source.CancelAsync();

        Assert.False(await next);
    }

    [Fact]
    public async Task ReadAsync_IdleServer_StaysBelowTwoKilobytesAMinute()
    {
        const int FrameBytes = 5 + 9;
        ApplyHost(memory: 4_000_000);
        Apply("W3SVC", ServiceState.Running);
        ApplyClient(milliseconds: 15);
        await using var messages = Watch(0, "");
        await NextAsync(messages);
        var bytes = 0;
        for (var step = 1; step <= 24; step++)
        {
            if (step % 2 == 0)
            {
                Apply("W3SVC", ServiceState.Running);
            }

            if (step % 4 == 0)
            {
                ApplyHost(memory: 4_000_000 + step);
            }

            if (step % 8 == 0)
            {
                ApplyClient(milliseconds: 15 + step);
                await _samples.AppendAsync(Sample(step / 8), Token);
            }

            // Half the shortest interval: each step ends with a heartbeat.
            _time.Advance(TimeSpan.FromSeconds(7.5));
            Wire.WatchMessage message;
            do
            {
                message = await NextAsync(messages);
                bytes += message.CalculateSize() + FrameBytes;
            }
            while (message.Heartbeat is null);
        }

        Assert.InRange(bytes / 3, 200, 2048);
    }

    [Fact]
    public async Task ReadAsync_SamplesOfAWeek_ComeInOrderWithoutHoleOrDoubleAndOnlyTheMissingOnes()
    {
        const int Minutes = 7 * 24 * 60;
        for (var minute = 1; minute <= Minutes; minute++)
        {
            await _samples.AppendAsync(Sample(minute), Token);
        }

        Assert.Equal(Enumerable.Range(1, Minutes).Select(minute => Sample(minute).Minute), await TakeSamplesAsync(after: 0, Minutes));
        Assert.Equal([Sample(Minutes - 1).Minute, Sample(Minutes).Minute], await TakeSamplesAsync(after: Sample(Minutes - 2).Minute, 2));
    }

    [Fact]
    public async Task ReadAsync_SampleWhileWatching_ComesAtOnceAndOnlyToThoseWhoAsked()
    {
        await using var asked = Watch(0, "");
        await using var other = _watch.ReadAsync(0, "", null, Token).GetAsyncEnumerator(Token);
        await NextAsync(asked);
        await NextAsync(other);
        var next = NextAsync(asked);
        var nextOfOther = NextAsync(other);

        await _samples.AppendAsync(Sample(1), Token);

        Assert.Equal(Sample(1).Minute, Assert.Single((await next).Samples.Samples_).Minute);
        Assert.NotNull((await AdvanceAsync(nextOfOther)).Heartbeat);
    }

    private static ServerSample Sample(int minute) => new()
    {
        Minute = 29_000_000 + minute,
        WorkerKilobytes = 1_400_000 + minute,
        LimitKilobytes = 1_843_200,
        QueuedRequests = 0,
        RejectedRequests = 0,
        Updates = 14_200,
        ConfigMgrUpdates = 12_480,
        AgentMemoryKilobytes = 51_000,
        Client = [.. ClientEndpoints.All.Select(endpoint => new EndpointSample(endpoint, 10, IsFailing: false))],
    };

    private async Task<List<long>> TakeSamplesAsync(long after, int count)
    {
        await using var messages = _watch.ReadAsync(0, "", after, Token).GetAsyncEnumerator(Token);
        List<long> minutes = [];
        while (minutes.Count < count)
        {
            minutes.AddRange((await NextAsync(messages)).Samples?.Samples_.Select(sample => sample.Minute) ?? []);
        }

        return minutes;
    }

    private static async Task<Wire.WatchMessage> NextAsync(IAsyncEnumerator<Wire.WatchMessage> messages)
    {
        Assert.True(await messages.MoveNextAsync());
        return messages.Current;
    }

    /// <summary>The watcher begins its wait on a thread of its own: the clock goes on until a message comes.</summary>
    private async Task<Wire.WatchMessage> AdvanceAsync(Task<Wire.WatchMessage> next)
    {
        while (!next.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await next;
    }

    /// <summary>The next word about the agent itself; heartbeats go before it.</summary>
    private async Task<Wire.AgentInfo> UntilInfoAsync(IAsyncEnumerator<Wire.WatchMessage> messages)
    {
        while (true)
        {
            if ((await AdvanceAsync(NextAsync(messages))).Info is { } info)
            {
                return info;
            }
        }
    }

    private IAsyncEnumerator<Wire.WatchMessage> Watch(long after, string epoch) => _watch.ReadAsync(after, epoch, 0, Token).GetAsyncEnumerator(Token);

    private async Task AppendAsync(int count) =>
        await _store.SaveAsync(new StoreBatch { Events = [.. Enumerable.Range(0, count).Select(_ => new AgentEvent { StateChange = new StateChange("pool:WsusPool", "a", "b", "") })] }, Token);

    private void Apply(string service, ServiceState state) => _snapshots.Apply(
        SectionBindings.Find(SectionNames.Services),
        Reading.Ok(new ServicesState { Services = [new ServiceStatus { Name = service, State = state }] }),
        new ReadTiming(_time.GetUtcNow(), TimeSpan.Zero, new Pace(TimeSpan.FromSeconds(15), "")));

    private void ApplyClient(int milliseconds) => _snapshots.Apply(
        SectionBindings.Find(SectionNames.Client),
        Reading.Ok(new ClientState
        {
            Endpoints = [.. ClientEndpoints.All.Select(endpoint => new EndpointState { Endpoint = endpoint, Answer = new ProbeAnswer { Status = 200, Duration = TimeSpan.FromMilliseconds(milliseconds) } })],
        }),
        new ReadTiming(_time.GetUtcNow(), TimeSpan.Zero, new Pace(TimeSpan.FromMinutes(1), "")));

    private void ApplyHost(long memory) => _snapshots.Apply(
        SectionBindings.Find(SectionNames.Host),
        Reading.Ok(new HostState { OperatingSystem = "Microsoft Windows Server 2022 Standard", AvailableMemoryKilobytes = memory }),
        new ReadTiming(_time.GetUtcNow(), TimeSpan.Zero, new Pace(TimeSpan.FromSeconds(30), "")));
}
