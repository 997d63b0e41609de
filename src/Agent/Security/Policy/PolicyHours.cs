using System.Globalization;

namespace WsusDashboard.Agent.Security.Policy;

/// <summary>A span of hours, as the server's local clock shows them, in which something may be changed: one that it skips in spring doesn't come, one that comes twice in autumn counts twice.</summary>
/// <param name="Days">The days on which it begins; empty = every day.</param>
/// <param name="From">Its beginning.</param>
/// <param name="To">Its end; not later than <paramref name="From"/> means the next day.</param>
public sealed record PolicyHours(IReadOnlyList<DayOfWeek> Days, TimeOnly From, TimeOnly To)
{
    /// <summary>True where <paramref name="localTime"/> lies in the span.</summary>
    public bool Contains(DateTimeOffset localTime)
    {
        var time = TimeOnly.FromTimeSpan(localTime.TimeOfDay);
        if (From < To)
        {
            return BeginsOn(localTime.DayOfWeek) && time >= From && time < To;
        }

        var dayBefore = localTime.AddDays(-1).DayOfWeek;
        return (BeginsOn(localTime.DayOfWeek) && time >= From) || (BeginsOn(dayBefore) && time < To);
    }

    /// <summary>For a person: "Saturday, Sunday 22:00 to 06:00".</summary>
    public override string ToString()
    {
        var days = Days.Count == 0 ? "every day" : string.Join(", ", Days);
        return string.Create(CultureInfo.InvariantCulture, $"{days} {From:HH:mm} to {To:HH:mm}");
    }

    private bool BeginsOn(DayOfWeek day) => Days.Count == 0 || Days.Contains(day);
}
