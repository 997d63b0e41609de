using System.Text.Json;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Security.Accounts;

/// <summary>How roles are kept: a row for the whole fleet, or one a site.</summary>
internal static class GrantRows
{
    public static IReadOnlyList<Grant> ToGrants(IEnumerable<GrantEntity> rows) =>
    [
        .. rows.GroupBy(row => row.Role)
            .OrderByDescending(group => group.Key)
            .Select(group => new Grant(group.Key, group.Any(row => row.Site is null) ? SiteScope.WholeFleet : SiteScope.Of(group.Select(row => row.Site!)))),
    ];

    /// <summary>The rows of grants; of several roles for one place the highest.</summary>
    public static IReadOnlyList<GrantEntity> ToRows(string personId, IReadOnlyList<Grant> grants) =>
    [
        .. grants.SelectMany(grant => grant.Scope.IsWholeFleet ? [(Site: (string?)null, grant.Role)] : grant.Scope.Sites.Select(site => (Site: (string?)site, grant.Role)))
            .GroupBy(row => row.Site)
            .Select(group => new GrantEntity { PersonId = personId, Site = group.Key, Role = group.Max(row => row.Role) }),
    ];

    /// <summary>The sites of a token; null = all that its person may.</summary>
    public static SiteScope ToScope(string? sites) => sites is null ? SiteScope.WholeFleet : SiteScope.Of(JsonColumn.Read<string[]>(sites, []));

    public static string? ToSites(SiteScope scope) => scope.IsWholeFleet ? null : JsonSerializer.Serialize(scope.Sites);

    /// <summary>"Admin of the whole fleet; Operator of BRN, ZRH".</summary>
    public static string Describe(IReadOnlyList<Grant> grants) => grants.Count == 0 ? "no role" : string.Join("; ", grants.Select(grant => $"{grant.Role} of {grant.Scope}"));
}
