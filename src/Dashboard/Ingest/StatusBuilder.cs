using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>Makes the status columns of a server from what is known of it. Pure.</summary>
internal static class StatusBuilder
{
    public const int StripLength = 14;

    /// <summary>The very status of before where nothing differs.</summary>
    /// <param name="before">The status of before.</param>
    /// <param name="snapshot">The last one.</param>
    /// <param name="assessment">What the rules say now.</param>
    /// <param name="baseline">What the pool is compared with.</param>
    /// <param name="since">When it was seen, where nothing tells better since when it is so.</param>
    /// <param name="problems">What the rows know of its problems: since when these are there, however often it was looked at since.</param>
    public static ServerStatus Build(ServerStatus before, Snapshot? snapshot, Assessment assessment, Baseline baseline, DateTimeOffset since, ValueList<ServerProblem>? problems = null)
    {
        var leading = assessment.Leading;
        var offer = RepairOffers.Of(assessment);
        var healthSince = FindSince(before, assessment, since.UtcDateTime, problems ?? []);
        var status = WithSnapshot(before, snapshot, baseline) with
        {
            Health = assessment.Health,
            HealthSince = healthSince,
            KnownHealth = assessment.Health is Health.Unreachable ? before.KnownHealth : assessment.Health,
            KnownHealthSince = assessment.Health is Health.Unreachable ? before.KnownHealthSince : healthSince,
            Sentence = assessment.Sentence,
            CauseId = leading?.Id,
            CauseTitle = leading?.Title,
            IsCauseNamed = offer.IsCauseNamed,
            Playbook = offer.Playbook,
            NextStep = offer.Instead,
            Findings = [.. assessment.Findings.Select(finding => new FindingSummary(finding.Id, finding.Severity, finding.Title))],
        };
        return status == before ? before : status;
    }

    /// <summary>Strip and last results; also without a snapshot, for history that comes first.</summary>
    public static ServerStatus WithSyncs(ServerStatus status, IReadOnlyList<SyncRun> recentSyncs, IReadOnlyList<RepairPeriod>? repairs = null)
    {
        // What a repair cut off is no failure of the server.
        List<SyncRun> own = [.. recentSyncs.Where(run => repairs?.FindBehind(run) is not (_, var trace) || RepairPeriods.Counts(trace, run.Result))];
        var uncounted = SyncPairing.FindUncounted(own);
        var counted = own.FindAll(run => !uncounted.Contains(run.Id));
        var last = counted.Find(run => run.Result is not (SyncResult.Running or SyncResult.Unknown));
        var lastGood = counted.Find(run => run.Result == SyncResult.Succeeded);
        var lastGoodAt = (lastGood?.EndedAt ?? lastGood?.StartedAt)?.UtcDateTime;
        return status with
        {
            LastSyncResult = last?.Result ?? status.LastSyncResult,
            LastSyncAt = (last?.EndedAt ?? last?.StartedAt)?.UtcDateTime ?? status.LastSyncAt,
            LastGoodSyncAt = lastGoodAt ?? status.LastGoodSyncAt,
            Strip = [.. counted.Take(StripLength).Reverse().Select(run => new StripCell(run.Result, run.StartedAt, run.Duration, PlainText.Cut(run.ErrorText, StripCell.MaximumErrorLength)))],
        };
    }

    /// <summary>
    /// Since when the health is what it is: on the server, as problems and evidence tell, and never later than was known. What was known before the contact was
    /// lost counts again when it comes back the same.
    /// </summary>
    private static DateTime FindSince(ServerStatus before, Assessment assessment, DateTime seen, ValueList<ServerProblem> problems)
    {
        var known = before.Health == assessment.Health ? before.HealthSince
            : before.Health is Health.Unreachable && before.KnownHealth == assessment.Health ? before.KnownHealthSince
            : null;
        var severity = assessment.Health switch { Health.Critical => Severity.Critical, Health.Warning => Severity.Warning, _ => (Severity?)null };
        var moments = assessment.Health is Health.Unreachable
            ? [assessment.Findings.FirstOrDefault(finding => finding.Id == FindingIds.AgentUnreachable)?.Since, SinceOf(FindingIds.AgentUnreachable)]
            : assessment.Findings.Where(finding => finding.Severity == severity).SelectMany(finding => new[] { finding.Since, SinceOf(finding.Id) });
        var earliest = moments.Append(known.ToOffset()).Min()?.UtcDateTime;

        return earliest < seen ? earliest.Value : known ?? seen;

        DateTimeOffset? SinceOf(string causeId) => problems.FirstOrDefault(problem => problem.CauseId == causeId)?.Since;
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
            DriftCount = pool is null ? null : BaselineComparer.Compare(pool.Settings, RiskySettings.Bound(baseline, pool.Settings, ServerBounds.Of(snapshot))).Count(setting => setting.IsDrifted),
            IsSynchronizing = snapshot.Wsus.Value?.IsSynchronizing == true || snapshot.ConfigMgr.Value?.Progress is not null,
            Updates = snapshot.Wsus.Value?.Counts?.Updates,
            ConfigMgrUpdates = snapshot.ConfigMgr.Value?.SoftwareUpdateCount,
        };
    }
}
