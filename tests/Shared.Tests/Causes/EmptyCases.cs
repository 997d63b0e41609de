using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Tests.Causes;

/// <summary>Causes 33 to 37 and 40: nothing arrives.</summary>
internal static class EmptyCases
{
    public static IReadOnlyList<LabelledCase> All { get; } =
    [
        new("0 items: the WSUS phase was never passed", FindingIds.FirstPhaseFailed,
            story => story.NoGoodRunBefore().SiteFailed("Failed").Site(state => state with { SoftwareUpdateCount = 0 })
                .Line("wsyncmgr", -11, "STATMSG: ID=6704 SEV=I LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\"").Line("wsyncmgr", 0, "STATMSG: ID=6703 SEV=E LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\""),
            Without: story => story.SiteFailed("Failed")),
        new("0 items: no product is selected", FindingIds.NothingSubscribed,
            story => story.Succeeded(CauseQuestion.UpdatesMissing).Site(state => state with { SoftwareUpdateCount = 0 }).Wsus(state => state with { SubscribedCategories = 0, Counts = new WsusCounts() }).Line("wsyncmgr", 0, "Updated 0 items in SMS database, new update source content version is 3"),
            Without: story => story.Succeeded(CauseQuestion.UpdatesMissing).Site(state => state with { SoftwareUpdateCount = 0 }).Wsus(state => state with { SubscribedCategories = null, Counts = null })),
        new("0 items: the site says that no category is selected", FindingIds.NothingSubscribed,
            story => story.Succeeded(CauseQuestion.UpdatesMissing).Site(state => state with { SoftwareUpdateCount = 0 }).SiteSettings(new SiteSyncSettings { SubscribedCategories = 0 })),
        new("0 items on a child site: replication is broken", FindingIds.SiteReplicationBehind,
            story => story.Succeeded(CauseQuestion.UpdatesMissing).Site(state => state with { SoftwareUpdateCount = 0 }).UpdatePoint(point => point with { ReplicationLinkStatus = 2, CatalogVersion = 41 })),
        new("child site behind: the parent's catalogue is newer", FindingIds.SiteReplicationBehind,
            story => story.Succeeded(CauseQuestion.UpdatesMissing).Site(state => state with
            {
                SoftwareUpdateCount = 0,
                SoftwareUpdatePoints = [.. state.SoftwareUpdatePoints.Select(point => point with { SiteCode = "BRN", CatalogVersion = 12 }), new SupSyncStatus { ServerName = "cas-sup01", SiteCode = "CAS", CatalogVersion = 48, LastSyncState = 6702 }],
            })),
        new("0 items for this account only", FindingIds.UpdatesHidden,
            story => story.Succeeded(CauseQuestion.UpdatesMissing).Site(state => state with { SoftwareUpdateCount = 0 }).UpdatePoint(point => point with { CatalogVersion = 77, ReplicationLinkStatus = 0, LastSuccessfulSyncAt = Story.End })
                .Line("wsyncmgr", 0, "Updated 312 items in SMS database, new update source content version is 77")),
        new("everything is expired", FindingIds.AllExpired,
            story => story.Succeeded(CauseQuestion.UpdatesMissing).Site(state => state with { SoftwareUpdateCount = 4_100 }).SiteSettings(new SiteSyncSettings { ExpiredUpdates = 4_100 })),
        new("no synchronization for weeks: it is disabled", FindingIds.SyncDisabled,
            story => story.Succeeded(CauseQuestion.NoRun).Site(state => state with { HasSyncSchedule = false }), Without: story => story.Succeeded(CauseQuestion.NoRun)),
        new("0 items after a good synchronization, nothing else is known", FindingIds.UnknownCause,
            story => story.Succeeded(CauseQuestion.UpdatesMissing).Site(state => state with { SoftwareUpdateCount = 0 }).Wsus(state => state with { SubscribedCategories = null, Counts = null })),
        new("no synchronization for weeks, the schedule is there", FindingIds.UnknownCause,
            story => story.Succeeded(CauseQuestion.NoRun).Site(state => state with { HasSyncSchedule = true })),
        new("first phase failed for the proxy: the proxy is the cause", FindingIds.ProxyRefused,
            story => story.NoGoodRunBefore().SiteFailed("The remote server returned an error: (407) Proxy Authentication Required.").Site(state => state with { SoftwareUpdateCount = 0 })
                .Line("wsyncmgr", -11, "STATMSG: ID=6704 SEV=I LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\"").Line("wsyncmgr", 0, "STATMSG: ID=6703 SEV=E LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\""),
            Also: FindingIds.FirstPhaseFailed),
    ];
}
