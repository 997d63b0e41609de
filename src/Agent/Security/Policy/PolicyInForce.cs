using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Security.Policy;

/// <summary>The local policy at one moment. Each Refuse method answers null where the act is allowed, else why it is not.</summary>
/// <param name="Policy">Mode and lists, as GetInfo shows them.</param>
/// <param name="Hours">When something may be changed; empty = at any time.</param>
/// <param name="LocalTime">The server's local time of the reading.</param>
public sealed record PolicyInForce(AgentPolicy Policy, IReadOnlyList<PolicyHours> Hours, DateTimeOffset LocalTime)
{
    /// <summary>How often hubs may have something done without an approval.</summary>
    public PolicyRate Rate { get; init; } = PolicyRate.Default;

    /// <summary>Anything that changes this server.</summary>
    public string? RefuseChanges() => Policy.Mode < PolicyMode.Restart
        ? $"This server's local policy is monitor-only: the agent only reads. It can be changed only on the server itself (source: {Policy.Source})."
        : RefuseHours();

    public string? RefuseService(string name) => RefuseChanges() ?? (IsListed(Policy.AllowedServices, name)
        ? null
        : $"This server's local policy doesn't allow control of service {name}; allowed: {Listed(Policy.AllowedServices)} (source: {Policy.Source}).");

    public string? RefusePool(string name) => RefuseChanges() ?? (IsListed(Policy.AllowedPools, name)
        ? null
        : $"This server's local policy doesn't allow control of application pool {name}; allowed: {Listed(Policy.AllowedPools)} (source: {Policy.Source}).");

    public string? RefuseSettings(string pool) => RefusePool(pool) ?? RefuseSettingsMode();

    public string? RefuseStartType(string service) => RefuseService(service) ?? RefuseSettingsMode();

    /// <summary>A whole repair. An empty list is what the file says where it names no playbook at all.</summary>
    public string? RefusePlaybook(string id) => RefuseChanges() ?? (Policy.AllowedPlaybooks.Count == 0 || IsListed(Policy.AllowedPlaybooks, id)
        ? null
        : $"This server's local policy doesn't allow the playbook {id}; allowed: {Listed(Policy.AllowedPlaybooks)} (source: {Policy.Source}).");

    /// <summary>One step of a repair.</summary>
    public string? RefuseStep(StepKind kind, string target, string poolName) => kind switch
    {
        StepKind.SaveSettings or StepKind.VerifyService or StepKind.VerifyWsus or StepKind.VerifySync or StepKind.TrySettings or StepKind.VerifyRollback => RefuseChanges(),
        StepKind.ApplySettings or StepKind.RestoreSettings => RefuseSettings(poolName),
        StepKind.RestartPool => RefusePool(poolName),

        // iisreset stops and starts the web service of the whole server: whoever protects W3SVC has protected it from this too.
        StepKind.ResetIis => RefuseService(ServiceNames.WorldWideWeb),
        StepKind.RestartService or StepKind.StartServiceIfStopped => RefuseService(target),
        StepKind.SetStartType => RefuseStartType(target),
        StepKind.StartSync => RefuseChanges(),
        _ => $"The step {kind} isn't one that an agent can do.",
    };

    /// <summary>True where a hub's command waits for a person on this server.</summary>
    /// <param name="subject">Id of a playbook, or a word of <see cref="ApprovalSubjects"/>.</param>
    public bool NeedsApproval(string subject) => IsListed(Policy.NeedsApprovalFor, subject);

    /// <summary>A dashboard that wants to keep new settings which are on trial.</summary>
    public string? RefuseKeeping() => RefuseChanges() ?? (Policy.KeepAnyway
        ? null
        : $"This server's local policy doesn't let a dashboard keep settings that are on trial (keepAnyway is false, source: {Policy.Source}). Run \"WsusDashboard.Agent keep\" on the server instead.");

    /// <summary>Anything at this hour.</summary>
    public string? RefuseHours() => Hours.Count == 0 || Hours.Any(hours => hours.Contains(LocalTime))
        ? null
        : $"This server's local policy allows changes only {string.Join("; ", Hours)} (server time; source: {Policy.Source}).";

    private string? RefuseSettingsMode() => Policy.Mode < PolicyMode.ApplySettings
        ? $"This server's local policy allows restarts, but no settings changes (mode restart, source: {Policy.Source})."
        : null;

    private static bool IsListed(ValueList<string> names, string name) => names.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string Listed(ValueList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
}
