namespace WsusDashboard.Dashboard.Data.Security;

/// <summary>What a person is, for the whole fleet or for named sites. Each holds what those before it hold.</summary>
public enum Role
{
    /// <summary>Looks; changes nothing.</summary>
    Viewer = 1,

    /// <summary>Repairs servers, controls services and pools, starts synchronizations.</summary>
    Operator = 2,

    /// <summary>Adds and removes servers, reads the audit; for the whole fleet also manages people and the dashboard itself.</summary>
    Admin = 3,
}

/// <summary>What a page, an endpoint or a service asks for.</summary>
public enum Permission
{
    /// <summary>Look at servers and their history. Role: Viewer.</summary>
    View = 0,

    /// <summary>Change something on a server: repair, undo, services, pools, synchronizations. Role: Operator.</summary>
    Operate = 1,

    /// <summary>Add, edit and remove servers. Role: Admin.</summary>
    ManageServers = 2,

    /// <summary>Read the audit of one's sites. Role: Admin.</summary>
    ReadAudit = 3,

    /// <summary>Invite people, give roles, disable. Role: Admin for the whole fleet.</summary>
    ManagePeople = 4,

    /// <summary>The dashboard's own jobs and settings. Role: Admin for the whole fleet.</summary>
    ManageDashboard = 5,

    /// <summary>One's own account. Everyone who is signed in in a browser; no API token.</summary>
    OwnAccount = 6,

    /// <summary>Read the metrics. Role: Viewer; also the token that can do nothing else.</summary>
    ReadMetrics = 7,
}

/// <summary>A role and where it holds.</summary>
public sealed record Grant(Role Role, SiteScope Scope);

/// <summary>The one place that says which role a permission needs.</summary>
public static class Permissions
{
    /// <summary>The least role; null where being signed in is enough.</summary>
    public static Role? LeastRole(Permission permission) => permission switch
    {
        Permission.View or Permission.ReadMetrics => Role.Viewer,
        Permission.Operate => Role.Operator,
        Permission.ManageServers or Permission.ReadAudit or Permission.ManagePeople or Permission.ManageDashboard => Role.Admin,
        Permission.OwnAccount => null,
        _ => throw new ArgumentOutOfRangeException(nameof(permission), permission, null),
    };

    /// <summary>True where a role for some sites is not enough.</summary>
    public static bool NeedsWholeFleet(Permission permission) => permission is Permission.ManagePeople or Permission.ManageDashboard;
}
