using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Ingest;

public sealed class SyncPairingTests
{
    [Theory]
    [InlineData(SyncResult.Succeeded, SyncResult.Succeeded, "mecm")]
    [InlineData(SyncResult.Cancelled, SyncResult.Failed, "mecm")]
    [InlineData(SyncResult.Succeeded, SyncResult.Failed, "wsus")]
    [InlineData(SyncResult.Running, SyncResult.Running, "mecm")]
    public void FindUncounted_OneSyncSeenTwice_CountsTheViewThatSaysMore(SyncResult wsus, SyncResult managed, string uncounted)
    {
        SyncRun[] runs =
        [
            Samples.Sync("mecm", Clock.Start, managed, SyncSource.ConfigMgr, minutes: 20),
            Samples.Sync("wsus", Clock.Start.AddMinutes(1), wsus),
        ];

        Assert.Equal([uncounted], SyncPairing.FindUncounted(runs));
    }

    [Fact]
    public void FindUncounted_ManagedRunThatNeverReachedWsus_IsCounted()
    {
        SyncRun[] runs =
        [
            Samples.Sync("mecm", Clock.Start, SyncResult.Failed, SyncSource.ConfigMgr, minutes: 1),
            Samples.Sync("wsus", Clock.Start.AddHours(2), SyncResult.Succeeded),
        ];

        Assert.Empty(SyncPairing.FindUncounted(runs));
    }

    [Fact]
    public void FindUncounted_TwoManagedRunsAndOneOfWsus_PairsOnlyOne()
    {
        SyncRun[] runs =
        [
            Samples.Sync("mecm-1", Clock.Start, SyncResult.Failed, SyncSource.ConfigMgr, minutes: 30),
            Samples.Sync("mecm-2", Clock.Start.AddMinutes(5), SyncResult.Failed, SyncSource.ConfigMgr, minutes: 30),
            Samples.Sync("wsus", Clock.Start.AddMinutes(6), SyncResult.Cancelled),
        ];

        Assert.Equal(["mecm-1"], SyncPairing.FindUncounted(runs));
    }
}
