using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Commands;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Remediation;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Remediation;

/// <summary>Starts runs: checks the request, plans again, compares the fingerprint, writes the journal, hands over. Starts come one at a time.</summary>
internal sealed class RunStarter(Planner planner, RunDesk desk, WaitingRuns waiting, Journal journal, LocalPolicy policy, ServerAccess server, TimeProvider timeProvider) : IDisposable
{
    private const int RememberedPlans = 32;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Queue<PlanFacts> _shown = new();

    private string ComputerName => server.Current().Agent.ComputerName;

    /// <summary>Keeps what a plan rested on, so that a refused start can say what changed since.</summary>
    public void Remember(PlanFacts facts)
    {
        lock (_gate)
        {
            _shown.Enqueue(facts);
            if (_shown.Count > RememberedPlans)
            {
                _shown.Dequeue();
            }
        }
    }

    public async Task<RemediationRun> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        new RequestValidation()
            .Playbook(request.Playbook).Baseline(request.Baseline).Fingerprint(request.Fingerprint)
            .RequestedBy(request.RequestedBy).Reason(request.Reason).Ticket(request.Ticket).IdempotencyKey(request.IdempotencyKey)
            .ThrowIfWrong();
        var playbook = PlaybookCatalog.Find(request.Playbook)!;
        var baseline = string.IsNullOrEmpty(request.Baseline) ? BaselineCatalog.Guide : BaselineCatalog.Find(request.Baseline)!;
        var meaning = $"start {playbook.Id} {baseline.Id} {request.Fingerprint.ToLowerInvariant()}";

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (FindByKey(request.IdempotencyKey, meaning) is { } known)
            {
                return known;
            }

            ThrowIfOccupied();
            var (plan, facts) = await planner.PlanAsync(playbook, baseline, null, cancellationToken);
            if (plan.Refusal.Length > 0)
            {
                throw new VerbException(VerbFailure.Refused, plan.Refusal);
            }

