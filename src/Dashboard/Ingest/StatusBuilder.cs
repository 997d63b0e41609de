using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Makes the status columns of a server from what is known of it. Pure.</summary>
internal static class StatusBuilder
{
    public const int StripLength = 14;

    /// <summary>The very status of before where nothing differs.</summary>
    public static ServerStatus Build(ServerStatus before, Snapshot? snapshot, Assessment assessment, Baseline baseline, DateTimeOffset since)
    {
        var leading = assessment.Leading;
        var status = WithSnapshot(before, snapshot, baseline) with
        {
            Health = assessment.Health,
            HealthSince = before.Health == assessment.Health ? before.HealthSince ?? since.UtcDateTime : since.UtcDateTime,
            Sentence = assessment.Sentence,
            CauseId = leading?.Id,
            CauseTitle = leading?.Title,
            Playbook = leading?.Playbook,
            NextStep = leading?.NextStep,
            Findings = [.. assessment.Findings.Select(finding => new FindingSummary(finding.Id, finding.Severity, finding.Title))],
        };
        return status == before ? before : status;
    }

    /// <summary>Strip and last results; also without a snapshot, for history that comes first.</summary>
    public static ServerStatus WithSyncs(ServerStatus status, IReadOnlyList<SyncRun> recentSyncs)
    {
        var uncounted = SyncPairing.FindUncounted(recentSyncs);
        var counted = recentSyncs.Where(run => !uncounted.Contains(run.Id)).ToList();
        var last = counted.Find(run => run.Result is not (SyncResult.Running or SyncResult.Unknown));
        var lastGood = counted.Find(run => run.Result == SyncResult.Succeeded);
        var lastGoodAt = (lastGood?.EndedAt ?? lastGood?.StartedAt)?.UtcDateTime;
        return status with
        {
            LastSyncResult = last?.Result ?? status.LastSyncResult,
            LastSyncAt = (last?.EndedAt ?? last?.StartedAt)?.UtcDateTime ?? status.LastSyncAt,
            LastGoodSyncAt = lastGoodAt ?? status.LastGoodSyncAt,
            Strip = [.. counted.Take(StripLength).Reverse().Select(run => new StripCell(run.Result, run.StartedAt, run.Duration, run.ErrorText))],
        };
    }

    private static ServerStatus WithSnapshot(ServerStatus status, Snapshot? snapshot, Baseline baseline)
    {
        if (snapshot is null)
        {
            return status with { IsSynchronizing = false };
        }

        var pool = snapshot.Iis.Value?.WsusPool;
        return status with
        {
            PoolState = pool?.State ?? PoolState.Unknown,
            PoolName = pool?.Name,
            DriftCount = pool is null ? null : BaselineComparer.Compare(pool.Settings, baseline).Count(setting => setting.IsDrifted),
            IsSynchronizing = snapshot.Wsus.Value?.IsSynchronizing == true || snapshot.ConfigMgr.Value?.Progress is not null,
            Updates = snapshot.Wsus.Value?.Counts?.Updates,
            ConfigMgrUpdates = snapshot.ConfigMgr.Value?.SoftwareUpdateCount,
        };
    }
}
