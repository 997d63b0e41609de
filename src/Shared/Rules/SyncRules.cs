using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>How do synchronizations end? These are symptoms: none of them names a cause.</summary>
internal static class SyncRules
{
    private const int SeveralInARow = 3;
    private const int ShownAttempts = 5;
    private static readonly TimeSpan LongSync = TimeSpan.FromHours(4);
    private static readonly TimeSpan OverdueWhileFailing = TimeSpan.FromDays(2);
    private static readonly TimeSpan LongOverdueWhileFailing = TimeSpan.FromDays(7);

    /// <summary>Configuration Manager's default schedule is every 7 days.</summary>
    internal static readonly TimeSpan OverdueWithoutAttempt = TimeSpan.FromDays(8);

    public static IEnumerable<RuleFinding> Failing(RuleContext context)
    {
        var streak = context.Syncs.Streak;
        if (streak.Count == 0)
        {
            yield break;
        }

        var cancelled = streak.TakeWhile(attempt => attempt.Result is SyncResult.Cancelled).Count();
        var isSeveral = cancelled >= SeveralInARow;
        var word = streak[0].Result switch { SyncResult.Cancelled => "cancelled", SyncResult.Failed => "failed", _ => "ended without a record" };
        yield return new RuleFinding(new Finding
        {
            Id = isSeveral ? FindingIds.SyncCancelledRepeatedly : FindingIds.SyncFailing,
            Severity = streak.Count >= SeveralInARow ? Severity.Critical : Severity.Warning,
            Title = isSeveral ? $"{cancelled} cancelled in a row" : streak.Count == 1 ? $"Last sync {word}" : $"{streak.Count} failed in a row",
            Explanation = isSeveral
                ? $"The last {cancelled} syncs were cancelled. \"Cancelled\" says that something ended them, not what."
                : streak.Count == 1 ? $"The last sync {(word == "cancelled" ? "was cancelled" : word)}." : $"The last {streak.Count} syncs didn't succeed.",
            Evidence = [.. streak.Take(ShownAttempts).Select(RuleContext.AttemptEvidence), .. LastGood(context)],
            Since = context.FailingSince,
            Source = Sources.Guide,
            Playbook = isSeveral ? GuidePlaybook(context) : null,
            Weight = Weights.Symptom + 10,
        });
    }

