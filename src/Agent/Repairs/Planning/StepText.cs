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
        StepKind.StartServiceIfStopped => $"Start {step.Target} if it's stopped",
        StepKind.VerifyService => $"Verify that {step.Target} is running",
        StepKind.StartSync => "Start a sync",
        StepKind.VerifySync => "Verify the sync",
        StepKind.RestoreSettings => $"Restore the settings of {poolName}",
        StepKind.SetStartType => $"Set the startup type of {step.Target}",
        StepKind.VerifyWsus => "Wait until WSUS answers",
        StepKind.TrySettings => "Check that clients get answers as good as before",
        _ => step.Kind.ToString(),
    };

    public static string Detail(PlaybookStep step, PlanDraft draft) => step.Kind switch
    {
        StepKind.SaveSettings => $"Saves to this server's journal, for Undo: all settings of {draft.PoolName}, the states of the pool and services, and the answers clients get.",
        StepKind.ApplySettings when draft.Changes.Count == 0 => $"{draft.PoolName} already has every value in the baseline.",
        StepKind.ApplySettings =>
            $"Sets {Wording.Count(draft.Changes.Count, "setting", "settings")} in one commit and reads them back: "
            + string.Join(", ", draft.Changes.Select(change => $"{change.Setting} {SettingText.Describe(change.Setting, change.Before)} → {SettingText.Describe(change.Setting, change.After)}")) + ".",
        StepKind.RestartPool => draft.PoolState == PoolState.Stopped
            ? $"{draft.PoolName} is stopped, so this step only starts it; it must then be Started."
            : $"Stops {draft.PoolName}, waits {Wording.Duration(draft.PoolRestartWait)} and starts it; it must then be Started.",
        StepKind.ResetIis => $"Stops and starts this server's web services; W3SVC, WAS and {draft.PoolName} must be running again afterwards.",
        StepKind.RestartService => $"Stops the services that depend on it first, and starts them again after it. It gets up to {Wording.Duration(draft.ServiceTimeLimit)} to stop and is never killed.",
        StepKind.StartServiceIfStopped => "Starts it only if it isn't running; it must then be Running.",
        StepKind.VerifyService => "It must be Running; this step changes nothing.",
        StepKind.StartSync when !draft.HasWsus => "Asks Configuration Manager for a sync (SyncNow). WSUS is on another server.",
        StepKind.StartSync => draft.HasConfigMgr
            ? "Asks WSUS for a sync and Configuration Manager for one of its own (SyncNow); keeps asking while the pool warms up."
            : "Asks WSUS for a sync; keeps asking while the pool warms up.",
        StepKind.SetStartType => $"Changes it from {ServiceStartType.Disabled} to {ServiceNames.UsualStartType(step.Target)}; starts and stops nothing. Undo changes it back.",
        StepKind.VerifyWsus => $"Asks WSUS on its port until it answers, for up to {Wording.Duration(StepTimes.WarmUpLimit)}; this step changes nothing.",
        StepKind.TrySettings when draft.Changes.Count == 0 => "No setting is changed, so there is nothing to compare.",
        StepKind.TrySettings =>
            $"Asks WSUS as its clients do, for at most {Wording.Duration(draft.TrialTimeLimit)}. If clients then get worse answers than before, the agent restores the saved settings, restarts {draft.PoolName} and does nothing else.",
        StepKind.VerifySync => "Waits for that sync to end. It must succeed, and there must be updates.",
        _ => "",
    };

    public static string Interrupts(PlaybookStep step, PlanDraft draft) => step.Kind switch
    {
        StepKind.RestartPool => $"clients, consoles and Configuration Manager get no answer from WSUS ({draft.PoolName}) for about {Wording.Duration(draft.PoolRestartWait + TimeSpan.FromSeconds(3))}",
        StepKind.ResetIis => draft.SiteNames.Count == 0
            ? "every website on this server stops for about 20 s"
            : $"every website on this server stops for about 20 s: {Wording.List(draft.SiteNames)}",
        StepKind.RestartService => $"{step.Target} and the services that depend on it are stopped during this step",
        _ => "",
    };
}
