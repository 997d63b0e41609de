using System.Management.Automation;

namespace WsusDashboard.PowerShell.Client;

/// <summary>Finds servers by name.</summary>
internal static class ServerLookup
{
    // As the dashboard limits what is searched for.
    private const int MaximumSearchLength = 100;

    /// <summary>The servers with this name; more than one only where the dashboard has several. Upper and lower case are the same.</summary>
    /// <exception cref="DashboardException">There is none.</exception>
    public static IReadOnlyList<JsonValue> FindExact(WsdConnection connection, string name, CancellationToken cancellationToken)
    {
        var found = name.Length is 0 or > MaximumSearchLength
            ? []
            : List(connection, new ApiQuery().Add("search", name), cancellationToken).Where(server => string.Equals(server["name"].Text, name, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count > 0 ? found : throw new DashboardException("ServerNotFound", ErrorCategory.ObjectNotFound, $"There is no server \"{Shortened(name)}\", or the token can't see it. Get-WsdServer lists those it can see.");
    }

    /// <summary>The one server that is meant: by id, else by name.</summary>
    /// <exception cref="DashboardException">There is none, or the name alone doesn't say which.</exception>
    public static JsonValue FindOne(WsdConnection connection, string name, int serverId, CancellationToken cancellationToken)
    {
        if (serverId > 0)
        {
            return connection.Get($"/servers/{serverId}", cancellationToken);
        }

        if (WildcardPattern.ContainsWildcardCharacters(name))
        {
            throw new DashboardException("WildcardNotAllowed", ErrorCategory.InvalidArgument, $"\"{Shortened(name)}\" has wildcards, and this command wants whole names. Get-WsdServer takes wildcards: send its servers here through the pipeline.");
        }

        var found = FindExact(connection, name, cancellationToken);
        return found.Count == 1 ? found[0] : throw new DashboardException("AmbiguousServer", ErrorCategory.InvalidArgument, $"{found.Count} servers are named \"{name}\": {string.Join(", ", found.Select(server => $"{server["id"].Count} in {server["site"].Text}"))}. Use -ServerId.");
    }

    /// <summary>The servers whose names match a pattern, by name.</summary>
    public static IEnumerable<JsonValue> FindMatching(WsdConnection connection, string pattern, ApiQuery query, CancellationToken cancellationToken)
    {
        var wildcard = WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase);
        return List(connection, query.Add("search", LiteralPart(pattern)), cancellationToken).Where(server => wildcard.IsMatch(server["name"].Text));
    }

    private static IEnumerable<JsonValue> List(WsdConnection connection, ApiQuery query, CancellationToken cancellationToken) =>
        PagedList.Read(connection, "/servers", query.Add("sort", "name"), 0, ulong.MaxValue, null, cancellationToken);

    /// <summary>The longest text that stands in every match, so that the dashboard leaves out most of the others; null where that can't be told.</summary>
    private static string? LiteralPart(string pattern)
    {
        var part = pattern.IndexOfAny(['[', ']', '`']) >= 0 ? "" : pattern.Split('*', '?').OrderByDescending(text => text.Length).First();
        return part.Length is 0 or > MaximumSearchLength ? null : part;
    }

    private static string Shortened(string name) => name.Length > MaximumSearchLength ? name.Substring(0, MaximumSearchLength) + "…" : name;
}
