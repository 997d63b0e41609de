using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Simulator.Model.Events;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Model;

/// <summary>What the source of the updates is like at this moment.</summary>
/// <param name="IsReachable">False where the upstream server or Microsoft Update does not answer.</param>
/// <param name="Updates">Updates that it offers.</param>
public sealed record UpdateSource(bool IsReachable, int Updates);

/// <summary>
/// The synchronization of WSUS: it runs in WsusService, is asked for and watched through WsusPool, and needs the cache of the pool's worker.
/// Callers hold the model's gate; seconds are simulated time.
/// </summary>
internal sealed class WsusSynchronization(ServerProfile profile, WsusHistory history, EventJournal events)
{
    public const string ProxyReason =
        "UssCommunicationError: WebException: The remote server returned an error: (407) Proxy Authentication Required. at System.Web.Services.Protocols.WebClientProtocol.GetWebResponse(WebRequest request)";

    public const string UpstreamReason =
        "UssNotFound: WebException: The request failed with HTTP status 503: Service Unavailable. The upstream server cannot be reached.";

    public const string MicrosoftReason =
        "UssCommunicationError: WebException: The operation has timed out at System.Web.Services.Protocols.WebClientProtocol.GetWebResponse(WebRequest request)";

    private const double RequestSeconds = 2;
    private const double CategoriesSeconds = 10;
    private const double UpdatesSeconds = 50;
    private const double SmallUpdatesSeconds = 26;
    private const double ApprovalsSeconds = 8;
    private const double CancelSeconds = 3;
    private const double PatienceWithoutWorkerSeconds = 20;
    private const int CategoryCount = 384;
    private const int ApprovalCount = 240;

    // A delta's share of the catalogue; a full run needs all of it.
    private const double SmallShare = 0.5;
    private double _elapsedSeconds;
    private double _withoutWorkerSeconds;
    private bool _isSmall;
    private string _requestedBy = "";
    private bool _isManual;
    private UpdateSource _source = new(true, 0);

    public SubscriptionState State { get; private set; } = SubscriptionState.NotRunning;
    public SyncPhase Phase { get; private set; } = SyncPhase.NotProcessing;
    public int Processed { get; private set; }
    public int Total { get; private set; }
    public int Updates { get; private set; } = profile.InitialUpdates;

    /// <summary>Counts every request that was taken up, so that a watcher can tell one run from the next.</summary>
    public long RunNumber { get; private set; }

    public SyncResult LastResult { get; private set; } = SyncResult.Unknown;
    public string LastReason { get; private set; } = "";
    public DateTimeOffset LastEndedAt { get; private set; } = DateTimeOffset.UnixEpoch;

    public bool IsBusy => State is SubscriptionState.RunRequested or SubscriptionState.Working or SubscriptionState.CancelRequested;

    /// <summary>Share of the catalogue that the worker must hold for this run.</summary>
    public double CacheShare => State == SubscriptionState.Working && Phase is (SyncPhase.Updates or SyncPhase.Approvals) ? (_isSmall ? SmallShare : 1) : 0;

    public void Restore(int updates, long runNumber, SyncResult lastResult)
    {
        (Updates, RunNumber, LastResult) = (updates, runNumber, lastResult);
    }

    /// <summary>Asks for a run; one that is going on is not disturbed.</summary>
    public void Request(bool manual, string requestedBy, bool allowSmall)
    {
        if (IsBusy)
        {
            return;
        }

        RunNumber++;
        (_isManual, _requestedBy) = (manual, requestedBy);
        _isSmall = allowSmall && profile.Draw.Fraction("small", RunNumber) < profile.SmallSyncShare;
        _elapsedSeconds = 0;
        _withoutWorkerSeconds = 0;
        State = SubscriptionState.RunRequested;
        Enter(SyncPhase.NotProcessing, 0);
    }

    /// <summary>StopSubscription.</summary>
    public void RequestStop()
    {
        if (State is SubscriptionState.RunRequested or SubscriptionState.Working)
        {
            State = SubscriptionState.CancelRequested;
            _elapsedSeconds = 0;
        }
    }

