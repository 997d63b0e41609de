using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>How long servers stayed without a good synchronization: from a first failure to the next success, and from one success to the next.</summary>
internal sealed class RepairTally(IReadOnlyList<ScopedServer> servers, TimeZoneInfo zone)
{
    private const int MaximumGaps = 10;

    private readonly long[] _lastGood = Filled(servers.Count);
    private readonly long[] _failingSince = Filled(servers.Count);
    private readonly List<(long At, long Seconds)> _repairs = [];
    private readonly PriorityQueue<SyncGap, TimeSpan> _gaps = new();

    public void Add(int server, in PackedRun run)
    {
        if (run.IsBad)
        {
            _failingSince[server] = _failingSince[server] < 0 ? run.At : _failingSince[server];
            return;
        }

        if (run.Result != SyncResult.Succeeded)
        {
            return;
        }

        var at = run.At;
        if (_failingSince[server] >= 0)
        {
            _repairs.Add((at, at - _failingSince[server]));
            _failingSince[server] = -1;
        }

        if (_lastGood[server] >= 0)
        {
            Consider(server, _lastGood[server], at, at - _lastGood[server]);
        }

        _lastGood[server] = at;
    }

    /// <param name="now">The end of the range, or now where that is earlier: until then the open gaps go on.</param>
    public (RepairStatistics Repairs, IReadOnlyList<SyncGap> Gaps) Build(DateTimeOffset now)
    {
        for (var server = 0; server < servers.Count; server++)
        {
            // The gap that goes on: from the last good one in the range, else from the last known before it, else from the first failure.
            var known = servers[server].LastGoodSyncAt is { } at && at.ToOffset() <= now ? SyncMonths.SecondsOf(at) : -1;
            var from = _lastGood[server] >= 0 ? _lastGood[server] : known >= 0 ? known : _failingSince[server];
            if (from >= 0)
            {
                Consider(server, from, null, now.ToUnixTimeSeconds() - from);
            }
        }

        var ordered = _repairs.Select(repair => repair.Seconds).Order().ToList();
        var repairs = new RepairStatistics
        {
            Count = ordered.Count,
            Mean = ordered.Count == 0 ? null : TimeSpan.FromSeconds(ordered.Average()),
            Median = ordered.Count == 0 ? null : TimeSpan.FromSeconds(ordered[ordered.Count / 2]),
            Open = _failingSince.Count(since => since >= 0),
            Months = [.. _repairs
                .GroupBy(repair => FirstOfMonth(repair.At))
                .OrderBy(group => group.Key)
                .Select(group => new RepairMonth(group.Key, TimeSpan.FromSeconds(group.Average(repair => repair.Seconds)), group.Count()))],
        };
        return (repairs, [.. _gaps.UnorderedItems.Select(entry => entry.Element).OrderByDescending(gap => gap.Length)]);
    }

    private static long[] Filled(int count)
    {
        var times = new long[count];
        Array.Fill(times, -1);
        return times;
    }

    private DateOnly FirstOfMonth(long seconds)
    {
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(seconds), zone);
        return new(local.Year, local.Month, 1);
    }

    private void Consider(int server, long from, long? to, long seconds)
    {
        var length = TimeSpan.FromSeconds(seconds);
        if (_gaps.Count == MaximumGaps && _gaps.TryPeek(out _, out var shortest) && shortest >= length)
        {
            return;
        }

        DateTimeOffset? end = to is { } known ? DateTimeOffset.FromUnixTimeSeconds(known) : null;
        _gaps.Enqueue(new(servers[server].Id, servers[server].Name, DateTimeOffset.FromUnixTimeSeconds(from), end, length), length);
        if (_gaps.Count > MaximumGaps)
        {
            _gaps.Dequeue();
        }
    }
}
