using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>How long servers stayed without a good synchronization: from a first failure to the next success, and from one success to the next.</summary>
internal sealed class RecoveryTimes(int servers)
{
    private const int MaximumGaps = 10;

    // Of each server the last success, and the first failure after it; -1 = none.
    private readonly long[] _lastGood = [.. Enumerable.Repeat(-1L, servers)];
    private readonly long[] _failingSince = [.. Enumerable.Repeat(-1L, servers)];
    private readonly List<Recovery> _recoveries = [];
    private readonly PriorityQueue<Gap, long> _gaps = new();

    // Shorter gaps are not looked at: nearly all are.
    private long _shortestGap = -1;

    public void Add(int server, PackedRun run)
    {
        if (run.Result != SyncResult.Succeeded)
        {
            _failingSince[server] = _failingSince[server] < 0 ? run.At : _failingSince[server];
            return;
        }

        if (_failingSince[server] >= 0)
        {
            _recoveries.Add(new((uint)run.At, (int)(run.At - _failingSince[server])));
        }

        if (_lastGood[server] >= 0)
        {
            Consider(new(server, _lastGood[server], run.At, IsOpen: false));
        }

        (_lastGood[server], _failingSince[server]) = (run.At, -1);
    }

    /// <param name="all">The servers, by their index.</param>
    /// <param name="calendar">Whose months they are.</param>
    /// <param name="now">The end of the range, or now where that is earlier: until then the open gaps go on.</param>
    public (RecoveryStatistics Repairs, IReadOnlyList<SyncGap> Gaps) Build(IReadOnlyList<ScopedServer> all, DayCalendar calendar, DateTimeOffset now)
    {
        for (var server = 0; server < servers; server++)
        {
            // The gap that goes on: from the last good one in the range, else from the last known before it, else from the first failure.
            var known = all[server].LastGoodSyncAt is { } at && at.ToOffset() <= now ? SyncPeriod.SecondsOf(at) : -1;
            var from = _lastGood[server] >= 0 ? _lastGood[server] : known >= 0 ? known : _failingSince[server];
            if (from >= 0)
            {
                Consider(new(server, from, now.ToUnixTimeSeconds(), IsOpen: true));
            }
        }

        var gaps = _gaps.UnorderedItems.Select(entry => entry.Element).OrderByDescending(gap => gap.Seconds).Select(gap => new SyncGap(
            all[gap.Server].Id,
            all[gap.Server].Name,
            DateTimeOffset.FromUnixTimeSeconds(gap.From),
            gap.IsOpen ? null : DateTimeOffset.FromUnixTimeSeconds(gap.To),
            TimeSpan.FromSeconds(gap.Seconds)));
        return (Build(calendar), [.. gaps]);
    }

    private RecoveryStatistics Build(DayCalendar calendar)
    {
        var open = _failingSince.Count(since => since >= 0);
        if (_recoveries.Count == 0)
        {
            return RecoveryStatistics.None with { Open = open };
        }

        var clock = calendar.CreateClock();
        var firstOfMonth = calendar.Days.Select(day => new DateOnly(day.Year, day.Month, 1)).ToArray();
        var months = new SortedDictionary<DateOnly, (long Seconds, int Count)>();
        foreach (var recovery in _recoveries)
        {
            // One that was going on at the end of the range may have ended after it.
            var month = firstOfMonth[Math.Clamp((int)(clock.ToLocal(recovery.At) / (24 * 60 * 60)), 0, firstOfMonth.Length - 1)];
            var (seconds, count) = months.GetValueOrDefault(month);
            months[month] = (seconds + recovery.Seconds, count + 1);
        }

        var ordered = _recoveries.Select(recovery => recovery.Seconds).ToArray();
        Array.Sort(ordered);
        return new()
        {
            Count = ordered.Length,
            Mean = TimeSpan.FromSeconds((double)months.Values.Sum(month => month.Seconds) / ordered.Length),
            Median = TimeSpan.FromSeconds(ordered[ordered.Length / 2]),
            Open = open,
            Months = [.. months.Select(month => new RepairMonth(month.Key, TimeSpan.FromSeconds((double)month.Value.Seconds / month.Value.Count), month.Value.Count))],
        };
    }

    private void Consider(Gap gap)
    {
        if (gap.Seconds <= _shortestGap)
        {
            return;
        }

        _gaps.Enqueue(gap, gap.Seconds);
        if (_gaps.Count > MaximumGaps)
        {
            _gaps.Dequeue();
        }

        _shortestGap = _gaps.Count == MaximumGaps ? _gaps.Peek().Seconds : -1;
    }

    /// <summary>From a first failure to the next success, in seconds from 1970 and seconds: there are hundreds of thousands.</summary>
    private readonly record struct Recovery(uint At, int Seconds);

    /// <param name="Server">Its index.</param>
    /// <param name="IsOpen">No success ended it yet.</param>
    private readonly record struct Gap(int Server, long From, long To, bool IsOpen)
    {
        public long Seconds => To - From;
    }
}
