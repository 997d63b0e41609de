using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Rules;

/// <summary>Looks at one server and says what is wrong, why, and what helps. Pure: the same observation gives the same answer.</summary>
public static class RuleEngine
{
    private static readonly FindingRule[] Rules =
    [
        ReadingRules.Unreachable,
        PoolStateRules.Missing,
        PoolStateRules.Stopped,
        PoolStateRules.RapidFail,
        PoolStateRules.CompressionLibrary,
        PoolStateRules.FewApplications,
        PoolMemoryRules.Limit,
        PoolMemoryRules.AddressSpace,
        PoolMemoryRules.WorkerDies,
        PoolQueueRules.Full,
        ServiceRules.Stopped,
        SyncRules.Failing,
        SyncRules.OccasionalSuccess,
        SyncRules.Overdue,
        SyncRules.RunningLong,
        UpdateRules.Empty,
        UpdateRules.ConfigMgrFailing,
        UpdateRules.BehindUpstream,
        DriftRules.Drift,
        ClientRules.Failing,
        ClientRules.Slow,
        ClientRules.CertificateEnds,
        ClientRules.CutOff,
        ReadingRules.Unreadable,
        ReadingRules.Stale,
        AgentRules.Problem,
    ];

    /// <summary>Health, findings and one sentence.</summary>
    public static Assessment Assess(Observation observation)
    {
        if (observation.Snapshot is not { } snapshot || !WasRead(snapshot))
        {
            return NeverRead(observation);
        }

        var seen = RepairTraces.Remove(observation);
        var context = new RuleContext(seen, seen.Snapshot ?? snapshot);
        var ranked = RepairTraces.Mark(seen, CauseFindings.Join(context, [.. Rules.SelectMany(rule => rule(context))]))
            .OrderByDescending(item => item.Finding.Id == FindingIds.AgentUnreachable)
            .ThenByDescending(item => item.Finding.IsCause)
            .ThenByDescending(item => item.Finding.Severity)
            .ThenByDescending(item => item.Finding.Weight)
            .ThenBy(item => item.Finding.Id, StringComparer.Ordinal)
            .ToList();

        return new Assessment(HealthOf(observation, ranked), [.. ranked.Select(item => item.Finding)], AssessmentSentence.Say(context, ranked))
        {
            Causes = context.Causes,
            ExplainedRunId = context.Explained?.Run.Id,
        };
    }

    private static Assessment NeverRead(Observation observation) => observation.IsReachable
        ? new Assessment(Health.Unknown, [], $"Nothing has been read from {observation.ServerName} yet.")
        : new Assessment(Health.Unreachable, [ReadingRules.UnreachableFinding(observation)], AssessmentSentence.Unreachable(observation, null));

    private static Health HealthOf(Observation observation, IReadOnlyList<RuleFinding> found) =>
        !observation.IsReachable ? Health.Unreachable
        : found.Any(item => item.Finding.Severity is Severity.Critical) ? Health.Critical
        : found.Any(item => item.Finding.Severity is Severity.Warning) ? Health.Warning
        : Health.Healthy;

    private static bool WasRead(Snapshot snapshot) =>
        snapshot.Iis.Status is not SectionStatus.Pending || snapshot.Services.Status is not SectionStatus.Pending || snapshot.Wsus.Status is not SectionStatus.Pending
        || snapshot.ConfigMgr.Status is not SectionStatus.Pending || snapshot.Events.Status is not SectionStatus.Pending || snapshot.Host.Status is not SectionStatus.Pending
        || snapshot.Client.Status is not SectionStatus.Pending;
}
