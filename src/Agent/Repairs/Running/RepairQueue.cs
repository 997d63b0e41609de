using System.Diagnostics;
using System.Threading.Channels;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Running;

/// <summary>Where commands hand a repair over to the worker, and where the one that goes on is found.</summary>
/// <remarks>Safe for use from several threads. The change lock lets one repair in at a time, so the channel never holds more than one.</remarks>
internal sealed class RepairQueue(ChangeLock changeLock, Journal journal, LostStore lost, RepairPublisher publisher, TimeProvider timeProvider, ILogger<RepairSession> logger)
{
    /// <summary>Stands for the newest repair, wherever the id of one is asked for.</summary>
    public const string Latest = "latest";

    /// <summary>Stands for the newest repair that can be undone.</summary>
    public const string Undoable = "undoable";

    private readonly Channel<QueuedRepair> _accepted = Channel.CreateBounded<QueuedRepair>(1);
    private volatile RepairSession? _active;

    public ChannelReader<QueuedRepair> Accepted => _accepted.Reader;

    /// <summary>The repair as it is now.</summary>
    /// <param name="id">Its id, or <see cref="Latest"/> or <see cref="Undoable"/>.</param>
    /// <exception cref="CommandException">NotFound, Unavailable.</exception>
    public Repair Find(string id) => TryFind(id) ?? throw new CommandException(CommandFailure.NotFound, id switch
    {
        Latest => "No repair has been started on this server.",
        Undoable => "There is no repair on this server that can be undone.",
        _ => "There is no repair with this id on this server.",
    });

    /// <summary>True for a repair that no hub is known to have asked for: somebody on the server started it, or a store that was lost knew who did.</summary>
    /// <exception cref="CommandException">Unavailable.</exception>
    public bool HasBegunHere(string id) => TryFind(id) is { } run && !JournalErrors.Read(() => journal.IsFromHub(run.Id));

    /// <summary>Asks a repair to stop after the step that runs now. One that has ended is answered as it is. A hub stops nothing that somebody on the server started.</summary>
    /// <exception cref="CommandException">NotFound, Refused, Unavailable.</exception>
    public async Task<Repair> CancelAsync(string id, CommandOrigin origin, CancellationToken cancellationToken)
    {
        if (FindActive(id) is { Run.IsFinal: false } active)
        {
            if (!origin.IsLocal && HasBegunHere(active.Run.Id))
            {
                throw new CommandException(CommandFailure.Refused, $"{active.Run.ComputerName}: repair {active.Run.Id} was started on the server, and only someone there can stop it.");
            }

            if (!active.Run.CancelRequested)
            {
                origin.Begin();
                await active.RequestCancelAsync(cancellationToken);
            }

            return active.Run;
        }

        return Find(id);
    }

    /// <summary>Keeps the new settings of a repair while they are on trial.</summary>
    /// <exception cref="CommandException">Conflict: there is nothing on trial; Unavailable.</exception>
    public async Task<Repair> KeepAsync(Repair run, KeepDecision decision, CommandOrigin origin, CancellationToken cancellationToken) =>
        FindActive(run.Id) is { } active && await active.RequestKeepAsync(decision, origin.Begin, cancellationToken)
            ? active.Run
            : throw new CommandException(CommandFailure.Conflict, run switch
            {
                { Trial: null } => $"{run.ComputerName}: repair {run.Id} changes no setting, so there is nothing to keep.",
                { IsRollingBack: true } => $"{run.ComputerName}: the saved settings are being restored, or already were. To get the new ones, start the repair again.",
                _ => $"{run.ComputerName}: the settings of repair {run.Id} are no longer on trial.",
            });

    /// <summary>Writes a repair to the journal and hands it over; this server is occupied until it has ended.</summary>
    /// <param name="run">In state Running.</param>
    /// <param name="origin">Who asked for it.</param>
    /// <param name="isWaiting">True where it stands in the journal already, waiting for its approval.</param>
    /// <param name="held">The change lock, where it is held already; it stays with the repair, and with the caller where this throws.</param>
    /// <exception cref="CommandException">Something else goes on, or the journal cannot be written.</exception>
    public Repair Begin(Repair run, CommandOrigin origin, bool isWaiting, IDisposable? held)
    {
        var occupation = held;
        if (occupation is not null)
        {
            changeLock.GoOn(Describe(run));
        }
        else if (!changeLock.TryEnter(Describe(run), out occupation, out var occupiedBy, isRepair: true))
        {
            throw ChangeLock.Occupied(run.ComputerName, occupiedBy);
        }

        try
        {
            origin.Begin();
            if (!JournalErrors.Read(() => isWaiting ? journal.TryBegin(run) : journal.TryCreate(run, origin)))
            {
                throw new CommandException(CommandFailure.Conflict, $"{run.ComputerName}: the journal has a repair that hasn't finished. Nothing was started; try again in a minute.") { IsTemporary = true };
            }

            return Accept(run, occupation).Run;
        }
        catch
        {
            occupation.Dispose();
            throw;
        }
    }

    /// <summary>Reads the journal at the start of the agent: tells the hub what it does not know yet, and opens the change lock or hands over what was interrupted.</summary>
    /// <returns>What is resumed; null where nothing was interrupted.</returns>
    public async Task<Repair?> ResumeAsync(CancellationToken stopping)
    {
        lost.TakeBack();

        // What waited has ended, because whoever asked for it heard nothing more.
        foreach (var run in journal.ReadWaiting())
        {
            journal.EndWaiting(run, "The agent restarted before anyone on the server decided. Nothing was started; start it again.");
        }

        foreach (var run in journal.ReadUnpublished())
        {
            await publisher.PublishAsync(run, stopping);
        }

        if (journal.FindUnfinished() is not { } unfinished)
        {
            changeLock.Open();
            return null;
        }

        Accept(unfinished, changeLock.OpenOccupied(Describe(unfinished)));
        return unfinished;
    }

    /// <summary>The journal cannot be read: nothing is let in until it can.</summary>
    public void StayClosed() => changeLock.StayClosed();

    /// <summary>The repair that goes on is about to end.</summary>
    public void PrepareToLeave() => changeLock.PrepareToLeave();

    public void Leave(QueuedRepair work)
    {
        _active = null;
        work.Occupation.Dispose();
    }

    private Repair? TryFind(string id) => FindActive(id)?.Run ?? JournalErrors.Read(() => id switch
    {
        Latest => journal.FindNewest(),
        Undoable => journal.FindUndoable(),
        _ => journal.Find(id),
    });

    private RepairSession? FindActive(string id) => _active is { } active && (active.Run.Id == id || id == Latest) ? active : null;

    private RepairSession Accept(Repair run, IDisposable occupation)
    {
        var session = new RepairSession(run, journal, publisher, timeProvider, logger);
        _active = session;
        if (!_accepted.Writer.TryWrite(new QueuedRepair(session, occupation, Activity.Current?.Context ?? default)))
        {
            throw new InvalidOperationException("A repair was accepted although another one waits: the change lock was passed twice.");
        }

        return session;
    }

    /// <summary>"repair 0197… (full-repair), asked for by Ann at 06:12 UTC, goes on".</summary>
    private static string Describe(Repair run) =>
        $"repair {run.Id} ({run.Playbook}), requested by {run.RequestedBy} at {Wording.Time(run.StartedAt)}, is in progress";
}

/// <summary>A repair that the worker is to carry out, its hold on the server, and the span that asked for it.</summary>
internal sealed record QueuedRepair(RepairSession Session, IDisposable Occupation, ActivityContext Origin);
