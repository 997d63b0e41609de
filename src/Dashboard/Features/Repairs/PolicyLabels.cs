using System.Globalization;
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

    /// <summary>Why the next command of a kind waits for an approval although the policy lets it begin without one; null where it doesn't.</summary>
    /// <param name="policy">As the agent told it.</param>
    /// <param name="kind">Of the command.</param>
    /// <param name="time">Writes a time as whoever reads it expects it.</param>
    public static string? Exceeds(AgentPolicy policy, PacedCommand kind, Func<DateTimeOffset, string> time)
    {
        if (policy.Allowances.FirstOrDefault(allowance => allowance.Kind == kind) is not { IsUsedUp: true } allowance)
        {
            return null;
        }

        var (what, plural) = Name(kind);
        var span = allowance.WindowHours == 1 ? "an hour" : string.Create(CultureInfo.InvariantCulture, $"{allowance.WindowHours} hours");
        return allowance.Limit == 0
            ? $"This server's policy lets dashboards start no {plural} without an approval, so this one waits for someone on the server to approve it."
            : string.Create(CultureInfo.InvariantCulture, $"This is the {Ordinal(allowance.Used + 1)} {what} in {span}, and this server's policy allows {allowance.Limit}. It waits for someone on the server to approve it.")
                + (allowance.NextFreeAt is { } at ? $" From {time(at)}, one starts without an approval again." : "");
    }

    /// <summary>What is left of a kind, for a list.</summary>
    public static string Left(CommandAllowance allowance) =>
        string.Create(CultureInfo.InvariantCulture, $"{allowance.Used} of {allowance.Limit} {Name(allowance.Kind).Plural} used in {(allowance.WindowHours == 1 ? "the last hour" : $"the last {allowance.WindowHours} hours")}");

    private static (string One, string Plural) Name(PacedCommand kind) => kind switch
    {
        PacedCommand.Repair => ("repair", "repairs"),
        PacedCommand.Pool => ("pool command", "pool commands"),
        PacedCommand.Service => ("service command", "service commands"),
        PacedCommand.Sync => ("sync command", "sync commands"),
        PacedCommand.IisRestart => ("web service restart", "web service restarts"),
        _ => ("command", "commands"),
    };

    private static string Ordinal(int number) => string.Create(CultureInfo.InvariantCulture, $"{number}{(number % 100 is >= 11 and <= 13 ? "th" : (number % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" })}");

    /// <summary>What a person should know before asking; null where there is nothing.</summary>
    public static string? Explain(AgentPolicy policy, string playbook) =>
        Forbids(policy, playbook) is { } forbidden ? $"{forbidden} You can change it only on the server."
        : policy.Closed.Length > 0 ? policy.Closed
        : policy.NeedsApprovalFor.Contains(playbook, StringComparer.OrdinalIgnoreCase) ? $"This server's policy requires someone to approve this on the server first ({policy.Source}). It waits there for an hour."
        : null;
}
