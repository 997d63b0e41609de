using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Simulator.Logs;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Model;

/// <summary>
/// WSUS Synchronization Manager, a thread of SMS_EXECUTIVE: has WSUS synchronize, then its replicas, then reads the catalogue into the site database.
/// Callers hold the model's gate; seconds are simulated time.
/// </summary>
internal sealed class ConfigMgrSynchronization(ServerProfile profile, WsusSynchronization wsus, SyncManagerLogLines narrator, ServerLogs logs)
{
    public const string UnavailableReason = "The request failed with HTTP status 503: Service Unavailable";

    public const string BrokenReason = "The request failed with HTTP status 500: Internal Server Error";

    private const double StartSeconds = 2;
    private const double SleepSeconds = 4;
    private const double CategoriesSeconds = 4;
    private const double UpdatesSeconds = 20;
    private const double SecondsBetweenProgressLines = 5;
    private const double ReplicaPatienceSeconds = 300;

    // The guide's symptoms stand together: with SMS_EXECUTIVE stopped, All Software Updates shows 0 items. In the model that takes five minutes.
    private const double SecondsUntilEmpty = 300;
    private const double DeltaShare = 0.4;
    private const double WarmEnough = 0.97;
    private Step _step = Step.Idle;
    private double _elapsedSeconds;
    private double _sinceLineSeconds;
    private double _stoppedSeconds;
    private long _awaitedRun;
    private int _from;
    private int _total;
    private bool _onRequest;
    private bool _isFull;
    private DateTimeOffset _startedAt;

    private enum Step
    {
        Idle,
        Starting,
        Wsus,
        Sleeping,
        Replicas,
        Categories,
        Updates,
    }

    /// <summary>The downstream servers that this site's manager also synchronizes.</summary>
    public IReadOnlyList<IReplicaControl> Replicas { get; set; } = [];

    public int Updates { get; private set; } = profile.InitialConfigMgrUpdates;
    public int LastSyncState { get; private set; } = 6702;
    public DateTimeOffset LastSyncStateAt { get; private set; }
    public long LastErrorCode { get; private set; }
    public DateTimeOffset? LastSuccessAt { get; private set; }
    public long CatalogVersion { get; private set; } = 1;
    public bool IsBusy => _step != Step.Idle;

    public double CacheShare => _step is Step.Categories or Step.Updates ? (IsComplete && !_isFull ? DeltaShare : 1) : 0;

    private bool IsComplete => Updates >= profile.CatalogueSize * 95 / 100;

    public void Restore(ConfigMgrMemory memory) =>
        (Updates, LastSyncState, LastSyncStateAt, LastErrorCode, LastSuccessAt, CatalogVersion) =
        (memory.Updates, memory.LastSyncState, memory.LastSyncStateAt, memory.LastErrorCode, memory.LastSuccessAt, memory.CatalogVersion);

    public ConfigMgrMemory Current => new(Updates, LastSyncState, LastSyncStateAt, LastErrorCode, LastSuccessAt, CatalogVersion);

    /// <summary>What is true once the estate has ended: a synchronization does not survive that.</summary>
    public ConfigMgrMemory Remember() => IsBusy ? Current with { LastSyncState = 6703, LastErrorCode = 1 } : Current;

    /// <summary>SyncNow, or the schedule. Harmless while one runs. A full one reads every update again, not only what changed.</summary>
    public void Request(bool onRequest, bool isFull = false)
    {
        if (!IsBusy)
        {
            (_onRequest, _isFull) = (onRequest, isFull);
            Go(Step.Starting);
        }
    }

    /// <summary>The service ends, and its thread with it.</summary>
    public void Abort(DateTimeOffset at)
    {
        if (IsBusy && _step != Step.Starting)
        {
            Fail(at, "The synchronization was stopped because the service is shutting down", SyncManagerLogLines.ManagerSource, 1);
        }

        _step = Step.Idle;
    }

    /// <summary>The worker that answered the reading of the catalogue is gone.</summary>
    public void Interrupt(DateTimeOffset at)
    {
        if (_step is Step.Categories or Step.Updates)
        {
            FailFor(WebAnswer.Unavailable, at);
        }
    }

    public void Advance(double seconds, DateTimeOffset at, bool executiveRuns, WebAnswer answer, WsusWorker worker)
    {
        _stoppedSeconds = executiveRuns ? 0 : _stoppedSeconds + seconds;
        if (_stoppedSeconds > SecondsUntilEmpty)
        {
            Updates = 0;
        }

        if (!IsBusy || !executiveRuns)
        {
            return;
        }

        _elapsedSeconds += seconds;
        _sinceLineSeconds += seconds;
        switch (_step)
        {
            case Step.Starting when _elapsedSeconds >= StartSeconds:
                BeginWsus(at, answer);
                break;
            case Step.Wsus:
                FollowWsus(at);
                break;
            case Step.Sleeping when _elapsedSeconds >= SleepSeconds:
                BeginReplicas(at);
                break;
            case Step.Replicas when !Replicas.Any(replica => replica.IsBusy) || _elapsedSeconds > ReplicaPatienceSeconds:
                narrator.ReplicaDone(at);
                BeginDatabase(at, answer);
                break;
            case Step.Categories when _elapsedSeconds >= CategoriesSeconds:
                (_from, _total) = (Updates, _isFull ? wsus.Updates : Math.Max(wsus.Updates - Updates, profile.Draw.Between("items", CatalogVersion, 20, 120)));
                Go(Step.Updates);
                break;
            case Step.Updates:
                FollowDatabase(seconds, at, worker);
                break;
        }
    }

