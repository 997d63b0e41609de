using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Live;

/// <summary>The columns that the fleet can be sorted by.</summary>
public enum FleetSort
{
    /// <summary>Worst first when descending.</summary>
    Health = 0,
    Name = 1,
    Site = 2,
    Pool = 3,
    Drift = 4,
    LastSync = 5,
    LastGoodSync = 6,
    Updates = 7,
    Cause = 8,
}

/// <summary>How the fleet's page shows the servers: the same ones, with the same filters.</summary>
public enum FleetFace
{
    /// <summary>A row per server.</summary>
    Table = 0,

    /// <summary>Sites by servers, one cell each.</summary>
    Map = 1,

    /// <summary>Servers by days.</summary>
    Days = 2,

    /// <summary>Who takes updates from whom.</summary>
    Tree = 3,
}

/// <summary>Filters, order and page over the live fleet. What the fleet page shows lives in the URL, so that a view can be sent to a colleague.</summary>
public sealed record FleetQuery
{
    public const int MinimumPageSize = 10;
    public const int MaximumPageSize = 200;
    public const int DefaultPageSize = 50;
    public const int MaximumSearchLength = 100;

    /// <summary>Part of the name, the site, the computer name or the address; not case-sensitive.</summary>
    public string? Search { get; init; }

    /// <summary>Without those that are being repaired: these have a condition instead.</summary>
    public Health? Health { get; init; }

    /// <summary>What is going on with them.</summary>
    public ServerCondition? Condition { get; init; }

    public string? Site { get; init; }

    /// <summary>True: only servers that differ from their baseline; false: only those that do not.</summary>
    public bool? Drifted { get; init; }

    /// <summary>Id of the leading finding.</summary>
    public string? Cause { get; init; }

    /// <summary>Only servers with this tag; not case-sensitive.</summary>
    public string? Tag { get; init; }

    /// <summary>Only servers of the owner of this name; not case-sensitive.</summary>
    public string? Owner { get; init; }

    public FleetSort Sort { get; init; } = FleetSort.Health;

    public bool Descending { get; init; } = true;

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    public FleetFace Face { get; init; }

    public FleetColumns Columns { get; init; } = FleetColumns.Default;

    /// <summary>True: the grid shows healthy servers, too, where they would stand folded.</summary>
    public bool ShowsHealthy { get; init; }

    /// <summary>Id of the server that the panel beside the grid is open for; null = it is closed.</summary>
    public int? Peek { get; init; }

    /// <summary>Healthy servers stand folded where nobody asked for them: by a filter, by an order of their own, or by opening them.</summary>
    public bool FoldsHealthy => Face == FleetFace.Table && !ShowsHealthy && !IsFiltered && Sort == FleetSort.Health && Descending;

    /// <summary>The same without what stands folded.</summary>
    internal FleetQuery Unfolded => FoldsHealthy ? this with { WithoutHealthy = true } : this;

    /// <summary>What makes it a view that is worth a name: not the page, nor what somebody looks at for a moment.</summary>
    public FleetQuery AsView => this with { Page = 1, Peek = null };

    /// <summary>10 to 200.</summary>
    public int PageSize { get; init; } = DefaultPageSize;

    /// <summary>True where anything narrows the list.</summary>
    public bool IsFiltered => Search is not null || Health is not null || Condition is not null || Site is not null || Drifted is not null || Cause is not null || Tag is not null || Owner is not null;

    /// <summary>Reads a page's address; what cannot be read there falls back to the default, so that an old link still opens.</summary>
    public static FleetQuery FromUri(string uri)
    {
        var mark = uri.IndexOf('?', StringComparison.Ordinal);
        var fields = mark < 0 ? [] : QueryHelpers.ParseQuery(uri[mark..].Split('#')[0]);
        var sort = Read<FleetSort>(fields, "sort");
        return new FleetQuery
        {
            Search = Text(fields, "search"),
            Health = Read<Health>(fields, "health"),
            Condition = Read<ServerCondition>(fields, "condition"),
            Site = Text(fields, "site"),
            Drifted = bool.TryParse(Text(fields, "drifted"), out var drifted) ? drifted : null,
            Cause = Text(fields, "cause"),
            Tag = Text(fields, "tag"),
            Owner = Text(fields, "owner"),
            Sort = sort ?? FleetSort.Health,
            Descending = bool.TryParse(Text(fields, "descending"), out var descending) ? descending : sort is null or FleetSort.Health,
            Face = Read<FleetFace>(fields, "view") ?? FleetFace.Table,
            Columns = FleetColumns.Parse(fields.TryGetValue("columns", out var columns) ? columns.ToString() : null) ?? FleetColumns.Default,
            ShowsHealthy = Text(fields, "healthy") == "open",
            Peek = Number(fields, "peek"),
            Page = Math.Clamp(Number(fields, "page") ?? 1, 1, 1_000_000),
            PageSize = Math.Clamp(Number(fields, "pageSize") ?? DefaultPageSize, MinimumPageSize, MaximumPageSize),
        };
    }