            ThrowIfChanged(request.Fingerprint, facts);
            return await BeginOrWaitAsync(NewRun(plan, request), request.IdempotencyKey, meaning, request.Approval);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task<RemediationRun> UndoAsync(UndoRequest request, Func<string, RemediationRun> get, CancellationToken cancellationToken)
    {
        new RequestValidation().RequestedBy(request.RequestedBy).Reason(request.Reason).Ticket(request.Ticket).IdempotencyKey(request.IdempotencyKey).ThrowIfWrong();
        var meaning = $"undo {request.RunId}";

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (FindByKey(request.IdempotencyKey, meaning) is { } known)
            {
                return known;
            }

            var original = get(request.RunId);
            ThrowIfOccupied();
            var saved = JournalGuard.Read(() => journal.FindSettings(original.Id));
            ThrowIfNotUndoable(original, saved);
            return await BeginOrWaitAsync(NewUndo(original, saved!, request), request.IdempotencyKey, meaning, request.Approval);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private RemediationRun? FindByKey(string idempotencyKey, string meaning)
    {
        if (idempotencyKey.Length == 0 || JournalGuard.Read(() => journal.FindByKey(idempotencyKey)) is not { } known)
        {
            return null;
        }

        if (known.Request != meaning)
        {
            throw new VerbException(VerbFailure.Conflict, $"{ComputerName}: the idempotency key was used before, for another request (run {known.Run.Id}). Use a new key.");
        }

        return desk.Active is { } active && active.Run.Id == known.Run.Id ? active.Run : known.Run;
    }

    private void ThrowIfOccupied()
    {
        if (desk.Gate.OccupiedBy is { } occupiedBy)
        {
            throw Occupied(occupiedBy);
        }
    }

    private VerbException Occupied(string occupiedBy) =>
        new(VerbFailure.Conflict, $"{ComputerName}: {occupiedBy}. Nothing else was started; wait for its end, or stop it after its step.");

    private void ThrowIfChanged(string fingerprint, PlanFacts now)
    {
        if (string.Equals(fingerprint, now.Fingerprint, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        PlanFacts? shown;
        lock (_gate)
        {
            shown = _shown.LastOrDefault(facts => string.Equals(facts.Fingerprint, fingerprint, StringComparison.OrdinalIgnoreCase));
        }

        var differences = shown?.DifferencesTo(now) ?? [];
        var what = differences.Count == 0 ? "it does not match this playbook and this server as they are now" : string.Join("; ", differences);
        throw new VerbException(VerbFailure.Conflict, $"{ComputerName} changed since the plan was made: {what}. Nothing was started; look at the new plan first.");
    }

    private void ThrowIfNotUndoable(RemediationRun original, SavedSettings? saved)
    {
        var reason = original switch
        {
            { UndoOf.Length: > 0 } => $"{original.Id} is itself an undo, and an undo is not undone; start a repair instead",
            { UndoneBy.Length: > 0 } => $"{original.Id} was undone before, by {original.UndoneBy}",
            { CanUndo: false } => $"{original.Id} changed no setting, so there is nothing to restore",
            _ when saved is null => $"the journal holds no settings that {original.Id} saved",
            _ => null,
        };
        if (reason is not null)
        {
            throw new VerbException(VerbFailure.Refused, $"{ComputerName}: {reason}.");
        }

        if (policy.Read(original.PoolName).RefuseStep(StepKind.RestoreSettings, "", original.PoolName) is { } refusal)
        {
            throw new VerbException(VerbFailure.Refused, $"{ComputerName}: {refusal}");
        }
    }

    private async Task<RemediationRun> BeginOrWaitAsync(RemediationRun run, string idempotencyKey, string meaning, ApprovalOrder? approval) => approval is null
        ? Begin(run, () => journal.TryCreate(run, idempotencyKey, meaning))
        : await waiting.AddAsync(run, idempotencyKey, meaning, approval, BeginApprovedAsync);

    /// <summary>Begins what waited, as it was shown: the server is looked at again.</summary>
    private async Task<RemediationRun> BeginApprovedAsync(RemediationRun waited, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (desk.Gate.OccupiedBy is { } occupiedBy)
            {
                throw new StillWaitingException($"{ComputerName}: {occupiedBy}. What was approved goes on waiting: approve it again after its end.", Occupied(occupiedBy));
            }

            if (waited.UndoOf.Length > 0)
            {
                var original = JournalGuard.Read(() => journal.Find(waited.UndoOf)) ?? throw new VerbException(VerbFailure.NotFound, $"{ComputerName}: the journal does not hold the repair {waited.UndoOf} any more. Nothing was started.");
                ThrowIfNotUndoable(original, JournalGuard.Read(() => journal.FindSettings(original.Id)));
            }
            else
            {
                var (plan, facts) = await planner.PlanAsync(PlaybookCatalog.Find(waited.Playbook)!, BaselineCatalog.Find(waited.Baseline) ?? BaselineCatalog.Guide, null, cancellationToken);
                if (plan.Refusal.Length > 0)
                {
                    throw new VerbException(VerbFailure.Refused, plan.Refusal);
                }

                ThrowIfChanged(waited.PlanFingerprint, facts);
            }

            var run = waited with { State = RunState.Running, StartedAt = timeProvider.GetUtcNow(), Revision = waited.Revision + 1 };
            return Begin(run, () =>
            {
                journal.Write(run);
                return true;
            });
        }
        finally
        {
            _turn.Release();
        }
    }

    private RemediationRun Begin(RemediationRun run, Func<bool> journalize)
    {
        if (!desk.Gate.TryEnter(RunDesk.Describe(run), out var occupation, out var occupiedBy))
        {
            throw Occupied(occupiedBy);
        }

        try
        {
            if (!JournalGuard.Read(journalize))
            {
                throw new VerbException(VerbFailure.Conflict, $"{ComputerName}: the journal holds a run that was not ended. Nothing was started; try again in a minute.");
            }

            return desk.Accept(run, occupation).Run;
        }
        catch
        {
            occupation.Dispose();
            throw;
        }
    }

    private RemediationRun NewRun(Plan plan, StartRequest request) => new()
    {
        Id = plan.Id,
        PlanFingerprint = plan.Fingerprint,
        ComputerName = plan.ComputerName,
        Playbook = plan.Playbook,
        Baseline = plan.Baseline,
        PoolName = plan.PoolName,
        State = RunState.Running,
        RequestedBy = request.RequestedBy.Trim(),
        Reason = request.Reason.Trim(),
        Ticket = request.Ticket.Trim(),
        StartedAt = timeProvider.GetUtcNow(),
        Steps =
        [
            .. plan.Steps.Select(step => new RunStep
            {
                Number = step.Number,
                Kind = step.Kind,
                Title = step.Title,
                Target = step.Target,
                ExpectedDuration = step.ExpectedDuration,
            }),
        ],
        Changes = plan.Changes,
        Revision = 1,
    };

    private RemediationRun NewUndo(RemediationRun original, SavedSettings saved, UndoRequest request) => new()
    {
        Id = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N"),
        PlanFingerprint = original.PlanFingerprint,
        ComputerName = ComputerName,
        Playbook = original.Playbook,
        Baseline = original.Baseline,
        PoolName = saved.PoolName,
        State = RunState.Running,
        RequestedBy = request.RequestedBy.Trim(),
        Reason = request.Reason.Trim(),
        Ticket = request.Ticket.Trim(),
        StartedAt = timeProvider.GetUtcNow(),
        Steps =
        [
            new RunStep
            {
                Number = 1,
                Kind = StepKind.RestoreSettings,
                Title = StepText.Title(new PlaybookStep(StepKind.RestoreSettings), saved.PoolName, null),
                Target = saved.PoolName,
                ExpectedDuration = TimeSpan.FromSeconds(1),
            },
        ],
        Changes = [.. original.Changes.Select(change => Reverse(change, saved.Settings, original.Id))],
        UndoOf = original.Id,
        Revision = 1,
    };

    private static SettingChange Reverse(SettingChange change, PoolSettings saved, string runId) => new()
    {
        Setting = change.Setting,
        Before = change.After,
        After = PoolSettingCatalog.Find(change.Setting)?.Read(saved) ?? change.Before,
        Reason = "The value before the repair.",
        Source = $"Saved by run {runId}",
    };
}
