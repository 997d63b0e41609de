using System.Globalization;
using WsusDashboard.Dashboard.Components.Charts;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>The charts of synchronizations: what each draws, and the same numbers as a table.</summary>
public static class SyncCharts
{
    private static readonly string[] ResultColumns = ["Succeeded", "Cancelled", "Failed", "Ended without a result", "Running", "All"];
    /// <summary>Room for the name of a bar, which breaks into lines, and about how many letters one line holds.</summary>
    private const int LabelPixels = 190;
    private const int LabelLetters = 30;

    /// <summary>Pixels of a bar with its name.</summary>
    private const int OneLine = 26;
    private const int TwoLines = 40;

    private static readonly string[] WeekDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    private static object Grid => new { Left = 8, Right = 14, Top = 30, Bottom = 6, ContainLabel = true };

    private static object Legend => new { Type = "scroll", Top = 0, Left = 0, ItemWidth = 12, ItemHeight = 12 };

    private static object Shadow => new { Trigger = "axis", AxisPointer = new { Type = "shadow" }, ValueFormatter = "format:integer" };

    public static string NameOf(DateOnly day) => day.ToString("ddd yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Stacked results, day by day.</summary>
    public static ChartModel Days(IReadOnlyList<SyncDay> days, Func<DateOnly, string>? linkTo = null) => new()
    {
        Label = Text($"Syncs over {days.Count} days: {days.Sum(day => day.Succeeded)} succeeded, {days.Sum(day => day.Cancelled)} cancelled, {days.Sum(day => day.Failed)} failed."),
        HasData = days.Any(day => day.Total > 0),
        HasDragZoom = true,
        HeightPixels = 260,
        Options = new
        {
            Grid,
            Legend,
            Tooltip = Shadow,
            XAxis = DayAxis(days.Select(day => day.Day)),
            YAxis = new { Type = "value", MinInterval = 1 },
            Series = new[]
            {
                Bars("Failed", "theme:bad", days.Select(day => day.Failed), isClickable: true),
                Bars("Cancelled", "theme:warning", days.Select(day => day.Cancelled), isClickable: true),
                Bars("Succeeded", "theme:good", days.Select(day => day.Succeeded), isClickable: true),
                Bars("Running", "theme:busy", days.Select(day => day.Running), isClickable: true),
                Bars("Ended without a result", "theme:quiet", days.Select(day => day.Unknown), isClickable: true),
            },
        },
        RowTitle = "Day",
        Columns = ResultColumns,
        Rows = [.. days.Reverse().Select(day => new ChartRow(
            NameOf(day.Day),
            [Wording.Number(day.Succeeded), Wording.Number(day.Cancelled), Wording.Number(day.Failed), Wording.Number(day.Unknown), Wording.Number(day.Running), Wording.Number(day.Total)],
            day.Total > 0 ? linkTo?.Invoke(day.Day) : null))],
    };

    /// <summary>The share that failed or was cancelled: each day, and its trend over seven days.</summary>
    public static ChartModel Rates(IReadOnlyList<RateDay> rates) => new()
    {
        Label = Text($"Failure rate over {rates.Count} days; in the last seven days {Wording.Percent(rates.Count == 0 ? null : rates[^1].RateOfSevenDays)}."),
        HasData = rates.Any(day => day.Rate is not null),
        HasDragZoom = true,
        Options = new
        {
            Grid,
            Legend,
            Tooltip = new { Trigger = "axis", ValueFormatter = "format:percent" },
            XAxis = DayAxis(rates.Select(day => day.Day)),
            YAxis = new { Type = "value", Min = 0, Max = 1, AxisLabel = new { Formatter = "format:percent" } },
            Series = new object[]
            {
                new { Type = "line", Name = "Last seven days", Symbol = "none", ConnectNulls = true, LineStyle = new { Width = 2.5, Color = "theme:primary" }, ItemStyle = new { Color = "theme:primary" }, Data = rates.Select(day => day.RateOfSevenDays) },
                new { Type = "scatter", Name = "That day", SymbolSize = 5, ItemStyle = new { Color = "theme:quiet" }, Data = rates.Select(day => day.Rate) },
            },
        },
        RowTitle = "Day",
        Columns = ["That day", "Last seven days"],
        Rows = [.. rates.Reverse().Select(day => new ChartRow(NameOf(day.Day), [Wording.Percent(day.Rate), Wording.Percent(day.RateOfSevenDays)]))],
    };

    /// <summary>What was named as the cause of those that did not succeed. Those that nothing was named for are in the table alone: as a bar they would dwarf what is known.</summary>
    public static ChartModel Causes(IReadOnlyList<SyncCause> causes, long withoutKnownCause)
    {
        const int shown = 8;
        var bars = causes.Take(shown).Select(cause => (cause.Title, Count: (long)cause.Count, Color: "theme:warning")).ToList();
        if (causes.Skip(shown).Sum(cause => cause.Count) is > 0 and var others)
        {
            bars.Add((Text($"{causes.Count - shown} other causes"), others, "theme:warning"));
        }

        var known = causes.Sum(cause => (long)cause.Count);
        var all = known + withoutKnownCause;
        return new()
        {
            Label = bars.Count == 0 ? "No failures." : Text($"Causes of {known} failed and cancelled syncs; most often {bars[0].Title}: {bars[0].Count}."),
            HasData = bars.Count > 0,
            HeightPixels = HeightOf(bars.Count, bars.Any(bar => bar.Title.Length > LabelLetters) ? TwoLines : OneLine),
            Options = Across([.. bars.Select(bar => bar.Title)], [.. bars.Select(bar => new Bar(bar.Count, bar.Color))], "Failed or cancelled", "format:integer"),
            RowTitle = "Cause",
            Columns = ["Failed or cancelled", "Share"],
            Rows = [.. causes.Select(cause => (cause.Title, Count: (long)cause.Count)).Concat(withoutKnownCause > 0 ? [("Not examined", withoutKnownCause)] : [])
                .Select(row => new ChartRow(row.Title, [Wording.Number(row.Count), Wording.Percent((double)row.Count / all)]))],
        };
    }

    /// <summary>Which sites fail, the worst first.</summary>
    public static ChartModel Sites(IReadOnlyList<SiteSyncs> sites, Func<string, string>? linkTo = null)
    {
        const int shown = 10;
        var worst = sites.Where(site => site.Counts.Ended > 0).OrderByDescending(site => site.Counts.FailureRate).ThenByDescending(site => site.Counts.Bad).ToList();
        return new()
        {
            Label = worst.Count == 0 ? "No syncs finished." : Text($"Failure rate at {worst.Count} sites; highest at {NameOf(worst[0].Site)}: {Wording.Percent(worst[0].Counts.FailureRate)}."),
            HasData = worst.Count > 0,
            HeightPixels = HeightOf(Math.Min(shown, worst.Count), OneLine),
            Options = Across([.. worst.Take(shown).Select(site => NameOf(site.Site))], [.. worst.Take(shown).Select(site => new Bar(site.Counts.FailureRate ?? 0, "theme:bad"))], "Failure rate", "format:percent", most: 1),
            RowTitle = "Site",
            Columns = ["Servers", "Succeeded", "Cancelled", "Failed", "Failure rate"],
            Rows = [.. worst.Select(site => new ChartRow(NameOf(site.Site), [Wording.Number(site.Servers), Wording.Number(site.Counts.Succeeded), Wording.Number(site.Counts.Cancelled), Wording.Number(site.Counts.Failed), Wording.Percent(site.Counts.FailureRate)], linkTo?.Invoke(site.Site)))],
        };
    }

    /// <summary>At which hour of the viewer's day those began that did not succeed.</summary>
    public static ChartModel Hours(IReadOnlyList<SyncCounts> hours) =>
        Times("Hour", hours, [.. Enumerable.Range(0, hours.Count).Select(hour => Text($"{hour:00}:00"))], "start at");

    /// <summary>On which day of the week those began that did not succeed; Monday first.</summary>
    public static ChartModel Weekdays(IReadOnlyList<SyncCounts> days) => Times("Day of the week", days, WeekDays, "start on");

    /// <summary>How long those took that succeeded.</summary>
    public static ChartModel Durations(DurationStatistics durations) => new()
    {
        Label = durations.Median is { } median
            ? $"Durations of successful syncs: half take less than {Wording.Duration(median)}, nine in ten less than {Wording.Duration(durations.Percentile90 ?? median)}."
            : "No syncs succeeded.",
        HasData = durations.Median is not null,
        HasDragZoom = true,
        Options = new
        {
            Grid,
            Legend,
            Tooltip = new { Trigger = "axis", ValueFormatter = "format:duration" },
            XAxis = DayAxis(durations.Days.Select(day => day.Day)),
            YAxis = DurationAxis(durations.Days.Max(day => day.Percentile90) ?? TimeSpan.Zero),
            Series = new object[]
            {
                new { Type = "line", Name = "90th percentile", Symbol = "none", ConnectNulls = true, LineStyle = new { Width = 1, Color = "theme:quiet" }, ItemStyle = new { Color = "theme:quiet" }, AreaStyle = new { Opacity = 0.12 }, Data = durations.Days.Select(day => day.Percentile90?.TotalSeconds) },
                new { Type = "line", Name = "Median", Symbol = "none", ConnectNulls = true, LineStyle = new { Width = 2.5, Color = "theme:primary" }, ItemStyle = new { Color = "theme:primary" }, Data = durations.Days.Select(day => day.Median?.TotalSeconds) },
            },
        },
        RowTitle = "Day",
        Columns = ["Median", "90th percentile", "Succeeded"],
        Rows = [.. durations.Days.Reverse().Select(day => new ChartRow(NameOf(day.Day), [Words(day.Median), Words(day.Percentile90), Wording.Number(day.Count)]))],
    };

    /// <summary>Mean time from the first failure to the next success, by the month of the success.</summary>
    public static ChartModel Repairs(RecoveryStatistics repairs) => new()
    {
        Label = repairs.Mean is { } mean ? Text($"Mean time to recovery {Wording.Duration(mean)} over {Wording.Count(repairs.Count, "recovery", "recoveries")}.") : "No failure was followed by a success.",
        HasData = repairs.Months.Count > 0,
        Options = new
        {
            Grid = new { Left = 8, Right = 14, Top = 12, Bottom = 6, ContainLabel = true },
            Tooltip = new { Trigger = "axis", AxisPointer = new { Type = "shadow" }, ValueFormatter = "format:duration" },
            XAxis = new { Type = "category", Data = repairs.Months.Select(month => MonthOf(month.First)) },
            YAxis = DurationAxis(repairs.Months.Count == 0 ? TimeSpan.Zero : repairs.Months.Max(month => month.Mean)),
            Series = new[] { new { Type = "bar", Name = "Mean time to recovery", BarMaxWidth = 28, ItemStyle = new { Color = "theme:primary" }, Data = repairs.Months.Select(month => month.Mean.TotalSeconds) } },
        },
        RowTitle = "Month",
        Columns = ["Mean time to recovery", "Recoveries"],
        Rows = [.. repairs.Months.Reverse().Select(month => new ChartRow(MonthOf(month.First), [Words(month.Mean), Wording.Number(month.Count)]))],
    };

    private static string NameOf(string site) => site.Length == 0 ? "(no site)" : site;

    private static string MonthOf(DateOnly first) => first.ToString("MMM yyyy", CultureInfo.InvariantCulture);

    private static string Words(TimeSpan? span) => span is { } known ? Wording.Duration(known) : Wording.Unknown;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static object DayAxis(IEnumerable<DateOnly> days) => new { Type = "category", Data = days.Select(NameOf), AxisLabel = new { Formatter = "label:day" } };

    /// <summary>Ticks at whole minutes, hours or days, as a person counts.</summary>
    public static object DurationAxis(TimeSpan longest)
    {
        var step = StepOf(longest).TotalSeconds;
        return new { Type = "value", Min = 0, Max = Math.Max(1, Math.Ceiling(longest.TotalSeconds / step)) * step, Interval = step, AxisLabel = new { Formatter = "format:duration" } };
    }

    /// <summary>The smallest step of a clock or a calendar that divides a length into six parts at most.</summary>
    public static TimeSpan StepOf(TimeSpan longest)
    {
        const int parts = 6;
        foreach (var minutes in (ReadOnlySpan<int>)[1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 7200, 14400])
        {
            if (longest <= TimeSpan.FromMinutes(minutes * parts))
            {
                return TimeSpan.FromMinutes(minutes);
            }
        }

        return TimeSpan.FromDays(Math.Ceiling(longest.TotalDays / parts));
    }

    private static object Bars(string name, string color, IEnumerable<int> counts, bool isClickable = false) => new
    {
        Type = "bar",
        Name = name,
        Stack = "results",
        BarMaxWidth = 28,
        BarCategoryGap = "25%",
        ItemStyle = new { Color = color },
        Cursor = isClickable ? "pointer" : "default",
        Data = counts,
    };

    private static ChartModel Times(string rowTitle, IReadOnlyList<SyncCounts> counts, string[] names, string word)
    {
        var bad = counts.Sum(count => count.Bad);
        var worst = Enumerable.Range(0, counts.Count).OrderByDescending(index => counts[index].Bad).FirstOrDefault();
        return new()
        {
            Label = bad == 0 ? "No failures." : Text($"{bad} failed and cancelled syncs; most {word} {names[worst]}: {counts[worst].Bad}."),
            HasData = counts.Any(count => count.Ended > 0),
            Options = new
            {
                Grid,
                Legend,
                Tooltip = Shadow,
                XAxis = new { Type = "category", Data = names },
                YAxis = new { Type = "value", MinInterval = 1 },
                Series = new[]
                {
                    Bars("Failed", "theme:bad", counts.Select(count => count.Failed)),
                    Bars("Cancelled", "theme:warning", counts.Select(count => count.Cancelled)),
                },
            },
            RowTitle = rowTitle,
            Columns = ["Failed", "Cancelled", "Succeeded", "Failure rate"],
            Rows = [.. counts.Select((count, index) => new ChartRow(names[index], [Wording.Number(count.Failed), Wording.Number(count.Cancelled), Wording.Number(count.Succeeded), Wording.Percent(count.FailureRate)]))],
        };
    }

    private static int HeightOf(int bars, int each) => Math.Max(90, 16 + (bars * each));

    /// <summary>Bars from left to right, the first one on top.</summary>
    private static object Across(IReadOnlyList<string> names, IReadOnlyList<Bar> bars, string series, string format, double? most = null) => new
    {
        Grid = new { Left = 18, Right = 60, Top = 6, Bottom = 6, ContainLabel = true },
        Tooltip = new { Trigger = "axis", AxisPointer = new { Type = "shadow" }, ValueFormatter = format },
        XAxis = new { Type = "value", Show = false, Min = 0, Max = most },
        YAxis = new { Type = "category", Inverse = true, Data = names, AxisLine = new { Show = false }, AxisLabel = new { Width = LabelPixels, Overflow = "break", LineHeight = 14 } },
        Series = new[]
        {
            new
            {
                Type = "bar",
                Name = series,
                BarMaxWidth = 16,
                Label = new { Show = true, Position = "right", Color = "theme:strong", Formatter = format },
                Data = bars.Select(bar => new { bar.Value, ItemStyle = new { bar.Color } }),
            },
        },
    };

    private sealed record Bar(double Value, string Color);
}
