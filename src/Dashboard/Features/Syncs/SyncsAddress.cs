using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using WsusDashboard.Dashboard.Components;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>What the syncs page shows; it lives in the URL.</summary>
public sealed record SyncsAddress
{
    public const int DefaultDays = 30;

    /// <summary>7, 30 or 90.</summary>
    public int Days { get; init; } = DefaultDays;

    public string? Site { get; init; }

    /// <summary>Null = all servers.</summary>
    public int? ServerId { get; init; }

    public SyncResult? Result { get; init; }

    /// <summary>A day of the viewer that the list is narrowed to.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Reads a page's address; what cannot be read there falls back to the default, so that an old link still opens.</summary>
    public static SyncsAddress FromUri(string uri)
    {
        var mark = uri.IndexOf('?', StringComparison.Ordinal);
        var fields = mark < 0 ? [] : QueryHelpers.ParseQuery(uri[mark..].Split('#')[0]);
        var days = Number(fields, "days") ?? DefaultDays;
        return new SyncsAddress
        {
            Days = SyncHistoryService.AllowedDays.Contains(days) ? days : DefaultDays,
            Site = Text(fields, "site"),
            ServerId = Number(fields, "server"),
            Result = Enum.TryParse<SyncResult>(Text(fields, "result"), ignoreCase: true, out var result) && Enum.IsDefined(result) ? result : null,
            Day = DateOnly.TryParseExact(Text(fields, "day"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null,
            Page = Math.Clamp(Number(fields, "page") ?? 1, 1, 1_000_000),
        };
    }

    public string ToUri() => Links.With(
        Links.Syncs,
        ("days", Days == DefaultDays ? null : Days.ToString(CultureInfo.InvariantCulture)),
        ("site", Site),
        ("server", ServerId?.ToString(CultureInfo.InvariantCulture)),
        ("result", Result?.ToString().ToLowerInvariant()),
        ("day", Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ("page", Page == 1 ? null : Page.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The list below the chart: the whole range, or the chosen day of it.</summary>
    public SyncQuery ToQuery(SyncHistory history, int pageSize)
    {
        var day = Day is { } chosen ? history.Days.FirstOrDefault(candidate => candidate.Day == chosen) : null;
        return new SyncQuery
        {
            ServerId = ServerId,
            Site = Site,
            Result = Result,
            From = day?.From ?? (history.Days.Count > 0 ? history.Days[0].From : null),
            To = day?.To,
            CountedOnly = true,
            Page = Page,
            PageSize = pageSize,
        };
    }

    private static string? Text(Dictionary<string, StringValues> fields, string name) =>
        fields.TryGetValue(name, out var values) && values.ToString().Trim() is { Length: > 0 and <= 100 } text ? text : null;

    private static int? Number(Dictionary<string, StringValues> fields, string name) =>
        int.TryParse(Text(fields, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
