using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Components.Charts;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.PatchTuesdays;

/// <summary>One server of the list.</summary>
/// <param name="IsDone">Before the release: ready; after it: synchronized.</param>
public sealed record PatchRow(string Site, PatchTuesdayServer Server, bool IsDone);

/// <summary>The board, and how it is shown.</summary>
/// <param name="Rows">One page of all servers, those that need somebody first.</param>
/// <param name="Spread">Null before the release.</param>
/// <param name="ReadAt">UTC time of the reading.</param>
public sealed record PatchView(PatchTuesdayBoard Board, Paged<PatchRow> Rows, ChartModel? Spread, DateTimeOffset ReadAt)
{
    public int Servers => Board.Sites.Sum(site => site.Servers.Count);

    public int Done => Board.Sites.Sum(site => DoneOf(Board, site));

    /// <summary>True where nobody is known not to have it, because the history of the others isn't here yet.</summary>
    public bool IsBeingRead => Board.IsReleased && Done < Servers && Board.Sites.SelectMany(site => site.Servers).All(server => server.SyncedAt is not null || server.IsReadingHistory);

    /// <summary>What a person asks: who has it, and how it stands with the others.</summary>
    public string Answer
    {
        get
        {
            var release = Board.Tuesday.Day.ToString("MMMM", CultureInfo.InvariantCulture);
            if (!Board.IsReleased)
            {
                return Done == Servers ? $"All {Wording.Count(Servers, "server")} are ready for {release}'s updates." : $"{Wording.Number(Done)} of {Wording.Count(Servers, "server")} are ready for {release}'s updates.";
            }

            var missing = Board.Sites.SelectMany(site => site.Servers).Where(server => server.SyncedAt is null).ToList();
            var reading = missing.Count(server => server.IsReadingHistory);
            var failed = missing.Count(server => server is { IsReadingHistory: false, FailedSince: > 0 });
            string[] why =
            [
                failed > 0 ? $"{Wording.Number(failed)} failed to sync" : "",
                missing.Count - failed - reading is > 0 and var idle ? $"{Wording.Number(idle)} haven't synced since" : "",
                reading > 0 ? $"the history of {Wording.Count(reading, "server")} is still being read" : "",
            ];
            return Servers == Done ? $"All {Wording.Count(Servers, "server")} have {release}'s updates."
                : $"{Wording.Number(Done)} of {Wording.Count(Servers, "server")} have {release}'s updates; {string.Join(", ", why.Where(part => part.Length > 0))}.";
        }
    }

    /// <summary>What the drawing is of.</summary>
    public string SpreadRange => Board.Sites.SelectMany(site => site.Servers).Max(server => server.SyncedAt) is { } last
        ? $"{(Done == Servers ? "the last" : "the newest")} server had them {Wording.Duration(last - Board.Tuesday.ReleasedAt)} after the release"
        : "since the release";

    public static int DoneOf(PatchTuesdayBoard board, PatchTuesdaySite site) => board.IsReleased ? site.Synced : site.Ready;
}

/// <summary>Before a release: is every server ready? After it: which have it, which not, and why?</summary>
public sealed partial class PatchTuesdayPage : LoadedPage<PatchView>
{
    private const int PageSize = 100;
    private const int MonthsOffered = 24;
    private const int FirstYear = 2003;

    /// <summary>From here on, what is to come matters more than what is out.</summary>
    private static readonly TimeSpan ComesUp = TimeSpan.FromDays(7);

    private PatchTuesday _tuesday = PatchTuesday.Of(FirstYear, 1);
    private int _page = 1;

    [Inject]
    private PatchTuesdayQueries Queries { get; set; } = null!;

