using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Doctor.Recording;
using WsusDashboard.Agent.Iis;

namespace WsusDashboard.Agent.Doctor;

/// <summary>An examination of one server.</summary>
public sealed record DoctorReport
{
    public required string ComputerName { get; init; }

    public required string AgentVersion { get; init; }

    /// <summary>DOMAIN\name of the account that examined.</summary>
    public string Account { get; init; } = "";

    public required DateTimeOffset At { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>One result an edge, in the order in which they are shown.</summary>
    public required IReadOnlyList<ProbeResult> Results { get; init; }

    /// <summary>What WSUS answered, without values.</summary>
    public IReadOnlyList<ReplyShape> WsusReplies { get; init; } = [];

    /// <summary>How many answers more there were than are kept.</summary>
    public int MoreWsusReplies { get; init; }

    /// <summary>What IIS refused: to the examination, and to a running agent since its start.</summary>
    public IReadOnlyList<IisRefusal> IisRefusals { get; init; } = [];

    /// <summary>The worst state of all edges.</summary>
    public ProbeState Worst => Results.Count == 0 ? ProbeState.Works : Results.Max(result => result.Outcome.State);

    public int Count(ProbeState state) => Results.Count(result => result.Outcome.State == state);
}
