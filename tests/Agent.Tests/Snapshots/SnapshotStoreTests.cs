using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Snapshots;

public sealed class SnapshotStoreTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly SnapshotStore _store;

    public SnapshotStoreTests() => _store = new SnapshotStore(new AgentInfo { AgentId = "a", ComputerName = "SUP01" }, _time);

    [Fact]
    public void Apply_SameContentAgain_RaisesNoRevisionButTheAge()
    {
        Host(memory: 1000);
        using var subscription = _store.Subscribe();
        _time.Advance(TimeSpan.FromSeconds(30));
        Host(memory: 1000);

        Assert.Equal(1, _store.Current.Host.Revision);
        Assert.Equal(_time.GetUtcNow(), _store.Current.Host.ReadAt);
        Assert.Empty(subscription.TakeChanged());
        Assert.Equal([SectionNames.Host], subscription.TakeRead());
    }

    [Fact]
    public void Apply_TremblingMemory_IsSentOnceAMinute()
    {
        Host(memory: 4_000_000);
        using var subscription = _store.Subscribe();
        _time.Advance(TimeSpan.FromSeconds(30));
        Host(memory: 4_000_001);
        Assert.Equal(2, _store.Current.Host.Revision);
        Assert.Empty(subscription.TakeChanged());

        _time.Advance(TimeSpan.FromSeconds(31));
        Host(memory: 4_000_002);
        Assert.Equal([SectionNames.Host], subscription.TakeChanged());
    }

    [Fact]
    public void Apply_RealChange_IsSentAtOnceAndNotAsARead()
    {
        Apply(SectionNames.Services, FakeCollector.Services(("W3SVC", ServiceState.Running)));
        using var subscription = _store.Subscribe();
        Apply(SectionNames.Services, FakeCollector.Services(("W3SVC", ServiceState.Running)));
        Apply(SectionNames.Services, FakeCollector.Services(("W3SVC", ServiceState.Stopped)));

        Assert.Equal([SectionNames.Services], subscription.TakeChanged());
        Assert.Empty(subscription.TakeRead());
        Assert.Empty(subscription.TakeChanged());
    }

    [Theory]
    [InlineData(150, 290, false)]
    [InlineData(150, 80, false)]
    [InlineData(150, 300, true)]
    [InlineData(300, 150, true)]
    [InlineData(3, 99, false)]
    [InlineData(3, 199, false)]
    [InlineData(3, 200, true)]
    public void Apply_TimeOfAnAnswer_IsSentWhereItIsTwofold(int before, int after, bool isSent)
    {
        Client(before);
        using var subscription = _store.Subscribe();
        Client(after);

        Assert.Equal(isSent ? 1 : 0, subscription.TakeChanged().Count);
        Assert.Equal(after, _store.Current.Client.Value!.Endpoints[0].Answer!.Duration.TotalMilliseconds);
    }

    [Fact]
    public void Apply_TimeThatCreeps_IsComparedWithWhatWasSent()
    {
        Client(200);
        using var subscription = _store.Subscribe();
        var sent = new List<int>();
        for (var milliseconds = 200; milliseconds <= 1_000; milliseconds += 50)
        {
            Client(milliseconds);
            if (subscription.TakeChanged().Count > 0)
            {
                sent.Add(milliseconds);
            }
        }

        Assert.Equal([400, 800], sent);
    }

    [Fact]
    public void Apply_AnotherAnswer_IsSentAtOnce()
    {
        Client(10);
        using var subscription = _store.Subscribe();
        Client(10, status: 503);

        Assert.Equal([SectionNames.Client], subscription.TakeChanged());
    }

    [Fact]
    public void Apply_PercentileTwofold_IsSent()
    {
        Client(10, percentile: 400);
        using var subscription = _store.Subscribe();
        Client(10, percentile: 700);
        Assert.Empty(subscription.TakeChanged());

        Client(10, percentile: 800);
        Assert.Equal([SectionNames.Client], subscription.TakeChanged());
    }

    [Fact]
    public void Apply_AnotherInterval_IsAChange()
    {
        Apply(SectionNames.Services, FakeCollector.Services(), TimeSpan.FromSeconds(15));
        using var subscription = _store.Subscribe();
        Apply(SectionNames.Services, FakeCollector.Services(), TimeSpan.FromSeconds(1));

        Assert.Equal([SectionNames.Services], subscription.TakeChanged());
    }

    [Fact]
    public async Task Subscribe_WhileOthersWrite_LosesNoChange()
    {
        var token = TestContext.Current.CancellationToken;
        var writing = Task.Run(
            () =>
            {
                for (var number = 1; number <= 500; number++)
                {
                    Host(memory: number * 1_000_000L);
                }
            },
            token);
        using var subscription = _store.Subscribe();
        var seen = subscription.Initial.Host.Revision;
        while (seen < 500)
        {
            await subscription.WaitAsync(token);
            if (subscription.TakeChanged().Count > 0)
            {
                seen = _store.Current.Host.Revision;
            }
        }

        await writing;
        Assert.Equal(500, _store.Current.Host.Revision);
    }

    [Fact]
    public void Dispose_Subscription_HearsNothingMore()
    {
        var subscription = _store.Subscribe();
        subscription.Dispose();
        Host(memory: 1);

        Assert.Empty(subscription.TakeChanged());
    }

    private void Client(int milliseconds, int status = 200, int? percentile = null) => Apply(SectionNames.Client, Reading.Ok(new ClientState
    {
        Endpoints =
        [
            new EndpointState
            {
                Endpoint = ClientEndpoint.ClientWebService,
                Answer = new ProbeAnswer { Status = status, Duration = TimeSpan.FromMilliseconds(milliseconds) },
                Percentile95 = percentile is { } known ? TimeSpan.FromMilliseconds(known) : null,
            },
        ],
    }));

    private void Host(long memory) => Apply(SectionNames.Host, Reading.Ok(new HostState { AvailableMemoryKilobytes = memory }));

    private void Apply(string section, Reading reading, TimeSpan? interval = null) =>
        _store.Apply(SectionBindings.Find(section), reading, new ReadTiming(_time.GetUtcNow(), TimeSpan.FromMilliseconds(3), new Pace(interval ?? TimeSpan.FromSeconds(30), "")));
}
