using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Ingest;

public sealed class LiveFleetTests
{
    private readonly FakeTimeProvider _clock = new(Clock.Start);

    [Fact]
    public async Task Subscribe_ThenManyChanges_GivesTheLatestOnce()
    {
        var state = new LiveFleet(_clock);
        state.Publish(Server(1, "first"));
        using var subscription = state.Subscribe();
        for (var i = 0; i < 1000; i++)
        {
            state.Publish(Server(1, $"name {i}"));
        }

        state.Publish(Server(2, "second"));
        await using var batches = subscription.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await batches.MoveNextAsync());

        Assert.Equal("first", Assert.Single(subscription.Snapshot).Name);
        Assert.Equal(["name 999", "second"], batches.Current.Changed.Select(server => server.Name).Order());
    }

    [Fact]
    public async Task ReadAsync_AfterABatch_WaitsATenthOfASecond()
    {
        var state = new LiveFleet(_clock);
        using var subscription = state.Subscribe();
        await using var batches = subscription.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        state.Publish(Server(1, "a"));
        Assert.True(await batches.MoveNextAsync());

        var next = batches.MoveNextAsync().AsTask();
        state.Publish(Server(1, "b"));
        _clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(next.IsCompleted);
        state.Publish(Server(1, "c"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await next);
        Assert.Equal("c", Assert.Single(batches.Current.Changed).Name);
    }

    [Fact]
    public async Task Publish_ServerLeavesTheFilter_IsRemovedForThatSubscriber()
    {
        var state = new LiveFleet(_clock);
        state.Publish(Server(1, "a") with { Site = "BRN" });
        using var subscription = state.Subscribe(server => server.Site == "BRN");
        state.Publish(Server(1, "a") with { Site = "ZRH" });
        state.Publish(Server(2, "never seen") with { Site = "ZRH" });
        await using var batches = subscription.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await batches.MoveNextAsync());
        Assert.Empty(batches.Current.Changed);
        Assert.Equal([1], batches.Current.Removed);
    }

    [Fact]
    public async Task Remove_KnownServer_ReachesSubscribersAndTheState()
    {
        var state = new LiveFleet(_clock);
        state.Publish(Server(1, "a"));
        using var subscription = state.Subscribe();
        state.Publish(Server(1, "b"));
        state.Remove(1);
        await using var batches = subscription.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await batches.MoveNextAsync());
        Assert.Empty(batches.Current.Changed);
        Assert.Equal([1], batches.Current.Removed);
        Assert.Null(state.Find(1));
    }

    [Fact]
    public async Task Reset_AnotherFleet_SubscribersGetTheWholeOfItAndWhatIsGone()
    {
        var state = new LiveFleet(_clock);
        state.Publish(Server(1, "a"));
        state.Publish(Server(2, "b"));
        using var subscription = state.Subscribe(server => server.Id != 4);
        Assert.False(state.WhenLoaded.IsCompleted);

        state.Reset([Server(2, "b"), Server(3, "c"), Server(4, "hidden")]);
        state.Publish(Server(3, "later"));
        await using var batches = subscription.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await batches.MoveNextAsync());
        Assert.True(batches.Current.IsReset);
        Assert.Equal(["b", "later"], batches.Current.Changed.Select(server => server.Name).Order());
        Assert.Equal([1], batches.Current.Removed);
        Assert.Null(state.Find(1));
        Assert.True(state.WhenLoaded.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Reset_EmptyFleetAgain_IsToldAllTheSame()
    {
        var state = new LiveFleet(_clock);
        using var subscription = state.Subscribe();
        state.Reset([]);
        await using var batches = subscription.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await batches.MoveNextAsync());
        Assert.True(batches.Current.IsReset);
    }

    [Fact]
    public void LooksLike_OnlyTheTimeOfTheLastWord_IsTheSame()
    {
        var server = Server(1, "a") with { Status = new() { Strip = [new(default, Clock.Start, null, "")], Findings = [new("drift", default, "Drift")] }, Link = new(LinkState.Up, Clock.Start, null, 0, Clock.Start) };
        var read = server with { Revision = 2, Status = server.Status with { Strip = [new(default, Clock.Start, null, "")], Findings = [new("drift", default, "Drift")] }, Link = server.Link with { LastMessageAt = Clock.Start.AddSeconds(5) } };

        Assert.True(read.LooksLike(server));
        Assert.False((read with { Status = read.Status with { Strip = [] } }).LooksLike(server));
        Assert.False((read with { Status = read.Status with { Findings = [] } }).LooksLike(server));
        Assert.False((read with { Link = LinkStatus.NotStarted }).LooksLike(server));
        Assert.False((read with { ActiveRepair = ActiveRepair.From(1, "a", Samples.Run()) }).LooksLike(server));
    }

    [Fact]
    public void ActiveRepair_OfARun_TellsTheStepThatRuns()
    {
        var repair = ActiveRepair.From(1, "a", Samples.Run());

        Assert.Equal(("run-1", 2, 2, false), (repair.RepairId, repair.StepNumber, repair.StepCount, repair.IsWaiting));
    }

    [Fact]
    public async Task Dispose_EndsTheReadingAndForgetsTheSubscriber()
    {
        var state = new LiveFleet(_clock);
        var subscription = state.Subscribe();
        await using var batches = subscription.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = batches.MoveNextAsync().AsTask();

        subscription.Dispose();

        Assert.False(await next);
        Assert.Equal(0, state.SubscriptionCount);
    }

    [Fact]
    public void Publish_EachTime_RaisesTheRevision()
    {
        var state = new LiveFleet(_clock);
        state.Publish(Server(1, "a"));
        var first = state.Find(1)!.Revision;
        state.Publish(Server(1, "b"));

        Assert.True(state.Find(1)!.Revision > first);
    }

    private static LiveServer Server(int id, string name) => new() { Id = id, Name = name, Site = "", Address = "", Baseline = "guide", Status = new() };
}
