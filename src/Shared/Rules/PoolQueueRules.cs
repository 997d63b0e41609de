using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>Can requests wait, or are they refused?</summary>
internal static class PoolQueueRules
{
    private const double NearFullShare = 0.9;

    public static IEnumerable<RuleFinding> Full(RuleContext context)
    {
        if (context.Pool is not { State: PoolState.Started } pool)
        {
            yield break;
        }

        var isNearFull = pool.QueuedRequests >= pool.Settings.QueueLength * NearFullShare;
        var isShort = context.Drift.Any(comparison => comparison.Setting == SettingKeys.QueueLength);

        // The counter of refused requests never falls while IIS runs: where the queue is long enough now, it alone speaks of a storm that is over.
        if (!isNearFull && (pool.RejectedRequests is not > 0 || !isShort))
        {
            yield break;
        }

        yield return new RuleFinding(
            new Finding
            {
                Id = FindingIds.PoolQueueFull,
                Severity = Severity.Warning,
                Title = isNearFull ? "Pool queue full" : "Requests refused",
                Explanation = $"{pool.Name}'s queue holds {Wording.Number(pool.Settings.QueueLength)} requests; IIS answers any that don't fit with 503"
                    + (pool.RejectedRequests is > 0 and var rejected ? $"; {Wording.Count(rejected, "request was", "requests were")} refused since the pool's counter started." : "."),
                Evidence =
                [
                    context.SettingEvidence(SettingKeys.QueueLength),
                    .. pool.QueuedRequests is { } queued ? [context.PoolEvidence("Requests in the queue", Wording.Number(queued), isNearFull ? EvidenceDirection.For : EvidenceDirection.Against)] : (Evidence[])[],
                    .. pool.RejectedRequests is { } refused ? [context.PoolEvidence("Requests refused since the pool started", Wording.Number(refused))] : (Evidence[])[],
                ],
                Source = Sources.BestPractices,
                Playbook = isShort ? context.PoolPlaybook(PlaybookCatalog.PoolOnlyId) : null,
                NextStep = isShort ? null : "The queue is already as long as the baseline recommends. Find out which clients send so many requests (a scan storm), or let fewer scan at once.",
                Weight = Weights.QueueFull,
            },
            $"{pool.Name}'s queue is full and requests are refused with 503");
    }
}
