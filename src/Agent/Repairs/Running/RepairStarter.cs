using WsusDashboard.Agent.Repairs.Planning;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Repairs.Running;

/// <summary>Plans repairs and starts them: plans again, compares the fingerprint, hands over to the queue, or lets wait. Starts come one at a time.</summary>
internal sealed class RepairStarter(
    Planner planner, RepairQueue queue, ChangeLock changeLock, Journal journal, RepairPublisher publisher, LocalPolicy policy, TimeProvider timeProvider)
{
    private const int RememberedPlans = 32;

    private readonly StartTurn _turn = new();
    private readonly Lock _gate = new();
    private readonly Queue<PlanFacts> _shown = new();

    /// <summary>Resolves a playbook against this server now; changes nothing.</summary>
    /// <exception cref="CommandException">Unavailable.</exception>
    public async Task<Plan> PlanAsync(string playbook, string baseline, bool includeRisky, CancellationToken cancellationToken)
    {
        await changeLock.WhenSettled.WaitAsync(cancellationToken);
        await changeLock.WhenLeftAsync(timeProvider, cancellationToken);
        var (plan, facts) = await planner.PlanAsync(PlaybookCatalog.Find(playbook)!, BaselineOf(baseline), includeRisky, changeLock.OccupiedBy, cancellationToken);

        // What a plan rested on is kept, so that a refused start can say what changed since.
        lock (_gate)
        {
            _shown.Enqueue(facts);
            if (_shown.Count > RememberedPlans)
            {
                _shown.Dequeue();
            }
        }

        return plan;
    }

    /// <summary>Starts the plan that was shown, if the server is still as it was then.</summary>
    /// <param name="request">A checked request.</param>
    /// <param name="origin">Who asks; where its key has started a repair before, that one is the answer.</param>
    /// <param name="approval">What it has to wait for; null: it begins at once.</param>
    /// <param name="cancellationToken">Gives up waiting for the start.</param>
    /// <exception cref="CommandException">Refused, Conflict, Unavailable.</exception>
    public Task<Repair> StartAsync(Wire.StartRepairRequest request, CommandOrigin origin, RepairApproval? approval, CancellationToken cancellationToken) => OneAtATimeAsync(
        async () => FindByKey(origin.Key) ?? await BeginOrWaitAsync(
            async () =>
            {
                var (plan, facts) = await planner.PlanAsync(PlaybookCatalog.Find(request.Playbook)!, BaselineOf(request.Baseline), request.IncludeRisky, null, cancellationToken);
                ThrowIfRefusedOrChanged(plan, facts, request.Fingerprint);
                return NewRun(plan, request.Context);
            },
            origin,
            approval,
            cancellationToken),
        origin.IsLocal,
        cancellationToken);

    /// <summary>Starts a repair that restores what another one had changed.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public Task<Repair> UndoAsync(Wire.UndoRepairRequest request, CommandOrigin origin, RepairApproval? approval, CancellationToken cancellationToken) => OneAtATimeAsync(
        async () =>
        {
            if (FindByKey(origin.Key) is { } known)
            {
                return known;
            }

            // What can't be undone at all is said first: waiting for what occupies the server would not help.
            var original = queue.Find(request.Id);
            var saved = FindUndoable(original);
            if (!origin.IsLocal && approval is null && queue.HasBegunHere(original.Id))
            {
                // "latest" was another repair when it was asked whether this one needs an approval.
                throw new CommandException(CommandFailure.Conflict, $"{planner.ComputerName}: repair {original.Id} was started on the server. Nothing was started; ask again to let the undo wait for an approval there.") { IsTemporary = true };
            }

            return await BeginOrWaitAsync(() => Task.FromResult(NewUndo(original, saved, request.Context)), origin, approval, cancellationToken);
        },
        origin.IsLocal,
        cancellationToken);

    /// <inheritdoc cref="RepairQueue.HasBegunHere"/>
    public bool HasBegunHere(string id) => queue.HasBegunHere(id);

    /// <summary>Keeps the new settings of a repair that are on trial. On the server a person may, from a hub where the local policy says so.</summary>
    /// <param name="request">A checked request: it gives a reason.</param>
    /// <param name="origin">Who asks.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="CommandException">NotFound, Refused, Conflict, Unavailable.</exception>
    public async Task<Repair> KeepAsync(Wire.KeepSettingsRequest request, CommandOrigin origin, CancellationToken cancellationToken)
    {
        await changeLock.WhenSettled.WaitAsync(cancellationToken);
        var run = queue.Find(request.Id);
        if (!origin.IsLocal && policy.Read(run.PoolName).RefuseKeeping() is { } refusal)
        {
            throw new CommandException(CommandFailure.Refused, $"{planner.ComputerName}: {refusal}");
        }

        return await queue.KeepAsync(run, new KeepDecision(request.Context.Person.Trim(), request.Context.Reason.Trim(), timeProvider.GetUtcNow()), origin, cancellationToken);
    }

    /// <summary>Begins what waited, as it was shown: the server is looked at again.</summary>
    /// <param name="repairId">What waits.</param>
    /// <param name="person">Who approves it, on the server.</param>
    /// <param name="origin">Who asked for it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="CommandException">It could not begin; it goes on waiting where <see cref="CommandException.IsTemporary"/>, else it has ended.</exception>
    public async Task<Repair> BeginApprovedAsync(string repairId, string person, CommandOrigin origin, CancellationToken cancellationToken)
    {
        try
        {
            return await OneAtATimeAsync(() => HoldingLockAsync(held => BeginApprovedOnceAsync(repairId, person, origin, held, cancellationToken), cancellationToken), isLocal: true, cancellationToken);
        }
        catch (CommandException exception) when (!exception.IsTemporary)
        {
            await EndWaitingAsync(repairId, $"Approved by {person} on the server, but it couldn't start. {exception.Message}");
            throw;
        }
    }

    /// <summary>Ends a repair that waits and never began.</summary>
    /// <exception cref="CommandException">The journal cannot be written.</exception>
    public async Task EndWaitingAsync(string repairId, string decision)
    {
        if (JournalErrors.Read(() => journal.Find(repairId)) is { State: RepairState.WaitingForApproval } run)
        {
            await publisher.PublishAsync(JournalErrors.Read(() => journal.EndWaiting(run, decision)), CancellationToken.None);
        }
    }

    private static Baseline BaselineOf(string id) => BaselineCatalog.Find(id) ?? BaselineCatalog.Guide;

    /// <summary>An agent that has just started reads its journal first: a repair may have to go on before another one may begin.</summary>
    private async Task<Repair> OneAtATimeAsync(Func<Task<Repair>> start, bool isLocal, CancellationToken cancellationToken)
    {
        await changeLock.WhenSettled.WaitAsync(cancellationToken);
        await changeLock.WhenLeftAsync(timeProvider, cancellationToken);
        using var turn = await _turn.EnterAsync(isLocal, cancellationToken);
        return await start();
    }

    /// <summary>Somebody on the server has the change lock before the server is looked at, so that no hub takes it meanwhile. A repair that begins keeps it.</summary>
    private async Task<Repair> HoldingLockAsync(Func<IDisposable, Task<Repair>> start, CancellationToken cancellationToken)
    {
        var held = await changeLock.EnterFirstAsync("the start of a repair by someone on the server is in progress", planner.ComputerName, timeProvider, cancellationToken);
        try
        {
            return await start(held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private Repair? FindByKey(CommandKey? key) => key is not null && JournalErrors.Read(() => journal.FindByKey(key)) is { } repairId ? queue.Find(repairId) : null;

    private void ThrowIfOccupied()
    {
        if (changeLock.OccupiedBy is { } occupiedBy)
        {
            throw ChangeLock.Occupied(planner.ComputerName, occupiedBy);
        }
    }

    private void ThrowIfRefusedOrChanged(Plan plan, PlanFacts now, string fingerprint)
    {
        if (plan.Refusal.Length > 0)
        {
            throw new CommandException(CommandFailure.Refused, plan.Refusal);
        }

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
        var what = differences.Count == 0 ? "the plan doesn't match this playbook and this server as they are now" : string.Join("; ", differences);
        throw new CommandException(CommandFailure.Conflict, $"{plan.ComputerName} changed since the plan was made: {what}. Nothing was started; check the new plan first.");
    }

    /// <returns>What it saved of the pool; null where it changed nothing there.</returns>
    private SavedSettings? FindUndoable(Repair original)
    {
        var saved = JournalErrors.Read(() => journal.FindSettings(original.Id));
        var services = ChangedServices(original);
        var changesPool = services.Count < original.Changes.Count;
        var reason = original switch
        {
            { UndoOf.Length: > 0 } => $"{original.Id} is itself an undo, and an undo can't be undone; start a repair instead.",
            { UndoneBy.Length: > 0 } => $"{original.Id} was already undone, by {original.UndoneBy}.",
            { IsRollingBack: true, IsFinal: false } => $"{original.Id} is being rolled back: the agent is restoring its settings already.",
            { IsRollingBack: true, CanUndo: false } => $"{original.Id} was rolled back: its settings are restored already.",
            { CanUndo: false } => $"{original.Id} changed no setting, so there is nothing to restore.",
            _ when changesPool && saved is null => $"the journal has no settings saved by {original.Id}.",
            _ => RefuseUndo(policy.Read(original.PoolName), original.PoolName, changesPool, services),
        };
        return reason is null ? saved : throw new CommandException(CommandFailure.Refused, $"{planner.ComputerName}: {reason}");
    }

    private static string? RefuseUndo(PolicyInForce inForce, string poolName, bool changesPool, IReadOnlyList<string> services) =>
        (changesPool ? inForce.RefuseStep(StepKind.RestoreSettings, "", poolName) : null)
        ?? services.Select(service => inForce.RefuseStep(StepKind.SetStartType, service, poolName)).FirstOrDefault(refusal => refusal is not null);

    private static IReadOnlyList<string> ChangedServices(Repair run) => [.. run.Changes.Select(change => ServiceSettings.FindService(change.Setting)).OfType<string>()];

    private async Task<Repair> BeginOrWaitAsync(Func<Task<Repair>> prepare, CommandOrigin origin, RepairApproval? approval, CancellationToken cancellationToken)
    {
        if (origin.IsLocal)
        {
            return await HoldingLockAsync(async held => queue.Begin(await prepare(), origin, isWaiting: false, held), cancellationToken);
        }

        ThrowIfOccupied();
        var run = await prepare();
        if (approval is null)
        {
            return queue.Begin(run, origin, isWaiting: false, held: null);
        }

        // It stands in the journal and is told to the hub like any other; nothing of it has begun, and it does not occupy the server.
        var waiting = run with { State = RepairState.WaitingForApproval, Approval = approval };
        if (!JournalErrors.Read(() => journal.TryCreate(waiting, origin)))
        {
            throw new CommandException(CommandFailure.Conflict, $"{run.ComputerName}: the journal didn't accept this repair. Nothing was started; make a new plan.");
        }

        await publisher.PublishAsync(waiting, CancellationToken.None);
        return waiting;
    }

    private async Task<Repair> BeginApprovedOnceAsync(string repairId, string person, CommandOrigin origin, IDisposable held, CancellationToken cancellationToken)
    {
        var waiting = queue.Find(repairId);
        if (waiting.UndoOf.Length > 0)
        {
            FindUndoable(queue.Find(waiting.UndoOf));
        }
        else
        {
            var (plan, facts) = await planner.PlanAsync(PlaybookCatalog.Find(waiting.Playbook)!, BaselineOf(waiting.Baseline), waiting.IncludesRisky, null, cancellationToken);
            ThrowIfRefusedOrChanged(plan, facts, waiting.PlanFingerprint);
        }

        var run = waiting with
        {
            State = RepairState.Running,
            StartedAt = timeProvider.GetUtcNow(),
            Revision = waiting.Revision + 1,
            Approval = waiting.Approval! with { Decision = $"Approved by {person} on the server." },
        };
        return queue.Begin(run, origin, isWaiting: true, held);
    }

    private Repair NewRun(Plan plan, Wire.CommandContext context) => new()
    {
        Id = plan.Id,
        PlanFingerprint = plan.Fingerprint,
        ComputerName = plan.ComputerName,
        Playbook = plan.Playbook,
        Baseline = plan.Baseline,
        PoolName = plan.PoolName,
        State = RepairState.Running,
        RequestedBy = context.Person.Trim(),
        Reason = context.Reason.Trim(),
        Ticket = context.Ticket.Trim(),
        StartedAt = timeProvider.GetUtcNow(),
        Steps =
        [
            .. plan.Steps.Select(step => new RepairStep
            {
                Number = step.Number,
                Kind = step.Kind,
                Title = step.Title,
                Target = step.Target,
                ExpectedDuration = step.ExpectedDuration,
                SkipReason = step.WillBeSkipped ? step.Detail : "",
            }),
        ],
        Changes = plan.Changes,
        IncludesRisky = plan.IncludesRisky,
        Revision = 1,
    };

    private Repair NewUndo(Repair original, SavedSettings? saved, Wire.CommandContext context) => new()
    {
        Id = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N"),
        PlanFingerprint = original.PlanFingerprint,
        ComputerName = planner.ComputerName,
        Playbook = original.Playbook,
        Baseline = original.Baseline,
        PoolName = saved?.PoolName ?? original.PoolName,
        State = RepairState.Running,
        RequestedBy = context.Person.Trim(),
        Reason = context.Reason.Trim(),
        Ticket = context.Ticket.Trim(),
        StartedAt = timeProvider.GetUtcNow(),
        Steps = UndoSteps(original, saved),
        Changes = SettingsRollback.Reverse(original, saved?.Settings),
        UndoOf = original.Id,
        Revision = 1,
    };

    private static RepairStep[] UndoSteps(Repair original, SavedSettings? saved)
    {
        var services = ChangedServices(original);
        var steps = services.Select(service => new PlaybookStep(StepKind.SetStartType, service));
        if (services.Count < original.Changes.Count)
        {
            steps = steps.Prepend(new PlaybookStep(StepKind.RestoreSettings, saved!.PoolName));
        }

        return
        [
            .. steps.Select((step, index) => new RepairStep
            {
                Number = index + 1,
                Kind = step.Kind,
                Title = StepText.Title(step, saved?.PoolName ?? original.PoolName, null),
                Target = step.Target,
                ExpectedDuration = TimeSpan.FromSeconds(1),
            }),
        ];
    }
}
