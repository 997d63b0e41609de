using System.Threading.Channels;
using WsusDashboard.Shared.Remediation;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Remediation;

/// <summary>Where requests hand a run over to the worker, and where the run that goes on is found.</summary>
/// <remarks>Safe for use from several threads. The gate lets one run in at a time, so the channel never holds more than one.</remarks>
internal sealed class RunDesk(ServerGate gate, Journal journal)
{
    private readonly Channel<AcceptedRun> _accepted = Channel.CreateBounded<AcceptedRun>(1);
    private volatile ActiveRun? _active;

    public ServerGate Gate => gate;

    public ChannelReader<AcceptedRun> Accepted => _accepted.Reader;

    /// <summary>The run that goes on, or null.</summary>
    public ActiveRun? Active => _active;

    /// <summary>Hands a run over that is in the journal already; the occupation ends with it.</summary>
    public ActiveRun Accept(RemediationRun run, IDisposable occupation)
    {
        var active = new ActiveRun(run, journal);
        _active = active;
        if (!_accepted.Writer.TryWrite(new AcceptedRun(active, occupation)))
        {
            throw new InvalidOperationException("A run was accepted although another one waits: the gate was passed twice.");
        }

        return active;
    }

    /// <summary>Opens the gate after the start of the agent, or hands over what was interrupted.</summary>
    public RemediationRun? Resume()
    {
        if (journal.FindUnfinished() is not { } unfinished)
        {
            gate.Open();
            return null;
        }

        Accept(unfinished, gate.OpenOccupied(Describe(unfinished)));
        return unfinished;
    }

    public void Leave(AcceptedRun work)
    {
        _active = null;
        work.Occupation.Dispose();
    }

    /// <summary>"repair 0197… (full-repair), asked for by Ann at 06:12 UTC, goes on".</summary>
    public static string Describe(RemediationRun run) =>
        $"the repair {run.Id} ({run.Playbook}), asked for by {run.RequestedBy} at {Wording.Time(run.StartedAt)}, goes on";
}

/// <summary>A run that the worker is to carry out, and its hold on the server.</summary>
internal sealed record AcceptedRun(ActiveRun Active, IDisposable Occupation);
