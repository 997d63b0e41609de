using WsusDashboard.Agent.Security.Commands;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Agent.Remediation;

/// <summary>
/// Runs that wait until a person on the server approves them. They stand in the journal and are told to the hub like any other; nothing of them has begun,
/// and they do not occupy the server. Whoever approves starts them as they were shown: a server that changed since ends them.
/// </summary>
internal sealed class WaitingRuns(Journal journal, RunPublisher publisher, ApprovalDesk approvals, TimeProvider timeProvider)
{
    private const string Restarted = "The agent was restarted before anybody on the server had decided. Nothing was started; start it again.";

    /// <summary>Puts a run that is ready to begin into the journal instead.</summary>
    /// <param name="run">The run.</param>
    /// <param name="idempotencyKey">Its key.</param>
    /// <param name="meaning">What the key stands for.</param>
    /// <param name="order">Who asks for it.</param>
    /// <param name="beginAsync">Begins it after the approval.</param>
    /// <exception cref="VerbException">Too many wait, or the journal cannot be written.</exception>
    public async Task<RemediationRun> AddAsync(RemediationRun run, string idempotencyKey, string meaning, ApprovalOrder order, Func<RemediationRun, CancellationToken, Task<RemediationRun>> beginAsync)
    {
        // Made before it is in the journal: what is refused because too many wait leaves nothing there.
        var pending = approvals.Add(
            order,
            run.UndoOf.Length > 0 ? $"undo of the repair {run.UndoOf}" : $"the repair {run.Playbook}{(run.Baseline.Length > 0 ? $" with the baseline {run.Baseline}" : "")}",
            _ => new ApprovalOutcomes((person, token) => BeginAsync(run.Id, person, beginAsync, token), decision => EndAsync(run.Id, decision)),
            run.Id);
        var waiting = run with { State = RunState.WaitingForApproval, Approval = new RunApproval(pending.Id, pending.AskedAt, pending.ExpiresAt, "") };
        if (!JournalGuard.Read(() => journal.TryCreate(waiting, idempotencyKey, meaning)))
        {
            await approvals.WithdrawAsync(run.Id, run.RequestedBy);
            throw new VerbException(VerbFailure.Conflict, $"{run.ComputerName}: the journal did not take this run. Nothing was started; make a new plan.");
        }

        await publisher.PublishAsync(waiting, CancellationToken.None);
        return waiting;
    }

    /// <summary>At the start of the agent: what the hub does not know yet. What waited has ended, because whoever asked for it heard nothing more.</summary>
    public IReadOnlyList<RemediationRun> TakeUnpublished()
    {
        foreach (var run in journal.ReadWaiting())
        {
            journal.Write(Ended(run, Restarted));
        }

        return journal.ReadUnpublished();
    }

    private async Task<string> BeginAsync(string runId, string person, Func<RemediationRun, CancellationToken, Task<RemediationRun>> beginAsync, CancellationToken cancellationToken)
    {
        var run = JournalGuard.Read(() => journal.Find(runId)) ?? throw new VerbException(VerbFailure.NotFound, $"The journal does not hold the repair {runId} any more. Nothing was started.");
        try
        {
            var approved = run with { Approval = run.Approval! with { Decision = $"Approved by {person} on the server." } };
            var started = await beginAsync(approved, cancellationToken);
            return $"Approved: the repair {started.Id} ({started.Playbook}), asked for by {started.RequestedBy}, has begun.";
        }
        catch (VerbException exception) when (exception.Failure is not VerbFailure.Unavailable)
        {
            await EndAsync(runId, $"Approved by {person} on the server, but it could not begin. {exception.Message}");
            throw;
        }
        catch (VerbException exception)
        {
            throw new StillWaitingException($"{exception.Message} It goes on waiting: approve it again.", exception);
        }
    }

    private async Task EndAsync(string runId, string decision)
    {
        if (JournalGuard.Read(() => journal.Find(runId)) is { State: RunState.WaitingForApproval } run)
        {
            var ended = Ended(run, decision);
            JournalGuard.Read(() =>
            {
                journal.Write(ended);
                return true;
            });
            await publisher.PublishAsync(ended, CancellationToken.None);
        }
    }

    private RemediationRun Ended(RemediationRun run, string decision) => run with
    {
        State = RunState.Cancelled,
        EndedAt = timeProvider.GetUtcNow(),
        Approval = run.Approval! with { Decision = decision },
        Steps = [.. run.Steps.Select(step => step with { State = StepState.NotRun })],
        Revision = run.Revision + 1,
    };
}
