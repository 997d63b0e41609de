using WsusDashboard.Dashboard.Data.Security;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Which groups of another system have which role here. Groups are compared without regard to case.</summary>
internal sealed class GroupRoles
{
    private readonly ILookup<string, Grant> _grants;

    private GroupRoles(IEnumerable<(string Group, Grant Grant)> entries) => _grants = entries.ToLookup(entry => entry.Group, entry => entry.Grant, StringComparer.OrdinalIgnoreCase);

    /// <summary>The groups that are named.</summary>
    public IEnumerable<string> Groups => _grants.Select(group => group.Key);

    /// <summary>Reads "GROUP=Role; GROUP=Role:SITE,SITE". The last equals sign counts, because names of directories have some themselves.</summary>
    /// <param name="text">As in the options.</param>
    /// <param name="problems">What cannot be read.</param>
    public static GroupRoles Read(string text, out IReadOnlyList<string> problems)
    {
        var wrong = new List<string>();
        var entries = new List<(string, Grant)>();
        foreach (var entry in text.Split([';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var mark = entry.LastIndexOf('=');
            var group = mark > 0 ? entry[..mark].Trim() : "";
            var (word, sites) = mark > 0 && entry[(mark + 1)..].Split(':', 2) is var parts ? (parts[0].Trim(), parts.Length > 1 ? parts[1] : null) : ("", null);
            var names = sites?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (group.Length == 0 || !Enum.GetNames<Role>().Contains(word, StringComparer.OrdinalIgnoreCase) || names is { Length: 0 })
            {
                wrong.Add($"\"{entry}\" is not a group role. Allowed: GROUP=Role for the whole fleet or GROUP=Role:SITE,SITE, where Role is {string.Join(", ", Enum.GetNames<Role>())}.");
                continue;
            }

            entries.Add((group, new(Enum.Parse<Role>(word, ignoreCase: true), names is null ? SiteScope.WholeFleet : SiteScope.Of(names))));
        }

        problems = wrong;
        return new(entries);
    }

    /// <summary>What these groups give together; of one role the sites of all.</summary>
    public IReadOnlyList<Grant> For(IEnumerable<string> groups) =>
    [
        .. groups.Distinct(StringComparer.OrdinalIgnoreCase)
            .SelectMany(group => _grants[group])
            .GroupBy(grant => grant.Role)
            .OrderByDescending(role => role.Key)
            .Select(role => new Grant(role.Key, role.Aggregate(SiteScope.Nothing, (sum, grant) => sum.Or(grant.Scope)))),
    ];
}
