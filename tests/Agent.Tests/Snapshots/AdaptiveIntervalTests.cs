using WsusDashboard.Agent.Host;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Snapshots;

/// <summary>An agent is never what makes a server slow: it reads less often, within bounds, and says so.</summary>
public sealed class AdaptiveIntervalTests
{
    private static readonly TimeSpan Set = TimeSpan.FromSeconds(30);

    private readonly ServerLoad _load = new();
    private readonly AdaptiveInterval _pace;

    public AdaptiveIntervalTests() => _pace = new AdaptiveInterval(_load);

    [Theory]
    [InlineData(0, 30)]
    [InlineData(15, 30)]
    [InlineData(16, 60)]
    [InlineData(31, 120)]
    [InlineData(100, 240)]
    [InlineData(1000, 240)]
    public void Of_LongReads_DoublesTheIntervalWithinItsBound(int readSeconds, int intervalSeconds)
    {
        _pace.Note(TimeSpan.FromSeconds(readSeconds));

        Assert.Equal(TimeSpan.FromSeconds(intervalSeconds), _pace.Of(Set).Interval);
    }

    [Fact]
    public void Of_LongRead_SaysHowOftenAndWhy()
    {
        _pace.Note(TimeSpan.FromSeconds(50));

        Assert.Equal("Read every 2 min instead of every 30 s, because reading takes long on this server.", _pace.Of(Set).Slowed);
    }

    [Fact]
    public void Of_NormalReads_SaysNothing()
    {
        _pace.Note(TimeSpan.FromMilliseconds(900));

        Assert.Equal(new Pace(Set, ""), _pace.Of(Set));
    }

    [Fact]
    public void Of_ShortReadsOfABusyServer_AreNoReason()
    {
        _pace.Note(TimeSpan.FromMilliseconds(400));

        Assert.Equal(new Pace(TimeSpan.FromMilliseconds(500), ""), _pace.Of(TimeSpan.FromMilliseconds(500)));
    }

    [Fact]
    public void Of_OneFastReadAfterSlowOnes_StaysSlowUntilThree()
    {
        _pace.Note(TimeSpan.FromSeconds(50));
        _pace.Note(TimeSpan.FromSeconds(1));
        _pace.Note(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromMinutes(2), _pace.Of(Set).Interval);
        _pace.Note(TimeSpan.FromSeconds(1));

        Assert.Equal(Set, _pace.Of(Set).Interval);
    }

    [Fact]
    public void Of_LongIntervalSet_IsNeverShortened() => Assert.Equal(TimeSpan.FromHours(1), Slow().Of(TimeSpan.FromHours(1)).Interval);

    [Fact]
    public void Of_AnyInterval_IsFiveMinutesAtMost() => Assert.Equal(TimeSpan.FromMinutes(5), Slow().Of(TimeSpan.FromMinutes(4)).Interval);

    [Fact]
    public void Of_BusyServer_ReadsHalfAsOften()
    {
        _load.Note(95);
        Assert.Equal(Set, _pace.Of(Set).Interval);
        _load.Note(97);
        Assert.Equal(new Pace(TimeSpan.FromMinutes(1), "Read every 1 min instead of every 30 s, because the server's processors are busy."), _pace.Of(Set));
        _load.Note(null);
        _load.Note(80);
        Assert.Equal(TimeSpan.FromMinutes(1), _pace.Of(Set).Interval);
        _load.Note(40);

        Assert.Equal(Set, _pace.Of(Set).Interval);
    }

    [Fact]
    public async Task HostCollector_Measurements_TellHowBusyTheServerIs()
    {
        var edges = new FakeEdges { Wmi = (_, wql) => wql.Contains("PerfOS_Processor", StringComparison.Ordinal) ? [FakeEdges.Row(("PercentProcessorTime", 96ul))] : [] };
        var measures = new CollectorMeasures();
        var collector = new HostCollector(edges, edges, new InstalledUpdatesReader(edges, TimeProvider.System), measures, new AgentOptions(), TimeProvider.System);

        await collector.CollectAsync(ReadDepth.Scheduled, TestContext.Current.CancellationToken);
        var reading = await collector.CollectAsync(ReadDepth.Scheduled, TestContext.Current.CancellationToken);

        Assert.Equal(96, Assert.IsType<HostState>(reading.Value).ProcessorPercent);
        Assert.True(measures.Load.IsBusy);
    }

    private AdaptiveInterval Slow()
    {
        _pace.Note(TimeSpan.FromHours(2));
        return _pace;
    }
}
