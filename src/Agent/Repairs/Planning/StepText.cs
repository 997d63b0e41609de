using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Planning;

/// <summary>What a person reads about a step before it runs.</summary>
internal static class StepText
{
    public static string Title(PlaybookStep step, string poolName, Baseline? baseline) => step.Kind switch
    {
        StepKind.SaveSettings => $"Save the settings of {poolName}",
        StepKind.ApplySettings => $"Set {poolName} to the baseline \"{baseline?.Name}\"",
        StepKind.RestartPool => $"Restart {poolName}",
        StepKind.ResetIis => "Reset IIS (iisreset)",
        StepKind.RestartService => $"Restart {step.Target}",
        StepKind.StartServiceIfStopped => $"Start {step.Target} if it is stopped",
        StepKind.VerifyService => $"Verify that {step.Target} runs",
        StepKind.StartSync => "Start a synchronization",
        StepKind.VerifySync => "Verify the synchronization",
        StepKind.RestoreSettings => $"Restore the settings of {poolName}",
        _ => step.Kind.ToString(),
    };

    public static string Detail(PlaybookStep step, PlanDraft draft) => step.Kind switch
    {
        StepKind.SaveSettings => $"Writes all settings of {draft.PoolName} and the states of pool and services to this server's journal: what Undo restores.",
        StepKind.ApplySettings when draft.Changes.Count == 0 => $"{draft.PoolName} already has every value that the baseline asks for.",
        StepKind.ApplySettings =>
            $"Sets {Wording.Count(draft.Changes.Count, "setting", "settings")} in one commit and reads them back: "
            + string.Join(", ", draft.Changes.Select(change => $"{change.Setting} {Describe(change.Setting, change.Before)} → {Describe(change.Setting, change.After)}")) + ".",
        StepKind.RestartPool => draft.PoolState == PoolState.Stopped
            ? $"{draft.PoolName} is stopped: it is only started, and must then be Started."
            : $"Stops {draft.PoolName}, waits {Wording.Duration(draft.PoolRestartWait)}, starts it; it must then be Started.",
        StepKind.ResetIis => $"Stops and starts the web services of this server; W3SVC, WAS and {draft.PoolName} must run again afterwards.",
        StepKind.RestartService => $"Services that depend on it are stopped first and started again after it. It is given up to {Wording.Duration(draft.ServiceTimeLimit)} to stop and is never killed.",
        StepKind.StartServiceIfStopped => "Started only where it does not run; it must then be Running.",
        StepKind.VerifyService => "Must be Running; nothing is changed.",
        StepKind.StartSync => draft.HasConfigMgr
            ? "Asks WSUS for a synchronization and Configuration Manager for one of its own (SyncNow); while the pool warms up, it asks again."
            : "Asks WSUS for a synchronization; while the pool warms up, it asks again.",
        StepKind.VerifySync => "Waits for that synchronization to end: it must be Succeeded, and updates must be there.",
        _ => "",
    };

    public static string Interrupts(PlaybookStep step, PlanDraft draft) => step.Kind switch
    {
        StepKind.RestartPool => $"clients, consoles and Configuration Manager get no answer from WSUS ({draft.PoolName}) for about {Wording.Duration(draft.PoolRestartWait + TimeSpan.FromSeconds(3))}",
        StepKind.ResetIis => draft.SiteNames.Count == 0
            ? "every web site on this server stops for about 20 s"
            : $"every web site on this server stops for about 20 s: {Wording.List(draft.SiteNames)}",
        StepKind.RestartService => $"{step.Target} and what depends on it stop meanwhile",
        _ => "",
    };

    public static string Describe(string setting, string invariantText) => PoolSettingCatalog.Find(setting)?.Describe(invariantText) ?? invariantText;
}
