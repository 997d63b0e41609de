using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>One edge of the server, and how it is tried without changing anything.</summary>
/// <param name="Area">One of <see cref="ProbeAreas"/>.</param>
/// <param name="Edge">What is tried, for a person.</param>
/// <param name="TryAsync">Reads it. An <see cref="Agent.Windows.EdgeException"/> is an expected answer; anything else thrown is one too, with its raw text.</param>
internal sealed record Probe(string Area, string Edge, Func<CancellationToken, Task<ProbeOutcome>> TryAsync)
{
    /// <summary>After this time the edge counts as silent.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What to do after a failure, where the general advice of the area is not enough; null falls back to that.</summary>
    public Func<ReadFailure, string?> Advise { get; init; } = _ => null;
}
