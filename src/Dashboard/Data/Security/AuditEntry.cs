namespace WsusDashboard.Dashboard.Data.Security;

/// <summary>One entry of the audit; never changed after it was written. Its hash covers all its fields and the hash of the entry before.</summary>
public sealed class AuditEntry
{
    /// <summary>From 1, without gaps.</summary>
    public long Sequence { get; set; }

    public DateTime At { get; set; }

    /// <summary>The name of who asked.</summary>
    public string Who { get; set; } = "";

    /// <summary>Empty where the dashboard itself, or nobody, asked.</summary>
    public string PersonId { get; set; } = "";

    /// <summary>The address that it was asked from.</summary>
    public string From { get; set; } = "";

    public string What { get; set; } = "";

    /// <summary>Not a foreign key: the entry outlives the server.</summary>
    public int? ServerId { get; set; }

    public string ServerName { get; set; } = "";
    public string Site { get; set; } = "";
    public string Detail { get; set; } = "";
    public string Before { get; set; } = "";
    public string After { get; set; } = "";
    public string Outcome { get; set; } = "";
    public string Ticket { get; set; } = "";

    /// <summary>HMAC-SHA256 of the entry before; empty bytes for the first.</summary>
    public byte[] PreviousHash { get; set; } = [];

    public byte[] Hash { get; set; } = [];
}

/// <summary>Where the chain begins after old entries were removed: the last entry that went.</summary>
public sealed class AuditAnchor
{
    public long Sequence { get; set; }
    public DateTime At { get; set; }

    /// <summary>The hash of the entry that went: the first that stayed names it as the one before.</summary>
    public byte[] Hash { get; set; } = [];

    /// <summary>HMAC-SHA256 over the anchor, so that a database alone cannot make one.</summary>
    public byte[] Proof { get; set; } = [];
}
