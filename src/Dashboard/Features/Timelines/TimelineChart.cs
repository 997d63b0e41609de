using System.Globalization;
using WsusDashboard.Dashboard.Components.Charts;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Features.History;

namespace WsusDashboard.Dashboard.Features.Timelines;

/// <summary>The timeline drawn: lanes, memory and requests one under the other, on one axis.</summary>
public static class TimelineChart
{
    private const int Left = 84;
    private const int Right = 18;

    /// <param name="timeline">What is kept.</param>
    /// <param name="items">The same, as <see cref="TimelineItems.Of"/> makes them.</param>
    /// <param name="focus">The run that the page is about; null where it is about none.</param>
    /// <param name="time">Writes a time in the viewer's zone.</param>
    public static ChartModel Draw(Timeline timeline, IReadOnlyList<TimelineItem> items, TimelineSync? focus, Func<DateTimeOffset, string> time) => Draw(timeline, items, focus, time, TimelineShape.Full);

    /// <summary>The same in another shape; <paramref name="items"/> are of its lanes alone.</summary>
    internal static ChartModel Draw(Timeline timeline, IReadOnlyList<TimelineItem> items, TimelineSync? focus, Func<DateTimeOffset, string> time, TimelineShape shape) => new()
    {
        Label = string.Create(CultureInfo.InvariantCulture, $"Timeline of {timeline.ServerName}: {items.Count(item => item.Lane == TimelineLane.Syncs)} syncs and {items.Count(item => item.Lane != TimelineLane.Syncs)} other events. Arrow keys move from one to the next."),
        HasData = items.Count + timeline.Samples.Count > 0,
        HasDragZoom = true,
        HasTextColumns = true,
        HeightPixels = shape.Height,
        Options = new
        {
            Title = new[] { Heading(Measured("Worker memory", timeline.Samples.Any(point => point.WorkerMaximum is not null)), shape.MemoryTop, shape), Heading(Measured("Requests", timeline.Samples.Any(point => point.Rejected is not null || point.QueuedMaximum is not null)), shape.RequestsTop, shape) },
            Legend = new { Show = false },
            Tooltip = new { Trigger = "item", Formatter = "{b}", ExtraCssText = "max-width:360px;white-space:normal" },
            AxisPointer = new { Link = new[] { new { XAxisIndex = "all" } } },
            Grid = new object[] { Grid(shape.Top, shape.LanesHeight), MeasuredGrid(shape.MemoryTop, shape.MemoryHeight), MeasuredGrid(shape.RequestsTop, shape.RequestsHeight) },
            XAxis = Enumerable.Range(0, 3).Select(index => TimeAxis(timeline, index, shape)),
            YAxis = new object[]
            {
                new { Type = "category", GridIndex = 0, Inverse = true, Data = shape.Lanes.Select(TimelineLanes.NameOf), SplitLine = new { Show = true, LineStyle = new { Color = "theme:line" } }, AxisLine = new { Show = false } },
                MemoryAxis(timeline, shape),
                new { Type = "value", GridIndex = 2, Min = 0, MinInterval = 1, SplitNumber = shape.MemoryParts / 2 },
            },
            Series = Series(timeline, items, focus, time),
        },
        RowTitle = "When",
        Columns = ["Kind", "What"],
        Rows = [.. items.Reverse().Select(item => new ChartRow(time(item.At), [TimelineLanes.NameOf(item.Lane), item.What]))],
    };

    /// <summary>Ticks at whole powers of two, as memory is counted.</summary>
    private static object MemoryAxis(Timeline timeline, TimelineShape shape)
    {
        var parts = shape.MemoryParts;
        var largest = timeline.Samples.Count == 0 ? 0 : timeline.Samples.Max(point => Math.Max(point.WorkerMaximum ?? 0, point.Limit ?? 0));
        long step = 64 * 1024;
        while (step * parts < largest)
        {
            step *= 2;
        }

        return new { Type = "value", GridIndex = 1, Min = 0, Max = step * Math.Max(1, (largest + step - 1) / step), Interval = step, AxisLabel = new { Formatter = "format:kilobytes" } };
    }

    private static string Measured(string what, bool isMeasured) => isMeasured ? what : $"{what}: not measured in this period";

    private static object Heading(string text, int top, TimelineShape shape) => new { Text = text, Left = shape.HasTopAxis ? 0 : Left, Top = top - 22, Padding = 0, TextStyle = new { FontSize = 12, FontWeight = 600, Color = "theme:text" } };

    private static object Grid(int top, int height) => new { Left, Right, Top = top, Height = height };

    private static object MeasuredGrid(int top, int height) => new { Left, Right, Top = top, Height = height, Tooltip = new { Trigger = "axis" } };

