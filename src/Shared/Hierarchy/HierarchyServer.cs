namespace WsusDashboard.Shared.Hierarchy;

/// <summary>One watched server, with what places it in the tree of upstream servers.</summary>
public sealed record HierarchyServer
{
    public required int Id { get; init; }

    /// <summary>The name that a person gave it.</summary>
    public required string Name { get; init; }

    public string ComputerName { get; init; } = "";

    public string FullyQualifiedName { get; init; } = "";

    /// <summary>Where it takes its updates from: "Microsoft Update", a server's name, or empty where that is not known.</summary>
    public string Source { get; init; } = "";

    public bool IsReplica { get; init; }

    /// <summary>The SQL Server of its SUSDB; empty where it has one of its own, or where that is not known.</summary>
    public string DatabaseServer { get; init; } = "";

    /// <summary>True where its last synchronization did not succeed.</summary>
    public bool IsFailing { get; init; }

    /// <summary>False where its agent does not answer.</summary>
    public bool IsReachable { get; init; } = true;

    /// <summary>Id of the first cause of its failure; null where none is named.</summary>
    public string? CauseId { get; init; }

    public string? CauseTitle { get; init; }
}

/// <summary>One server in the tree.</summary>
/// <param name="Server">The server.</param>
/// <param name="Below">The servers that take their updates from it, by name.</param>
/// <param name="ExplainedBy">Id of the server above whose failure explains this one; null where it does not fail, or fails for a reason of its own.</param>
/// <param name="ExplainedBelow">How many servers below fail because of this one: they are shown once, here.</param>
public sealed record HierarchyNode(HierarchyServer Server, IReadOnlyList<HierarchyNode> Below, int? ExplainedBy, int ExplainedBelow)
{
    /// <summary>A failure to act on: it fails, and nothing above explains it.</summary>
    public bool IsOwnFailure => Server.IsFailing && ExplainedBy is null;

    /// <summary>This server and all below it.</summary>
    public IEnumerable<HierarchyNode> All => Below.SelectMany(node => node.All).Prepend(this);
}

/// <summary>Servers that share one SUSDB.</summary>
/// <param name="DatabaseServer">The SQL Server.</param>
/// <param name="ServerIds">At least two.</param>
public sealed record SharedDatabase(string DatabaseServer, IReadOnlyList<int> ServerIds);
