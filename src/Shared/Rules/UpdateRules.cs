using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>Are there updates, and do they reach Configuration Manager?</summary>
internal static class UpdateRules
{
    /// <summary>LastSyncState of an update point that is behind its upstream server (configmgr.md, 2b).</summary>
    private const int OutOfSyncWithUpstream = 6707;

    public static IEnumerable<RuleFinding> Empty(RuleContext context)
    {
        var inConfigMgr = context.Snapshot.ConfigMgr is { Status: not SectionStatus.NotInstalled, Value.SoftwareUpdateCount: { } siteCount } ? siteCount : (long?)null;
        var inWsus = context.Snapshot.Wsus is { Status: not SectionStatus.NotInstalled, Value.Counts: { } counts } ? counts.Updates : (long?)null;
        if (inConfigMgr is not 0 && inWsus is not 0)
        {
            yield break;
        }

        var evidence = new List<Evidence>();
        if (inConfigMgr is { } site)
        {
            evidence.Add(new Evidence("Software updates in Configuration Manager", Wording.Number(site), "WMI, SMS_SoftwareUpdate", context.Snapshot.ConfigMgr.ReadAt, Speaks(site)));
        }

        if (inWsus is { } wsus)
        {
            evidence.Add(new Evidence("Updates in WSUS", Wording.Number(wsus), "WSUS", context.Snapshot.Wsus.Value!.CountsReadAt ?? context.Snapshot.Wsus.ReadAt, Speaks(wsus)));
        }

        var isSiteEmpty = inConfigMgr is 0;
        var isExecutiveStopped = context.Snapshot.Services.Value?.Find(ServiceNames.SmsExecutive) is { State: ServiceState.Stopped or ServiceState.Paused };
        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.UpdatesEmpty,
            Severity = Severity.Critical,
            Title = "0 updates",
            Explanation = isSiteEmpty
                ? "All Software Updates in the Configuration Manager console shows 0 items, so nothing can be deployed from this site."
                    + (inWsus > 0 ? " WSUS has updates, so either they don't get from WSUS into the site, or the agent's account can't see the whole site and counts too few." : "")
                : "WSUS has no updates at all: no sync has filled it yet.",
            Evidence = evidence,
            Source = Sources.Guide,
            Playbook = isExecutiveStopped ? ServicePlaybooks.For(context.Snapshot.Services.Value, ServiceNames.SmsExecutive) : context.SyncsFail ? SyncRules.GuidePlaybook(context) : PlaybookCatalog.SyncOnlyId,
            Weight = Weights.Symptom + 8,
        });
    }

    public static IEnumerable<RuleFinding> ConfigMgrFailing(RuleContext context)
    {
        var newest = context.Syncs.ConfigMgrRuns.FirstOrDefault(run => run.Result is not SyncResult.Running);
        if (newest is null or { Result: SyncResult.Succeeded or SyncResult.Unknown } || context.Syncs.Streak.Count > 0)
        {
            yield break;
        }

        var point = context.OwnUpdatePoint is { LastSyncErrorCode: not 0 } own ? own : null;
        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.ConfigMgrSyncFailing,
            Severity = Severity.Warning,
            Title = "Site doesn't sync",
            Explanation = "WSUS syncs, but Configuration Manager's last sync didn't succeed, so updates don't get from WSUS into the site.",
            Evidence =
            [
                RuleContext.AttemptEvidence(new SyncAttempt(newest, null)),
                .. context.Syncs.LastSuccess is { } success ? [RuleContext.AttemptEvidence(success) with { Speaks = EvidenceDirection.Against }] : (Evidence[])[],
                .. point is null ? [] : (Evidence[])[new Evidence($"Last error of {point.ServerName}", Wording.Number(point.LastSyncErrorCode), "WMI, SMS_SUPSyncStatus", context.Snapshot.ConfigMgr.ReadAt)],
            ],
            Since = context.Syncs.ConfigMgrRuns.Where(run => run.Result is not SyncResult.Running).TakeWhile(run => run.Result is not SyncResult.Succeeded).LastOrDefault()?.StartedAt,
            Source = Sources.Troubleshooting,
            NextStep = "Read wsyncmgr.log and WCM.log on the server's page from that time on; both name what the site couldn't do.",
            Weight = Weights.Symptom + 2,
        });
    }

    /// <summary>The site says that this update point is behind its upstream server, while its own synchronizations succeed.</summary>
    public static IEnumerable<RuleFinding> BehindUpstream(RuleContext context)
    {
        if (context.Syncs.Streak.Count > 0 || context.OwnUpdatePoint is not { LastSyncState: OutOfSyncWithUpstream } point)
        {
            yield break;
        }

        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.UpstreamBehind,
            Severity = Severity.Warning,
            Title = "Behind its upstream server",
            Explanation = "The site says this WSUS's content is out of sync with its upstream server, although its own syncs succeed.",
            Evidence = [new Evidence($"Sync state of {point.ServerName}", ErrorNumbers.DescribeState(point.LastSyncState), "WMI, SMS_SUPSyncStatus", point.LastSyncStateAt ?? context.Snapshot.ConfigMgr.ReadAt)],
            Since = point.LastSyncStateAt,
            Source = Sources.Troubleshooting,
            NextStep = "Sync the upstream server first, then this server.",
            Weight = Weights.Symptom + 1,
        });
    }

    private static EvidenceDirection Speaks(long count) => count == 0 ? EvidenceDirection.For : EvidenceDirection.Against;
}
