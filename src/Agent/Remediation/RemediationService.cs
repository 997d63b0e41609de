using WsusDashboard.Agent.Security.Commands;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Remediation;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Remediation;

/// <summary>The verbs of an agent that plan or change something. Each failure that a caller can cause or act on is a <see cref="VerbException"/>.</summary>
public sealed class RemediationService
{
    /// <summary>Stands for the newest run, wherever the id of a run is asked for.</summary>
    public const string LatestRun = "latest";

    /// <summary>Stands for the newest run that can be undone.</summary>
    public const string UndoableRun = "undoable";

    private readonly Planner _planner;
    private readonly RunStarter _starter;
    private readonly RunDesk _desk;
    private readonly Journal _journal;
    private readonly RunPublisher _publisher;
    private readonly DirectVerbs _direct;
    private readonly ApprovalDesk _approvals;

    internal RemediationService(Planner planner, RunStarter starter, RunDesk desk, Journal journal, RunPublisher publisher, DirectVerbs direct, ApprovalDesk approvals)
    {
        _approvals = approvals;
        _planner = planner;
        _starter = starter;
        _desk = desk;
        _journal = journal;
        _publisher = publisher;
        _direct = direct;
    }

    /// <summary>Resolves a playbook against this server now; changes nothing.</summary>
    /// <param name="playbook">Id of the playbook.</param>
    /// <param name="baseline">Id of the baseline; null or empty = guide.</param>
    /// <param name="cancellationToken">Ends the readings.</param>
    /// <exception cref="VerbException">InvalidArgument, Unavailable.</exception>
    public async Task<Plan> PlanAsync(string playbook, string? baseline, CancellationToken cancellationToken)
    {
        new RequestValidation().Playbook(playbook).Baseline(baseline).ThrowIfWrong();
        await _desk.Gate.WhenSettled.WaitAsync(cancellationToken);
        var (plan, facts) = await _planner.PlanAsync(
            PlaybookCatalog.Find(playbook)!, string.IsNullOrEmpty(baseline) ? BaselineCatalog.Guide : BaselineCatalog.Find(baseline)!, _desk.Gate.OccupiedBy, cancellationToken);
        _starter.Remember(facts);
        return plan;
    }

    /// <summary>Starts the plan that was shown, if the server is still as it was then.</summary>
    /// <exception cref="VerbException">InvalidArgument, Refused, Conflict, Unavailable.</exception>
    public Task<RemediationRun> StartAsync(StartRequest request, CancellationToken cancellationToken) =>
        OnceSettledAsync(() => _starter.StartAsync(request, cancellationToken), cancellationToken);

    /// <summary>The run as it is now.</summary>
    /// <param name="id">Its id, or <see cref="LatestRun"/> or <see cref="UndoableRun"/>.</param>
    /// <exception cref="VerbException">NotFound, Unavailable.</exception>
    public RemediationRun Get(string id)
    {
        if (_desk.Active is { } active && (active.Run.Id == id || id == LatestRun))
        {
            return active.Run;
        }

        var found = JournalGuard.Read(() => id switch
        {
            LatestRun => _journal.FindNewest(),
            UndoableRun => _journal.FindUndoable(),
            _ => _journal.Find(id),
        });
        return found ?? throw new VerbException(VerbFailure.NotFound, id switch
        {
            LatestRun => "No repair was ever started on this server.",
            UndoableRun => "There is no repair on this server that can be undone.",
            _ => "There is no repair with this id on this server.",
        });
    }

    /// <summary>Asks a run to stop after the step that runs now; one that waits for an approval ends at once. A run that has ended is answered as it is.</summary>
    /// <exception cref="VerbException">InvalidArgument, NotFound, Unavailable.</exception>
    public async Task<RemediationRun> CancelAsync(string id, string requestedBy, CancellationToken cancellationToken)
    {
        new RequestValidation().RequestedBy(requestedBy).ThrowIfWrong();
        if (await _approvals.WithdrawAsync(id, requestedBy))
        {
            return Get(id);
        }

        if (_desk.Active is not { } active || (active.Run.Id != id && id != LatestRun) || active.Run.IsFinal)
        {
            return Get(id);
        }

        if (!active.Run.CancelRequested)
        {
            active.Change(run => run with { CancelRequested = true });
            JournalGuard.Read(() => active.Write((journal, run) => journal.Write(run)));
            await _publisher.PublishAsync(active.Run, cancellationToken);
        }

        return active.Run;
    }

    /// <summary>Starts a run that restores what a run had changed.</summary>
    /// <exception cref="VerbException">InvalidArgument, NotFound, Refused, Conflict, Unavailable.</exception>
    public Task<RemediationRun> UndoAsync(UndoRequest request, CancellationToken cancellationToken) =>
        OnceSettledAsync(() => _starter.UndoAsync(request, Get, cancellationToken), cancellationToken);

    /// <summary>Starts, stops or restarts one service; answers with its status afterwards.</summary>
    /// <exception cref="VerbException">InvalidArgument, Refused, Conflict, Unavailable.</exception>
    public Task<ServiceStatus> ControlServiceAsync(ControlRequest request, CancellationToken cancellationToken) =>
        OnceSettledAsync(() => _direct.ControlServiceAsync(request, cancellationToken), cancellationToken);

    /// <summary>Starts, stops or recycles one pool; answers with the pool afterwards.</summary>
    /// <exception cref="VerbException">InvalidArgument, Refused, Conflict, Unavailable.</exception>
    public Task<AppPool> ControlPoolAsync(ControlRequest request, CancellationToken cancellationToken) =>
        OnceSettledAsync(() => _direct.ControlPoolAsync(request, cancellationToken), cancellationToken);

    /// <summary>Asks WSUS, and on a site server Configuration Manager, for a synchronization.</summary>
    /// <exception cref="VerbException">InvalidArgument, Refused, Conflict, Unavailable.</exception>
    public Task<StartSyncAnswer> StartSyncAsync(SyncRequest request, CancellationToken cancellationToken) =>
        OnceSettledAsync(() => _direct.StartSyncAsync(request, cancellationToken), cancellationToken);

    /// <summary>Asks WSUS to stop its synchronization; answers with a sentence.</summary>
    /// <exception cref="VerbException">InvalidArgument, Refused, Conflict, Unavailable.</exception>
    public Task<string> StopSyncAsync(SyncRequest request, CancellationToken cancellationToken) =>
        OnceSettledAsync(() => _direct.StopSyncAsync(request, cancellationToken), cancellationToken);

    /// <summary>An agent that has just started reads its journal first: a run may have to go on before anything else may begin.</summary>
    private async Task<T> OnceSettledAsync<T>(Func<Task<T>> verb, CancellationToken cancellationToken)
    {
        await _desk.Gate.WhenSettled.WaitAsync(cancellationToken);
        return await verb();
    }
}
