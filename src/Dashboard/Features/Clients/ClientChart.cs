using WsusDashboard.Dashboard.Components.Charts;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Clients;

/// <summary>How long clients waited, and when they got nothing: drawn, and the same numbers as a table.</summary>
public static class ClientChart
{
    private static readonly (string Name, string Color, Func<ClientPoint, long?> Value)[] Lines =
    [
        ("Slowest answer", "theme:quiet", point => point.Slowest),
        ("ClientWebService", "theme:primary", point => point.ClientWebService),
        ("SimpleAuthWebService", "theme:busy", point => point.SimpleAuthWebService),
        ("Content", "theme:good", point => point.Content),
        ("ReportingWebService", "theme:warning", point => point.ReportingWebService),
    ];

    /// <param name="history">What is kept.</param>
    /// <param name="time">Writes a time in the viewer's zone.</param>
    public static ChartModel Draw(ClientHistory history, Func<DateTimeOffset, string> time)
    {
        var measured = history.Points.Where(point => point.FailingMinutes is not null).ToList();
        var failing = measured.Sum(point => point.FailingMinutes ?? 0);
        return new()
        {
            Label = $"Answers to clients of {history.ServerName}: {Wording.Count(failing, "minute")} with failures; slowest answer {Wait(measured.Max(point => point.Slowest))}.",
            HasData = measured.Count > 0,
            HasDragZoom = true,
            HeightPixels = 240,
            Options = new
            {
                Grid = new { Left = 8, Right = 14, Top = 30, Bottom = 6, ContainLabel = true },
                Legend = new { Type = "scroll", Top = 0, Left = 0, ItemWidth = 12, ItemHeight = 12 },
                Tooltip = new { Trigger = "axis" },
                XAxis = new { Type = "time", Min = Milliseconds(history.From), Max = Milliseconds(history.To), AxisLabel = new { HideOverlap = true } },
                YAxis = new object[]
                {
                    new { Type = "value", Min = 0, AxisLabel = new { Formatter = "format:milliseconds" } },
                    new { Type = "value", Min = 0, MinInterval = 1, SplitLine = new { Show = false }, AxisLabel = new { Formatter = "format:integer" } },
                },
                Series = Series(history, measured),
            },
            RowTitle = "From",
            Columns = [.. Lines.Select(line => line.Name), "Minutes with failures"],
            Rows = [.. measured.AsEnumerable().Reverse().Select(point => new ChartRow(time(point.At), [.. Lines.Select(line => Wait(line.Value(point))), Wording.Number(point.FailingMinutes)]))],
        };
    }

    private static object[] Series(ClientHistory history, List<ClientPoint> measured) =>
    [
        new
        {
            Type = "bar",
            Name = "Minutes with failures",
            YAxisIndex = 1,
            BarMinWidth = 2,
            BarMaxWidth = 8,
            ItemStyle = new { Color = "theme:bad" },
            Tooltip = new { ValueFormatter = "format:integer" },
            Data = measured.Where(point => point.FailingMinutes > 0).Select(point => new object?[] { Milliseconds(point.At), point.FailingMinutes }),
        },
        .. Lines.Select(line => (object)new
        {
            Type = "line",
            line.Name,
            Symbol = "none",
            LineStyle = new { line.Color, Width = 1.5 },
            ItemStyle = new { line.Color },
            Tooltip = new { ValueFormatter = "format:milliseconds" },
            Data = Points(history, line.Value),
        }),
    ];

    /// <summary>A gap in the measuring is a gap in the line.</summary>
    private static List<object?[]> Points(ClientHistory history, Func<ClientPoint, long?> value)
    {
        var points = new List<object?[]>(history.Points.Count);
        ClientPoint? before = null;
        foreach (var point in history.Points)
        {
            if (before is not null && point.At - before.At > before.Length * 3)
            {
                points.Add([Milliseconds(before.At + before.Length), null]);
            }

            points.Add([Milliseconds(point.At), value(point)]);
            before = point;
        }

        return points;
    }

    private static string Wait(long? milliseconds) => milliseconds is { } known ? Wording.Duration(TimeSpan.FromMilliseconds(known)) : Wording.Unknown;

    private static long Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}
