using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Doctor.Reports;

/// <summary>What goes into a report, before anything is masked.</summary>
internal sealed record ReportContent
{
    public required DoctorReport Report { get; init; }

    /// <summary>The same by the running agent.</summary>
    public required ServiceExamination Service { get; init; }

    public required AgentOptions Options { get; init; }

    /// <summary>The snapshot of the agent that runs, as JSON; null where none answered.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Why there is no snapshot.</summary>
    public string? NoSnapshot { get; init; }

    /// <summary>policy.json as it stands; null where there is none.</summary>
    public string? Policy { get; init; }

    /// <summary>What the agent's own file kept; null where it cannot be read.</summary>
    public StoreExcerpt? Store { get; init; }

    /// <summary>What the agent wrote to the application log, oldest first.</summary>
    public IReadOnlyList<WindowsEvent> AgentLog { get; init; } = [];

    /// <summary>The domain of this computer; empty where it has none.</summary>
    public string Domain { get; init; } = "";
}
