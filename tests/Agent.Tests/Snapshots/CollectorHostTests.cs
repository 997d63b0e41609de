using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Snapshots;

public sealed class CollectorHostTests : IAsyncLifetime
{
    private const string Spooler = "Spooler";

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeCollector _services = new(SectionNames.Services);
    private readonly FakeCollector _events = new(SectionNames.Events) { Timeout = TimeSpan.FromDays(30) };
    private readonly CollectorMeasures _measures = new();
    private readonly AgentStore _store;
    private readonly SnapshotStore _snapshots;
    private readonly CollectorHost _host;

    public CollectorHostTests()
    {
        var options = new AgentOptions { DataDirectory = _folder.Path };
        _store = new AgentStore(options, _time, NullLogger<AgentStore>.Instance);
        _snapshots = new SnapshotStore(new AgentIdentity(options, _store, _time).Create(), _time);
        _host = new CollectorHost([_services, _events], _snapshots, _store, _measures, options, _time, NullLogger<CollectorHost>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Refresh_ReadsEverythingAndTakesItIn()
    {
        _services.Answer(FakeCollector.Services((Spooler, ServiceState.Running)));

        await _host.RefreshAsync(SectionNames.Services, Token);

        Assert.Equal(ReadDepth.Everything, await _services.AskedAsync());
        var section = _snapshots.Current.Services;
        Assert.Equal(SectionStatus.Ok, section.Status);
        Assert.Equal(1, section.Revision);
        Assert.Equal(_time.GetUtcNow(), section.ReadAt);
        Assert.Equal(_time.GetUtcNow(), section.Value?.Find(Spooler)?.StateSince);
    }

    [Fact]
    public async Task Refresh_UnknownSection_NamesThoseThatExist()
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => _host.RefreshAsync("printers", Token));

        Assert.Contains("services, events", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_KeepsTheLastValueAndTheFirstMoment()
    {
        _services.Answer(FakeCollector.Services((Spooler, ServiceState.Running)));
        await _host.RefreshAsync(SectionNames.Services, Token);
        var readAt = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromMinutes(1));
        var failedAt = _time.GetUtcNow();
        await FailAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        await FailAsync();

        var section = _snapshots.Current.Services;
        Assert.Equal(SectionStatus.Unreadable, section.Status);
        Assert.Equal(ReadFailure.AccessDenied, section.Failure);
        Assert.Equal("refused", section.Error);
        Assert.Equal(failedAt, section.FailingSince);
        Assert.Equal(readAt, section.ReadAt);
        Assert.Equal(_time.GetUtcNow(), section.AttemptedAt);
        Assert.NotNull(section.Value?.Find(Spooler));
        Assert.Equal(new CollectorMeasure(SectionNames.Services, 3, 2, TimeSpan.Zero, _time.GetUtcNow()), _measures.Read().Single());
    }

    [Fact]
    public async Task Failure_ThatNobodyExpected_IsOneSectionsTrouble()
    {
        _services.Answer(_ => throw new InvalidOperationException("a bug"));
        await _host.RefreshAsync(SectionNames.Services, Token);

        Assert.Equal(ReadFailure.Other, _snapshots.Current.Services.Failure);
        Assert.Contains("a bug", _snapshots.Current.Services.Error, StringComparison.Ordinal);
        Assert.Equal(SectionStatus.Pending, _snapshots.Current.Events.Status);
    }

    [Fact]
    public async Task Success_AfterFailure_ClearsIt()
    {
        await FailAsync();
        _services.Answer(FakeCollector.Services((Spooler, ServiceState.Running)));
        await _host.RefreshAsync(SectionNames.Services, Token);

        var section = _snapshots.Current.Services;
        Assert.True(section is { Status: SectionStatus.Ok, FailingSince: null, Error: null, Failure: ReadFailure.None });
    }

    [Fact]
    public async Task Hanging_IsGivenUpAndNeverReadTwiceAtATime()
    {
        var never = new TaskCompletionSource<Reading>();
        var entered = new TaskCompletionSource();
        _services.Answer(_ =>
        {
            entered.SetResult();
            return never.Task;
        });
        var refresh = _host.RefreshAsync(SectionNames.Services, Token);
        await entered.Task.WaitAsync(Token);
        await _services.AskedAsync();
        _time.Advance(_services.Timeout + TimeSpan.FromSeconds(1));
        await refresh;
        Assert.Equal(ReadFailure.TimedOut, _snapshots.Current.Services.Failure);

        await _host.RefreshAsync(SectionNames.Services, Token);
        Assert.False(_services.WasAsked());
        Assert.Contains("hasn't finished", _snapshots.Current.Services.Error, StringComparison.Ordinal);

        never.SetResult(FakeCollector.Services());
        _services.Answer(FakeCollector.Services());

        // The read that was left behind ends on a thread of its own.
        while (_snapshots.Current.Services.Status != SectionStatus.Ok)
        {
            await _host.RefreshAsync(SectionNames.Services, Token);
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Schedule_OneHangs_TheOtherGoesOn()
    {
        await _host.StartAsync(Token);
        await _services.AskedAsync();
        await _events.AskedAsync();
        for (var read = 0; read < 3; read++)
        {
            _events.Answer(Reading.Ok(new EventsState()));
            await AdvanceUntilAskedAsync(_events);
        }

        Assert.Equal(SectionStatus.Ok, _snapshots.Current.Events.Status);
        Assert.NotEqual(SectionStatus.Ok, _snapshots.Current.Services.Status);
    }

    [Fact]
    public async Task Schedule_Busy_ReadsAtTheBusyInterval()
    {
        using var subscription = _snapshots.Subscribe();
        await _host.StartAsync(Token);
        await _events.AskedAsync();
        _events.Answer(Reading.Ok(new EventsState()));
        await subscription.WaitAsync(Token);

        _host.SetBusy(true);

        // The change of pace ends the wait of thirty seconds: no time passes here.
        await _events.AskedAsync();
        _events.Answer(Reading.Ok(new EventsState()));
        await subscription.WaitAsync(Token);
        Assert.Equal(TimeSpan.FromSeconds(1), _snapshots.Current.Events.Interval);
    }

    [Fact]
    public async Task Schedule_SectionWithARepairInterval_IsNotReadFasterForASynchronization()
    {
        var wsus = new FakeCollector(SectionNames.Wsus);
        var client = new FakeCollector(SectionNames.Client) { IdleInterval = TimeSpan.FromMinutes(1), RepairInterval = TimeSpan.FromSeconds(5) };
        using var host = Host(wsus, client);
        wsus.Answer(Reading.Ok(new WsusState { SubscriptionState = SubscriptionState.Working }));
        await host.RefreshAsync(SectionNames.Wsus, Token);
        Assert.True(host.IsBusy);
        Assert.Equal(TimeSpan.FromMinutes(1), await ClientIntervalAsync());

        host.SetBusy(true);
        Assert.Equal(TimeSpan.FromSeconds(5), await ClientIntervalAsync());

        host.SetBusy(false);
        Assert.Equal(TimeSpan.FromMinutes(1), await ClientIntervalAsync());

        async Task<TimeSpan> ClientIntervalAsync()
        {
            client.Answer(Reading.Ok(new ClientState()));
            await host.RefreshAsync(SectionNames.Client, Token);
            return _snapshots.Current.Client.Interval;
        }
    }

    [Fact]
    public async Task Schedule_PoolOfWsusStarts_AsksWhatGoesThroughItAtOnce()
    {
        var (iis, client) = (new FakeCollector(SectionNames.Iis), new FakeCollector(SectionNames.Client) { IdleInterval = TimeSpan.FromHours(1) });
        using var host = Host(iis, client);
        using var subscription = _snapshots.Subscribe();
        await host.StartAsync(Token);
        await client.AskedAsync();
        await iis.AskedAsync();
        client.Answer(Reading.Ok(new ClientState()));
        iis.Answer(Reading.Ok(Iis(PoolState.Stopped)));
        while (_snapshots.Current.Client.Status != SectionStatus.Ok || _snapshots.Current.Iis.Status != SectionStatus.Ok)
        {
            await subscription.WaitAsync(Token);
            subscription.TakeChanged();
        }

        iis.Answer(Reading.Ok(Iis(PoolState.Started)));
        await host.RefreshAsync(SectionNames.Iis, Token);

        // No time passes here.
        await client.AskedAsync();
        await host.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task StateChange_OfAService_IsAnEventOnce()
    {
        foreach (var state in new[] { ServiceState.Running, ServiceState.Running, ServiceState.Stopped, ServiceState.Stopped })
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _services.Answer(FakeCollector.Services((Spooler, state)));
            await _host.RefreshAsync(SectionNames.Services, Token);
        }

        var change = Assert.Single(_store.ReadEvents(1, 10)).StateChange;
        Assert.Equal("service:Spooler", change.Subject);
        Assert.Equal("Running", change.From);
        Assert.Equal("Stopped", change.To);
        Assert.Equal(_time.GetUtcNow() - TimeSpan.FromSeconds(1), _snapshots.Current.Services.Value?.Find(Spooler)?.StateSince);
    }

    private CollectorHost Host(params FakeCollector[] collectors) =>
        new(collectors, _snapshots, _store, _measures, new AgentOptions { DataDirectory = _folder.Path }, _time, NullLogger<CollectorHost>.Instance);

    private static IisState Iis(PoolState state) => new() { WsusPoolName = "WsusPool", Pools = [new AppPool { Name = "WsusPool", State = state, Settings = new PoolSettings() }] };

    private async Task FailAsync()
    {
        _services.Answer(_ => throw new EdgeException(ReadFailure.AccessDenied, "refused"));
        await _host.RefreshAsync(SectionNames.Services, Token);
    }

    /// <summary>The loop begins its wait on its own thread, at a moment that the test cannot see: the clock goes on until the wait has ended.</summary>
    private async Task AdvanceUntilAskedAsync(FakeCollector collector)
    {
        while (!collector.WasAsked())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
