using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Model.Events;

namespace WsusDashboard.Simulator.Model;

/// <summary>How the web server answers a request for WSUS at this moment.</summary>
internal enum WebAnswer
{
    /// <summary>The worker answers.</summary>
    Served,

    /// <summary>HTTP.sys answers 503: the pool is stopped, or its queue is full.</summary>
    Unavailable,

    /// <summary>The worker cannot load a library, and answers 500.19 to every request.</summary>
    Broken,

    /// <summary>Nobody listens: the web service itself is stopped.</summary>
    NoListener,
}

/// <content>What edges, the SOAP server and tests ask of the model. Each takes the gate.</content>
public sealed partial class ServerModel
{
    public PoolState WsusPoolState => Locked(() => IisRuns ? _pools.Read(WsusWorker.PoolName) : PoolState.Stopped);

    /// <summary>Updates that WSUS holds.</summary>
    public int WsusUpdates => Locked(() => _wsus.Updates);

    /// <summary>What "All Software Updates" shows.</summary>
    public int ConfigMgrUpdates => Locked(() => _configMgr.Updates);

    /// <summary>True while WSUS, or Configuration Manager on its behalf, synchronizes.</summary>
    public bool IsSynchronizing => Locked(() => _wsus.IsBusy || _configMgr.IsBusy);

    /// <summary>Process id of WsusPool's worker; null while there is none.</summary>
    public int? WorkerProcessId => Locked(() => _worker.ProcessId);

    public ServiceState ReadServiceState(string name) => Locked(() => _services.Read(name).State);

    /// <summary>Asks as a person at the WSUS console would; refused (false) while the pool does not answer.</summary>
    public bool StartSync() => Locked(() =>
    {
        if (Serves)
        {
            _wsus.Request(manual: true, "BUILTIN\\Administrators", allowSmall: false);
        }

        return Serves;
    });

    /// <summary>SMS_SoftwareUpdate.SyncNow: accepted also while the thread that would act on it does not run.</summary>
    public void StartConfigMgrSync(bool isFull = false) => Locked(() =>
    {
        if (ExecutiveRuns)
        {
            _configMgr.Request(onRequest: true, isFull);
        }

        return true;
    });

    internal void StopSync() => Locked(() =>
    {
        _wsus.RequestStop();
        return true;
    });

    internal ServiceStatus ReadService(string name) => Locked(() => _services.Read(name));

    internal void StartService(string name) => Locked(() =>
    {
        _services.Start(name);
        return true;
    });

    internal void SetStartType(string name, ServiceStartType startType) => Locked(() =>
    {
        _services.SetStartType(name, startType);
        return true;
    });

    internal void StopService(string name) => Locked(() =>
    {
        _services.Stop(name);
        return true;
    });

    internal IReadOnlyList<string> RunningDependents(string name) => Locked(() => _services.RunningDependents(name));

    internal EventPage QueryEvents(EventQuery query) => Locked(() => _events.Query(query));

    internal Task<ProcessResult> ResetIis() => Locked(() => (_reset ??= new(_services)).Completion);

    internal PoolState ReadPool(string name) => Locked(() => IisRuns ? _pools.Read(name) : PoolState.Stopped);

    /// <summary>Null where WAS is not running and no pool can be started.</summary>
    internal PoolState? StartPool(string name) => Locked<PoolState?>(() => IisRuns ? _pools.Start(name) : null);

    internal PoolState StopPool(string name) => Locked(() => _pools.Stop(name));

    /// <summary>Null where the pool is stopped: there is nothing to recycle.</summary>
    internal PoolState? RecyclePool(string name) => Locked<PoolState?>(() =>
    {
        if (!IisRuns || _pools.Read(name) != PoolState.Started)
        {
            return null;
        }

        _pools.Recycle(name);
        if (IsWsusPool(name))
        {
            _worker.End();
        }

        return PoolState.Started;
    });

    internal PoolWorker? ReadWorker(string pool) => Locked(() => ReadWorkerNow(pool));

    internal WebAnswer Answer => Locked(() => AnswerNow);

    /// <summary>How long a client waits for an answer of a web service now.</summary>
    /// <param name="share">What this answer takes of a slow database's delay; 1 = all of it.</param>
    internal TimeSpan ClientWait(double share) =>
        Locked(() => (TimeSpan.FromSeconds(_queue.WaitSeconds(_worker.ProcessId is not null, _worker.Warmth)) + (Profile.DatabaseDelay * share)) / _speed);

