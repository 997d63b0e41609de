using System.Text.Json.Serialization;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Whose history is read; of these, what the caller may see.</summary>
public sealed record HistoryFilter
{
    /// <summary>Null = all.</summary>
    public string? Site { get; init; }

    /// <summary>Null = all.</summary>
    public int? ServerId { get; init; }

    /// <summary>Null = all.</summary>
    public ValueList<int>? ServerIds { get; init; }

    /// <summary>Text in name, site, address or computer name; null = any.</summary>
    public string? Search { get; init; }
}

/// <summary>Whole days of a viewer, both included.</summary>
public sealed record HistoryRange
{
    /// <summary>The longest range of a chart: ten years.</summary>
    public const int MaximumDays = 3660;

    /// <param name="first">First day.</param>
    /// <param name="last">Last day.</param>
    /// <param name="zone">Whose days they are.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or longer than ten years.</exception>
    public HistoryRange(DateOnly first, DateOnly last, TimeZoneInfo zone)
    {
        var days = last.DayNumber - first.DayNumber + 1;
        if (days is < 1 or > MaximumDays)
        {
            throw new ArgumentOutOfRangeException(nameof(last), last, $"A range has 1 to {MaximumDays} days.");
        }

        (First, Last, Zone) = (first, last, zone);
    }

    public DateOnly First { get; }

    public DateOnly Last { get; }

    [JsonIgnore]
    public TimeZoneInfo Zone { get; }

    /// <summary>Name of the zone whose days they are, for example "Europe/Zurich".</summary>
    public string ZoneId => Zone.Id;

    public int DayCount => Last.DayNumber - First.DayNumber + 1;

    /// <summary>The last days, today included.</summary>
    public static HistoryRange LastDays(int days, DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        return new(today.AddDays(1 - days), today, zone);
    }

    /// <summary>The range of equal length that ends where this one begins.</summary>
    public HistoryRange Before() => new(First.AddDays(-DayCount), First.AddDays(-1), Zone);

    internal DayCalendar ToCalendar() => new(First, DayCount, Zone);
}
