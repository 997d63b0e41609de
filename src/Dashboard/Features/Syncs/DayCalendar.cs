using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>Synchronizations of one site, one day and one result.</summary>
/// <param name="Day">Days from 1970, in the viewer's zone.</param>
internal sealed record DayCount(string Site, int Day, SyncResult Result, int Count);

/// <summary>A time in which the viewer's zone has one offset, in quarter hours from 1970 (UTC); the end is exclusive.</summary>
internal sealed record OffsetStretch(int FirstQuarter, int EndQuarter, int OffsetQuarters);

/// <summary>The last days of a viewer, today included; a day of a clock change has 23 or 25 hours.</summary>
internal sealed class DayCalendar
{
    public const int QuartersPerDay = 96;

    private readonly TimeZoneInfo _timeZone;
    private readonly List<DateOnly> _days;

    public DayCalendar(DateTimeOffset now, int days, TimeZoneInfo timeZone)
    {
        _timeZone = timeZone;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, timeZone).DateTime);
        _days = [.. Enumerable.Range(0, days).Select(index => today.AddDays(index - days + 1))];
        Stretches = FindStretches();
    }

    public DateTimeOffset From => StartOf(_days[0]);

    /// <summary>Exclusive: the end of today.</summary>
    public DateTimeOffset To => StartOf(_days[^1].AddDays(1));

    public IReadOnlyList<OffsetStretch> Stretches { get; }

    /// <summary>Each day, those without a synchronization too.</summary>
    public IReadOnlyList<SyncDay> ToDays(IEnumerable<DayCount> counts)
    {
        var byDay = counts.ToLookup(count => count.Day);
        return [.. _days.Select(day =>
        {
            var results = byDay[day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber].ToLookup(count => count.Result, count => count.Count);
            return new SyncDay(day, StartOf(day), StartOf(day.AddDays(1)), results[SyncResult.Succeeded].Sum(), results[SyncResult.Cancelled].Sum(), results[SyncResult.Failed].Sum(), results[SyncResult.Unknown].Sum(), results[SyncResult.Running].Sum());
        })];
    }

    private DateTimeOffset StartOf(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);

        // Some zones change their clocks at midnight: the day then begins at the first time that exists.
        while (_timeZone.IsInvalidTime(local))
        {
            local = local.AddMinutes(15);
        }

        var offset = _timeZone.IsAmbiguousTime(local) ? _timeZone.GetAmbiguousTimeOffsets(local).Max() : _timeZone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private List<OffsetStretch> FindStretches()
    {
        var stretches = new List<OffsetStretch>();
        var (first, end) = (SyncRunEntity.QuarterOf(From.UtcDateTime), SyncRunEntity.QuarterOf(To.UtcDateTime));
        for (var quarter = first; quarter < end; quarter++)
        {
            var offset = (int)(_timeZone.GetUtcOffset(DateTime.UnixEpoch.AddMinutes(quarter * 15.0)).Ticks / (TimeSpan.TicksPerMinute * 15));
            if (stretches.Count > 0 && stretches[^1].OffsetQuarters == offset)
            {
                stretches[^1] = stretches[^1] with { EndQuarter = quarter + 1 };
            }
            else
            {
                stretches.Add(new(quarter, quarter + 1, offset));
            }
        }

        return stretches;
    }
}
