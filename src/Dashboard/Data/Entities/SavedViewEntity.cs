namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>A look at the fleet that somebody kept: filters, order and face under a name.</summary>
public sealed class SavedViewEntity
{
    public int Id { get; set; }

    /// <summary>The account it belongs to; empty where it is shared by all.</summary>
    public required string PersonId { get; set; }

    /// <summary>1 to 60 characters.</summary>
    public required string Name { get; set; }

    /// <summary>The name in lower case: one a person, and one of those that are shared.</summary>
    public required string NameKey { get; set; }

    /// <summary>What stands behind the "?" of the fleet page's address, at most 1,000 characters.</summary>
    public required string Query { get; set; }

    /// <summary>Another number after each change: by this it is noticed that somebody else was first.</summary>
    public long Revision { get; set; }

    public DateTime ChangedAt { get; set; }

    /// <summary>Name of who changed it last, as it was then.</summary>
    public string ChangedBy { get; set; } = "";
}
