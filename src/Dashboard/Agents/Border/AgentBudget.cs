using System.Globalization;

namespace WsusDashboard.Dashboard.Agents.Border;

/// <summary>How much one agent may say: bytes a minute, and events and their bytes a day. Threading: any thread.</summary>
internal sealed class AgentBudget(TimeProvider timeProvider)
{
    /// <summary>A snapshot with all that it may hold is 2 MB a section; an agent that hurries sends one a second, and by far not all of them.</summary>
    internal const long BytesOfAMinute = 64L * 1024 * 1024;

    /// <summary>All that an agent keeps for a dashboard that is new, twice.</summary>
    internal const int EventsOfADay = 200_000;

    /// <summary>The same in bytes: 300 each, and the evidence about months of syncs that failed.</summary>
    internal const long EventBytesOfADay = 128L * 1024 * 1024;

    private readonly Lock _lock = new();
    private DateTimeOffset _minute;
    private DateOnly _day;
    private long _bytes;
    private long _eventBytes;
    private int _events;

    /// <summary>Goes on from what was stored before this dashboard was started; another day than today's counts for nothing.</summary>
    public void Resume(DateOnly day, int events, long eventBytes)
    {
        lock (_lock)
        {
            if (day == DateOnly.FromDateTime(timeProvider.GetUtcNow().UtcDateTime))
            {
                (_day, _events, _eventBytes) = (day, events, eventBytes);
            }
        }
    }

    /// <summary>Takes a message.</summary>
    /// <param name="bytes">Its size.</param>
    /// <param name="isEvent">True for one that is stored.</param>
    /// <returns>Why it is too much; null where it is not.</returns>
    public string? Charge(int bytes, bool isEvent)
    {
        lock (_lock)
        {
            var now = timeProvider.GetUtcNow();
            if ((now - _minute).Duration() >= TimeSpan.FromMinutes(1))
            {
                (_minute, _bytes) = (now, 0);
            }

            if (DateOnly.FromDateTime(now.UtcDateTime) is var day && day != _day)
            {
                (_day, _events, _eventBytes) = (day, 0, 0);
            }

            _bytes += bytes;
            (_events, _eventBytes) = isEvent ? (_events + 1, _eventBytes + bytes) : (_events, _eventBytes);
            return _bytes > BytesOfAMinute ? TooMuch($"{BytesOfAMinute / 1024 / 1024} MB in a minute")
                : _events > EventsOfADay ? TooMuch($"{EventsOfADay} events in a day")
                : _eventBytes > EventBytesOfADay ? TooMuch($"{EventBytesOfADay / 1024 / 1024} MB of events in a day")
                : null;
        }

        static string TooMuch(FormattableString what) => $"its agent sent more than {what.ToString(CultureInfo.InvariantCulture)}";
    }
}
