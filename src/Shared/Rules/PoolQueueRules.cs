using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
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
        if (!isNearFull && pool.RejectedRequests is not > 0)
        {
            yield break;
        }

        // The counter of refused requests begins with the pool and never falls, so alone it may speak of a storm that is over.
        var is503 = context.Failure is SyncFailureKind.WebServiceUnavailable || context.Snapshot.Wsus is { Status: SectionStatus.Unreadable, Failure: ReadFailure.Unavailable };
        var isCause = context.SyncsFail && !context.HasOutsideCause && (is503 || isNearFull);
        var isShort = context.Drift.Any(comparison => comparison.Setting == SettingKeys.QueueLength);
        yield return new RuleFinding(
            new Finding
            {
                Id = FindingIds.PoolQueueFull,
                Severity = isCause ? Severity.Critical : isNearFull || isShort ? Severity.Warning : Severity.Information,
                Title = isNearFull ? "Pool queue full" : "Requests refused",
                Explanation = $"The queue of {pool.Name} holds {Wording.Number(pool.Settings.QueueLength)} requests; IIS answers what does not fit with 503"
                    + (pool.RejectedRequests is > 0 and var rejected ? $", {Wording.Count(rejected, "request", "requests")} so far." : "."),
                Evidence =
                [
                    context.SettingEvidence(SettingKeys.QueueLength),
                    .. pool.QueuedRequests is { } queued ? [context.PoolEvidence("Requests in the queue", Wording.Number(queued), isNearFull ? EvidenceDirection.For : EvidenceDirection.Against)] : (Evidence[])[],
                    .. pool.RejectedRequests is { } refused ? [context.PoolEvidence("Requests refused since the pool started", Wording.Number(refused))] : (Evidence[])[],
                    .. context.Failure is SyncFailureKind.WebServiceUnavailable ? [RuleContext.AttemptEvidence(context.ToldBy!)] : (Evidence[])[],
                ],
                Source = Sources.BestPractices,
                Playbook = isShort ? context.PoolPlaybook(isCause ? PlaybookCatalog.FullRepairId : PlaybookCatalog.PoolOnlyId) : null,
                NextStep = isShort ? null : "The queue is as long as the baseline asks: find out which clients ask so often (a scan storm), or let fewer scan at once.",
                IsCause = isCause,
                Weight = Weights.QueueFull,
            },
            $"the queue of {pool.Name} is full and requests are refused with 503");
    }
}
