using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Features.People;

/// <summary>Roles in words, and the fields that they are entered in.</summary>
public static class GrantLabels
{
    private static readonly char[] Separators = [',', ';', '\n'];

    /// <summary>"Admin of the whole fleet; Operator of BRN, ZRH".</summary>
    public static string Describe(IReadOnlyList<Grant> grants) => Security.Accounts.GrantRows.Describe(grants);

    /// <summary>One role; no sites = the whole fleet.</summary>
    public static IReadOnlyList<Grant> Read(Role role, string sites)
    {
        var names = sites.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [new(role, names.Length == 0 ? SiteScope.WholeFleet : SiteScope.Of(names))];
    }
}
