using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Ingest.Replication;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Cluster;

/// <summary>The row that an owner gives the other dashboards says what they have to show.</summary>
public sealed class LiveRowTests
{
    [Fact]
    public void Show_RowOfASickServer_IsTheServerAsItsOwnerShowsIt()
    {
        var identity = new ServerIdentity(3, "BRN-WSUS02", "BRN", "https://a:1", BaselineCatalog.Guide);
        var state = new ServerState(identity, new(), [], [], null, null);
        state.SetLink(new(LinkState.Up, Clock.Start, null, 0, Clock.Start));
        state.Update(_ => Samples.Snapshot(Clock.Start, pool: PoolState.Stopped), Clock.Start);
        state.Take(Samples.Sync("wsus-1", Clock.Start, SyncResult.Cancelled), isFresh: true);
        state.SetProblems([new(9, FindingIds.PoolStopped, "Pool stopped", Severity.Critical, ProblemState.Open, Clock.Start, null, IsFlapping: false, ProblemKind.Server)]);
        var shown = state.Assess(Clock.Start).Live;
        Assert.NotEmpty(shown.Assessment!.Findings);
        Assert.NotEmpty(shown.Status.Findings);

        var told = LiveRow.Read(LiveRow.Write(shown))!.Show(identity, shown.Snapshot);

        Assert.Equal(shown.Status, told.Status);
        Assert.Equal((shown.Name, shown.Site, shown.Address, shown.Baseline), (told.Name, told.Site, told.Address, told.Baseline));
        Assert.Equal(shown.Assessment.Leading!.Id, told.Assessment!.Leading!.Id);
        Assert.Equal(shown.Assessment.Findings.SelectMany(finding => finding.Evidence), told.Assessment.Findings.SelectMany(finding => finding.Evidence));
        Assert.Equal(shown.RecentSyncs, told.RecentSyncs);
        Assert.Equal(shown.Link, told.Link);
        Assert.Equal(shown.Offer, told.Offer);
        Assert.Equal(shown.Problems, told.Problems);
        Assert.Equal(shown.History, told.History);
    }

    [Fact]
    public void Read_RowOfAnotherVersion_IsNone() => Assert.Null(LiveRow.Read("{\"status\":7}"u8.ToArray()));
}
