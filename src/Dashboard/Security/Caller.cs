using WsusDashboard.Dashboard.Features;

namespace WsusDashboard.Dashboard.Security;

/// <summary>
/// Who asks in this scope: a request, a call of the hub, a circuit. The entries set it once; every service takes it and asks it before it reads or
/// changes anything. What it allows is looked up at each question, so that a changed role counts at once in circuits that are open.
/// </summary>
public sealed class Caller
{
    private readonly Func<CallerIdentity, Access> _find;

    internal Caller(Func<CallerIdentity, Access> find) => _find = find;

    /// <summary>The dashboard itself, which may do everything: for its start, its jobs, and tests.</summary>
    public static Caller OfDashboard { get; } = new(_ => Access.Dashboard) { Identity = CallerIdentity.Dashboard };

    public CallerIdentity Identity { get; private set; } = CallerIdentity.Nobody;

    /// <summary>What is allowed now.</summary>
    public Access Access => _find(Identity);

    /// <summary>The name that agents and the audit are told.</summary>
    public string Name => Access.Name;

    /// <summary>Called by the entry of a scope, before anything else runs in it.</summary>
    internal void Become(CallerIdentity identity) => Identity = identity;

    public SiteScope ScopeOf(Permission permission) => Access.ScopeOf(permission);

    /// <summary>True where it is allowed somewhere: whether to offer it at all.</summary>
    public bool May(Permission permission) => !ScopeOf(permission).IsNothing;

    public bool May(Permission permission, string site) => ScopeOf(permission).Permits(site);

    /// <summary>Null where it is allowed on a server of this site; else what to answer. A server that may not be seen does not exist.</summary>
    public Failure? Refusal(Permission permission, string site, string missing) =>
        !May(Permission.View, site) ? new NotFound(missing)
        : May(permission, site) ? null
        : Forbid(permission, site);

    /// <summary>Null where it is allowed somewhere.</summary>
    public Failure? Refusal(Permission permission) => May(permission) ? null : Forbid(permission, null);

    private Forbidden Forbid(Permission permission, string? site) =>
        new(!Access.IsSignedIn
            ? "Nobody is signed in here any more: sign in again. Nothing was changed."
            : $"{Name} may not do this{(string.IsNullOrEmpty(site) ? "" : $" in {site}")}: it needs the role {Permissions.LeastRole(permission)}{(Permissions.NeedsWholeFleet(permission) ? " for the whole fleet" : "")}. Nothing was changed. An admin gives roles on the page People.");
}
