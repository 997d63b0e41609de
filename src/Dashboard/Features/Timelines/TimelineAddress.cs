using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.Timelines;

/// <summary>Which time a timeline shows; it lives in the URL. One of: the last hours, a day of the viewer, the time around a run, a chosen window.</summary>
public sealed record TimelineAddress
{
    public const int DefaultHours = 7 * 24;

    /// <summary>The longest window: all that is kept of three years.</summary>
    public const int MaximumHours = 3 * 366 * 24;

    /// <summary>The windows that one click offers.</summary>
    public static IReadOnlyList<(int Hours, string Name)> Offered { get; } = [(24, "24 hours"), (7 * 24, "7 days"), (30 * 24, "30 days"), (90 * 24, "90 days"), (365 * 24, "1 year")];

    public int Hours { get; init; } = DefaultHours;

    public DateOnly? Day { get; init; }

    /// <summary>Id of a synchronization.</summary>
    public string? RunId { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Reads a page's address; what cannot be read there falls back to the default, so that an old link still opens.</summary>
    public static TimelineAddress FromUri(string uri)
    {
        var fields = QueryHelpers.ParseQuery(new Uri(uri).Query);
        var hours = int.TryParse(fields.GetValueOrDefault("hours"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Offered.Any(offered => offered.Hours == number) ? number : DefaultHours;
        var run = fields.GetValueOrDefault("run").ToString();
        var (from, to) = (Time("from"), Time("to"));
        var isWindow = from < to && (to - from)?.TotalHours <= MaximumHours;
        return new()
        {
            Hours = hours,
            Day = DateOnly.TryParseExact(fields.GetValueOrDefault("day"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && CalendarYears.Contain(day) ? day : null,
            RunId = run.Length is > 0 and <= 200 ? run : null,
            From = isWindow ? from : null,
            To = isWindow ? to : null,
        };

        DateTimeOffset? Time(string name) => DateTimeOffset.TryParse(fields.GetValueOrDefault(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) && CalendarYears.Contain(at) ? at : null;
    }

    public string ToUri(int serverId) => Links.With(
        Links.Timeline(serverId),
        ("hours", Hours == DefaultHours || Day is not null || RunId is not null || From is not null ? null : Hours.ToString(CultureInfo.InvariantCulture)),
        ("day", Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ("run", RunId),
        ("from", From?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
        ("to", To?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
}
