using System.Globalization;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.SavedViews;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Host.Layout;

/// <summary>
/// What the command palette finds: servers, problems, sites, tags, saved views, pages, error numbers and actions, from memory alone and only what the caller may see and do at
/// that moment. It changes nothing.
/// </summary>
internal sealed class PaletteSearch(VisibleServers servers, VisibleProblems problems, Caller caller, IOwnership ownership)
{
    public const int MaximumTextLength = FleetQuery.MaximumSearchLength;

    /// <summary>Recent ones that are looked up again, at most.</summary>
    public const int MaximumRecent = 8;

    private const int MaximumKeyLength = 200;
    private const int Servers = 8;
    private const int OfAKind = 3;

    /// <summary>Shorter texts are parts of names; the page of error numbers takes them too.</summary>
    private const int ShortestCode = 3;

    private static readonly (PaletteItem Item, string Words)[] Actions =
    [
        (new("do:theme-dark", "action", "Use the dark theme") { Action = "theme-dark" }, "dark night colours"),
        (new("do:theme-light", "action", "Use the light theme") { Action = "theme-light" }, "light day colours"),
        (new("do:density", "action", "Switch row height") { Action = "density" }, "rows compact comfortable dense"),
        (new("do:shortcuts", "action", "Show keyboard shortcuts") { Action = "shortcuts" }, "keys help ?"),
        (new("do:print", "action", "Print this page") { Action = "print" }, "paper pdf"),
        (new("do:account", "action", "Sign out, password, passkeys, API tokens") { Href = Links.Account }, "account logout sign-out"),
    ];

    /// <summary>Saved views that can be found; whoever opens the palette reads them.</summary>
    public IReadOnlyList<SavedView> Views { get; set; } = [];

