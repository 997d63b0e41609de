using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Ingest;

public sealed class LiveStateTests
{
    private readonly FakeTimeProvider _clock = new(Clock.Start);

    [Fact]
    public async Task Subscribe_ThenManyChanges_GivesTheLatestOnce()
    {
        var state = new LiveState(_clock);
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
    public async Task ReadAsync_AfterABatch_WaitsAQuarterOfASecond()
    {
        var state = new LiveState(_clock);
        using var subscription = state.Subscribe();
        await using var batches = subscription.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        state.Publish(Server(1, "a"));
        Assert.True(await batches.MoveNextAsync());

        var next = batches.MoveNextAsync().AsTask();
        state.Publish(Server(1, "b"));
        _clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(next.IsCompleted);
        state.Publish(Server(1, "c"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await next);
        Assert.Equal("c", Assert.Single(batches.Current.Changed).Name);
    }

    [Fact]
    public async Task Publish_ServerLeavesTheFilter_IsRemovedForThatSubscriber()
    {
        var state = new LiveState(_clock);
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
        var state = new LiveState(_clock);
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
    public async Task Dispose_EndsTheReadingAndForgetsTheSubscriber()
    {
        var state = new LiveState(_clock);
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
        var state = new LiveState(_clock);
        state.Publish(Server(1, "a"));
        var first = state.Find(1)!.Revision;
        state.Publish(Server(1, "b"));

        Assert.True(state.Find(1)!.Revision > first);
    }

    private static ServerLive Server(int id, string name) => new() { Id = id, Name = name, Site = "", Address = "", Baseline = "guide", Status = new() };
}
