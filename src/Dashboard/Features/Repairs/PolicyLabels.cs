using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>What a server's own policy forbids or lets wait, in words. It is shown here, and enforced by the agent alone.</summary>
internal static class PolicyLabels
{
    public static string Mode(PolicyMode mode) => mode switch
    {
        PolicyMode.MonitorOnly => "monitor-only: the agent only reads",
        PolicyMode.Restart => "restart: services, pools and syncs, but no settings",
        _ => "apply-settings: everything this dashboard offers",
    };

    /// <summary>Why a playbook cannot be started there at all; null where it can.</summary>
    public static string? Forbids(AgentPolicy policy, string playbook) => policy switch
    {
        { Problem.Length: > 0 } => $"This server's policy file can't be used, so nothing is allowed: {policy.Problem}",
        { Mode: PolicyMode.MonitorOnly } => $"This server's policy is monitor-only ({policy.Source}).",
        { AllowedPlaybooks.Count: > 0 } when !policy.AllowedPlaybooks.Contains(playbook, StringComparer.OrdinalIgnoreCase) =>
            $"This server's policy allows only {string.Join(", ", policy.AllowedPlaybooks)} ({policy.Source}).",
        { Mode: PolicyMode.Restart } when PlaybookCatalog.Find(playbook)?.ChangesSettings == true => $"This server's policy allows restarts, but no changes to settings ({policy.Source}).",
        _ => null,
    };

    /// <summary>What a person should know before asking; null where there is nothing.</summary>
    public static string? Explain(AgentPolicy policy, string playbook) =>
        Forbids(policy, playbook) is { } forbidden ? $"{forbidden} You can change it only on the server."
        : policy.Closed.Length > 0 ? policy.Closed
        : policy.NeedsApprovalFor.Contains(playbook, StringComparer.OrdinalIgnoreCase) ? $"This server's policy requires someone to approve this on the server first ({policy.Source}). It waits there for an hour."
        : null;
}
