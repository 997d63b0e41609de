using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>How the synchronizations of each server stood at a moment, and how they went on.</summary>
internal sealed class ChangeCounts(int servers, long moment) : ISyncRunCounts
{
    private readonly ServerCourse[] _courses = [.. Enumerable.Range(0, servers).Select(_ => new ServerCourse())];

    public ServerCourse Of(int server) => _courses[server];

    public void Add(int server, long periodStart, ReadOnlySpan<ulong> runs)
    {
        foreach (var bits in runs)
        {
            var run = new PackedRun(periodStart, bits);
            if (run.IsCounted && (run.IsBad || run.Result == SyncResult.Succeeded))
            {
                Add(_courses[server], run);
            }
        }
    }

    private void Add(ServerCourse course, PackedRun run)
    {
        var isAfter = run.At >= moment;
        if (run.IsBad)
        {
            course.FailingSince = course.FailingSince < 0 ? run.At : course.FailingSince;
            course.FailuresInARow++;
            course.Cause = run.Cause;
        }
        else
        {
            course.FirstGoodAfter = isAfter && (course.FirstGoodAfter < 0 || course.FailingSince >= 0) ? run.At : course.FirstGoodAfter;
            (course.FailingSince, course.FailuresInARow, course.Cause, course.LastGood) = (-1, 0, 0, run.At);
        }

        if (!isAfter)
        {
            (course.WasBad, course.WasFailingSince) = (run.IsBad, course.FailingSince);
        }
    }
}

/// <summary>The course of one server; times are seconds from 1970, -1 = none.</summary>
internal sealed class ServerCourse
{
    /// <summary>Null = no synchronization ended before the moment.</summary>
    public bool? WasBad { get; set; }

    public long WasFailingSince { get; set; } = -1;

    /// <summary>End of the first of the failures in a row that go on.</summary>
    public long FailingSince { get; set; } = -1;

    public int FailuresInARow { get; set; }

    /// <summary>Of the newest of them.</summary>
    public int Cause { get; set; }

    /// <summary>The first good one after the moment, or after the newest failures.</summary>
    public long FirstGoodAfter { get; set; } = -1;

    public long LastGood { get; set; } = -1;
}

/// <summary>How the synchronizations of each server went before and after a release.</summary>
/// <param name="servers">How many there are.</param>
/// <param name="releasedAt">Seconds since 1970.</param>
/// <param name="isBelow">By index: true for a server that takes its updates from another one, so that its first good synchronization isn't enough.</param>
internal sealed class ReleaseCounts(int servers, long releasedAt, bool[] isBelow) : ISyncRunCounts
{
    private readonly Dictionary<int, List<(long StartedAt, long At)>> _goodBelow = [];
    private readonly long[] _lastGood = Filled(servers);
    private readonly bool[] _wasBad = new bool[servers];
    private readonly long[] _synced = Filled(servers);
    private readonly int[] _failed = new int[servers];
    private readonly int[] _causes = new int[servers];

    public DateTimeOffset? LastGoodOf(int server) => ToTime(_lastGood[server]);

    /// <summary>True where the last one before the release failed.</summary>
    public bool WasBad(int server) => _wasBad[server];

    public DateTimeOffset? SyncedAtOf(int server) => ToTime(_synced[server]);

    /// <summary>End of the first good one that began after the release and at or after a moment, of a server below another one; null = none yet.</summary>
    public DateTimeOffset? SyncedFrom(int server, DateTimeOffset moment)
    {
        var from = moment.ToUnixTimeSeconds();
        return _goodBelow.TryGetValue(server, out var runs) && runs.FindIndex(run => run.StartedAt >= from) is >= 0 and var index ? ToTime(runs[index].At) : null;
    }

    public int FailedOf(int server) => _failed[server];

    /// <summary>Number of the cause of the newest failure after the release; 0 = none is known.</summary>
    public int CauseOf(int server) => _causes[server];

    public void Add(int server, long periodStart, ReadOnlySpan<ulong> runs)
    {
        foreach (var bits in runs)
        {
            var run = new PackedRun(periodStart, bits);
            if (run.IsCounted && (run.IsBad || run.Result == SyncResult.Succeeded))
            {
                Add(server, run);
            }
        }
    }

    private void Add(int server, PackedRun run)
    {
        if (run.StartedAt < releasedAt)
        {
            _wasBad[server] = run.IsBad;
            _lastGood[server] = run.IsBad ? _lastGood[server] : run.At;
            return;
        }

        if (isBelow[server] && !run.IsBad)
        {
            if (!_goodBelow.TryGetValue(server, out var runs))
            {
                _goodBelow[server] = runs = [];
            }

            runs.Add((run.StartedAt, run.At));
        }

        if (_synced[server] < 0)
        {
            _failed[server] += run.IsBad ? 1 : 0;
            _causes[server] = run.IsBad ? run.Cause : 0;
            _synced[server] = run.IsBad ? -1 : run.At;
        }
    }

    private static DateTimeOffset? ToTime(long seconds) => seconds < 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds);

    private static long[] Filled(int count)
    {
        var times = new long[count];
        Array.Fill(times, -1);
        return times;
    }
}
