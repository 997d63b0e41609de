namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>A token with which agents register themselves. Its secret is shown once; only a hash of it is kept.</summary>
public sealed class EnrolmentTokenEntity
{
    /// <summary>The part of the token that is no secret, 16 hexadecimal digits.</summary>
    public required string Id { get; set; }

    /// <summary>SHA-256 of the secret, 64 hexadecimal digits.</summary>
    public required string SecretHash { get; set; }

    /// <summary>What it is for, as a person named it.</summary>
    public string Label { get; set; } = "";

    /// <summary>The site of the servers that come with it; empty = none is set.</summary>
    public string Site { get; set; } = "";

    /// <summary>True: a server is watched at once. False: it waits until an administrator admits it.</summary>
    public bool Admits { get; set; }

    public int MaximumUses { get; set; }

    public int Uses { get; set; }

    public DateTime CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    public DateTime ExpiresAt { get; set; }

    public DateTime? RevokedAt { get; set; }
}

/// <summary>A server whose agent has registered itself and waits to be admitted.</summary>
public sealed class AdmissionEntity
{
    public int Id { get; set; }

    /// <summary>The token that it came with.</summary>
    public required string TokenId { get; set; }

    /// <summary>Fingerprint of its key, 64 hexadecimal digits; one request a key.</summary>
    public required string AgentPin { get; set; }

    public required string AgentId { get; set; }

    public required string ComputerName { get; set; }

    public required string AgentVersion { get; set; }

    /// <summary>Where the agent was found to answer with this key.</summary>
    public required string Address { get; set; }

    public string Site { get; set; } = "";

    /// <summary>The address that the request came from.</summary>
    public required string AskedFrom { get; set; }

    public DateTime AskedAt { get; set; }
}

/// <summary>An agent that broke the contract: nothing is taken from it until its time is over, a person lets it go, or it is paired again.</summary>
public sealed class AgentQuarantineEntity
{
    public int ServerId { get; set; }

    /// <summary>For a person: what it did.</summary>
    public required string Reason { get; set; }

    public DateTime Since { get; set; }

    /// <summary>It is tried again then.</summary>
    public DateTime Until { get; set; }
}
