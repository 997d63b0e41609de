using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Hierarchy;

/// <summary>A server that others know and nobody watches.</summary>
/// <param name="Name">Its name, in full where anybody gives it in full.</param>
/// <param name="KnownBy">Ids of the servers that know it.</param>
public sealed record UnwatchedServer(string Name, ValueList<int> KnownBy);

/// <summary>Update points that a site or another WSUS knows and that have no agent here. Pure.</summary>
/// <param name="Servers">By name.</param>
/// <param name="Known">They, and those that are watched.</param>
public sealed record UnwatchedServers(ValueList<UnwatchedServer> Servers, int Known)
{
    public static UnwatchedServers None { get; } = new([], 0);

    /// <param name="asking">The servers whose knowledge counts: those that a person may see.</param>
    /// <param name="watched">All that are watched, so that a server of another site is not taken for one without an agent.</param>
    public static UnwatchedServers Of(IReadOnlyList<HierarchyServer> asking, IEnumerable<HierarchyServer> watched)
    {
        var known = asking.SelectMany(server => server.KnownServers.Select(name => (Name: name.Trim(), server.Id))).Where(pair => pair.Name.Length > 0).ToList();
        if (known.Count == 0)
        {
            return new([], asking.Count(server => server.IsUpdatePoint));
        }

        var all = watched.ToList();
        var names = all.SelectMany(NamesOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var shortNames = names.Select(ShortName).ToHashSet(StringComparer.OrdinalIgnoreCase);

        // Of a server whose full name is not known the short one has to do; of any other, the same short name in another domain is another server.
        var shortOnly = all.Where(server => server.FullyQualifiedName.Length == 0).SelectMany(NamesOf).Where(IsShort).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = known.Where(pair => !names.Contains(pair.Name) && !(IsShort(pair.Name) ? shortNames : shortOnly).Contains(ShortName(pair.Name)));
        List<UnwatchedServer> servers =
        [
            .. missing.GroupBy(pair => ShortName(pair.Name), StringComparer.OrdinalIgnoreCase)
                .SelectMany(Merge)
                .OrderBy(server => server.Name, StringComparer.OrdinalIgnoreCase),
        ];
        return new([.. servers], asking.Count(server => server.IsUpdatePoint) + servers.Count);
    }

    /// <summary>A short name and a full one are one server where there is one full name only; else nobody knows whose the short one is, and it adds none.</summary>
    private static IEnumerable<UnwatchedServer> Merge(IGrouping<string, (string Name, int Id)> sameShortName)
    {
        var full = sameShortName.Where(pair => !IsShort(pair.Name)).GroupBy(pair => pair.Name, StringComparer.OrdinalIgnoreCase).ToList();
        return full.Count <= 1
            ? [new UnwatchedServer(full.Count == 1 ? full[0].Key : sameShortName.Key, Ids(sameShortName))]
            : full.Select(same => new UnwatchedServer(same.Key, Ids(same)));
    }

    private static ValueList<int> Ids(IEnumerable<(string Name, int Id)> pairs) => [.. pairs.Select(pair => pair.Id).Distinct().Order()];

    /// <summary>An agent that was never heard of is known by the address that it was added under.</summary>
    private static IEnumerable<string> NamesOf(HierarchyServer server) =>
        new[] { server.FullyQualifiedName, server.ComputerName, server.AddressHost, server.PublicName }.Where(name => name.Length > 0);

    private static string ShortName(string name) => name.Split('.')[0];

    private static bool IsShort(string name) => !name.Contains('.', StringComparison.Ordinal);
}
