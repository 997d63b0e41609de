using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Ingest;

public sealed class ServerMonitorTests
{
    [Fact]
    public void Assess_AfterWeeksOfFailures_StillKnowsTheLastGoodSynchronization()
    {
        var monitor = new ServerMonitor(new(1, "a", "", "", BaselineCatalog.Guide), new(), [], [], null, null);
        var good = Samples.Sync("good", Clock.Start, SyncResult.Succeeded);
        monitor.Take(good, isFresh: false);

        for (var failure = 1; failure <= 100; failure++)
        {
            monitor.Take(Samples.Sync($"bad-{failure}", Clock.Start.AddHours(8 * failure), SyncResult.Cancelled), isFresh: false);
        }

        var live = monitor.Assess(Clock.Start.AddDays(40)).Live;
        Assert.Equal(good.EndedAt!.Value.UtcDateTime, live.Status.LastGoodSyncAt);
        Assert.Equal(SyncResult.Cancelled, live.Status.LastSyncResult);
    }
}
