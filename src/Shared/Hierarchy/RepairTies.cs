namespace WsusDashboard.Shared.Hierarchy;

/// <summary>What two servers have in common.</summary>
public enum TieKind
{
    /// <summary>One SUSDB: a pool that restarts loads it anew, and a synchronization of one is a synchronization of both.</summary>
    Database = 0,

    /// <summary>One name behind a load balancer: while one is repaired, the others answer for it.</summary>
    Name = 1,

    /// <summary>A site's server and its update point: WSUS and its pool are repaired on the one, the site's services and its synchronization on the other.</summary>
    UpdatePoint = 2,
}

/// <summary>A server that must not be repaired at the same time as another.</summary>
/// <param name="ServerId">That server.</param>
/// <param name="Kind">What ties them.</param>
/// <param name="What">The SQL Server, the name, or the update point's name.</param>
public sealed record RepairTie(int ServerId, TieKind Kind, string What)
{
    /// <summary>True where that server is repaired first: an update point, before its site asks it for a synchronization.</summary>
    public bool ComesFirst { get; init; }
}

/// <summary>Which servers must not be repaired two at once. Pure.</summary>
public static class RepairTies
{
    private const string DefaultInstance = @"\MSSQLSERVER";
    private const string DefaultPort = ",1433";
    private static readonly string[] OwnComputer = [".", "(local)", "localhost", "127.0.0.1"];

    /// <summary>The others that this server is tied to; each once.</summary>
    /// <param name="server">The server.</param>
    /// <param name="fleet">All servers; this one may be among them.</param>
    public static IReadOnlyList<RepairTie> Of(HierarchyServer server, IEnumerable<HierarchyServer> fleet) =>
        [.. fleet.Where(other => other.Id != server.Id).Select(other => Between(server, other)).OfType<RepairTie>()];

    /// <summary>
    /// The SQL Server as one text for its several spellings: without the domain, the default instance and the default port. Two of the same short name in different domains are taken
    /// for one, which costs a wait.
    /// </summary>
    internal static string DatabaseOf(HierarchyServer server)
    {
        var name = server.DatabaseServer.Trim();
        name = name.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase) ? name[4..] : name;
        var end = name.IndexOfAny(['\\', ',']);
        var (host, rest) = end < 0 ? (name, "") : (name[..end].TrimEnd(), name[end..].Replace(" ", "", StringComparison.Ordinal));
        host = OwnComputer.Contains(host, StringComparer.OrdinalIgnoreCase) ? server.ComputerName : Uri.CheckHostName(host) == UriHostNameType.Dns ? host.Split('.')[0] : host;
        var isDefault = rest.Equals(DefaultInstance, StringComparison.OrdinalIgnoreCase) || rest == DefaultPort;
        return (isDefault ? host : host + rest).ToUpperInvariant();
    }

    private static RepairTie? Between(HierarchyServer server, HierarchyServer other) =>
        IsShared(DatabaseOf(server), DatabaseOf(other)) ? new(other.Id, TieKind.Database, server.DatabaseServer)
        : IsShared(server.PublicName, other.PublicName) ? new(other.Id, TieKind.Name, server.PublicName)
        : IsPointOf(other, server) ? new(other.Id, TieKind.UpdatePoint, other.Name) { ComesFirst = true }
        : IsPointOf(server, other) ? new(other.Id, TieKind.UpdatePoint, server.Name)
        : null;

    private static bool IsPointOf(HierarchyServer point, HierarchyServer site) => site.UpdatePoints.Any(name => RemoteUpdatePoints.IsNamed(name, point.FullyQualifiedName, point.ComputerName));

    private static bool IsShared(string one, string other) => one.Length > 0 && string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
