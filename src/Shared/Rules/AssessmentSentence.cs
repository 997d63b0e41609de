using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>A server's health in one sentence.</summary>
internal static class AssessmentSentence
{
    public static string Say(RuleContext context, IReadOnlyList<RuleFinding> ranked)
    {
        var known = ranked.Where(item => item.Finding.Id != FindingIds.AgentUnreachable).ToList();
        var sentence = context.Repair is { IsOpen: true } repair ? BeingRepaired(context, repair, known) : SayKnown(context, known);

        return context.Observation.IsReachable ? sentence : Unreachable(context.Observation, sentence);
    }

    public static string Unreachable(Observation observation, string? lastKnown)
    {
        if (observation.IsQuarantined)
        {
            return $"{observation.ServerName} is in quarantine: {observation.LinkError?.TrimEnd('.')}." + (lastKnown is null ? "" : $" Last known: {lastKnown}");
        }

        var since = observation.UnreachableSince is { } at ? $" for {Wording.Duration(observation.Now - at)}" : "";
        var error = observation.LinkError is { Length: > 0 } text ? ": " + text.TrimEnd('.') : "";

        return $"{observation.ServerName} hasn't answered{since}{error}." + (lastKnown is null ? "" : $" Last known: {lastKnown}");
    }

    private static string BeingRepaired(RuleContext context, RepairPeriod repair, List<RuleFinding> known)
    {
        var name = PlaybookCatalog.Find(repair.Playbook)?.Name ?? "Undo";
        var begun = $"{context.Observation.ServerName} is being repaired ({name}, {Wording.Duration(context.Now - repair.StartedAt)} so far).";

        // What is known beside what the repair itself stops for a moment.
        return known.Exists(item => item.Finding.Severity is not Severity.Information) ? $"{begun} {SayKnown(context, known)}" : begun;
    }

    private static string SayKnown(RuleContext context, List<RuleFinding> known)
    {
        if (known.Find(item => item.Finding.IsCause && item.Because is not null) is { } cause)
        {
            return $"{Effect(context, cause)} because {cause.Because}.";
        }

        var leading = known.Find(item => item.Finding.Severity is not Severity.Information);

        return leading is not null ? leading.Finding.Explanation : Healthy(context);
    }

    private static string Effect(RuleContext context, RuleFinding cause)
    {
        var streak = context.Syncs.Streak;
        if (cause.Effect is { } effect && (cause.Finding.Id == FindingIds.SmsExecutiveStopped || streak.Count == 0))
        {
            return effect;
        }

        var cancelled = streak.Count(attempt => attempt.Result is SyncResult.Cancelled);

        return (streak.Count, IsCancelled: cancelled * 2 > streak.Count) switch
        {
            (0, _) => context.SyncsFail ? "Most syncs fail" : "WSUS can't sync",
            (1, true) => "The last sync was cancelled",
            (1, false) => "The last sync failed",
            (_, true) => "Syncs are cancelled",
            _ => "Syncs fail",
        };
    }

    private static string Healthy(RuleContext context)
    {
        var sync = SyncRules.LastGoodAt(context) is { } at ? $"the last sync succeeded {Wording.Ago(at, context.Now)}" : "no sync seen yet";
        var updates = context.Snapshot.ConfigMgr.Value?.SoftwareUpdateCount ?? context.Snapshot.Wsus.Value?.Counts?.Updates;
        var count = updates is { } number ? $", {Wording.Count(number, "update", "updates")}" : "";

        return context.HasWsus || context.Snapshot.Iis.Status is not SectionStatus.Ok
            ? $"All is well: {sync}{count}."
            : "All is well; WSUS isn't installed on this server.";
    }
}
