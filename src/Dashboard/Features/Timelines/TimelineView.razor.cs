using System.Globalization;
using Microsoft.AspNetCore.Components;
using WsusDashboard.Dashboard.Components.Charts;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Timelines;

/// <summary>All that the page of a timeline shows, read at once.</summary>
/// <param name="Focus">The run that the page is about; null where it is about none.</param>
/// <param name="Before">What came before it, the nearest first.</param>
/// <param name="Runs">Newest first; at most a page of them.</param>
/// <param name="RunCount">All of them.</param>
/// <param name="RangeWords">The time, for a person.</param>
/// <param name="ReadAt">UTC time of the reading.</param>
public sealed record TimelineModel(Timeline Timeline, ChartModel Chart, TimelineSync? Focus, IReadOnlyList<BeforeFailureLine> Before, IReadOnlyList<TimelineSync> Runs, int RunCount, string RangeWords, DateTimeOffset ReadAt);

/// <summary>What happened on one server, on one axis: what came just before a failure is seen at a glance.</summary>
public sealed partial class TimelineView : LoadedPage<TimelineModel>
{
    private const int Shown = 12;
    private const int RunsShown = 50;

    private static readonly TimeSpan BeforeRun = TimeSpan.FromHours(2);
    private static readonly TimeSpan AfterRun = TimeSpan.FromHours(1);

    private TimelineAddress _address = new();
    private TimelineAddress? _zoom;

    [Inject]
    private TimelineQueries Queries { get; set; } = null!;

    [Inject]
    private TimeProvider TimeProvider { get; set; } = null!;

    [Inject]
    private Viewer Viewer { get; set; } = null!;

    [Parameter, EditorRequired]
    public int Id { get; set; }

    private bool IsLast => _address is { Day: null, RunId: null, From: null };

    private DateOnly Today => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(TimeProvider.GetUtcNow(), Viewer.Zone).DateTime);

    protected override void OnInitialized() => Viewer.Changed += OnViewerChanged;

    protected override void OnDisposing() => Viewer.Changed -= OnViewerChanged;

    protected override void ReadAddress(string uri) => (_address, _zoom) = (TimelineAddress.FromUri(uri), null);

    protected override async Task<TimelineModel?> LoadAsync(CancellationToken cancellationToken)
    {
        var (address, now) = (_address, TimeProvider.GetUtcNow());
        var focus = address.RunId is { } runId ? await Queries.FindSyncAsync(Id, runId, cancellationToken) : null;
        var (from, to, words) = Window(address, focus, now);
        var outcome = await Queries.GetAsync(Id, from, to, TimelineQueries.DefaultPoints, cancellationToken);
        if (!outcome.IsSuccess)
        {
            return null;
        }

        var timeline = outcome.Value;
        var items = TimelineItems.Of(timeline);
        var runs = timeline.Syncs.Where(sync => sync.IsShown).Reverse().ToList();
        return new(
            timeline,
            TimelineChart.Draw(timeline, items, focus, Viewer.Minute),
            focus,
            focus is null ? [] : BeforeFailure.Tell(focus, items, timeline.Samples),
            [.. runs.Take(RunsShown)],
            runs.Count,
            words,
            now);
    }

    private (DateTimeOffset From, DateTimeOffset To, string Words) Window(TimelineAddress address, TimelineSync? focus, DateTimeOffset now)
    {
        if (focus is not null)
        {
            return (focus.StartedAt - BeforeRun, (focus.EndedAt ?? focus.StartedAt) + AfterRun, $"the time around the sync at {Viewer.Minute(focus.StartedAt)}");
        }

        if (address.Day is { } day)
        {
            var calendar = new HistoryRange(day, day, Viewer.Zone).ToCalendar();
            return (calendar.From, calendar.To, DayName(day));
        }

        return address is { From: { } from, To: { } to }
            ? (from, to, $"{Viewer.Minute(from)} to {Viewer.Minute(to)}")
            : (now.AddHours(-address.Hours), now, $"the last {TimelineAddress.Offered.First(offered => offered.Hours == address.Hours).Name.Replace("1 year", "365 days", StringComparison.Ordinal)}");
    }

    private static string DayName(DateOnly day) => day.ToString("ddd yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string ToneOf(Tone tone) => tone switch
    {
        Tone.Bad => "bad",
        Tone.Warning => "warning",
        Tone.Busy => "busy",
        _ => "",
    };

    private static string When(TimeSpan before) => before > TimeSpan.FromSeconds(2) ? $"{Wording.Duration(before)} before it ended"
        : before < TimeSpan.FromSeconds(-2) ? $"{Wording.Duration(-before)} after it ended, as the agent saw it"
        : "when it ended";

    private string Title(TimelineModel view) => view.Focus is { } focus ? $"Sync at {Viewer.Minute(focus.StartedAt)}" : _address.Day is { } day ? DayName(day) : "Everything on one timeline";

    /// <summary>A click on a synchronization asks what came before it.</summary>
    private void ChooseRun(ChartPlace place)
    {
        if (View is { } view && WeekChart.FindSync(view.Timeline, place) is { } run)
        {
            Navigation.NavigateTo(Links.Timeline(Id, runId: run.RunId));
        }
    }

    /// <summary>A part of a long time was read coarsely: it can be read again, finer.</summary>
    private void TakeZoom(ChartRange range) => _zoom = range is { IsZoomed: true } && range.To - range.From > 1000
        ? new() { From = DateTimeOffset.FromUnixTimeMilliseconds((long)range.From), To = DateTimeOffset.FromUnixTimeMilliseconds((long)range.To) }
        : null;

    private void OnViewerChanged() => _ = InvokeAsync(RefreshAsync);
}
