using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Hierarchy;

/// <summary>Who takes updates from whom, and which failure explains which. Pure: made from what is known of the fleet at one moment.</summary>
/// <param name="Roots">The servers that nobody watched stands above, by name.</param>
/// <param name="SharedDatabases">Servers that share one SUSDB.</param>
/// <param name="SharedNames">Servers that clients reach by one name.</param>
public sealed record HierarchyTree(IReadOnlyList<HierarchyNode> Roots, IReadOnlyList<SharedDatabase> SharedDatabases, IReadOnlyList<SharedName> SharedNames)
{
    /// <summary>Causes that a failure above explains; any other cause is the server's own.</summary>
    private static readonly HashSet<string?> Inherited = [null, FindingIds.UnknownCause, FindingIds.UpstreamFailing, FindingIds.UpstreamBehind, FindingIds.SourceUnreachable, FindingIds.FirstPhaseFailed];

    /// <summary>True for a cause that a failure above explains; any other one is the server's own.</summary>
    public static bool IsInherited(string? causeId) => Inherited.Contains(causeId);

    /// <summary>Every server once, each below the server above it.</summary>
    public IEnumerable<HierarchyNode> All => Roots.SelectMany(root => root.All);

    /// <summary>Builds the tree. Servers that name each other as their source, or themselves, become roots: no server is lost, none stands there twice.</summary>
    public static HierarchyTree Build(IReadOnlyList<HierarchyServer> servers)
    {
        var byName = servers.SelectMany(server => NamesOf(server).Select(name => (name, server)))
            .GroupBy(pair => pair.name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Select(pair => pair.server.Id).Distinct().Count() == 1)
            .ToDictionary(group => group.Key, group => group.First().server, StringComparer.OrdinalIgnoreCase);
        var above = servers.Select(server => (server.Id, Above: Find(byName, server.Source))).Where(pair => pair.Above is not null && pair.Above.Id != pair.Id).ToDictionary(pair => pair.Id, pair => pair.Above!);
        foreach (var server in servers.Where(server => IsInCircle(server.Id, above)).ToList())
        {
            above.Remove(server.Id);
        }

        var below = servers.Where(server => above.ContainsKey(server.Id)).ToLookup(server => above[server.Id].Id);
        var roots = servers.Where(server => !above.ContainsKey(server.Id)).OrderBy(server => server.Name, StringComparer.OrdinalIgnoreCase).Select(server => ToNode(server, below, null, null)).ToList();

        return new HierarchyTree(
            roots,
            FindShared(servers, RepairTies.DatabaseOf, (first, ids) => new SharedDatabase(first.DatabaseServer, ids)),
            FindShared(servers, server => server.PublicName, (first, ids) => new SharedName(first.PublicName, ids)));
    }

    /// <param name="server">The server.</param>
    /// <param name="below">Who stands below whom.</param>
    /// <param name="above">The server above.</param>
    /// <param name="explaining">The nearest server above that fails or does not answer.</param>
    private static HierarchyNode ToNode(HierarchyServer server, ILookup<int, HierarchyServer> below, int? above, int? explaining)
    {
        // An update point whose pool is down tells of no failed synchronization: its site's server does, and names it.
        var explainedBy = !server.IsFailing ? null
            : server.CauseId == FindingIds.UpdatePointFailing ? explaining ?? above
            : explaining is not null && Inherited.Contains(server.CauseId) ? explaining : null;

        // What fails because of the server above passes that one on, so that a chain is explained by its head.
        var next = explainedBy ?? (server.IsFailing || !server.IsReachable ? server.Id : null);
        var nodes = below[server.Id].OrderBy(child => child.Name, StringComparer.OrdinalIgnoreCase).Select(child => ToNode(child, below, server.Id, next)).ToList();

        return new HierarchyNode(server, nodes, explainedBy, nodes.SelectMany(node => node.All).Count(node => node.ExplainedBy == server.Id));
    }

    private static List<T> FindShared<T>(IReadOnlyList<HierarchyServer> servers, Func<HierarchyServer, string> read, Func<HierarchyServer, IReadOnlyList<int>, T> make) =>
    [
        .. servers.GroupBy(read, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Key.Length > 0 && group.Count() > 1)
            .OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase)
            .Select(group => make(group.First(), [.. group.Select(server => server.Id).Order()])),
    ];

    /// <summary>The full name first: two servers of different domains may have the same short one.</summary>
    private static HierarchyServer? Find(Dictionary<string, HierarchyServer> byName, string source) =>
        source.Length == 0 ? null : byName.GetValueOrDefault(source) ?? byName.GetValueOrDefault(source.Split('.')[0]);

    private static IEnumerable<string> NamesOf(HierarchyServer server) =>
        new[] { server.FullyQualifiedName, server.ComputerName, server.FullyQualifiedName.Split('.')[0] }.Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase);

    private static bool IsInCircle(int id, Dictionary<int, HierarchyServer> above)
    {
        HashSet<int> seen = [];
        for (var current = id; above.TryGetValue(current, out var next); current = next.Id)
        {
            if (next.Id == id)
            {
                return true;
            }

            if (!seen.Add(next.Id))
            {
                return false;
            }
        }

        return false;
    }
}
