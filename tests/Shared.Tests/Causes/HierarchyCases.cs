using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>Causes 28, 29 and 41: upstream servers, replicas, shared SUSDB.</summary>
internal static class HierarchyCases
{
    private const string Refused = "UssNotFound: No connection could be made because the target machine actively refused it";

    public static IReadOnlyList<LabelledCase> All { get; } =
    [
        new("the upstream server is down", FindingIds.UpstreamFailing,
            story => story.Replica("ZRH-WSUS01").Upstream(SyncResult.Succeeded, -900, isReachable: false).Failed(Refused), Without: story => story.Replica("ZRH-WSUS01").Failed()),
        new("the upstream server is down, the replica's pool is at its defaults", FindingIds.UpstreamFailing,
            story => story.PoolAtDefaults().Replica("ZRH-WSUS01").Upstream(SyncResult.Succeeded, -900, isReachable: false).Failed("The operation has timed out")),
        new("upstream answers with an internal error", FindingIds.UpstreamFailing,
            story => story.Replica("ZRH-WSUS01").Failed("UssInternalError"), Without: story => story.Replica("ZRH-WSUS01").Failed()),
        new("upstream failed for its proxy an hour before", FindingIds.UpstreamFailing,
            story => story.Replica("ZRH-WSUS01").Upstream(SyncResult.Failed, -60, cause: "Proxy refuses").Failed("UssOtherError")),
        new("content out of sync with upstream: 6707", FindingIds.UpstreamBehind,
            story => story.Replica("ZRH-WSUS01").Failed().UpdatePoint(point => point with { LastSyncState = 6707, LastSyncStateAt = Story.End }), Without: story => story.Replica("ZRH-WSUS01").Failed()),
        new("6707 stands in the log only", FindingIds.UpstreamBehind,
            story => story.PoolAtDefaults().Replica("ZRH-WSUS01").Failed().Line("wsyncmgr", 0, "STATMSG: ID=6707 SEV=E LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\" ISTR0=\"BRN-WSUS02\" ISTR1=\"ZRH-WSUS01\"")),
        new("a replica's own worker is recycled while upstream fails too", FindingIds.PoolMemoryLimit,
            story => story.PoolAtDefaults().Replica("ZRH-WSUS01").Upstream(SyncResult.Failed, -600, cause: "Proxy refuses").Cancelled().Event(WindowsEvents.PrivateMemoryRecycle, -0.5)),
        new("a replica's own disk is full, upstream is well", FindingIds.DiskFull,
            story => story.Replica("ZRH-WSUS01").Upstream(SyncResult.Succeeded, -60).Failed("There is not enough space on the disk.").Host(host => host with { ContentVolumeFreeKilobytes = 0 })),
        new("shared SUSDB: it fails only when the point without internet is picked", FindingIds.SharedDatabaseOffline,
            story => story.Before("SFSSFS", "The remote name could not be resolved: 'sws.update.microsoft.com'").SiteFailed("The remote name could not be resolved: 'sws.update.microsoft.com'")
                .Line("wsyncmgr", -11, "Found active SUP BRN-SUP02.corp.example from SCF File.").Line("wsyncmgr", -1451, "Found active SUP BRN-SUP01.corp.example from SCF File.").Line("wsyncmgr", -2891, "Found active SUP BRN-SUP02.corp.example from SCF File."),
            Without: story => story.SiteFailed("Failed")),
        new("the site names another source than WSUS has", FindingIds.SourceSetWrong,
            story => story.Wsus(state => state with { Source = "OLD-WSUS99" }).UpdatePoint(point => point with { Source = "Microsoft Update" }).Failed("UssNotFound: The remote name could not be resolved: 'old-wsus99'"), Also: FindingIds.UpstreamFailing),
        new("the top server is set as a replica", FindingIds.SourceSetWrong,
            story => story.Wsus(state => state with { Source = "BRN-WSUS02", IsReplica = true }).UpdatePoint(point => point with { Source = "Microsoft Update" }).Failed(), Without: story => story.Failed()),
        new("upstream is well, the replica's name lookup fails for it", FindingIds.UpstreamFailing,
            story => story.Replica("ZRH-WSUS01").Upstream(SyncResult.Succeeded, -60).Failed("UssNotFound: The remote name could not be resolved: 'zrh-wsus01'")),
    ];
}
