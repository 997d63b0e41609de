using WsusDashboard.Dashboard.Features.Metrics;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Metrics;

/// <summary>A scrape of many servers: how many series it has, and that counters only rise.</summary>
public sealed class ScrapeTests
{
    private const int MostSeriesOfAServer = 70;

    [Fact]
    public void Write_ThousandServers_HasFewSeriesEach()
    {
        var text = MetricsSamples.Write([.. Enumerable.Range(1, 1_000).Select(id => MetricsSamples.Server(id, $"SRV-{id:0000}", $"S{id % 20}"))]);

        Assert.InRange(text.Split('\n').Count(line => line.Length > 0 && line[0] != '#'), 1_000 * 20, 1_000 * MostSeriesOfAServer);
    }

    [Fact]
    public void Count_RunsThatEndBetweenScrapes_RiseOnce()
    {
        var counters = new SyncCounters();
        var server = MetricsSamples.Server(1, "A", "B", LinkState.Up, Run("a", SyncResult.Failed), Run("b", SyncResult.Succeeded));
        Assert.Equal((0, 0), Of(counters.Count([server])));

        server = server with { RecentSyncs = [Run("d", SyncResult.Running), Run("c", SyncResult.Failed), .. server.RecentSyncs] };
        Assert.Equal((0, 1), Of(counters.Count([server])));
        Assert.Equal((0, 1), Of(counters.Count([server])));

        // The running one ends; old ones leave the list.
        server = server with { RecentSyncs = [Run("d", SyncResult.Succeeded), Run("c", SyncResult.Failed)] };
        Assert.Equal((1, 1), Of(counters.Count([server])));

        static (long Succeeded, long Failed) Of(IReadOnlyDictionary<int, IReadOnlyDictionary<SyncResult, long>> counts) => (counts[1][SyncResult.Succeeded], counts[1][SyncResult.Failed]);
    }

    private static SyncRun Run(string id, SyncResult result) => new() { Id = id, StartedAt = TimeProvider.System.GetUtcNow().AddHours(-1), EndedAt = result == SyncResult.Running ? null : TimeProvider.System.GetUtcNow(), Result = result };
}
