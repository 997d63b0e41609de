using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Api.Connections;

namespace WsusDashboard.Agent.Tests.Api;

public sealed class AgentMemoryTests
{
    private const long LimitBytes = 256L * 1024 * 1024;

    private readonly FakeTimeProvider _time = new();
    private long _usedBytes = AgentMemory.GivesBackFromBytes;
    private TimeSpan _duration;
    private int _collections;

    [Fact]
    public void GiveBack_LessThanABurstLeaves_CollectsNothing()
    {
        _usedBytes--;

        Create(LimitBytes).GiveBack();

        Assert.Equal(0, _collections);
    }

    [Fact]
    public void GiveBack_InsideAnotherProgram_CollectsNothing()
    {
        Create(limitBytes: 0).GiveBack();

        Assert.Equal(0, _collections);
    }

    [Theory]
    [InlineData(10, 1_000)]
    [InlineData(200, 4_000)]
    public void GiveBack_AskedAllTheTime_TakesAFewPercentOfIt(int collectionMilliseconds, int restMilliseconds)
    {
        _duration = TimeSpan.FromMilliseconds(collectionMilliseconds);
        var memory = Create(LimitBytes);

        memory.GiveBack();
        memory.GiveBack();
        _time.Advance(TimeSpan.FromMilliseconds(restMilliseconds - 1));
        memory.GiveBack();
        Assert.Equal(1, _collections);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        memory.GiveBack();
        Assert.Equal(2, _collections);
    }

    private AgentMemory Create(long limitBytes) => new(() => _usedBytes, limitBytes, Collect, _time);

    private void Collect()
    {
        _collections++;
        _time.Advance(_duration);
    }
}