    /// <summary>The worker that held the cache is gone, or WSUS itself: what runs ends as Cancelled.</summary>
    public void Interrupt(DateTimeOffset at)
    {
        if (State is SubscriptionState.Working or SubscriptionState.CancelRequested)
        {
            End(SyncResult.Cancelled, at, "");
        }
    }

    public void Step(double seconds, DateTimeOffset at, bool serviceRuns, WsusWorker worker, UpdateSource source)
    {
        if (!IsBusy || (!serviceRuns && State == SubscriptionState.RunRequested))
        {
            // With WsusService stopped a request stays at 0 % until it runs again.
            return;
        }

        _elapsedSeconds += seconds;
        _source = source;
        switch (State)
        {
            case SubscriptionState.RunRequested when _elapsedSeconds >= RequestSeconds:
                history.Add(_isManual ? WsusEventRow.ManualStart : WsusEventRow.ScheduledStart, at, _requestedBy);
                State = SubscriptionState.Working;
                Enter(SyncPhase.Categories, CategoryCount);
                break;
            case SubscriptionState.CancelRequested when _elapsedSeconds >= CancelSeconds:
                End(SyncResult.Cancelled, at, _requestedBy);
                break;
            case SubscriptionState.Working:
                Work(seconds, at, worker);
                break;
        }
    }

    private void Work(double seconds, DateTimeOffset at, WsusWorker worker)
    {
        _withoutWorkerSeconds = worker.IsLoaded ? 0 : _withoutWorkerSeconds + seconds;
        if (_withoutWorkerSeconds > PatienceWithoutWorkerSeconds)
        {
            End(SyncResult.Cancelled, at, "");
            return;
        }

        switch (Phase)
        {
            case SyncPhase.Categories when profile.ProxyRefuses && _elapsedSeconds > CategoriesSeconds * 0.6:
                End(SyncResult.Failed, at, ProxyReason);
                break;
            case SyncPhase.Categories when !_source.IsReachable && !profile.ProxyRefuses && _elapsedSeconds > CategoriesSeconds * 0.4:
                End(SyncResult.Failed, at, profile.IsReplica ? UpstreamReason : MicrosoftReason);
                break;
            case SyncPhase.Categories when Advance(_elapsedSeconds / CategoriesSeconds):
                Enter(SyncPhase.Updates, UpdatesOfThisRun());
                break;

            // Items come no faster than the worker can cache what they belong to.
            case SyncPhase.Updates when Advance(Math.Min(_elapsedSeconds / (_isSmall ? SmallUpdatesSeconds : UpdatesSeconds), worker.Warmth)):
                Enter(SyncPhase.Approvals, ApprovalCount);
                break;
            case SyncPhase.Approvals when Advance(_elapsedSeconds / ApprovalsSeconds):
                Updates = _isSmall ? Math.Min(Updates + UpdatesOfThisRun(), _source.Updates) : _source.Updates;
                End(SyncResult.Succeeded, at, "");
                break;
        }
    }

    private int UpdatesOfThisRun() => _isSmall
        ? profile.Draw.Between("delta", RunNumber, 20, 90)
        : Math.Max(_source.Updates - Updates, profile.Draw.Between("delta", RunNumber, 40, 260));

    private bool Advance(double share)
    {
        Processed = Math.Max(Processed, (int)(Total * Math.Clamp(share, 0, 1)));
        return share >= 0.999;
    }

    private void Enter(SyncPhase phase, int total)
    {
        (Phase, Processed, Total) = (phase, 0, total);
        _elapsedSeconds = 0;
    }

    private void End(SyncResult result, DateTimeOffset at, string reason)
    {
        (LastResult, LastReason, LastEndedAt) = (result, reason, at);
        State = result == SyncResult.Failed ? SubscriptionState.Failed : SubscriptionState.NotRunning;
        Enter(SyncPhase.NotProcessing, 0);
        history.Add(result switch { SyncResult.Succeeded => WsusEventRow.Succeeded, SyncResult.Failed => WsusEventRow.Failed, _ => WsusEventRow.Cancelled }, at, profile.HidesErrors ? "" : reason);
        WsusEvents.Ended(events, result, at, profile.HidesErrors ? "" : reason);
    }
}