    private void BeginWsus(DateTimeOffset at, WebAnswer answer)
    {
        _startedAt = at;
        narrator.Started(at, _onRequest);
        Report(6701, at);
        if (answer != WebAnswer.Served)
        {
            FailFor(answer, at);
            return;
        }

        logs.Configuration.Succeeded(at);
        narrator.WsusPhase(at);
        narrator.WsusCategories(at);
        Report(6704, at);
        wsus.Request(manual: true, @"NT AUTHORITY\SYSTEM", allowSmall: !_onRequest);
        _awaitedRun = wsus.RunNumber;
        Go(Step.Wsus);
    }

    private void FollowWsus(DateTimeOffset at)
    {
        if (wsus.IsBusy && wsus.RunNumber == _awaitedRun)
        {
            if (wsus.Phase == SyncPhase.Updates && LineIsDue())
            {
                narrator.WsusUpdates(at, wsus.Processed, wsus.Total, TimeSpan.FromSeconds(Math.Max(0, 60 - _elapsedSeconds)));
            }

            return;
        }

        switch (wsus.LastResult)
        {
            case SyncResult.Succeeded:
                narrator.WsusDone(at);
                Go(Step.Sleeping);
                break;
            case SyncResult.Failed:
                Fail(at, wsus.LastReason, SyncManagerLogLines.ActionSource, profile.ProxyRefuses ? 407 : 1);
                break;
            default:
                Fail(at, $"WSUS synchronization was cancelled on {profile.FullyQualifiedName}", SyncManagerLogLines.ActionSource, 1);
                break;
        }
    }

    private void BeginReplicas(DateTimeOffset at)
    {
        narrator.ReplicaPhase(at);
        Report(6706, at);
        foreach (var replica in Replicas)
        {
            replica.RequestSync();
        }

        Go(Step.Replicas);
    }

    private void BeginDatabase(DateTimeOffset at, WebAnswer answer)
    {
        if (answer != WebAnswer.Served)
        {
            FailFor(answer, at);
            return;
        }

        narrator.DatabasePhase(at);
        Report(6705, at);
        Go(Step.Categories);
    }

    private void FollowDatabase(double seconds, DateTimeOffset at, WsusWorker worker)
    {
        // The catalogue is read through the worker: nothing comes before it holds what is asked for.
        if (worker.Warmth < WarmEnough)
        {
            _elapsedSeconds -= seconds;
            return;
        }

        var share = _elapsedSeconds / UpdatesSeconds;
        var processed = (int)(_total * Math.Clamp(share, 0, 1));
        Updates = Math.Max(Updates, Math.Min(wsus.Updates, _from + processed));
        if (share >= 0.999)
        {
            narrator.DatabaseUpdates(at, _total, _total, TimeSpan.Zero);
            Updates = wsus.Updates;
            CatalogVersion++;
            narrator.Succeeded(at, _total, CatalogVersion, at - _startedAt);
            Report(6702, at);
            LastErrorCode = 0;
            LastSuccessAt = at;
            _step = Step.Idle;
        }
        else if (LineIsDue())
        {
            narrator.DatabaseUpdates(at, processed, _total, TimeSpan.FromSeconds(Math.Max(0, UpdatesSeconds - _elapsedSeconds)));
        }
    }

    private bool LineIsDue()
    {
        var due = _sinceLineSeconds >= SecondsBetweenProgressLines;
        _sinceLineSeconds = due ? 0 : _sinceLineSeconds;
        return due;
    }

    private void FailFor(WebAnswer answer, DateTimeOffset at)
    {
        var (text, status) = answer == WebAnswer.Broken ? (BrokenReason, 500) : (UnavailableReason, 503);
        logs.Configuration.Failed(at, text);
        if (answer == WebAnswer.Broken)
        {
            logs.Web.Broken(at);
        }
        else if (answer == WebAnswer.Unavailable)
        {
            logs.Web.Refused(at);
        }

        Fail(at, text, SyncManagerLogLines.ProxySource, status);
    }

    private void Fail(DateTimeOffset at, string text, string source, long code)
    {
        narrator.Failed(at, text, source, at - _startedAt);
        Report(6703, at);
        LastErrorCode = code;
        _step = Step.Idle;
    }

    private void Report(int state, DateTimeOffset at) => (LastSyncState, LastSyncStateAt) = (state, at);

    private void Go(Step step)
    {
        _step = step;
        _elapsedSeconds = 0;
    }
}

/// <summary>What of the site's state outlives the estate.</summary>
internal sealed record ConfigMgrMemory(int Updates, int LastSyncState, DateTimeOffset LastSyncStateAt, long LastErrorCode, DateTimeOffset? LastSuccessAt, long CatalogVersion);

/// <summary>How a site server's manager has a replica synchronize. Its implementer is another server's model: never called back from there.</summary>
internal interface IReplicaControl
{
    bool IsBusy { get; }

    void RequestSync();
}