    /// <summary>The address of this view: <paramref name="path"/> with only what differs from the default.</summary>
    public string ToUri(string path = "/")
    {
        var fields = new Dictionary<string, string?>();
        Add("search", Search);
        Add("health", Health is { } health ? Word(health) : null);
        Add("condition", Condition is { } condition ? Word(condition) : null);
        Add("site", Site);
        Add("drifted", Drifted is { } drifted ? drifted ? "true" : "false" : null);
        Add("cause", Cause);
        Add("tag", Tag);
        Add("owner", Owner);
        Add("sort", Sort == FleetSort.Health ? null : Word(Sort));
        Add("descending", Descending == (Sort == FleetSort.Health) ? null : Descending ? "true" : "false");
        Add("view", Face == FleetFace.Table ? null : Word(Face));
        Add("columns", Columns == FleetColumns.Default ? null : Columns.ToString());
        Add("healthy", ShowsHealthy ? "open" : null);
        Add("page", Page == 1 ? null : Page.ToString(CultureInfo.InvariantCulture));
        Add("pageSize", PageSize == DefaultPageSize ? null : PageSize.ToString(CultureInfo.InvariantCulture));
        Add("peek", Peek?.ToString(CultureInfo.InvariantCulture));
        return QueryHelpers.AddQueryString(path, fields);

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                fields[name] = value;
            }
        }
    }

    /// <summary>The page of this query; the last one where it lies beyond the end.</summary>
    public Paged<LiveServer> TakePage(IReadOnlyList<LiveServer> fleet) => TakePageOf(Match(fleet));

    /// <summary>The same filters and order from the first row: what all pages of one list have in common.</summary>
    internal FleetQuery WholeList => AsView with { PageSize = DefaultPageSize, Face = FleetFace.Table, Columns = FleetColumns.Default, ShowsHealthy = false };

    /// <summary>True: without the healthy servers that nothing is going on with. No address says it: it is how a page folds.</summary>
    internal bool WithoutHealthy { get; init; }

    /// <summary>The page of what <see cref="Match"/> gave.</summary>
    internal Paged<LiveServer> TakePageOf(IReadOnlyList<LiveServer> matching)
    {
        var pageSize = Math.Clamp(PageSize, 1, MaximumPageSize);
        var page = Math.Clamp(Page, 1, Math.Max(1, (matching.Count + pageSize - 1) / pageSize));
        return new([.. matching.Skip((page - 1) * pageSize).Take(pageSize)], matching.Count, page, pageSize);
    }

    /// <summary>The servers that pass the filters, in order; name and id last, so that equal rows keep their page.</summary>
    public List<LiveServer> Match(IReadOnlyList<LiveServer> fleet)
    {
        var words = (Search ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var matching = fleet.Where(server =>
            words.All(word => Holds(server, word))
            && (Health is null || (server.Status.Health == Health && !server.IsBeingRepaired))
            && (Condition is null || (Condition == ServerCondition.BeingRepaired ? server.IsBeingRepaired : server.Condition == Condition))
            && (Site is null || server.Site == Site)
            && (Drifted is not { } drifted || (drifted ? server.Status.DriftCount > 0 : server.Status.DriftCount == 0))
            && (Cause is null || server.Status.CauseId == Cause)
            && (Tag is null || server.Description.HasTag(Tag))
            && (Owner is null || server.Description.IsOwnedBy(Owner))
            && !(WithoutHealthy && server.IsQuietlyHealthy));
        var ordered = Sort switch
        {
            FleetSort.Health => By(server => server.Status.Health),
            FleetSort.Name => By(server => server.Name, StringComparer.OrdinalIgnoreCase),
            FleetSort.Site => By(server => server.Site, StringComparer.Ordinal),
            FleetSort.Pool => By(server => server.Status.PoolState),
            FleetSort.Drift => By(server => server.Status.DriftCount),
            FleetSort.LastSync => By(server => server.Status.LastSyncAt),
            FleetSort.LastGoodSync => By(server => server.Status.LastGoodSyncAt),
            FleetSort.Updates => By(server => server.Status.ConfigMgrUpdates ?? server.Status.Updates),
            FleetSort.Cause => By(server => server.Status.CauseTitle, StringComparer.Ordinal),
            _ => throw new ArgumentOutOfRangeException(nameof(fleet), Sort, "There is no such column."),
        };
        return [.. ordered.ThenBy(server => server.Name, StringComparer.OrdinalIgnoreCase).ThenBy(server => server.Id)];

        IOrderedEnumerable<LiveServer> By<T>(Func<LiveServer, T> key, IComparer<T>? comparer = null) =>
            Descending ? matching.OrderByDescending(key, comparer) : matching.OrderBy(key, comparer);
    }

    private static bool Holds(LiveServer server, string word) =>
        server.Name.Contains(word, StringComparison.OrdinalIgnoreCase)
        || server.Site.Contains(word, StringComparison.OrdinalIgnoreCase)
        || server.Address.Contains(word, StringComparison.OrdinalIgnoreCase)
        || server.Snapshot?.Agent.ComputerName.Contains(word, StringComparison.OrdinalIgnoreCase) == true;

    private static string Word<T>(T value)
        where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static string? Text(Dictionary<string, StringValues> fields, string name)
    {
        var text = fields.TryGetValue(name, out var values) ? values.ToString().Trim() : "";
        return text.Length is 0 ? null : text[..Math.Min(text.Length, MaximumSearchLength)];
    }

    private static int? Number(Dictionary<string, StringValues> fields, string name) =>
        int.TryParse(Text(fields, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static T? Read<T>(Dictionary<string, StringValues> fields, string name)
        where T : struct, Enum =>
        Enum.TryParse<T>(Text(fields, name), ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : null;
}
