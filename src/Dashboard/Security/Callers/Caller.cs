using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;

namespace WsusDashboard.Dashboard.Security.Callers;

/// <summary>
/// Who asks in this scope: a request, a call of the hub, a circuit. The entries set it once; every service takes it and asks it before it reads or
/// changes anything. What it allows is looked up at each question, so that a changed role counts at once in circuits that are open.
/// </summary>
public sealed class Caller
{
    private readonly Func<CallerIdentity, Access> _find;
    private readonly RefusalRecords? _refusals;

    /// <param name="find">What an identity may do now.</param>
    /// <param name="refusals">Gets what was refused; null = nobody asks for it.</param>
    internal Caller(Func<CallerIdentity, Access> find, RefusalRecords? refusals = null) => (_find, _refusals) = (find, refusals);

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
        !May(Permission.View, site) ? Hide(permission, missing)
        : May(permission, site) ? null
        : Forbid(permission, site);

    /// <summary>Null where it is allowed somewhere.</summary>
    public Failure? Refusal(Permission permission) => May(permission) ? null : Forbid(permission, null);

    /// <summary>A page that is not for this role was opened inside of a circuit.</summary>
    internal void RefusedPage(string address) => Write($"page {address}", "");

    /// <summary>For an admin to read, not for whoever asked: to them it does not exist.</summary>
    private NotFound Hide(Permission permission, string missing)
    {
        Write($"{permission} on a server of another site, answered with \"{missing}\"", "");
        return new(missing);
    }

    private void Write(string detail, string site)
    {
        if (Access is { IsSignedIn: true } access)
        {
            _refusals?.Take(Identity, access.Name, detail, site);
        }
    }

    private Forbidden Forbid(Permission permission, string? site)
    {
        Write($"{permission}{(string.IsNullOrEmpty(site) ? "" : $" in {site}")}", site ?? "");
        return ForbidSilently(permission, site);
    }

    private Forbidden ForbidSilently(Permission permission, string? site) =>
        new(!Access.IsSignedIn
            ? "You're no longer signed in. Nothing was changed. Sign in again."
            : $"{Name} isn't allowed to do this{(string.IsNullOrEmpty(site) ? "" : $" in {site}")}: it needs the role {Permissions.LeastRole(permission)}{(Permissions.NeedsWholeFleet(permission) ? " for the whole fleet" : "")}. Nothing was changed. An admin gives roles on the People page.");
}
