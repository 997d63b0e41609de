namespace WsusDashboard.Dashboard.Data.Security;

/// <summary>Which servers a right is for: the whole fleet, or those of named sites. Sites are compared letter by letter, as the database compares them.</summary>
public sealed record SiteScope
{
    private readonly HashSet<string> _sites;

    private SiteScope(bool isWholeFleet, IEnumerable<string> sites)
    {
        IsWholeFleet = isWholeFleet;
        _sites = new(sites, StringComparer.Ordinal);
        Sites = [.. _sites.Order(StringComparer.Ordinal)];
    }

    public static SiteScope WholeFleet { get; } = new(true, []);

    public static SiteScope Nothing { get; } = new(false, []);

    public bool IsWholeFleet { get; }

    /// <summary>Empty for the whole fleet.</summary>
    public IReadOnlyList<string> Sites { get; }

    public bool IsNothing => !IsWholeFleet && _sites.Count == 0;

    public static SiteScope Of(params IEnumerable<string> sites) => new(false, sites);

    public bool Permits(string site) => IsWholeFleet || _sites.Contains(site);

    public SiteScope Or(SiteScope other) => IsWholeFleet || other.IsWholeFleet ? WholeFleet : Of(_sites.Concat(other._sites));

    public SiteScope And(SiteScope other) => IsWholeFleet ? other : other.IsWholeFleet ? this : Of(_sites.Where(other._sites.Contains));

    public bool Equals(SiteScope? other) => other is not null && IsWholeFleet == other.IsWholeFleet && Sites.SequenceEqual(other.Sites, StringComparer.Ordinal);

    public override int GetHashCode() => Sites.Aggregate(IsWholeFleet.GetHashCode(), (hash, site) => HashCode.Combine(hash, site.GetHashCode(StringComparison.Ordinal)));

    /// <summary>For a person: "the whole fleet", "BRN, ZRH", "no site".</summary>
    public override string ToString() => IsWholeFleet ? "the whole fleet" : IsNothing ? "no site" : string.Join(", ", Sites.Select(site => site.Length == 0 ? "(no site)" : site));
}