    public static IEnumerable<RuleFinding> OccasionalSuccess(RuleContext context)
    {
        if (!context.IsSuccessOccasional)
        {
            yield break;
        }

        // After a repair the old failures still fill the list: with the newest one good and the settings in order there is nothing to do.
        var isOver = context.Syncs.Streak.Count == 0 && context.Drift.Count == 0;
        var judged = context.Syncs.Ended.Take(SyncAttempts.JudgedCount).ToList();
        var succeeded = judged.Count(attempt => attempt.Result is SyncResult.Succeeded);
        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.SyncOccasionalSuccess,
            Severity = isOver ? Severity.Information : Severity.Warning,
            Title = $"{succeeded} of {judged.Count} succeeded in WSUS",
            Explanation = $"Of the last {judged.Count} WSUS syncs, only {succeeded} succeeded" + (isOver ? "; the newest one did, and the settings match the baseline." : ", so updates arrive only now and then."),
            Evidence =
            [
                .. judged.CountBy(attempt => attempt.Result).OrderByDescending(pair => pair.Value).Select(pair => new Evidence(
                    RuleContext.ResultWord(pair.Key), Wording.Count(pair.Value, "sync", "syncs"), SourceOf(judged), judged[0].EndedOrStartedAt,
                    pair.Key is SyncResult.Succeeded ? EvidenceDirection.Against : EvidenceDirection.For)),
                .. LastGood(context),
            ],
            Since = judged.FindLast(attempt => attempt.Result is not SyncResult.Succeeded)?.EndedOrStartedAt,
            Source = Sources.Guide,
            Weight = Weights.Symptom,
        });
    }

    public static IEnumerable<RuleFinding> Overdue(RuleContext context)
    {
        if (context.Syncs.Ended.Count == 0)
        {
            yield break;
        }

        var lastGood = LastGoodAt(context);
        var since = lastGood ?? context.Observation.RecentSyncs.Min(run => run.StartedAt);
        var age = context.Now - since;
        var isFailing = context.Syncs.Streak.Count > 0;
        if (age < (isFailing ? OverdueWhileFailing : OverdueWithoutAttempt))
        {
            yield break;
        }

        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.SyncOverdue,
            Severity = isFailing && age >= LongOverdueWhileFailing ? Severity.Critical : Severity.Warning,
            Title = $"No good sync for {Wording.Duration(age)}",
            Explanation = lastGood is null
                ? $"No successful sync is known; the oldest known sync started {Wording.Ago(since, context.Now)}."
                : $"The last successful sync ended {Wording.Ago(since, context.Now)}" + (isFailing ? "." : "; none has been tried since, or none has ended."),
            Evidence = [new Evidence("Last successful sync", lastGood is { } at ? Wording.Time(at) : "none known", SourceOf(context.Syncs.Ended), lastGood)],
            Since = isFailing ? context.FailingSince : since + OverdueWithoutAttempt,
            Source = Sources.Product,
            Playbook = isFailing ? null : PlaybookCatalog.SyncOnlyId,
            Weight = Weights.Symptom - 5,
        });
    }

    public static IEnumerable<RuleFinding> RunningLong(RuleContext context)
    {
        var startedAt = context.Snapshot.Wsus is { Status: SectionStatus.Ok, Value: { IsSynchronizing: true } wsus }
            ? wsus.Progress?.StartedAt ?? context.Syncs.Running?.Run.StartedAt
            : null;
        if (startedAt is not { } start || context.Now - start < LongSync)
        {
            yield break;
        }

        var progress = context.Snapshot.Wsus.Value!.Progress;
        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.SyncRunningLong,
            Severity = Severity.Warning,
            Title = $"Sync running for {Wording.Duration(context.Now - start)}",
            Explanation = "A first sync, or one after products were added, may take hours. One that makes no progress is stuck.",
            Evidence =
            [
                new Evidence("Running since", Wording.Time(start), "WSUS", context.Snapshot.Wsus.ReadAt),
                .. progress is { Total: > 0 } ? [new Evidence("Progress", $"{Wording.Number(progress.Processed)} of {Wording.Number(progress.Total)} ({progress.Phase})", "WSUS", context.Snapshot.Wsus.ReadAt)] : (Evidence[])[],
            ],
            Source = Sources.Product,
            Since = start,
            NextStep = "Watch the progress on the server's page. If it doesn't move for an hour, stop the sync and start it again.",
            Weight = Weights.Symptom - 10,
        });
    }

    /// <summary>Where nothing names a cause, the guide's repair is offered only if the pool gives a reason to try it.</summary>
    public static string? GuidePlaybook(RuleContext context) =>
        context.HasOutsideCause || (context.Drift.Count == 0 && !context.IsPoolDown) ? null : context.PoolPlaybook(PlaybookCatalog.FullRepairId);

    public static DateTimeOffset? LastGoodAt(RuleContext context)
    {
        var fromHistory = context.Syncs.Ended.FirstOrDefault(attempt => attempt.IsGood)?.EndedOrStartedAt;
        var fromSite = context.OwnUpdatePoint?.EarliestSuccess();

        return fromHistory > fromSite || fromSite is null ? fromHistory : fromSite;
    }

    private static IEnumerable<Evidence> LastGood(RuleContext context)
    {
        if (LastGoodAt(context) is { } at)
        {
            yield return new Evidence("Last successful sync", $"{Wording.Time(at)}, {Wording.Ago(at, context.Now)}", SourceOf(context.Syncs.Ended), at, EvidenceDirection.Against);
        }
    }

    private static string SourceOf(IReadOnlyList<SyncAttempt> attempts) => attempts[0].Run.Source is SyncSource.ConfigMgr ? "wsyncmgr.log" : "WSUS history";
}
