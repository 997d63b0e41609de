using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>What the syncs page shows; it lives in the URL.</summary>
public sealed record SyncsAddress
{
    /// <summary>What the page shows where its address names no range.</summary>
    public int DefaultDays { get; init; } = 30;

    /// <summary>The ranges that one click offers.</summary>
    public static IReadOnlyList<(int Days, string Name)> Offered { get; } = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "1 year"), (1095, "3 years")];

    /// <summary>The last days, today included; without meaning where <see cref="From"/> is set.</summary>
    public int Days { get; init; } = 30;

    /// <summary>First day of a chosen range; null = the last days.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day of a chosen range.</summary>
    public DateOnly? To { get; init; }

    public string? Site { get; init; }

    /// <summary>Null = all servers.</summary>
    public int? ServerId { get; init; }

    public SyncResult? Result { get; init; }

    /// <summary>A day of the viewer that the list is narrowed to.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Reads a page's address; what cannot be read there falls back to the default, so that an old link still opens.</summary>
    public static SyncsAddress FromUri(string uri, int defaultDays = 30)
    {
        var mark = uri.IndexOf('?', StringComparison.Ordinal);
        var fields = mark < 0 ? [] : QueryHelpers.ParseQuery(uri[mark..].Split('#')[0]);
        var days = Number(fields, "days") ?? defaultDays;
        var (from, to) = (Date(fields, "from"), Date(fields, "to"));
        var isRange = from is { } first && to is { } last && last >= first && last.DayNumber - first.DayNumber < HistoryRange.MaximumDays;
        return new SyncsAddress
        {
            DefaultDays = defaultDays,
            Days = Offered.Any(offered => offered.Days == days) ? days : defaultDays,
            From = isRange ? from : null,
            To = isRange ? to : null,
            Site = Text(fields, "site"),
            ServerId = Number(fields, "server"),
            Result = Enum.TryParse<SyncResult>(Text(fields, "result"), ignoreCase: true, out var result) && Enum.IsDefined(result) ? result : null,
            Day = Date(fields, "day"),
            Page = Math.Clamp(Number(fields, "page") ?? 1, 1, 1_000_000),
        };
    }

    public string ToUri(string path = Links.Syncs) => Links.With(
        path,
        ("days", Days == DefaultDays || From is not null ? null : Days.ToString(CultureInfo.InvariantCulture)),
        ("from", Write(From)),
        ("to", Write(To)),
        ("site", Site),
        ("server", ServerId?.ToString(CultureInfo.InvariantCulture)),
        ("result", Result?.ToString().ToLowerInvariant()),
        ("day", Write(Day)),
        ("page", Page == 1 ? null : Page.ToString(CultureInfo.InvariantCulture)));

    public HistoryRange ToRange(DateTimeOffset now, TimeZoneInfo zone) =>
        From is { } first && To is { } last ? new(first, last, zone) : HistoryRange.LastDays(Days, now, zone);

    public HistoryFilter ToFilter() => new() { Site = Site, ServerId = ServerId };

    /// <summary>"the last 30 days", "2026-10-01 to 2026-10-15".</summary>
    public string RangeWords => From is { } first && To is { } last
        ? string.Create(CultureInfo.InvariantCulture, $"{first:yyyy-MM-dd} to {last:yyyy-MM-dd}")
        : $"the last {Offered.First(offered => offered.Days == Days).Name.Replace("1 year", "365 days", StringComparison.Ordinal)}";

    /// <summary>The list below the charts: the whole range, or the chosen day of it.</summary>
    public SyncQuery ToQuery(SyncStatistics statistics, int pageSize)
    {
        var day = Day is { } chosen ? statistics.Days.FirstOrDefault(candidate => candidate.Day == chosen) : null;
        return new SyncQuery
        {
            ServerId = ServerId,
            Site = Site,
            Result = Result,
            From = day?.From ?? (statistics.Days.Count > 0 ? statistics.Days[0].From : null),
            To = day?.To ?? (From is not null && statistics.Days.Count > 0 ? statistics.Days[^1].To : null),
            CountedOnly = true,
            Page = Page,
            PageSize = pageSize,
        };
    }

    /// <summary>The numbers of a chart, as a file.</summary>
    public string ChartCsv(string chart, DateOnly first, DateOnly last, TimeZoneInfo zone) => Links.With(
        $"/api/v1/history/{chart}.csv",
        ("from", first.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ("to", last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ("zone", zone.Id),
        ("site", Site),
        ("server", ServerId?.ToString(CultureInfo.InvariantCulture)));

    private static string? Write(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateOnly? Date(Dictionary<string, StringValues> fields, string name) =>
        DateOnly.TryParseExact(Text(fields, name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && CalendarYears.Contain(day) ? day : null;

    private static string? Text(Dictionary<string, StringValues> fields, string name) =>
        fields.TryGetValue(name, out var values) && values.ToString().Trim() is { Length: > 0 and <= 100 } text ? text : null;

    private static int? Number(Dictionary<string, StringValues> fields, string name) =>
        int.TryParse(Text(fields, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