    private static object TimeAxis(Timeline timeline, int index, TimelineShape shape) => new
    {
        Type = "time",
        GridIndex = index,
        Min = Milliseconds(timeline.From),
        Max = Milliseconds(timeline.To),
        Position = index == 0 ? "top" : "bottom",
        SplitLine = new { Show = true },
        AxisLabel = new { Show = index == 2 || (index == 0 && shape.HasTopAxis), HideOverlap = true },
        AxisPointer = new { Show = true, Snap = false, Label = new { Show = index == (shape.HasTopAxis ? 0 : 2), Precision = "minute" }, LineStyle = new { Color = "theme:primary", Width = 1 } },
    };

    private static object[] Series(Timeline timeline, IReadOnlyList<TimelineItem> items, TimelineSync? focus, Func<DateTimeOffset, string> time) =>
    [
        new
        {
            Type = "custom",
            Name = "Over time",
            RenderItem = "draw:span",
            Encode = new { X = new[] { 1, 2 }, Y = 0 },
            Clip = true,
            Cursor = "pointer",
            Data = items.Where(item => item.To is not null).Select(item => new { Name = Words(item, time), Value = new[] { (long)item.Lane, Milliseconds(item.From), Milliseconds(item.To!.Value), HeightOf(item.Tone) }, ItemStyle = new { Color = ColorOf(item.Tone) } }),
            MarkLine = Lines(timeline),
            MarkArea = focus is null ? null : Area(focus),
        },
        new
        {
            Type = "scatter",
            Name = "Moments",
            SymbolSize = 11,
            Clip = true,
            Data = items.Where(item => item.To is null).Select(item => new { Name = Words(item, time), Value = new[] { Milliseconds(item.From), (long)item.Lane }, Symbol = SymbolOf(item.Tone), ItemStyle = new { Color = ColorOf(item.Tone) } }),
        },
        Line("Largest worker", 1, "theme:primary", Points(timeline, point => point.WorkerMaximum), "format:kilobytes", area: true),
        Line("Pool limit", 1, "theme:bad", Points(timeline, point => point.Limit is > 0 and { } limit ? limit : null), "format:kilobytes", dashed: true),
        Line("Refused with 503", 2, "theme:bad", Points(timeline, point => point.Rejected), "format:integer", area: true),
        Line("Longest queue", 2, "theme:quiet", Points(timeline, point => point.QueuedMaximum), "format:integer"),
    ];

    private static object Line(string name, int axis, string color, IEnumerable<object?[]> data, string format, bool area = false, bool dashed = false) => new
    {
        Type = "line",
        Name = name,
        XAxisIndex = axis,
        YAxisIndex = axis,
        Symbol = "none",
        LineStyle = new { Color = color, Width = 1.5, Type = dashed ? "dashed" : "solid" },
        ItemStyle = new { Color = color },
        AreaStyle = area ? new { Opacity = 0.12 } : null,
        Tooltip = new { ValueFormatter = format },
        Data = data,
    };

    private static object Lines(Timeline timeline) => new
    {
        Symbol = "none",
        Silent = true,
        LineStyle = new { Color = "theme:primary", Type = "dashed" },
        Label = new { Formatter = "{b}", Position = "insideEndTop", Color = "theme:text", FontSize = 11 },
        Data = timeline.PatchTuesdays.Select(tuesday => new { Name = "Patch Tuesday", XAxis = Milliseconds(tuesday.ReleasedAt) }),
    };

    private static object Area(TimelineSync focus) => new
    {
        Silent = true,
        ItemStyle = new { Color = "theme:bad", Opacity = 0.1 },
        Data = new[] { new[] { new { XAxis = Milliseconds(focus.StartedAt) }, new { XAxis = Milliseconds(focus.EndedAt ?? focus.StartedAt.AddMinutes(1)) } } },
    };

    /// <summary>A gap in the measuring is a gap in the line.</summary>
    private static List<object?[]> Points(Timeline timeline, Func<SamplePoint, long?> value)
    {
        var points = new List<object?[]>(timeline.Samples.Count);
        SamplePoint? before = null;
        foreach (var sample in timeline.Samples)
        {
            if (before is not null && sample.At - before.At > before.Length * 3)
            {
                points.Add([Milliseconds(before.At + before.Length), null]);
            }

            points.Add([Milliseconds(sample.At), value(sample)]);
            before = sample;
        }

        return points;
    }

    private static string Words(TimelineItem item, Func<DateTimeOffset, string> time) => $"{time(item.From)}{(item.To is { } to && to != item.From ? $" – {time(to)}" : "")}: {item.What}";

    private static long Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();

    private static string ColorOf(Tone tone) => tone switch
    {
        Tone.Good => "theme:good",
        Tone.Busy => "theme:busy",
        Tone.Warning => "theme:warning",
        Tone.Bad => "theme:bad",
        _ => "theme:quiet",
    };

    /// <summary>Percent of the lane: the taller, the worse, so that colour is not needed to tell.</summary>
    private static long HeightOf(Tone tone) => tone switch
    {
        Tone.Bad => 86,
        Tone.Warning => 60,
        _ => 36,
    };

    private static string SymbolOf(Tone tone) => tone switch
    {
        Tone.Bad => "diamond",
        Tone.Warning => "triangle",
        Tone.Busy => "rect",
        _ => "circle",
    };
}
