using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Features.Repairs;

/// <summary>What a server's own policy forbids or lets wait, in words. It is shown here, and enforced by the agent alone.</summary>
internal static class PolicyLabels
{
    public static string Mode(PolicyMode mode) => mode switch
    {
        PolicyMode.MonitorOnly => "monitor-only: the agent only reads",
        PolicyMode.Restart => "restart: services, pools and synchronizations, but no change of settings",
        _ => "apply-settings: everything that this dashboard offers",
    };

    /// <summary>Why a playbook cannot be started there at all; null where it can.</summary>
    public static string? Forbids(AgentPolicy policy, string playbook) => policy switch
    {
        { Problem.Length: > 0 } => $"The policy file of this server cannot be used, so it allows nothing: {policy.Problem}",
        { Mode: PolicyMode.MonitorOnly } => $"The policy of this server is monitor-only ({policy.Source}).",
        { AllowedPlaybooks.Count: > 0 } when !policy.AllowedPlaybooks.Contains(playbook, StringComparer.OrdinalIgnoreCase) =>
            $"The policy of this server allows only {string.Join(", ", policy.AllowedPlaybooks)} ({policy.Source}).",
        { Mode: PolicyMode.Restart } when PlaybookCatalog.Find(playbook)?.AppliesBaseline == true => $"The policy of this server allows restarts, but no change of settings ({policy.Source}).",
        _ => null,
    };

    /// <summary>What a person should know before asking; null where there is nothing.</summary>
    public static string? Explain(AgentPolicy policy, string playbook) =>
        Forbids(policy, playbook) is { } forbidden ? $"{forbidden} It is changed on the server itself."
        : policy.Closed.Length > 0 ? policy.Closed
        : policy.NeedsApprovalFor.Contains(playbook, StringComparer.OrdinalIgnoreCase) ? $"A person on the server approves this first: its policy says so ({policy.Source}). It waits there for an hour."
        : null;
}
