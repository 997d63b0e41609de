using Microsoft.AspNetCore.Identity;

namespace WsusDashboard.Dashboard.Data.Security;

/// <summary>A person who may sign in.</summary>
public sealed class Person : IdentityUser
{
    /// <summary>As pages and the audit call the person; 1 to 100 characters.</summary>
    public string DisplayName { get; set; } = "";

    public bool IsDisabled { get; set; }

    /// <summary>True where another system (OIDC, Windows) says who the person is and gives the roles anew at each sign-in.</summary>
    public bool IsExternal { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime? LastSignInAt { get; set; }
}

/// <summary>A role of a person.</summary>
public sealed class GrantEntity
{
    public long Id { get; set; }
    public required string PersonId { get; set; }
    public Role Role { get; set; }

    /// <summary>Null = the whole fleet.</summary>
    public string? Site { get; set; }
}

/// <summary>A browser that is signed in. The row is the session: without it the cookie opens nothing.</summary>
public sealed class SessionEntity
{
    public required string Id { get; set; }
    public required string PersonId { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime LastSeenAt { get; set; }
    public string From { get; set; } = "";
    public string Browser { get; set; } = "";

    /// <summary>How the person proved who they are: password, passkey, link, oidc, windows.</summary>
    public string Method { get; set; } = "";
}

/// <summary>A personal API token. Only a hash of it is kept.</summary>
public sealed class ApiTokenEntity
{
    public required string Id { get; set; }
    public required string PersonId { get; set; }
    public required string Name { get; set; }

    /// <summary>SHA-256 of the secret part, which has 256 random bits.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>The token allows at most this, and at most what its person may.</summary>
    public Role Role { get; set; }

    /// <summary>JSON array of sites; null = all that the person may.</summary>
    public string? Sites { get; set; }

    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }
    public DateTime? LastUsedAt { get; set; }
}

/// <summary>What a one-time link is for.</summary>
public enum LinkPurpose
{
    /// <summary>Makes the first admin, while there is none.</summary>
    FirstAdmin = 0,

    /// <summary>Lets an invited person choose a password.</summary>
    Invitation = 1,

    /// <summary>Signs in at once, from this computer only: the demo.</summary>
    SignIn = 2,
}

/// <summary>A link that works once. Only a hash of its code is kept; the row goes when it is used.</summary>
public sealed class OneTimeLinkEntity
{
    public required string Id { get; set; }
    public required byte[] Hash { get; set; }
    public LinkPurpose Purpose { get; set; }
    public string? PersonId { get; set; }
    public DateTime ExpiresAt { get; set; }
}
