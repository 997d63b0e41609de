using System.Security.Cryptography;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Shared.Contract.V1;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;
using Repair = WsusDashboard.Shared.Repairs.Repair;
using RepairApproval = WsusDashboard.Shared.Repairs.RepairApproval;

namespace WsusDashboard.Agent.Commands;

/// <summary>A command of a hub that waits for a person on the server.</summary>
/// <param name="Id">What "approve" takes.</param>
/// <param name="Command">The command.</param>
/// <param name="Asked">Who asks for what, as the audit has it.</param>
/// <param name="AskedAt">UTC.</param>
/// <param name="ExpiresAt">UTC; afterwards it is void.</param>
internal sealed record PendingApproval(string Id, AgentCommand Command, AgentAuditEntry Asked, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>For a person; the same text asked for again by the same hub is the same command.</summary>
    public string What { get; init; } = $"{Asked.Verb} {Asked.What}";

    /// <summary>The repair that waits; empty where it is none.</summary>
    public string RepairId { get; init; } = "";

    public WaitingCommand ToWaiting() => new(Id, What, Asked.Who, Asked.Hub, AskedAt, ExpiresAt, RepairId);
}

/// <summary>
/// Where the local policy needs it, its pace is exceeded or a repair of this server would be undone, a hub's command waits here until somebody on the server approves it; then the agent begins it. It expires, and the
/// hub can withdraw a repair. What waits lives in memory; of repairs the journal knows too, and a restart of the agent ends them.
/// </summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed partial class PendingApprovals(
    LocalPolicy policy, CommandPace pace, PairedHubs hubs, RepairStarter repairs, DirectCommands direct, AgentAudit audit, TimeProvider timeProvider, ILogger<PendingApprovals> logger) : IDisposable
{
    /// <summary>Commands of one hub that may wait at the same time: none takes the places of another.</summary>
    public const int MaximumWaitingOfHub = 5;

    /// <summary>Commands of one hub that may begin to wait within an hour: each leaves something in the journal, also where it is withdrawn.</summary>
    public const int MaximumPerHour = 20;

    private const int IdBytes = 3;

    private readonly Lock _gate = new();
    private readonly List<Place> _places = [];
    private readonly AttemptLimiter _limiter = new(MaximumPerHour, MaximumPerHour * PairedHubs.Maximum, TimeSpan.FromHours(1), timeProvider);

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
                return [.. _places.Where(place => place.IsTaken).Select(place => place.Pending)];
            }
        }
    }

    /// <summary>Why this command of a hub waits, for a person; null where it does not. To stop a repair needs nobody's approval.</summary>
    /// <exception cref="CommandException">The journal cannot be read.</exception>
    public string? FindNeed(AgentCommand command) => command.Caller.Hub is null || SubjectOf(command.Request) is not { } subject ? null
        : policy.Read(null).NeedsApproval(subject) ? "This server's local policy requires it."

        // What a person here has set, no hub takes back by itself: an undo has no pace.
        : command.Request is UndoRepairRequest undo && repairs.HasBegunHere(undo.Id) ? "The repair was started on the server."
        : pace.FindExceeded(command);

    /// <summary>Lets a command wait that is carried out at once; the same one asked for again is the one that waits.</summary>
    /// <param name="command">The command.</param>
    /// <param name="why">Why it waits, for a person.</param>
    /// <returns>What its caller is told.</returns>
    /// <exception cref="CommandException">Too many wait.</exception>
    public CommandException Add(AgentCommand command, string why)
    {
        Place place;
        bool isNew;
        lock (_gate)
        {
            var asked = command.Entry();
            var known = _places.Find(place => place.Pending.Command.Caller.Hub!.Id == command.Caller.Hub!.Id && place.Pending.Asked.Verb == asked.Verb && place.Pending.Asked.What == asked.What);
            (place, isNew) = (known ?? Reserve(command), known is null);
        }

        if (isNew)
        {
            Take(place, place.Pending);
        }

        var pending = place.Pending;
        return new(
            CommandFailure.Refused,
            $"Waiting for approval on the server. {why} To start it, run \"WsusDashboard.Agent approve {pending.Id}\" there before {Wording.Time(pending.ExpiresAt)}. Nothing was started yet.");
    }

    /// <summary>Keeps a place for a repair that is to wait; it waits once the place is taken, and leaves nothing where it is not.</summary>
    /// <exception cref="CommandException">Too many wait.</exception>
    public Place Reserve(AgentCommand command)
    {
        lock (_gate)
        {
            var hub = command.Caller.Hub!.Id;
            if (_places.Count(place => place.Pending.Command.Caller.Hub!.Id == hub) >= MaximumWaitingOfHub)
            {
                throw new CommandException(CommandFailure.Refused, $"{MaximumWaitingOfHub} commands from this dashboard are already waiting for approval on the server. Nothing was started.");
            }

            if (!_limiter.TryEnter(hub))
            {
                throw new CommandException(CommandFailure.Refused, $"{MaximumPerHour} commands from this dashboard had to wait for approval within an hour; the server accepts no more for now. Nothing was started.");
            }

            var now = timeProvider.GetUtcNow();
            var place = new Place(this, new PendingApproval(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), command, command.Entry(), now, now + Lifetime));
            _places.Add(place);
            return place;
        }
    }

    /// <summary>Approves or refuses what waits; the value is a sentence for the person.</summary>
    /// <param name="id">Of what waits.</param>
    /// <param name="approve">False = refuse.</param>
    /// <param name="person">Who decides.</param>
    /// <param name="cancellationToken">Gives up waiting for the beginning.</param>
    /// <exception cref="CommandException">Nothing waits under this id, or it could not begin.</exception>
    public async Task<string> DecideAsync(string id, bool approve, string person, CancellationToken cancellationToken)
    {
        var asked = new AgentAuditEntry { Verb = approve ? "approve" : "refuse-approval", Who = person, From = AgentCaller.Here, What = id, Outcome = "asked" };
        audit.Write(asked);
        try
        {
            var place = Claim(pending => string.Equals(pending.Id, id, StringComparison.OrdinalIgnoreCase))
                ?? throw new CommandException(CommandFailure.NotFound, $"Nothing with the id {id} is waiting for approval. \"WsusDashboard.Agent approvals\" lists what is; approvals expire after an hour.");
            var sentence = await DecideAsync(place, approve, person, cancellationToken);
            var of = place.Pending;
            audit.TryWrite(asked with { What = $"{id} {of.What}, requested by {of.Asked.Who} via {of.Asked.Hub}", Ticket = of.Asked.Ticket, Outcome = "done", Detail = sentence });
            return sentence;
        }
        catch (CommandException exception)
        {
            audit.TryWrite(asked with { Outcome = "failed", Detail = exception.Message });
            throw;
        }
    }

    /// <summary>Ends a repair that waits, for the hub that asked for it or somebody on the server; nothing happens where none of this id does.</summary>
    public async Task WithdrawAsync(string repairId, string person, AgentCaller caller)
    {
        if (Claim(pending => pending.RepairId == repairId && (caller.Hub is null || caller.Hub.Id == pending.Command.Caller.Hub!.Id)) is { } place)
        {
            using (place)
            {
                await EndAsync(place.Pending, $"Withdrawn by {person} before anyone on the server decided. Nothing was started.");
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _places.ForEach(place => place.Timer?.Dispose());
        }
    }

    /// <summary>What the policy file calls it; null for what never waits.</summary>
    private static string? SubjectOf(ICommandRequest request) => request switch
    {
        StartRepairRequest start => start.Playbook,
        UndoRepairRequest => ApprovalSubjects.Undo,
        ControlServiceRequest => ApprovalSubjects.Service,
        ControlPoolRequest => ApprovalSubjects.Pool,
        StartSyncRequest or StopSyncRequest => ApprovalSubjects.Sync,
        _ => null,
    };

    private async Task<string> DecideAsync(Place place, bool approve, string person, CancellationToken cancellationToken)
    {
        var pending = place.Pending;
        try
        {
            if (hubs.All.All(hub => hub.Id != pending.Command.Caller.Hub!.Id))
            {
                const string gone = "The dashboard that asked is no longer trusted. Nothing was started.";
                await EndAsync(pending, gone);
                throw new CommandException(CommandFailure.Refused, gone);
            }

            if (approve)
            {
                return await BeginAsync(pending, person, cancellationToken);
            }

            var refused = $"Refused by {person} on the server. Nothing was started.";
            await EndAsync(pending, refused);
            return refused;
        }
        catch (CommandException exception) when (exception.IsTemporary && pending.RepairId.Length > 0)
        {
            lock (_gate)
            {
                place.IsClaimed = false;
            }

            throw new CommandException(CommandFailure.Conflict, $"{exception.Message} It's still waiting; approve it again.", exception);
        }
        finally
        {
            place.Dispose();
        }
    }

    private async Task<string> BeginAsync(PendingApproval pending, string person, CancellationToken cancellationToken)
    {
        var record = new CommandRecord(audit, pending.Asked);
        var origin = new CommandOrigin(pending.Command.Caller.Hub!.Id, null, record.Begin);
        try
        {
            string sentence;
            if (pending.RepairId.Length > 0)
            {
                var started = await repairs.BeginApprovedAsync(pending.RepairId, person, origin, cancellationToken);
                sentence = $"Approved: repair {started.Id} ({started.Playbook}), requested by {started.RequestedBy}, has started.";
            }
            else
            {
                sentence = DirectCommands.Describe(pending.Command.Request, await direct.RunAsync(pending.Command.Request, origin, cancellationToken));
            }

            record.End("done", sentence);
            return sentence;
        }
        catch (CommandException exception)
        {
            record.End(CommandFailures.Outcome(exception), exception.Message);
            throw;
        }
    }

    private async Task EndAsync(PendingApproval pending, string why)
    {
        if (pending.RepairId.Length > 0)
        {
            await repairs.EndWaitingAsync(pending.RepairId, why);
        }
        else
        {
            audit.Count(pending.Asked with { Outcome = "refused", Detail = why });
        }
    }

    private async Task ExpireAsync(Place expired)
    {
        if (Claim(pending => pending.Id == expired.Pending.Id) is not { } place)
        {
            return;
        }

        using (place)
        {
            try
            {
                await EndAsync(place.Pending, $"Nobody on the server approved it within {Wording.Duration(Lifetime)}. Nothing was started.");
            }
            catch (Exception exception)
            {
                // Nothing waits for this: a repair that could not be ended in the journal is ended at the next start of the agent.
                Log.NotEnded(logger, place.Pending.What, exception);
            }
        }
    }

    private void Take(Place place, PendingApproval pending)
    {
        lock (_gate)
        {
            (place.Pending, place.IsTaken) = (pending, true);
            place.Timer = timeProvider.CreateTimer(_ => _ = ExpireAsync(place), null, Lifetime, Timeout.InfiniteTimeSpan);
        }

        Changed?.Invoke();
    }

    /// <summary>One decision at a time about one command.</summary>
    private Place? Claim(Predicate<PendingApproval> isWanted)
    {
        lock (_gate)
        {
            if (_places.Find(place => place.IsTaken && !place.IsClaimed && isWanted(place.Pending)) is { } place)
            {
                place.IsClaimed = true;
                return place;
            }

            return null;
        }
    }

    private void Leave(Place place)
    {
        lock (_gate)
        {
            // One that was reserved and is waiting now, or goes on waiting after a decision that could not be carried out, stays.
            if (place.IsTaken && !place.IsClaimed)
            {
                return;
            }

            _places.Remove(place);
        }

        place.Timer?.Dispose();
        Changed?.Invoke();
    }

    /// <summary>The place of one command. Disposing gives it up, unless it is taken and nobody has decided about it.</summary>
    internal sealed class Place(PendingApprovals owner, PendingApproval pending) : IDisposable
    {
        /// <summary>What the repair that waits says of it.</summary>
        public RepairApproval Approval => new(Pending.Id, Pending.AskedAt, Pending.ExpiresAt, "");

        internal PendingApproval Pending { get; set; } = pending;

        internal ITimer? Timer { get; set; }

        internal bool IsTaken { get; set; }

        internal bool IsClaimed { get; set; }

        /// <summary>The repair stands in the journal and waits. One that an earlier command with the same key started is not this one.</summary>
        public void Take(Repair run)
        {
            if (run.Approval?.Id == Pending.Id)
            {
                var what = run.UndoOf.Length > 0 ? $"undo of repair {run.UndoOf}" : $"repair {run.Playbook}{(run.Baseline.Length > 0 ? $" with baseline {run.Baseline}" : "")}{(run.IncludesRisky ? ", including settings that aren't safe on this server" : "")}";
                owner.Take(this, Pending with { RepairId = run.Id, What = what });
            }
        }

        public void Dispose() => owner.Leave(this);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Couldn't end the approval request for {What}")]
        public static partial void NotEnded(ILogger logger, string what, Exception exception);
    }
}
