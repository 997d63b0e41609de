namespace WsusDashboard.Dashboard.Data.Entities;

/// <summary>What people say about a server besides who it is: who owns it and what others should know. Its tags are rows of their own. There is a row once somebody has said something.</summary>
public sealed class ServerDescriptionEntity
{
    public int ServerId { get; set; }

    /// <summary>Another number after each change, also of the tags: by this it is noticed that somebody else was first.</summary>
    public long Revision { get; set; }

    /// <summary>The account that owns it; null where nobody does, or somebody without an account.</summary>
    public string? OwnerId { get; set; }

    /// <summary>The account's name as it was then, or what was typed, at most 100 characters; empty where nobody owns it.</summary>
    public string OwnerName { get; set; } = "";

    /// <summary>Plain text, at most 2,000 characters; may be empty.</summary>
    public string Notes { get; set; } = "";

    public DateTime ChangedAt { get; set; }

    /// <summary>Name of who changed it last, as it was then.</summary>
    public string ChangedBy { get; set; } = "";
}

/// <summary>A tag that servers can have. It stays until somebody deletes it, also where no server has it.</summary>
public sealed class TagEntity
{
    /// <summary>The name in lower case: two tags never differ in case alone.</summary>
    public required string Key { get; set; }

    /// <summary>As it was first written, 1 to 40 characters.</summary>
    public required string Name { get; set; }
}

/// <summary>A server has a tag.</summary>
public sealed class ServerTagEntity
{
    public int ServerId { get; set; }

    public required string TagKey { get; set; }
}

/// <summary>A tag that somebody deleted: what still names it can say so. It goes where the tag is made anew, and where newer ones need its place.</summary>
public sealed class DeletedTagEntity
{
    public required string Key { get; set; }

    public required string Name { get; set; }

    public DateTime At { get; set; }

    /// <summary>Name of who deleted it, as it was then.</summary>
    public required string By { get; set; }
}
