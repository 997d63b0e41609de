using System.Security.Cryptography;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Shared.Contract.V1;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Security.Commands;

/// <summary>A hub's command, for which the local policy needs an approval.</summary>
/// <param name="HubId">The hub that sent it.</param>
/// <param name="Asked">Who asks for what, as the audit has it.</param>
internal sealed record ApprovalOrder(string HubId, AuditEntry Asked)
{
    /// <summary>Where a call carries it from the guard to the verb.</summary>
    public const string Key = "WsusDashboard.ApprovalOrder";
}

/// <summary>A command of a hub that waits for a person on the server.</summary>
/// <param name="Id">What "approve" takes.</param>
/// <param name="What">For a person; the same text asked for again by the same hub is the same command.</param>
/// <param name="Order">Who asks for it.</param>
/// <param name="RunId">The run that waits; empty where it is none.</param>
/// <param name="AskedAt">UTC.</param>
/// <param name="ExpiresAt">UTC; afterwards it is void.</param>
internal sealed record PendingApproval(string Id, string What, ApprovalOrder Order, string RunId, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt)
{
    public WaitingCommand ToWaiting() => new(Id, What, Order.Asked.Who, Order.Asked.Hub, AskedAt, ExpiresAt, RunId);
}

/// <summary>What becomes of a command that waited. Each answers with a sentence for the person who decided.</summary>
/// <param name="BeginAsync">Approved, by this person: it begins now. A failure that leaves it waiting says so.</param>
/// <param name="EndAsync">Refused, withdrawn or expired, with a sentence that says which.</param>
internal sealed record ApprovalOutcomes(Func<string, CancellationToken, Task<string>> BeginAsync, Func<string, Task> EndAsync);

/// <summary>Something else goes on: what waits goes on waiting.</summary>
internal sealed class StillWaitingException(string message, Exception inner) : Exception(message, inner);

