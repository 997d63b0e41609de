using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Metrics;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Posture;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Metrics;

/// <summary>Servers as metrics are written of them, in a fleet that nothing else changes.</summary>
internal static class MetricsSamples
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A server of which everything is known: its last good sync ended 60 hours ago, its certificate ends in 20 days.</summary>
    public static LiveServer Server(int id, string name, string site, LinkState link = LinkState.Up, params SyncRun[] runs) => new()
    {
        Id = id,
        Name = name,
        Site = site,
        Address = "https://x",
        Baseline = "guide",
        Status = new ServerStatus { Health = link == LinkState.Up ? Health.Healthy : Health.Unreachable, LastSyncResult = SyncResult.Succeeded, LastGoodSyncAt = Now.AddHours(-60).UtcDateTime, DriftCount = 2 },
        Snapshot = PostureSamples.Snapshot(PostureSamples.Facts(Now).WithCertificate(Now.AddDays(20)), Now),
        Link = new(link, null, null, 0, Now),
        RecentSyncs = runs,
    };

    /// <summary>What a scrape of these servers answers.</summary>
    public static string Write(params IReadOnlyList<LiveServer> servers)
    {
        var live = new LiveFleet(TimeProvider.System);
        live.Reset(servers);
        return new MetricsService(live, new SyncCounters(), Caller.OfDashboard, TimeProvider.System).Write();
    }
}