    [Inject]
    private VisibleServers Live { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    private PatchTuesday Latest => PatchTuesday.LastBefore(TimeProvider.GetUtcNow());

    private PatchTuesday Coming => Latest.Next();

    /// <summary>Newest first.</summary>
    private IEnumerable<PatchTuesday> Offered => Enumerable.Range(0, MonthsOffered).Select(month => Coming.Day.AddMonths(-month)).Select(day => PatchTuesday.Of(day.Year, day.Month));

    protected override void OnInitialized() => Viewer.Changed += OnViewerChanged;

    protected override void OnDisposing() => Viewer.Changed -= OnViewerChanged;

    protected override void ReadAddress(string uri)
    {
        var fields = QueryHelpers.ParseQuery(new Uri(uri).Query);
        var isNamed = DateOnly.TryParseExact(fields.GetValueOrDefault("release") + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month) && month.Year > FirstYear && month <= Coming.Day;
        _tuesday = isNamed ? PatchTuesday.Of(month.Year, month.Month)
            : Coming.ReleasedAt - TimeProvider.GetUtcNow() < ComesUp ? Coming : Latest;
        _page = int.TryParse(fields.GetValueOrDefault("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 1_000_000) : 1;
    }

    protected override async Task<PatchView?> LoadAsync(CancellationToken cancellationToken)
    {
        var now = TimeProvider.GetUtcNow();
        await Live.WhenLoadedAsync(cancellationToken);
        var board = await Queries.GetAsync(new HistoryFilter(), _tuesday, Live.FindUpstreams(), cancellationToken);
        var rows = board.Sites
            .SelectMany(site => site.Servers.Select(server => new PatchRow(site.Site, server, board.IsReleased ? server.SyncedAt is not null : server.IsReady)))
            .OrderBy(row => row.IsDone)
            .ToList();
        var page = Math.Clamp(_page, 1, Math.Max(1, (rows.Count + PageSize - 1) / PageSize));
        return new(board, new([.. rows.Skip((page - 1) * PageSize).Take(PageSize)], rows.Count, page, PageSize), board.IsReleased ? ToSpread(board) : null, now);
    }

    /// <summary>Servers that have it, over the hours since the release; it ends with the last that got it, because after that nothing rises.</summary>
    public static ChartModel ToSpread(PatchTuesdayBoard board)
    {
        var servers = board.Sites.Sum(site => site.Servers.Count);
        var steps = board.Sites
            .SelectMany(site => site.Servers)
            .Select(server => server.SyncedAt)
            .OfType<DateTimeOffset>()
            .Order()
            .Select((at, index) => (Seconds: (at - board.Tuesday.ReleasedAt).TotalSeconds, Count: index + 1))
            .ToList();
        var step = SyncCharts.StepOf(TimeSpan.FromSeconds(steps.Count == 0 ? 0 : steps[^1].Seconds)).TotalSeconds;
        var end = Math.Min((board.Until - board.Tuesday.ReleasedAt).TotalSeconds, steps.Count == 0 ? 0 : Math.Ceiling(steps[^1].Seconds / step) * step);
        return new()
        {
            Label = string.Create(CultureInfo.InvariantCulture, $"{steps.Count} of {servers} servers have the release's updates{(steps.Count == 0 ? "" : $"; half of them within {Wording.Duration(TimeSpan.FromSeconds(steps[(steps.Count - 1) / 2].Seconds))}")}."),
            HasData = steps.Count > 0,
            HeightPixels = 170,
            Options = new
            {
                Grid = new { Left = 8, Right = 24, Top = 10, Bottom = 6, ContainLabel = true },
                Tooltip = new { Trigger = "axis", ValueFormatter = "format:integer", AxisPointer = new { Label = new { Show = false } } },
                XAxis = SyncCharts.DurationAxis(TimeSpan.FromSeconds(end)),
                YAxis = new { Type = "value", Min = 0, Max = servers, MinInterval = 1 },
                Series = new[]
                {
                    new
                    {
                        Type = "line",
                        Step = "end",
                        Name = "Servers that have it",
                        Symbol = "none",
                        AreaStyle = new { Opacity = 0.15 },
                        LineStyle = new { Color = "theme:good", Width = 2 },
                        ItemStyle = new { Color = "theme:good" },
                        Data = steps.Prepend((Seconds: 0, Count: 0)).Append((Seconds: end, steps.Count)).Select(step => new[] { step.Seconds, step.Count }),
                    },
                },
            },
            RowTitle = "After the release",
            Columns = ["Servers that have it"],
            Rows = [.. steps.Select(step => new ChartRow(Wording.Duration(TimeSpan.FromSeconds(step.Seconds)), [Wording.Number(step.Count)]))],
        };
    }

    /// <summary>What stands in the way, as far as it is known; empty where nothing does.</summary>
    public static string Reason(PatchRow row, bool isReleased)
    {
        var server = row.Server;
        return row.IsDone ? ""
            : server.IsReadingHistory ? "Its history is being read."
            : isReleased && server.WaitsFor is { } above ? $"It gets its updates from {above} and hasn't synced since {above} had them."
            : isReleased ? server.FailedSince == 0 ? "No sync has succeeded since the release." : server.CauseTitle ?? "Cause unknown."
            : server.Health != Health.Healthy ? server.Sentence
            : server.LastGoodAt is null ? "No successful sync on record."
            : $"The last sync didn't succeed, or is older than {Wording.Duration(PatchTuesdayQueries.ReadyWithin)}.";
    }

    private static string NameOf(PatchTuesday tuesday) => tuesday.Day.ToString("MMMM yyyy", CultureInfo.InvariantCulture);

    private static string Key(PatchTuesday tuesday) => tuesday.Day.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static string LinkTo(PatchTuesday tuesday) => Links.With(Links.PatchTuesday, ("release", Key(tuesday)));

    private static StateDisplay Look(bool isDone, bool isReleased) => (isDone, isReleased) switch
    {
        (true, true) => new("check", "Has them", Tone.Good),
        (true, false) => new("check", "Ready", Tone.Good),
        (false, true) => new("cross", "Not yet", Tone.Bad),
        (false, false) => new("warn", "Not ready", Tone.Warning),
    };

    private bool IsShown(PatchTuesday tuesday) => tuesday.Day == _tuesday.Day;

    private string LinkToPage(int page) => Links.With(Links.PatchTuesday, ("release", Key(_tuesday)), ("page", page.ToString(CultureInfo.InvariantCulture)));

    private string RunsOf(PatchRow row, PatchTuesdayBoard board) => new SyncsAddress { ServerId = row.Server.ServerId, From = DayOf(board.Tuesday.ReleasedAt), To = DayOf(board.Until) }.ToUri();

    private DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Viewer.Zone).DateTime);

    private void Choose(string? release) => Navigation.NavigateTo(Links.With(Links.PatchTuesday, ("release", release)));

    private void OnViewerChanged() => _ = InvokeAsync(RefreshAsync);
}
