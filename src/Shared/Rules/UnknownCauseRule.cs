using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>Synchronizations fail and no rule names a cause: says so, with what was looked at.</summary>
internal static class UnknownCauseRule
{
    public static RuleFinding? Find(RuleContext context, IReadOnlyList<RuleFinding> others)
    {
        if (context.Syncs.Streak.Count == 0 || others.Any(other => other.Finding.IsCause))
        {
            return null;
        }

        if (context.IsPoolStartedSinceLastSync)
        {
            return new RuleFinding(Awaited(context));
        }

        var newest = context.Syncs.Streak[0];
        var isSilent = newest.Telling.ErrorText.Length == 0;

        return new RuleFinding(new Finding
        {
            Id = FindingIds.UnknownCause,
            Severity = Severity.Warning,
            Title = "Cause unknown",
            Explanation = "Nothing that was read on this server names the cause."
                + (isSilent ? " WSUS gives no error text (it hides it since October 2025)." : " The error text is shown as it stands.")
                + (context.Drift.Count > 0 ? " The pool's settings differ from the baseline, which may be the cause; a repair shows it, and can be undone." : ""),
            Evidence = [RuleContext.AttemptEvidence(newest), .. Against(context)],
            Source = Sources.Product,
            NextStep = context.Snapshot.ConfigMgr.Status is SectionStatus.NotInstalled
                ? "Read SoftwareDistribution.log in the LogFiles folder of WSUS at the time of the failure."
                : "Read wsyncmgr.log and WCM.log on the server's page at the time of the failure.",
            Weight = Weights.UnknownCause,
        });
    }

    /// <summary>After a repair, and before its synchronization ended, the old failures say nothing about the pool as it is now.</summary>
    private static Finding Awaited(RuleContext context)
    {
        var isRunning = context.Snapshot.Wsus.Value is { IsSynchronizing: true } || context.Syncs.Running is not null;

        return new Finding
        {
            Id = FindingIds.SyncAwaited,
            Severity = Severity.Warning,
            Title = isRunning ? "Synchronization will tell" : "Not proven yet",
            Explanation = $"{context.PoolName} was started {Wording.Ago(context.PoolRunsSince!.Value, context.Now)}; the synchronizations that did not succeed are older, and nothing that was read speaks against the next one."
                + (isRunning ? " The one that runs now will show it." : ""),
            Evidence =
            [
                context.PoolEvidence($"{context.PoolName} runs since", Wording.Time(context.PoolRunsSince.Value)),
                RuleContext.AttemptEvidence(context.Syncs.Streak[0]) with { Speaks = EvidenceDirection.Against },
            ],
            Source = Sources.Product,
            Playbook = isRunning ? null : PlaybookCatalog.SyncOnlyId,
            NextStep = isRunning ? "Wait for the end of the synchronization that runs." : null,
            Weight = Weights.UnknownCause,
        };
    }

    private static IEnumerable<Evidence> Against(RuleContext context)
    {
        if (context.Pool is not null)
        {
            yield return context.PoolStateEvidence(EvidenceDirection.Against);
        }

        if (context.Snapshot.Events is { Status: SectionStatus.Ok } events)
        {
            yield return new Evidence($"Recycles and failures of {context.PoolName} {context.EventWindow}", "none", "System log", events.ReadAt, EvidenceDirection.Against);
        }

        if (context.Snapshot.Services is { Status: SectionStatus.Ok, Value: { } services })
        {
            var running = services.Services.Where(service => service.State is ServiceState.Running).Select(service => service.Name).ToList();
            yield return new Evidence("Services that run", Wording.List(running), "Windows services", context.Snapshot.Services.ReadAt, EvidenceDirection.Against);
        }
    }
}
