using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Logs;
using WsusDashboard.Simulator.Model.Events;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Model;

/// <summary>
/// The cause model of one server: causes (settings, load, services, proxy) lead to what an agent can see; no outcome is scripted.
/// </summary>
/// <remarks>
/// Threading: everything mutable is guarded by <see cref="_gate"/>. The estate's timer calls <see cref="Step"/>; edges and the SOAP server call the
/// verbs from any thread. A site server's model may call its replicas' while it holds its own gate; a replica reads its
/// upstream only through the lock-free <see cref="Offer"/>, so gates are always taken in one direction.
/// </remarks>
public sealed partial class ServerModel : IReplicaControl
{
    // A step of the model is never longer than this, in seconds of simulated time, or limits would be jumped over.
    private const double MaximumStepSeconds = 0.5;
    private const int MaximumSteps = 4_000;
    private readonly Lock _gate = new();
    private readonly TimeProvider _timeProvider;
    private readonly double _speed;
    private readonly ServerFiles _files;
    private readonly EventJournal _events = new();
    private readonly ServiceTable _services;
    private readonly PoolTable _pools;
    private readonly WsusWorker _worker;
    private readonly RequestQueue _queue;
    private readonly WsusHistory _history;
    private readonly WsusSynchronization _wsus;
    private readonly ConfigMgrSynchronization _configMgr;
    private readonly ServerLogs _logs;
    private readonly SyncInbox? _inbox;
    private Func<UpdateSource> _source;
    private PoolConfiguration _configuration = new();
    private IReadOnlyList<PoolConfiguration> _allPools = [];
    private (DateTime Written, long Length) _configurationStamp;
    private DateTimeOffset _lastStep;
    private double _secondsToSync;
    private IisReset? _reset;
    private DateTimeOffset _bootedAt;
    private volatile UpdateSource _offer = new(false, 0);
    private volatile bool _wsusIsBusy;

    internal ServerModel(ServerProfile profile, ServerFiles files, double speed, TimeProvider timeProvider)
    {
        Profile = profile;
        (_files, _speed, _timeProvider) = (files, speed, timeProvider);
        _logs = new(profile, files.LogDirectory, new WebLogs(files.HttpLogDirectory, files.SiteLogDirectory));
        _services = new(ServiceDefinitions.For(profile));
        _pools = new(pool => profile.Draw.Between("process of " + pool, 0, 700, 4_900) * 4);
        _history = new(profile.Draw);
        _worker = new(profile, _events);
        _queue = new(profile.ClientRequestsPerSecond);
        _wsus = new(profile, _history, _events);
        _inbox = profile.IsSiteServer ? new(files) : null;
        _configMgr = new(profile, _wsus, new SyncManagerLogLines(profile, _logs.SyncManager), _logs);
        _source = () => new(!profile.IsMicrosoftDown, profile.CatalogueSize);
        _lastStep = timeProvider.GetUtcNow();
        _secondsToSync = FirstSyncSeconds();
        _worker.Lost += OnWorkerLost;
        _pools.Changed += OnPoolChanged;
        _services.Changed += OnServiceChanged;
    }

    public ServerProfile Profile { get; }

    internal UpdateSource Offer => _offer;

    bool IReplicaControl.IsBusy => _wsusIsBusy;

    void IReplicaControl.RequestSync()
    {
        lock (_gate)
        {
            // Asked for through the replica's own web service: nobody hears it while that pool is down.
            if (Serves)
            {
                _wsus.Request(manual: true, @"NT AUTHORITY\SYSTEM", allowSmall: false);
                _wsusIsBusy = _wsus.IsBusy;
            }
        }
    }

    private bool IisRuns => _services.IsRunning(ServiceNames.WorldWideWeb) && _services.IsRunning(ServiceNames.ProcessActivation);

    private bool PoolRuns => IisRuns && _pools.Read(WsusWorker.PoolName) == PoolState.Started;

    private bool PoolAnswers => PoolRuns && _configuration is { FailsToLoad: false, EndsAtStart: false };

    private bool Serves => PoolAnswers && !_queue.IsFull(_configuration);

    private WebAnswer AnswerNow => !IisRuns ? WebAnswer.NoListener
        : Serves ? WebAnswer.Served
        : PoolRuns && _configuration.FailsToLoad ? WebAnswer.Broken
        : WebAnswer.Unavailable;

    private bool ExecutiveRuns => _services.IsRunning(ServiceNames.SmsExecutive);

    /// <summary>Brings the model to the present. Cheap while nothing goes on.</summary>
    internal void Step()
    {
        lock (_gate)
        {
            var now = _timeProvider.GetUtcNow();
            var real = (now - _lastStep).TotalSeconds;
            if (real <= 0)
            {
                return;
            }

            ReadConfiguration();
            if (ExecutiveRuns && _inbox?.Take(now) is { } isFull)
            {
                _configMgr.Request(onRequest: true, isFull);
            }

            var simulated = Math.Min(real * _speed, MaximumSteps * MaximumStepSeconds);
            var steps = (int)Math.Ceiling(simulated / MaximumStepSeconds);
            for (var step = 1; step <= steps; step++)
            {
                StepOnce(simulated / steps, _lastStep.AddSeconds(real * step / steps));
            }

            _lastStep = now;
            _offer = new(PoolAnswers, _wsus.Updates);
            _wsusIsBusy = _wsus.IsBusy;
        }

        _logs.Flush();
    }

