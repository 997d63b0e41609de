using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>Did something end the worker or the service in the middle of the last synchronization that did not succeed?</summary>
internal static class InterruptionRules
{
    /// <summary>WSUS writes the end of a synchronization a little after what ended it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    private static readonly (int EventId, string Setting, string What)[] Recycles =
    [
        (WindowsEvents.TimeRecycle, SettingKeys.RegularRestartInterval, "after its regular time interval"),
        (WindowsEvents.ScheduleRecycle, SettingKeys.RegularRestartInterval, "at a scheduled time"),
        (WindowsEvents.VirtualMemoryRecycle, SettingKeys.VirtualMemory, "at its virtual memory limit"),
        (WindowsEvents.IdleShutdown, SettingKeys.IdleTimeout, "for idleness"),
    ];

    public static IEnumerable<RuleFinding> Recycled(RuleContext context)
    {
        if (Interrupted(context) is not { } attempt || context.Pool is null)
        {
            yield break;
        }

        foreach (var (eventId, setting, what) in Recycles)
        {
            if (context.PoolEvents(eventId).FirstOrDefault(windowsEvent => IsWithin(attempt, windowsEvent.At)) is { } recycle)
            {
                yield return RecycledFinding(context, attempt, recycle, setting, what);
                yield break;
            }
        }
    }

    public static IEnumerable<RuleFinding> Restarted(RuleContext context)
    {
        if (Interrupted(context) is not { } attempt
            || context.Snapshot.Services.Value?.Find(ServiceNames.WsusService) is not { State: ServiceState.Running } service
            || context.Seen(service.StateSince) is not { } since || !IsWithin(attempt, since))
        {
            yield break;
        }

        yield return new RuleFinding(
            new Finding
            {
                Id = FindingIds.WsusServiceRestarted,
                Severity = Severity.Warning,
                Title = "WSUS restarted in mid-sync",
                Explanation = $"{ServiceNames.WsusService} does the synchronizing, and was started again {Wording.Ago(since, context.Now)}, in the middle of the last synchronization: that ends it.",
                Evidence = [new Evidence($"{ServiceNames.WsusService} runs since", Wording.Time(since), "Windows services", context.Snapshot.Services.ReadAt), RuleContext.AttemptEvidence(attempt)],
                Source = Sources.Troubleshooting,
                Playbook = PlaybookCatalog.SyncOnlyId,
                IsCause = true,
                Weight = Weights.FellIntoSync,
            },
            $"{ServiceNames.WsusService} was restarted in the middle of it");
    }

    private static RuleFinding RecycledFinding(RuleContext context, SyncAttempt attempt, WindowsEvent recycle, string setting, string what)
    {
        var definition = PoolSettingCatalog.Find(setting)!;
        var isDrifted = context.Drift.Any(comparison => comparison.Setting == setting);

        return new RuleFinding(
            new Finding
            {
                Id = FindingIds.PoolRecycledInSync,
                Severity = Severity.Critical,
                Title = "Worker recycled in mid-sync",
                Explanation = $"The worker of {context.PoolName} was ended {what} in the middle of the last synchronization.",
                Evidence = [RuleContext.EventEvidence([recycle], $"Worker ended {what}"), RuleContext.AttemptEvidence(attempt), context.SettingEvidence(setting)],
                Source = Sources.BestPractices,
                Playbook = isDrifted ? context.PoolPlaybook(PlaybookCatalog.FullRepairId) : null,
                NextStep = isDrifted ? null : $"The baseline \"{context.Observation.Baseline.Name}\" accepts this setting. Take one that sets \"{definition.Label}\" to {definition.Describe("0")}: {Asking(setting)}.",
                IsCause = true,
                Weight = Weights.FellIntoSync + 1,
            },
            $"the worker of {context.PoolName} was ended {what} in the middle of it");
    }

    private static string Asking(string setting) =>
        Wording.List([.. BaselineCatalog.All.Where(baseline => baseline.Settings.Any(item => item.Setting == setting)).Select(baseline => baseline.Name)]);

    /// <summary>The newest attempt, where it did not succeed and names no reason of its own.</summary>
    private static SyncAttempt? Interrupted(RuleContext context) =>
        context.Syncs.Streak is [{ Failure: SyncFailureKind.Unnamed, Result: SyncResult.Cancelled or SyncResult.Failed } newest, ..] && !context.HasOutsideCause ? newest : null;

    private static bool IsWithin(SyncAttempt attempt, DateTimeOffset at) => at >= attempt.Run.StartedAt && at <= attempt.EndedOrStartedAt + Margin;
}
