using System.Runtime.InteropServices;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>
/// How long servers stayed without a good synchronization: from a first failure to the next success, and from one success to the next. What one stretch of
/// time counted can be added to what the stretch before it counted: of each server it knows how the stretch began and how it ended.
/// </summary>
internal sealed class RepairTally(int servers)
{
    private const int MaximumGaps = 10;

    // At the beginning: the first failure where it comes before the first success, and the first success.
    private readonly long[] _firstBad = Filled(servers);
    private readonly long[] _firstGood = Filled(servers);

    // At the end: the last success, and the first failure after it.
    private readonly long[] _lastGood = Filled(servers);
    private readonly long[] _failingSince = Filled(servers);

    // Those that began after the first success; the first one may have begun in the stretch before.
    private readonly List<Recovery> _repairs = [];
    private readonly List<RepairTally> _added = [];
    private readonly PriorityQueue<Gap, long> _gaps = new();

    public int Bytes => (4 * sizeof(long) * servers) + (2 * sizeof(int) * _repairs.Capacity);

    public void Add(int server, in PackedRun run)
    {
        if (run.IsBad)
        {
            AddBad(server, run.At);
        }
        else if (run.Result == SyncResult.Succeeded)
        {
            AddGood(server, run.At);
        }
    }

    /// <summary>Adds the stretch that follows on this one; it is kept, and must not change after that.</summary>
    public void Add(RepairTally next)
    {
        for (var server = 0; server < servers; server++)
        {
            if (next._firstBad[server] >= 0)
            {
                AddBad(server, next._firstBad[server]);
            }

            if (next._firstGood[server] >= 0)
            {
                AddGood(server, next._firstGood[server]);
                (_lastGood[server], _failingSince[server]) = (next._lastGood[server], next._failingSince[server]);
            }
        }

        _added.Add(next);
        foreach (var (gap, _) in next._gaps.UnorderedItems)
        {
            Consider(gap);
        }
    }

    /// <param name="all">The servers, by their index.</param>
    /// <param name="calendar">Whose months they are.</param>
    /// <param name="now">The end of the range, or now where that is earlier: until then the open gaps go on.</param>
    public (RepairStatistics Repairs, IReadOnlyList<SyncGap> Gaps) Build(IReadOnlyList<ScopedServer> all, DayCalendar calendar, DateTimeOffset now)
    {
        for (var server = 0; server < servers; server++)
        {
            // The gap that goes on: from the last good one in the range, else from the last known before it, else from the first failure.
            var known = all[server].LastGoodSyncAt is { } at && at.ToOffset() <= now ? SyncMonths.SecondsOf(at) : -1;
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

    private static long[] Filled(int count)
    {
        var times = new long[count];
        Array.Fill(times, -1);
        return times;
    }

    private RepairStatistics Build(DayCalendar calendar)
    {
        var leading = Enumerable.Range(0, servers).Where(server => _firstBad[server] >= 0 && _firstGood[server] >= 0).Select(server => Recovery.Of(_firstGood[server], _firstGood[server] - _firstBad[server])).ToList();
        List<Recovery>[] all = [.. _added.Select(part => part._repairs), _repairs, leading];
        var count = all.Sum(part => part.Count);
        if (count == 0)
        {
            return RepairStatistics.None with { Open = _failingSince.Count(since => since >= 0) };
        }

        var (clock, months, sum) = (calendar.CreateClock(), new (long Seconds, int Count)[Month.Of(calendar.To) + 2 - Month.Of(calendar.From)], 0L);
        var first = (calendar.Days[0].Year * 12) + calendar.Days[0].Month;
        var monthOfDay = calendar.Days.Select(day => (day.Year * 12) + day.Month - first).ToArray();
        var (ordered, index) = (new int[count], 0);
        foreach (var part in all)
        {
            foreach (var repair in CollectionsMarshal.AsSpan(part))
            {
                // One that was going on at the end of the range may have ended after it.
                var month = monthOfDay[Math.Clamp((int)(clock.ToLocal(repair.At) / (24 * 60 * 60)), 0, monthOfDay.Length - 1)];
                months[month] = (months[month].Seconds + repair.Seconds, months[month].Count + 1);
                sum += repair.Seconds;
                ordered[index++] = repair.Seconds;
            }
        }

        Array.Sort(ordered);
        return new()
        {
            Count = count,
            Mean = TimeSpan.FromSeconds((double)sum / count),
            Median = TimeSpan.FromSeconds(ordered[ordered.Length / 2]),
            Open = _failingSince.Count(since => since >= 0),
            Months = [.. months.Index().Where(month => month.Item.Count > 0).Select(month => new RepairMonth(
                new DateOnly(calendar.Days[0].Year, calendar.Days[0].Month, 1).AddMonths(month.Index),
                TimeSpan.FromSeconds((double)month.Item.Seconds / month.Item.Count),
                month.Item.Count))],
        };
    }

    private void AddBad(int server, long at)
    {
        if (_failingSince[server] >= 0)
        {
            return;
        }

        _failingSince[server] = at;
        if (_firstGood[server] < 0)
        {
            _firstBad[server] = at;
        }
    }

    private void AddGood(int server, long at)
    {
        if (_firstGood[server] < 0)
        {
            _firstGood[server] = at;
        }
        else
        {
            if (_failingSince[server] >= 0)
            {
                _repairs.Add(Recovery.Of(at, at - _failingSince[server]));
            }

            Consider(new(server, _lastGood[server], at, IsOpen: false));
        }

        (_lastGood[server], _failingSince[server]) = (at, -1);
    }

    private void Consider(Gap gap)
    {
        if (_gaps.Count < MaximumGaps)
        {
            _gaps.Enqueue(gap, gap.Seconds);
        }
        else if (_gaps.TryPeek(out _, out var shortest) && shortest < gap.Seconds)
        {
            _gaps.DequeueEnqueue(gap, gap.Seconds);
        }
    }

    /// <summary>From a first failure to the next success, in seconds from 1970 and seconds.</summary>
    private readonly record struct Recovery(uint At, int Seconds)
    {
        public static Recovery Of(long at, long seconds) => new((uint)at, (int)seconds);
    }

    /// <param name="Server">Its index.</param>
    /// <param name="IsOpen">No success ended it yet.</param>
    private readonly record struct Gap(int Server, long From, long To, bool IsOpen)
    {
        public long Seconds => To - From;
    }
}
