using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Model.Events;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Model;

/// <summary>
/// The worker process of WsusPool: it holds WSUS's cache, grows towards what is asked of it, and is recycled or dies.
/// Callers hold the model's gate; seconds are simulated time.
/// </summary>
/// <remarks>
/// Facts (wsus.md, section 6, and configmgr.md, 6b): the cache costs far more memory than the default limit of 1,843,200 KB; over the limit WAS writes 5117 and
/// replaces the worker. A recycle is no crash and rapid-fail protection does not count it: the pool ends Stopped where workers <em>die</em> (5009). The model lets
/// a worker die in two cases: a 32-bit one that fills its 4 GB address space, and one that is replaced while clients queue up,
/// because its successor meets all of them with an empty cache. One that meets a module built for another processor ends before it serves anything. Simplified: 220 KB for an update; Microsoft measured more.
/// </remarks>
internal sealed class WsusWorker(ServerProfile profile, EventJournal events)
{
    public const string PoolName = "WsusPool";

    /// <summary>Private memory of a worker that has just started, in KB.</summary>
    public const double EmptyKilobytes = 180_000;

    private const double KilobytesPerUpdate = 220;

    // A 32-bit process has 4 GB of addresses on 64-bit Windows; heaps are fragmented before all of them are used.
    private const double AddressableKilobytes = 4L * 1024 * 1024 * 0.94;
    private const double SecondsToBuildCache = 40;
    private const double SecondsToTrimCache = 150;
    private const double RestingShare = 0.30;

    // Above this load clients ask for the whole catalogue again and again: the cache never comes to rest.
    private const double StormRequestsPerSecond = 100;
    private const double StormShare = 0.80;
    private const int DrainableRequests = 200;
    private readonly Queue<double> _crashes = new();
    private double _clockSeconds;
    private double _startDelaySeconds;
    private int _nextNumber;

    public int? ProcessId { get; private set; }
    public double PrivateKilobytes { get; private set; }
    public double UptimeSeconds { get; private set; }
    public DateTimeOffset StartedAt { get; private set; }
    public int StartedWorkers => _nextNumber;

    /// <summary>Memory in KB that the worker needs when it caches this share of the catalogue.</summary>
    public double Needed(double share) => Needed(profile, share);

    /// <inheritdoc cref="Needed(double)"/>
    public static double Needed(ServerProfile profile, double share) => EmptyKilobytes + (share * profile.CatalogueSize * KilobytesPerUpdate);

    /// <summary>The share of the catalogue that clients keep in the cache while nothing is synchronized.</summary>
    public static double ShareAtRest(ServerProfile profile) => profile.ClientRequestsPerSecond >= StormRequestsPerSecond ? StormShare : RestingShare;

    /// <summary>False where it cannot load what IIS has it load.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>How much of what is asked for is in the cache, 0 to 1.</summary>
    public double Warmth { get; private set; }

    /// <summary>Called with true where rapid-fail protection must stop the pool, after the worker is gone.</summary>
    public event Action<bool>? Lost;

    public void Restore(int startedWorkers) => _nextNumber = startedWorkers;

    /// <summary>One step while the pool is started.</summary>
    /// <param name="syncShare">Share of the catalogue that a running synchronization needs; 0 while none runs.</param>
    public void Step(double seconds, DateTimeOffset at, PoolConfiguration configuration, double syncShare, double waitingRequests)
    {
        _clockSeconds += seconds;
        if (ProcessId is null)
        {
            _startDelaySeconds -= seconds;
            if (_startDelaySeconds <= 0 && configuration.EndsAtStart)
            {
                _startDelaySeconds = 1;
                CountCrash(at, configuration);
            }
            else if (_startDelaySeconds <= 0)
            {
                Launch(at);
            }

            return;
        }

        UptimeSeconds += seconds;
        IsLoaded = !configuration.FailsToLoad;
        if (!IsLoaded)
        {
            // It fails before it sees a request: nothing is cached.
            (PrivateKilobytes, Warmth) = (EmptyKilobytes, 0);
            return;
        }

        var share = Math.Max(ShareAtRest(profile), syncShare);
        var needed = Needed(share);
        var step = (Needed(1) - EmptyKilobytes) * seconds;
        PrivateKilobytes = PrivateKilobytes < needed
            ? Math.Min(needed, PrivateKilobytes + (step / SecondsToBuildCache))
            : Math.Max(needed, PrivateKilobytes - (step / SecondsToTrimCache));
        Warmth = Math.Clamp((PrivateKilobytes - EmptyKilobytes) / (needed - EmptyKilobytes), 0, 1);
        CheckLimits(at, configuration, waitingRequests);
    }

    /// <summary>Ends the worker without a trace in the log: a stop, a start, or a recycle that was asked for.</summary>
    public void End()
    {
        if (ProcessId is not null)
        {
            Clear();
            Lost?.Invoke(false);
        }
    }

    /// <summary>A pool that is started by hand has a clean record.</summary>
    public void ForgetCrashes() => _crashes.Clear();

    private void CheckLimits(DateTimeOffset at, PoolConfiguration configuration, double waitingRequests)
    {
        if (configuration.Enable32Bit && PrivateKilobytes > AddressableKilobytes)
        {
            Die(at, configuration, "e0434352");
        }
        else if (configuration.PrivateMemoryKilobytes > 0 && PrivateKilobytes > configuration.PrivateMemoryKilobytes)
        {
            events.WriteWas(WindowsEvents.PrivateMemoryRecycle, EventLevel.Information, at, PoolName, WasEvents.PrivateMemoryRecycle(ProcessId!.Value, PoolName));
            if (waitingRequests > DrainableRequests)
            {
                Die(at, configuration, "800703e9");
            }
            else
            {
                End();
            }
        }
        else if (configuration.RegularRestartInterval > TimeSpan.Zero && UptimeSeconds > configuration.RegularRestartInterval.TotalSeconds)
        {
            events.WriteWas(WindowsEvents.TimeRecycle, EventLevel.Information, at, PoolName, WasEvents.TimeRecycle(ProcessId!.Value, PoolName));
            End();
        }
    }

    private void Die(DateTimeOffset at, PoolConfiguration configuration, string exitCode)
    {
        events.WriteWas(WindowsEvents.WorkerDied, EventLevel.Warning, at, PoolName, WasEvents.WorkerDied(ProcessId!.Value, PoolName, exitCode));
        Clear();
        CountCrash(at, configuration);
    }

    private void CountCrash(DateTimeOffset at, PoolConfiguration configuration)
    {
        _crashes.Enqueue(_clockSeconds);
        while (_crashes.TryPeek(out var oldest) && _clockSeconds - oldest > configuration.RapidFailProtectionInterval.TotalSeconds)
        {
            _crashes.Dequeue();
        }

        var disabled = configuration.RapidFailProtection && _crashes.Count >= configuration.RapidFailProtectionMaxCrashes;
        if (disabled)
        {
            events.WriteWas(WindowsEvents.PoolDisabled, EventLevel.Error, at, PoolName, WasEvents.PoolDisabled(PoolName));
        }

        Lost?.Invoke(disabled);
    }

    private void Launch(DateTimeOffset at)
    {
        // Windows gives process ids that are multiples of four.
        ProcessId = profile.Draw.Between("process", _nextNumber++, 700, 4_900) * 4;
        PrivateKilobytes = EmptyKilobytes;
        UptimeSeconds = 0;
        StartedAt = at;
        IsLoaded = true;
    }

    private void Clear()
    {
        ProcessId = null;
        PrivateKilobytes = 0;
        Warmth = 0;
        IsLoaded = false;
        _startDelaySeconds = 1;
    }
}
