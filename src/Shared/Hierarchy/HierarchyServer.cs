using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Hierarchy;

/// <summary>One watched server, with what places it in the tree of upstream servers.</summary>
public sealed record HierarchyServer
{
    public required int Id { get; init; }

    /// <summary>The name that a person gave it.</summary>
    public required string Name { get; init; }

    public string ComputerName { get; init; } = "";

    public string FullyQualifiedName { get; init; } = "";

    /// <summary>Where it takes its updates from: "Microsoft Update", a server's name (of a site server without WSUS, its update point's), or empty where that is not known.</summary>
    public string Source { get; init; } = "";

    public bool IsReplica { get; init; }

    /// <summary>The SQL Server of its SUSDB; empty where it has one of its own, or where that is not known.</summary>
    public string DatabaseServer { get; init; } = "";

    /// <summary>The host name that its WSUS is set up to be reached by; empty where that is its own.</summary>
    public string PublicName { get; init; } = "";

    /// <summary>The host in the address that a person gave its agent.</summary>
    public string AddressHost { get; init; } = "";

    /// <summary>True where WSUS is installed.</summary>
    public bool IsUpdatePoint { get; init; }

    /// <summary>Names of other servers that it knows: the one that it takes its updates from, those below it, the update points of its site.</summary>
    public ValueList<string> KnownServers { get; init; } = [];

    /// <summary>The update points of its site, where it is a site server without a WSUS of its own.</summary>
    public ValueList<string> UpdatePoints { get; init; } = [];

    /// <summary>Its health, as everywhere else: the tree shows this, not the last result.</summary>
    public Health Health { get; init; } = Health.Healthy;

    /// <summary>True where updates do not get through it: it is critical, or its synchronizations fail. Never while it is being repaired.</summary>
    public bool IsFailing { get; init; }

    public bool IsBeingRepaired { get; init; }

    public bool IsReadingHistory { get; init; }

    /// <summary>False where its agent does not answer.</summary>
    public bool IsReachable => Health != Health.Unreachable;

    /// <summary>Id of the leading finding; null where all is well.</summary>
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

/// <summary>Servers that clients reach by one name.</summary>
/// <param name="Name">The name.</param>
/// <param name="ServerIds">At least two.</param>
public sealed record SharedName(string Name, IReadOnlyList<int> ServerIds);
