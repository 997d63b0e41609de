namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Days of a viewer, one after the other; a day of a clock change has 23 or 25 hours.</summary>
internal sealed class DayCalendar
{
    private const long SecondsPerDay = 24 * 60 * 60;

    private readonly TimeZoneInfo _timeZone;
    private readonly List<DateOnly> _days;
    private readonly List<OffsetStretch> _stretches;
    private readonly long _firstDay;
    private readonly Lazy<DateTimeOffset[]> _starts;

    /// <summary>The last days, today included.</summary>
    public DayCalendar(DateTimeOffset now, int days, TimeZoneInfo timeZone)
        : this(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, timeZone).DateTime).AddDays(1 - days), days, timeZone)
    {
    }

    public DayCalendar(DateOnly first, int days, TimeZoneInfo timeZone)
    {
        _timeZone = timeZone;
        _days = [.. Enumerable.Range(0, days).Select(first.AddDays)];
        _firstDay = first.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        _stretches = FindStretches();
        _starts = new(() => [.. _days.Select(StartOf), To]);
    }

    public IReadOnlyList<DateOnly> Days => _days;

    public DateTimeOffset From => StartOf(_days[0]);

    /// <summary>Exclusive: the end of the last day.</summary>
    public DateTimeOffset To => StartOf(_days[^1].AddDays(1));

    /// <summary>When each day begins, and last the end of the last one; looked for once, because fifty sites of three years ask for it.</summary>
    public IReadOnlyList<DateTimeOffset> Starts => _starts.Value;

    public DateTimeOffset StartOf(DateOnly day)
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

    /// <summary>Tells the viewer's clock for many moments quickly; each reader has its own.</summary>
    public LocalClock CreateClock() => new(_stretches, _firstDay * SecondsPerDay);

    /// <summary>The stretches of one offset: looked for a day at a time, then to the quarter hour, which every zone's changes keep to.</summary>
    private List<OffsetStretch> FindStretches()
    {
        var end = To;
        var stretches = new List<OffsetStretch>();
        var from = From;
        while (from < end)
        {
            var offset = _timeZone.GetUtcOffset(from);
            var to = from.AddDays(1);
            while (to < end && _timeZone.GetUtcOffset(to) == offset)
            {
                to = to.AddDays(1);
            }

            if (to > end)
            {
                to = end;
            }

            // Not before its beginning: the last day may be one of a change, and shorter or longer than a day's hours.
            var last = to.AddDays(-1) > from ? to.AddDays(-1) : from;
            while (last < to && _timeZone.GetUtcOffset(last) == offset)
            {
                last = last.AddMinutes(15);
            }

            stretches.Add(new(from.ToUnixTimeSeconds(), last.ToUnixTimeSeconds(), (long)offset.TotalSeconds));
            from = last;
        }

        return stretches;
    }
}

/// <summary>A time in which the viewer's zone has one offset, in seconds from 1970 (UTC); the end is exclusive.</summary>
internal sealed record OffsetStretch(long From, long To, long OffsetSeconds);

/// <summary>From moments to days and hours of a viewer. Not for several threads.</summary>
internal sealed class LocalClock(IReadOnlyList<OffsetStretch> stretches, long firstDayStart)
{
    private OffsetStretch _current = stretches[0];

    /// <summary>Seconds of the viewer's clock since the midnight at which the first day begins.</summary>
    public long ToLocal(long utcSeconds)
    {
        if (utcSeconds < _current.From || utcSeconds >= _current.To)
        {
            _current = Find(utcSeconds);
        }

        return utcSeconds + _current.OffsetSeconds - firstDayStart;
    }

    private OffsetStretch Find(long utcSeconds)
    {
        foreach (var stretch in stretches)
        {
            if (utcSeconds < stretch.To)
            {
                return stretch;
            }
        }

        return stretches[^1];
    }
}
