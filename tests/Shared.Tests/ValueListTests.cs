using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests;

public sealed class ValueListTests
{
    [Fact]
    public void Equals_SameElementsInOrder_IsTrueAllTheWayDown()
    {
        Assert.Equal(State(10), State(10));
        Assert.Equal(State(10).GetHashCode(), State(10).GetHashCode());
        Assert.NotEqual(State(10), State(11));
        Assert.NotEqual(State(10), State(10) with { SiteNames = ["b", "a"] });
        Assert.NotEqual(State(10), State(10) with { SiteNames = ["a"] });
    }

    [Fact]
    public void CollectionExpression_OfAnArray_KeepsItsOwnCopy()
    {
        int[] numbers = [1, 2];
        ValueList<int> list = [.. numbers];

        numbers[0] = 9;

        Assert.Equal([1, 2], list);
    }

    private static IisState State(long queued) => new()
    {
        SiteNames = ["a", "b"],
        Pools = [new AppPool { Name = "WsusPool", Settings = new(), QueuedRequests = queued, Workers = [new PoolWorker(4711, 900_000, null)] }],
    };
}
