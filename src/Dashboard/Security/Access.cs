using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Security;

/// <summary>How a caller came in.</summary>
public enum CallerKind
{
    /// <summary>Not signed in: may do nothing.</summary>
    Nobody = 0,

    /// <summary>The dashboard itself: its start, its jobs.</summary>
    Dashboard = 1,

    /// <summary>A person with a session in a browser.</summary>
    Session = 2,

    /// <summary>A person's script with an API token.</summary>
    Token = 3,
}

/// <summary>Who a caller says to be, as proven at the entry; what that allows is looked up at every use.</summary>
/// <param name="Kind">How the caller came in.</param>
/// <param name="PersonId">Empty for the dashboard and for nobody.</param>
/// <param name="CredentialId">Id of the session or the token.</param>
/// <param name="From">The address that it is asked from; empty where there is none.</param>
public sealed record CallerIdentity(CallerKind Kind, string PersonId, string CredentialId, string From)
{
    public static CallerIdentity Nobody { get; } = new(CallerKind.Nobody, "", "", "");

    public static CallerIdentity Dashboard { get; } = new(CallerKind.Dashboard, "", "", "");
}

/// <summary>What a caller may do now. Immutable: a changed role makes a new one.</summary>
/// <param name="Kind">How the caller came in; Nobody where the account is disabled, the session ended or the token expired.</param>
/// <param name="Name">For the audit and for people; empty for nobody.</param>
/// <param name="Grants">Empty where nothing is allowed.</param>
public sealed record Access(CallerKind Kind, string Name, IReadOnlyList<Grant> Grants)
{
    public static Access None { get; } = new(CallerKind.Nobody, "", []);

    public static Access Dashboard { get; } = new(CallerKind.Dashboard, "dashboard", [new(Role.Admin, SiteScope.WholeFleet)]);

    /// <summary>The token of the options that reads metrics, and can do nothing else.</summary>
    public static Access Metrics { get; } = new(CallerKind.Token, "metrics token", []) { ReadsMetrics = true };

    /// <summary>True for whoever may read the metrics of the whole fleet without any role.</summary>
    private bool ReadsMetrics { get; init; }

    /// <summary>False for the token that reads metrics, too: it is shown nothing of what is for people.</summary>
    public bool IsSignedIn => Kind != CallerKind.Nobody && !ReadsMetrics;

    /// <summary>True where the other allows the same.</summary>
    public bool IsSameAs(Access other) => Kind == other.Kind && Name == other.Name && Grants.SequenceEqual(other.Grants);

    public SiteScope ScopeOf(Permission permission)
    {
        if (ReadsMetrics)
        {
            return permission == Permission.ReadMetrics ? SiteScope.WholeFleet : SiteScope.Nothing;
        }

        if (Permissions.LeastRole(permission) is not { } least)
        {
            return Kind == CallerKind.Session ? SiteScope.WholeFleet : SiteScope.Nothing;
        }

        var scope = Grants.Where(grant => grant.Role >= least).Aggregate(SiteScope.Nothing, (sum, grant) => sum.Or(grant.Scope));
        return Permissions.NeedsWholeFleet(permission) && !scope.IsWholeFleet ? SiteScope.Nothing : scope;
    }
}
