using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Rules;

/// <summary>Takes out of an observation what repairs caused, and marks the findings that the repair that goes on causes or carries out. The rules in between know of no repair.</summary>
internal static class RepairTraces
{
    /// <summary>What a restart makes look broken for a moment. Each tells since when; one from before the repair is a trouble of its own.</summary>
    private static readonly HashSet<string> Interruptions =
    [
        FindingIds.PoolStopped, FindingIds.PoolMissing, FindingIds.PoolFewApplications, FindingIds.WsusUnavailable, FindingIds.SectionUnreadable, FindingIds.DataStale,
        FindingIds.SmsExecutiveStopped, FindingIds.SiteComponentManagerStopped, FindingIds.NotificationServerStopped, FindingIds.SmsAgentHostStopped,
        FindingIds.WsusServiceStopped, FindingIds.WorldWideWebStopped, FindingIds.ProcessActivationStopped, FindingIds.SyncAwaited,
        FindingIds.ClientsFailing, FindingIds.ClientsCutOff,
    ];

    /// <summary>The agent reads again at most this long after a repair: until then the last reading may be of its middle.</summary>
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromMinutes(1);

    /// <summary>The repair that goes on, or ended a moment ago; null where none does.</summary>
    public static RepairPeriod? FindCurrent(Observation observation) =>
        observation.Repairs.Where(period => period.StartedAt <= observation.Now && !(observation.Now - period.EndedAt > SettlesWithin)).MaxBy(period => period.StartedAt);

    /// <summary>The observation without the synchronizations that repairs cut off, the failures of those that they started, and the events and changes of their restarts.</summary>
    public static Observation Remove(Observation observation)
    {
        if (observation.Repairs.Count == 0)
        {
            return observation;
        }

        var snapshot = observation.Snapshot;
        return observation with
        {
            RecentSyncs = [.. observation.RecentSyncs.Where(run => Counts(observation, run))],
            Changes = [.. observation.Changes.Where(change => IsSetting(change) || !IsCovered(observation, change.At))],
            Snapshot = snapshot?.Events.Value is { } events
                ? snapshot with { Events = snapshot.Events with { Value = events with { Recent = [.. events.Recent.Where(item => !IsCovered(observation, item.At))] } } }
                : snapshot,
            FailedProof = FindFailedProof(observation),
        };
    }

    /// <summary>Marks what the repair that goes on causes: it needs nobody, and makes nothing worse. What the repair carries out keeps its weight and loses its advice.</summary>
    public static List<RuleFinding> Mark(Observation observation, List<RuleFinding> found) =>
        FindCurrent(observation) is { } repair ? found.ConvertAll(item => Mark(item, repair)) : found;

    private static RuleFinding Mark(RuleFinding item, RepairPeriod repair)
    {
        var finding = item.Finding;
        if (Interruptions.Contains(finding.Id) && finding.Since >= repair.StartedAt)
        {
            return new(finding with { Severity = Severity.Information, IsCause = false, Playbook = null, NextStep = null, Weight = 0, Repair = new(repair.RepairId, FindingRepairRole.Causes) });
        }

        return repair.IsOpen && finding.Playbook is { } advised && PlaybookScope.Includes(repair.Playbook, advised)
            ? item with { Finding = finding with { Playbook = null, NextStep = null, Repair = new(repair.RepairId, FindingRepairRole.Addresses) } }
            : item;
    }

    private static bool Counts(Observation observation, SyncRun run) =>
        observation.Repairs.FindBehind(run) is not { } behind || RepairPeriods.Counts(behind.Trace, run.Result);

    private static bool IsCovered(Observation observation, DateTimeOffset at) => observation.Repairs.Any(period => period.Covers(at));

    /// <summary>A repair changes settings on purpose: since when they are in force stays known.</summary>
    private static bool IsSetting(RecentChange change) => change.Change.Subject.StartsWith(StateSubjects.SettingPrefix, StringComparison.Ordinal);

    /// <summary>The newest synchronization, where a repair started it and it did not succeed: it is not counted, but nobody may say that nothing speaks against the repair.</summary>
    private static SyncRun? FindFailedProof(Observation observation) =>
        observation.RecentSyncs.Where(run => run.Result is not SyncResult.Running).MaxBy(run => run.EndedAt ?? run.StartedAt) is { Result: not SyncResult.Succeeded } newest
        && observation.Repairs.FindBehind(newest) is (_, RepairTrace.Started)
            ? newest
            : null;
}
