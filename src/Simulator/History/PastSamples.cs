using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Samples;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.History;

/// <summary>
/// The samples of the last days, one a minute, as the agent of this server would have taken them: the memory of the worker follows the synchronizations
/// of the past, and falls where the past has a recycle.
/// </summary>
internal sealed class PastSamples
{
    private const double EmptyKilobytes = WsusWorker.EmptyKilobytes;

    // Where a small delta was taken, reading the catalogue into the site database comes after it, and is what the worker does not survive.
    private static readonly TimeSpan CatalogueReading = TimeSpan.FromSeconds(139);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(4);

    // An answer of a warm worker without others before it; after a recycle the queue is long and the cache empty.
    private const int WarmMilliseconds = 15;
    private const int LongestWaitMilliseconds = 3_000;
    private readonly ServerProfile _profile;
    private readonly PoolConfiguration _pool;
    private readonly DateTimeOffset _now;
    private readonly List<Load> _loads;
    private readonly double _resting;

    private PastSamples(ServerProfile profile, PoolConfiguration pool, DateTimeOffset now)
    {
        (_profile, _pool, _now) = (profile, pool, now);
        _resting = UnderLimit(WsusWorker.Needed(profile, WsusWorker.ShareAtRest(profile)));
        _loads = [.. PastRuns.Plan(profile, now).Select(LoadOf).OfType<Load>()];
    }

    /// <summary>In order, up to the minute before <paramref name="now"/>.</summary>
    /// <param name="profile">The server; with fewer days of history there are fewer samples.</param>
    /// <param name="pool">The settings of its pool.</param>
    /// <param name="now">The end of the past.</param>
    /// <param name="length">How far back.</param>
    public static IEnumerable<ServerSample> Tell(ServerProfile profile, PoolConfiguration pool, DateTimeOffset now, TimeSpan length)
    {
        var past = new PastSamples(profile, pool, now);
        var days = TimeSpan.FromDays(profile.HistoryDays);
        var last = ServerSample.MinuteOf(now);
        for (var minute = ServerSample.MinuteOf(now - (length < days ? length : days)); minute < last; minute++)
        {
            yield return past.At(minute);
        }
    }

    private ServerSample At(long minute)
    {
        var at = DateTimeOffset.UnixEpoch.AddMinutes(minute);
        var isStopped = _profile.Scenario == Scenario.PoolStopped && at >= _now - PastRuns.StoppedFor(_profile.Draw);
        var isBroken = _profile.Scenario == Scenario.CompressionLibrary && at >= _now - PastRuns.StoppedFor(_profile.Draw);
        var load = isStopped ? null : _loads.Find(load => load.Start <= at && at < load.End + Rest);
        var isAfterRecycle = load is { EndsInRecycle: true } && at >= load.End;
        return new ServerSample
        {
            Minute = minute,
            WorkerKilobytes = isStopped ? null : (long)((isBroken ? EmptyKilobytes : MemoryAt(at, load)) * (0.985 + (0.03 * _profile.Draw.Fraction("past memory", minute)))),
            LimitKilobytes = _pool.PrivateMemoryKilobytes,
            QueuedRequests = isStopped || isBroken ? 0 : QueueAt(minute, load, isAfterRecycle),

            // HTTP.sys answers for a pool that stands still without counting it as rejected by the queue.
            RejectedRequests = isAfterRecycle ? _profile.Draw.Between("past rejected in a minute", minute, 40, 900) : 0,
            Updates = _profile.InitialUpdates,
            ConfigMgrUpdates = _profile.IsSiteServer ? _profile.InitialConfigMgrUpdates : null,
            Client = [.. ClientEndpoints.All.Select(endpoint => AnswerAt(minute, endpoint, isStopped, isAfterRecycle))],
        };
    }

    private EndpointSample AnswerAt(long minute, ClientEndpoint endpoint, bool isStopped, bool isAfterRecycle)
    {
        if (isStopped)
        {
            return new EndpointSample(endpoint, null, IsFailing: true);
        }

        // The file and the refusal of a question without login need neither a worker's cache nor the database.
        if (endpoint is ClientEndpoint.Content or ClientEndpoint.ApiRemoting30)
        {
            return new EndpointSample(endpoint, EndpointSample.Round(TimeSpan.FromMilliseconds(1)), IsFailing: false);
        }

        var draw = _profile.Draw.Fraction($"past answer of {endpoint}", minute);
        var waited = isAfterRecycle ? LongestWaitMilliseconds * (0.4 + (0.6 * draw)) : WarmMilliseconds * (0.5 + draw);
        return new EndpointSample(endpoint, EndpointSample.Round(TimeSpan.FromMilliseconds(waited) + (_profile.DatabaseDelay * (0.7 + (0.6 * draw)))), IsFailing: false);
    }

    private double MemoryAt(DateTimeOffset at, Load? load)
    {
        if (load is null)
        {
            return _resting;
        }

        if (at < load.End)
        {
            return Between(_resting, load.Peak, (at - load.Start) / (load.End - load.Start));
        }

        return Between(load.EndsInRecycle ? EmptyKilobytes : load.Peak, _resting, (at - load.End) / Rest);
    }

    private long QueueAt(long minute, Load? load, bool isAfterRecycle)
    {
        var usual = (int)(_profile.ClientRequestsPerSecond / 6);
        return isAfterRecycle ? Math.Min(_pool.QueueLength, _profile.Draw.Between("past queue", minute, 200, 1_400))
            : _profile.Draw.Between("past queue", minute, 0, load is null ? usual : usual * 5);
    }

    private Load? LoadOf(PastRun run)
    {
        var end = run.StartedAt + run.Duration;
        return run.Outcome switch
        {
            PastOutcome.Succeeded => new(run.StartedAt, end, UnderLimit(WsusWorker.Needed(_profile, 0.9)), false),
            PastOutcome.Cancelled => new(run.StartedAt, end, AtLimit, true),
            PastOutcome.SucceededInWsusOnly => new(run.StartedAt, end + CatalogueReading, AtLimit, true),
            PastOutcome.TimedOut => new(run.StartedAt, end, UnderLimit(WsusWorker.Needed(_profile, 0.45)), false),
            _ => null,
        };
    }

    private double AtLimit => _pool.PrivateMemoryKilobytes > 0 ? _pool.PrivateMemoryKilobytes : WsusWorker.Needed(_profile, 1);

    private double UnderLimit(double kilobytes) => _pool.PrivateMemoryKilobytes > 0 ? Math.Min(kilobytes, _pool.PrivateMemoryKilobytes * 0.94) : kilobytes;

    private static double Between(double from, double to, double share) => from + ((to - from) * Math.Clamp(share, 0, 1));

    /// <summary>A time in which the worker's memory grows, and how it ends.</summary>
    private sealed record Load(DateTimeOffset Start, DateTimeOffset End, double Peak, bool EndsInRecycle);
}