    /// <summary>What fits a text, the best first. "repair NAME", "timeline NAME" and "explain NUMBER" narrow it to one kind.</summary>
    /// <exception cref="TimeoutException">The servers are not loaded after ten seconds.</exception>
    public async Task<PaletteAnswer> FindAsync(string text, CancellationToken cancellationToken)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return PaletteAnswer.Nothing;
        }

        var all = await servers.LoadAsync(cancellationToken);
        var rest = string.Join(' ', words[1..]);
        return (words[0].ToUpperInvariant(), rest.Length) switch
        {
            ("REPAIR" or "PLAN", > 0) => new([.. Matching(all, rest).Items.Select(RepairOf)], 0),
            ("TIMELINE", > 0) => new([.. Matching(all, rest).Items.Select(TimelineOf)], 0),
            ("EXPLAIN" or "ERROR", > 0) => new([.. ErrorsOf(rest).Append(WordsOf(rest)).DistinctBy(item => item.Key)], 0),
            _ => FindAnything(all, string.Join(' ', words), words),
        };
    }

    /// <summary>Recent ones that are there still, and that the caller may see now; then the pages.</summary>
    /// <param name="keys">What the browser kept, newest first.</param>
    public IReadOnlyList<PaletteItem> Recall(IEnumerable<string> keys) =>
    [
        .. keys.Where(key => key.Length <= MaximumKeyLength).Distinct(StringComparer.Ordinal).Take(MaximumRecent).Select(Resolve).OfType<PaletteItem>()
            .Concat(Pages().Where(page => page.IsMain).Select(PageOf))
            .DistinctBy(item => item.Key),
    ];

    private PaletteAnswer FindAnything(IReadOnlyList<LiveServer> all, string text, string[] words)
    {
        var found = Matching(all, text);
        List<(PaletteItem Item, int Rank)> candidates = [.. found.Items.Select(server => (ServerOf(server), RankOf(server.Name, text)))];
        if (found.Items is [{ } single] && (single.Offer.Playbook is not null || single.ActiveRepair is not null))
        {
            candidates.Add((RepairOf(single), RankOf(single.Name, text)));
        }

        if (text.Length >= ShortestCode)
        {
            candidates.AddRange(ErrorsOf(text).Select(error => (error, 0)));
        }

        candidates.AddRange(Sites(text).Select(site => (site, RankOf(site.Title, text))));
        candidates.AddRange(Tags(text).Select(tag => (tag, RankOf(tag.Title, text))));
        candidates.AddRange(Views.Where(view => Holds($"view {view.Name}", words)).Take(OfAKind).Select(view => (ViewOf(view), RankOf(view.Name, text))));
        candidates.AddRange(Pages().Where(page => Holds($"{page.Title} {page.Words}", words)).Select(page => (PageOf(page), RankOf(page.Title, text))));
        candidates.AddRange(Actions.Where(action => Holds($"{action.Item.Title} {action.Words}", words)).Select(action => (action.Item, RankOf(action.Words, text))));
        candidates.AddRange(problems.GetOpen(null).Where(problem => Holds($"{problem.Title} {problem.Subject}", words)).Take(OfAKind).Select(problem => (ProblemOf(problem), RankOf("", text))));

        // Stable: equal ranks keep the order above.
        return new([.. candidates.OrderBy(candidate => candidate.Rank).Select(candidate => candidate.Item).DistinctBy(item => item.Key)], found.Total);
    }

    private PaletteItem? Resolve(string key)
    {
        var at = key.IndexOf(':', StringComparison.Ordinal);
        var (kind, value) = at < 0 ? ("", key) : (key[..at], key[(at + 1)..]);
        return kind switch
        {
            "server" => Find(value) is { } server ? ServerOf(server) : null,
            "repair" => Find(value) is { } server ? RepairOf(server) : null,
            "timeline" => Find(value) is { } server ? TimelineOf(server) : null,
            "problem" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && problems.Find(id, null) is { } problem ? ProblemOf(problem) : null,
            "site" => Sites(value).FirstOrDefault(site => site.Key == key),
            "tag" => Tags(value).FirstOrDefault(tag => tag.Key == key),
            "view" => Views.FirstOrDefault(view => Key("view", view.Id) == key) is { } view ? ViewOf(view) : null,
            "page" => Pages().FirstOrDefault(page => page.Href == value) is { } page ? PageOf(page) : null,
            "explain" => ErrorsOf(value).FirstOrDefault(error => error.Key == key),
            "do" => Array.Find(Actions, action => action.Item.Key == key).Item,
            _ => null,
        };
    }

    private LiveServer? Find(string id) => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? servers.Find(number) : null;

    private IReadOnlyList<MenuEntry> Pages() => MenuEntry.For(caller, ownership);

    private IEnumerable<PaletteItem> Sites(string text) =>
        servers.GetDigest().Sites.Where(site => site.Site.Length > 0 && site.Site.StartsWith(text, StringComparison.OrdinalIgnoreCase)).Take(OfAKind)
            .Select(site => new PaletteItem($"site:{site.Site}", "site", site.Site) { Detail = Wording.Count(site.Servers, "server"), Href = new FleetQuery { Site = site.Site }.ToUri() });

    private IEnumerable<PaletteItem> Tags(string text) =>
        servers.GetDigest().Tags.Where(tag => tag.Tag.Contains(text, StringComparison.OrdinalIgnoreCase)).OrderBy(tag => RankOf(tag.Tag, text)).Take(OfAKind)
            .Select(tag => new PaletteItem($"tag:{tag.Tag}", "tag", tag.Tag) { Detail = Wording.Count(tag.Servers, "server"), Href = new FleetQuery { Tag = tag.Tag }.ToUri() });

    private static PaletteItem ViewOf(SavedView view) => new(Key("view", view.Id), "view", view.Name)
    {
        Detail = view.DeletedTag is { } tag ? $"tag {tag.Tag} was deleted" : view.IsShared ? "shared" : "yours",
        Href = view.Href,
    };

    private static Paged<LiveServer> Matching(IReadOnlyList<LiveServer> all, string text) =>
        new FleetQuery { Search = text, Sort = FleetSort.Name, Descending = false, PageSize = Servers }.TakePage(all);

    private static PaletteItem ServerOf(LiveServer server) => new(Key("server", server.Id), "server", server.Name)
    {
        Detail = server.Status.CauseTitle is { Length: > 0 } cause ? $"{server.Site} · {cause}" : server.Site,
        Look = StateDisplay.Of(server),
        Href = Links.Server(server.Id),
    };

    private static PaletteItem TimelineOf(LiveServer server) => new(Key("timeline", server.Id), "timeline", $"Timeline of {server.Name}")
    {
        Detail = server.Site,
        Look = StateDisplay.Of(server),
        Href = Links.Timeline(server.Id),
    };

    private PaletteItem RepairOf(LiveServer server)
    {
        var item = new PaletteItem(Key("repair", server.Id), "repair", $"Repair {server.Name}") { Look = StateDisplay.Of(server) };
        return server switch
        {
            { ActiveRepair: { } run } => item with { Title = $"Show the repair of {server.Name}", Detail = "running now", Sheet = new(server.Id, server.Name, null, run.RepairId) },
            { Status.Health: Health.Unreachable } => item with { Title = server.Name, Detail = "the agent doesn't answer, so it can't be repaired now", Href = Links.Server(server.Id) },
            { Offer.Playbook: { } playbook } => item with
            {
                Title = server.IsMonitorOnly || !caller.May(Permission.Operate, server.Site) ? $"Plan for {server.Name}" : $"Repair {server.Name}",
                Detail = $"{RepairLabels.Playbook(playbook)}: opens the plan and starts nothing",
                Sheet = new(server.Id, server.Name, playbook, null),
            },
            _ => item with { Title = server.Name, Detail = server.Offer.Instead is { Length: > 0 } next ? next : "nothing here to repair", Href = Links.Server(server.Id) },
        };
    }

    private static PaletteItem ProblemOf(ProblemView problem) => new(Key("problem", problem.Id), "problem", problem.Title)
    {
        Detail = problem.Subject.Length > 0 ? $"{problem.Subject} · {Wording.Count(problem.ServerCount, "server")}" : string.Join(", ", problem.Servers.Take(OfAKind).Select(server => server.ServerName)),
        Look = StateDisplay.Of(problem.Severity),
        Href = Links.Problem(problem.Id),
    };

    private static PaletteItem PageOf(MenuEntry page) => new($"page:{page.Href}", "page", page.Title) { Href = page.Href, IsApart = page.IsApart };

    private static List<PaletteItem> ErrorsOf(string text) =>
    [
        .. ErrorNumbers.Read(text).Take(OfAKind).Select(ErrorExplanation.Of)
            .Select(error => new PaletteItem($"explain:{error.Number}", "error", error.Number.ToString()) { Detail = error.Words, Href = Links.Explain(error.Number.ToString()) }),
    ];

    private static PaletteItem WordsOf(string text) => new($"explain:{text}", "error", $"Explain “{text}”") { Detail = "error numbers and words", Href = Links.Explain(text) };

    private static string Key(string kind, long id) => string.Create(CultureInfo.InvariantCulture, $"{kind}:{id}");

    private static bool Holds(string text, string[] words) => words.All(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>0: the name itself; 1: it begins so; 2: it has it somewhere.</summary>
    private static int RankOf(string name, string text) =>
        name.Equals(text, StringComparison.OrdinalIgnoreCase) ? 0 : name.StartsWith(text, StringComparison.OrdinalIgnoreCase) ? 1 : 2;
}