    /// <summary>The whole of WSUS as its web service knows it.</summary>
    internal WsusView ReadWsus() => Locked(() => new WsusView(
        _wsus.State, _wsus.Phase, _wsus.Processed, _wsus.Total, _wsus.Updates, Profile.CatalogueSize, Profile.Computers,
        _history.LastSuccess, Profile.SynchronizesAutomatically ? _timeProvider.GetUtcNow().AddSeconds(_secondsToSync / _speed) : null));

    internal IReadOnlyList<WsusEventRow> ReadHistory() => Locked<IReadOnlyList<WsusEventRow>>(() => [.. _history.Rows]);

    /// <summary>All that the WMI tables show.</summary>
    internal WmiView ReadWmi() => Locked(() => new WmiView(
        [.. _allPools.Select(pool => new PoolCounters(pool.Name, ReadWorkerNow(pool.Name), IsWsusPool(pool.Name) ? (long)_queue.Waiting : 0, IsWsusPool(pool.Name) ? (long)_queue.Rejected : 0))],
        _configMgr.Current, _bootedAt, FreeMemoryKilobytes(), _timeProvider.GetUtcNow()));

    internal ModelMemory Remember() => Locked(() => new ModelMemory
    {
        WsusUpdates = _wsus.Updates,
        RunNumber = _wsus.RunNumber,
        LastResult = _wsus.LastResult,
        ConfigMgr = _configMgr.Remember(),
        History = [.. _history.Rows],
        Events = [.. _events.All],
        Services = _services.States.ToDictionary(),
        StartTypes = _services.StartTypes.ToDictionary(),
        Pools = _pools.States.ToDictionary(),
        RejectedRequests = _queue.Rejected,
        StartedWorkers = _worker.StartedWorkers,
        BootedAt = _bootedAt,
    });

    internal void Restore(ModelMemory memory) => Locked(() =>
    {
        _wsus.Restore(memory.WsusUpdates, memory.RunNumber, memory.LastResult);
        _history.Restore(memory.History);
        _events.Restore(memory.Events);
        _queue.Restore(memory.RejectedRequests);
        _worker.Restore(memory.StartedWorkers);
        _bootedAt = memory.BootedAt;
        if (memory.ConfigMgr is not null)
        {
            _configMgr.Restore(memory.ConfigMgr);
        }

        foreach (var (name, state) in memory.Services)
        {
            _services.Place(name, state);
        }

        foreach (var (name, startType) in memory.StartTypes)
        {
            _services.PlaceStartType(name, startType);
        }

        foreach (var (name, state) in memory.Pools)
        {
            _pools.Place(name, state);
        }

        ReadConfiguration();
        _offer = new(PoolAnswers, _wsus.Updates);
        return true;
    });

    internal void FlushLog() => _logs.Flush();

    private static bool IsWsusPool(string name) => string.Equals(name, WsusWorker.PoolName, StringComparison.OrdinalIgnoreCase);

    private PoolWorker? ReadWorkerNow(string pool)
    {
        if (!IisRuns)
        {
            return null;
        }

        return IsWsusPool(pool)
            ? _worker.ProcessId is { } processId ? new(processId, (long)_worker.PrivateKilobytes, _worker.StartedAt) : null
            : _pools.Worker(pool) is { } other ? new(other, 41_000 + (other % 977 * 60), _bootedAt) : null;
    }

    private long FreeMemoryKilobytes() => Math.Max(400_000, Profile.TotalMemoryKilobytes - 5_200_000 - (long)_worker.PrivateKilobytes);

    private T Locked<T>(Func<T> body)
    {
        lock (_gate)
        {
            return body();
        }
    }
}

/// <summary>WSUS as its web service knows it.</summary>
internal sealed record WsusView(
    SubscriptionState State, SyncPhase Phase, int Processed, int Total, int Updates, int CatalogueSize, int Computers, DateTimeOffset? LastSuccess, DateTimeOffset? NextSync)
{
    /// <summary>A share of a catalogue is always declined.</summary>
    public int Declined => Updates / 9;
}

/// <summary>What WMI shows of one pool.</summary>
internal sealed record PoolCounters(string Pool, PoolWorker? Worker, long Waiting, long Rejected);

/// <summary>All that the WMI tables show.</summary>
internal sealed record WmiView(IReadOnlyList<PoolCounters> Pools, ConfigMgrMemory ConfigMgr, DateTimeOffset BootedAt, long FreeMemoryKilobytes, DateTimeOffset Now);