    internal void Connect(Func<UpdateSource>? source, IReadOnlyList<IReplicaControl> replicas)
    {
        _source = source ?? _source;
        _configMgr.Replicas = replicas;
    }

    private void StepOnce(double seconds, DateTimeOffset at)
    {
        _services.Step(seconds);
        _reset?.Step();
        if (_reset is { IsFinished: true })
        {
            _reset = null;
        }

        _pools.Step(seconds);
        if (PoolRuns)
        {
            StepQueue(seconds);
            _worker.Step(seconds, at, _configuration, Math.Max(_wsus.CacheShare, _configMgr.CacheShare), _queue.Waiting);
        }
        else
        {
            _queue.Drop();
        }

        _wsus.Step(seconds, at, _services.IsRunning(ServiceNames.WsusService), _worker, _source());
        _configMgr.Advance(seconds, at, ExecutiveRuns, AnswerNow, _worker);
        StepSchedule(seconds);
    }

    private void StepQueue(double seconds)
    {
        if (_configuration.FailsToLoad)
        {
            // An error is answered at once.
            _queue.Drop();
            return;
        }

        _queue.Step(seconds, _configuration, _worker.ProcessId is not null, _worker.Warmth);
    }

    private void StepSchedule(double seconds)
    {
        _secondsToSync -= seconds;
        if (_secondsToSync > 0)
        {
            return;
        }

        // A replica has no schedule of its own: its site server has it synchronize.
        _secondsToSync = Profile.SyncInterval.TotalSeconds;
        if (Profile.IsSiteServer && ExecutiveRuns)
        {
            _configMgr.Request(onRequest: false);
        }
        else if (Profile.SynchronizesAutomatically)
        {
            _wsus.Request(manual: false, "", allowSmall: true);
        }
    }

    // Spread over the interval, so that an estate does not synchronize in step; what fails often is soon seen failing.
    private double FirstSyncSeconds() => Profile.SyncInterval.TotalSeconds * (0.15 + (0.6 * Profile.Draw.Fraction("first sync", 0)));

    private void ReadConfiguration()
    {
        var file = new FileInfo(_files.ApplicationHostConfig);
        var stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (stamp == _configurationStamp)
        {
            return;
        }

        _configurationStamp = stamp;
        if (PoolConfiguration.ReadAll(_files.ApplicationHostConfig) is not { } pools)
        {
            return;
        }

        _allPools = pools;
        if (pools.FirstOrDefault(pool => IsWsusPool(pool.Name)) is not { } read)
        {
            _pools.StopAtOnce(WsusWorker.PoolName);
            return;
        }

        // IIS recycles a pool when its configuration changes.
        var isChange = _configuration.Text.Length > 0 && _configuration.Text != read.Text;
        _configuration = read;
        if (isChange)
        {
            _worker.End();
        }
    }

    private void OnWorkerLost(bool disabled)
    {
        var now = _timeProvider.GetUtcNow();
        _wsus.Interrupt(now);
        _configMgr.Interrupt(now);
        if (disabled)
        {
            _pools.StopAtOnce(WsusWorker.PoolName);
            WsusEvents.WebServicesDown(_events, now);
        }
    }

    private void OnPoolChanged(string pool, PoolState state)
    {
        if (!string.Equals(pool, WsusWorker.PoolName, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (state is PoolState.Stopping or PoolState.Stopped)
        {
            _worker.End();
        }
        else if (state == PoolState.Starting)
        {
            _worker.ForgetCrashes();
            _queue.Begin();
        }
    }

    private void OnServiceChanged(string service, ServiceState state)
    {
        var now = _timeProvider.GetUtcNow();
        if (state is ServiceState.Running or ServiceState.Stopped)
        {
            _events.WriteService(service, state, now);
        }

        if (service == ServiceNames.SmsExecutive && state == ServiceState.StopPending)
        {
            _configMgr.Abort(now);
        }
        else if (service == ServiceNames.WsusService && state == ServiceState.StopPending)
        {
            _wsus.Interrupt(now);
        }
        else if (service == ServiceNames.WorldWideWeb && state == ServiceState.StopPending)
        {
            _worker.End();
        }
        else if (service == ServiceNames.ProcessActivation && state == ServiceState.StopPending)
        {
            foreach (var pool in _allPools)
            {
                _pools.StopAtOnce(pool.Name);
            }
        }
        else if (service == ServiceNames.WorldWideWeb && state == ServiceState.Running)
        {
            // WAS starts the pools whose autoStart is true, also one that rapid-fail protection had stopped.
            foreach (var pool in _allPools.Where(pool => pool.AutoStart))
            {
                _pools.Start(pool.Name);
            }
        }
    }
}
