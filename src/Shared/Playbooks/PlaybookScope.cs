using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Playbooks;

/// <summary>Which playbook does all that another one would do.</summary>
public static class PlaybookScope
{
    /// <summary>True where a repair by one playbook carries out the advice to run the other. Unknown ids include only themselves.</summary>
    /// <param name="playbook">Id of the one that runs.</param>
    /// <param name="advised">Id of the one that is advised.</param>
    public static bool Includes(string playbook, string advised) =>
        string.Equals(playbook, advised, StringComparison.OrdinalIgnoreCase)
        || (PlaybookCatalog.Find(playbook) is { } running && PlaybookCatalog.Find(advised) is { } other
            && (!other.AppliesBaseline || running.AppliesBaseline)
            && other.Steps.All(wanted => running.Steps.Any(step => Does(step, wanted))));

    private static bool Does(PlaybookStep step, PlaybookStep wanted) =>
        step == wanted
        || (wanted.Kind is StepKind.StartServiceIfStopped or StepKind.VerifyService && step.Kind is StepKind.RestartService && step.Target == wanted.Target)

        // A synchronization that succeeds has been answered by WSUS.
        || (wanted.Kind is StepKind.VerifyWsus && step.Kind is StepKind.VerifySync)
        || (step.Kind is StepKind.ResetIis && (wanted.Kind is StepKind.RestartPool
            || (wanted.Kind is StepKind.StartServiceIfStopped && wanted.Target is ServiceNames.WorldWideWeb or ServiceNames.ProcessActivation)));
}
