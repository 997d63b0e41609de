using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs.Planning;

/// <summary>Why a plan may not be started.</summary>
internal static class PlanRefusal
{
    /// <summary>The first reason, or null.</summary>
    public static string? Of(IReadOnlyList<PlanStep> steps, Snapshot snapshot, PolicyInForce policy, string? occupiedBy)
    {
        var wanted = steps.Where(step => !step.WillBeSkipped).ToArray();
        return OfPolicy(steps, snapshot, policy)
            ?? OfIis(wanted, snapshot)
            ?? OfServices(wanted, snapshot)
            ?? OfSync(wanted, snapshot)
            ?? (occupiedBy is null ? null : $"{snapshot.Agent.ComputerName}: {occupiedBy}. Wait until it finishes.");
    }

    private static string? OfPolicy(IReadOnlyList<PlanStep> steps, Snapshot snapshot, PolicyInForce policy)
    {
        var poolName = snapshot.Iis.Value?.WsusPool?.Name ?? LocalPolicy.DefaultPoolName;
        return steps.Where(step => !step.WillBeSkipped)
            .Select(step => policy.RefuseStep(step.Kind, step.Target, poolName) is { } refusal ? $"{snapshot.Agent.ComputerName}: {refusal}" : null)
            .FirstOrDefault(refusal => refusal is not null);
    }

    private static string? OfIis(IReadOnlyList<PlanStep> wanted, Snapshot snapshot)
    {
        if (!wanted.Any(step => step.Kind is StepKind.SaveSettings or StepKind.ApplySettings or StepKind.RestartPool or StepKind.ResetIis))
        {
            return null;
        }

        var server = snapshot.Agent.ComputerName;
        return snapshot.Iis switch
        {
            { Status: SectionStatus.NotInstalled } => $"{server}: IIS isn't installed on this server, so there is no pool to repair.",
            { Status: not SectionStatus.Ok } iis =>
                $"{server}: the IIS configuration can't be read ({iis.Error ?? "not read yet"}), so the agent won't touch it. Fix the file first; you can still repair services and start syncs.",
            { Value.WsusPool: null, Value.WsusPoolName: { Length: > 0 } name } =>
                $"{server}: WSUS's applications use the pool {name}, which doesn't exist. Create it again (wsusutil postinstall), then repair.",
            { Value: { WsusPool: null, WsusPoolNote: { Length: > 0 } note } } => $"{server}: {note}",
            { Value.WsusPool: null } => $"{server}: IIS has no pool that serves WSUS. Check that WSUS is installed on this server.",
            _ => null,
        };
    }

    private static string? OfServices(IReadOnlyList<PlanStep> wanted, Snapshot snapshot) =>
        wanted.Any(step => step.Kind is StepKind.RestartService or StepKind.StartServiceIfStopped or StepKind.VerifyService or StepKind.ResetIis or StepKind.SetStartType)
            && snapshot.Services.Status is not SectionStatus.Ok
            ? $"{snapshot.Agent.ComputerName}: this server's services can't be read ({snapshot.Services.Error ?? "not read yet"}). Nothing was changed."
            : null;

    private static string? OfSync(IReadOnlyList<PlanStep> wanted, Snapshot snapshot) =>
        wanted.Any(step => step.Kind == StepKind.StartSync)
            && snapshot.Wsus.Status == SectionStatus.NotInstalled
            && snapshot.ConfigMgr.Status == SectionStatus.NotInstalled
            ? $"{snapshot.Agent.ComputerName}: neither WSUS nor a Configuration Manager site is installed on this server, so there is nothing to sync."
            : null;
}
