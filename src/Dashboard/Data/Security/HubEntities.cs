namespace WsusDashboard.Dashboard.Data.Security;

/// <summary>Which keys belong to this database: a dashboard that has others would be a stranger to its agents, and could open nothing of it. One row; PostgreSQL alone.</summary>
public sealed class HubProofEntity
{
    public const int OnlyId = 1;

    public int Id { get; set; }

    /// <summary>What agents know the dashboards by.</summary>
    public required string HubId { get; set; }

    /// <summary>Fingerprint of the key that agents know.</summary>
    public required string HubPin { get; set; }

    /// <summary>Made with the key file; tells nothing about it.</summary>
    public required byte[] KeyProof { get; set; }

    /// <summary>Fingerprint of the key that is to come; null where it stays.</summary>
    public string? NextPin { get; set; }

    /// <summary>The newest key, for dashboards that have the one before it: sealed with that and with the key file.</summary>
    public byte[]? SealedKey { get; set; }

    /// <summary>Fingerprint of the sealed key.</summary>
    public string? SealedPin { get; set; }
}

/// <summary>A running dashboard that has the next key; PostgreSQL alone.</summary>
public sealed class HubKeyHolderEntity
{
    /// <summary>Id of its process.</summary>
    public required string DashboardId { get; set; }

    public required string Pin { get; set; }

    public DateTime At { get; set; }
}

/// <summary>A code of an authenticator app that was tried a moment ago: it counts once, at whichever dashboard.</summary>
public sealed class TriedCodeEntity
{
    /// <summary>Hash of the person and the code; 64 hexadecimal digits.</summary>
    public required string Id { get; set; }

    public DateTime At { get; set; }
}

/// <summary>Attempts to sign in from a network within ten seconds, at all dashboards. Used on PostgreSQL alone.</summary>
public sealed class SignInAttemptEntity
{
    public required string Network { get; set; }

    /// <summary>Number of the ten seconds since 1970, by the clock of the database.</summary>
    public long Slot { get; set; }

    public int Count { get; set; }
}

/// <summary>The keys of a dashboard for one that joins it, sealed with a token that is nowhere in the database. It's gone once it is used.</summary>
public sealed class JoinOfferEntity
{
    /// <summary>Hash of the token; 64 hexadecimal digits.</summary>
    public required string Id { get; set; }

    public required byte[] Sealed { get; set; }

    public DateTime ExpiresAt { get; set; }
}