/// <summary>
/// Where the local policy needs it, a hub's command waits here until somebody on the server approves it; then the agent begins it. It expires, and the
/// hub can withdraw a repair. What waits lives in memory; of repairs the journal knows too, and a restart of the agent ends them.
/// </summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed partial class ApprovalDesk(LocalPolicy policy, TimeProvider timeProvider, ILogger<ApprovalDesk> logger) : IDisposable
{
    private const int MaximumWaiting = 20;
    private const int IdBytes = 3;

    private readonly Lock _gate = new();
    private readonly List<Waiting> _waiting = [];

    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(1);

    /// <summary>Something waits that did not, or no longer. Raised outside of locks; handlers return at once.</summary>
    public event Action? Changed;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<PendingApproval> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _waiting.Select(waiting => waiting.Pending)];
            }
        }
    }

    /// <summary>True where this command of a hub waits. To stop something needs nobody's approval.</summary>
    public bool IsNeeded(IVerbRequest verb, AgentCaller caller) => caller.Hub is not null && SubjectOf(verb) is { } subject && policy.Read(null).NeedsApproval(subject);

    /// <summary>Lets a command wait; the same one asked for again is the one that waits.</summary>
    /// <exception cref="VerbException">Too many wait.</exception>
    public PendingApproval Add(ApprovalOrder order, string what, Func<PendingApproval, ApprovalOutcomes> outcomes, string runId = "")
    {
        PendingApproval pending;
        lock (_gate)
        {
            if (runId.Length == 0 && _waiting.FirstOrDefault(waiting => waiting.Pending.Order.HubId == order.HubId && waiting.Pending.What == what) is { } known)
            {
                return known.Pending;
            }

            if (_waiting.Count >= MaximumWaiting)
            {
                throw new VerbException(VerbFailure.Refused, $"{MaximumWaiting} commands wait for approval on the server already. Nothing was started.");
            }

            var now = timeProvider.GetUtcNow();
            pending = new PendingApproval(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), what, order, runId, now, now + Lifetime);
            var id = pending.Id;
            _waiting.Add(new Waiting(pending, outcomes(pending), timeProvider.CreateTimer(_ => _ = ExpireAsync(id), null, Lifetime, Timeout.InfiniteTimeSpan)));
        }

        Changed?.Invoke();
        return pending;
    }

    /// <summary>Approves or refuses what waits; the value is a sentence for the person.</summary>
    /// <param name="id">Of what waits.</param>
    /// <param name="approve">False = refuse.</param>
    /// <param name="person">Who decides.</param>
    /// <param name="isTrusted">Whether a hub still is: what one asked for that is not any more never begins.</param>
    /// <param name="cancellationToken">Gives up waiting for the beginning.</param>
    /// <exception cref="VerbException">Nothing waits under this id, or it could not begin.</exception>
    public async Task<(PendingApproval Pending, string Sentence)> DecideAsync(string id, bool approve, string person, Predicate<string> isTrusted, CancellationToken cancellationToken)
    {
        var waiting = Claim(candidate => string.Equals(candidate.Id, id, StringComparison.OrdinalIgnoreCase))
            ?? throw new VerbException(VerbFailure.NotFound, $"Nothing waits for approval under {id}. \"WsusDashboard.Agent approvals\" lists what does; it waits for an hour.");
        var isKnown = isTrusted(waiting.Pending.Order.HubId);
        try
        {
            if (approve && isKnown)
            {
                return (waiting.Pending, await waiting.Outcomes.BeginAsync(person, cancellationToken));
            }

            var why = isKnown ? $"Refused by {person} on the server. Nothing was started." : "The dashboard that asked is not trusted any more. Nothing was started.";
            await waiting.Outcomes.EndAsync(why);
            return isKnown ? (waiting.Pending, why) : throw new VerbException(VerbFailure.Refused, why);
        }
        catch (StillWaitingException exception)
        {
            lock (_gate)
            {
                waiting.IsClaimed = false;
            }

            throw new VerbException(VerbFailure.Conflict, exception.Message, exception);
        }
        finally
        {
            LetGo(waiting);
        }
    }

    /// <summary>Ends a run that waits, for whoever asked for it. False where none of this id waits.</summary>
    public async Task<bool> WithdrawAsync(string runId, string person)
    {
        if (Claim(candidate => candidate.RunId == runId) is not { } waiting)
        {
            return false;
        }

        try
        {
            await waiting.Outcomes.EndAsync($"Withdrawn by {person} before anybody on the server had decided. Nothing was started.");
            return true;
        }
        finally
        {
            LetGo(waiting);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _waiting.ForEach(waiting => waiting.Timer.Dispose());
        }
    }

    /// <summary>What the policy file calls it; null for what never waits.</summary>
    private static string? SubjectOf(IVerbRequest verb) => verb switch
    {
        StartRemediationRequest start => start.Playbook,
        UndoRemediationRequest => ApprovalSubjects.Undo,
        ControlServiceRequest => ApprovalSubjects.Service,
        ControlPoolRequest => ApprovalSubjects.Pool,
        StartSyncRequest or StopSyncRequest => ApprovalSubjects.Sync,
        _ => null,
    };

    private async Task ExpireAsync(string id)
    {
        if (Claim(candidate => candidate.Id == id) is not { } waiting)
        {
            return;
        }

        try
        {
            await waiting.Outcomes.EndAsync($"Nobody on the server approved it within {Wording.Duration(Lifetime)}. Nothing was started.");
        }
        catch (Exception exception)
        {
            // Nothing waits for this: a run that could not be ended in the journal is ended at the next start of the agent.
            Log.NotEnded(logger, waiting.Pending.What, exception);
        }
        finally
        {
            LetGo(waiting);
        }
    }

    /// <summary>One decision at a time about one command.</summary>
    private Waiting? Claim(Predicate<PendingApproval> isWanted)
    {
        lock (_gate)
        {
            if (_waiting.Find(candidate => !candidate.IsClaimed && isWanted(candidate.Pending)) is not { } waiting)
            {
                return null;
            }

            waiting.IsClaimed = true;
            return waiting;
        }
    }

    private void LetGo(Waiting waiting)
    {
        lock (_gate)
        {
            if (!waiting.IsClaimed)
            {
                return;
            }

            _waiting.Remove(waiting);
        }

        waiting.Timer.Dispose();
        Changed?.Invoke();
    }

    private sealed class Waiting(PendingApproval pending, ApprovalOutcomes outcomes, ITimer timer)
    {
        public PendingApproval Pending { get; } = pending;

        public ApprovalOutcomes Outcomes { get; } = outcomes;

        public ITimer Timer { get; } = timer;

        public bool IsClaimed { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "What waited for approval ({What}) could not be ended")]
        public static partial void NotEnded(ILogger logger, string what, Exception exception);
    }
}
