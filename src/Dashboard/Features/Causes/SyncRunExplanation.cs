using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Causes;

/// <summary>One synchronization, and why it did not succeed.</summary>
public sealed record SyncRunExplanation
{
    public required SyncRow Row { get; init; }

    /// <summary>The same synchronization as the other source saw it; null where only one did.</summary>
    public SyncRun? OtherView { get; init; }

    /// <summary>UTC time of its end, or of its start where no end is known.</summary>
    public DateTimeOffset EndedAt => Row.Run.EndedAt ?? OtherView?.EndedAt ?? Row.Run.StartedAt;

    /// <summary>Most probable first; empty for one that succeeded, still runs, or was broken by a repair.</summary>
    public IReadOnlyList<RankedCause> Causes { get; init; } = [];

    /// <summary>Numbers and names of its error, in words.</summary>
    public IReadOnlyList<KnownError> Decoded { get; init; } = [];

    /// <summary>True where the agent sent what it found in the logs around the end of the run.</summary>
    public bool HasEvidence { get; init; }

    /// <summary>Log lines that the agent kept, oldest first; each once.</summary>
    public IReadOnlyList<LoggedLine> Lines { get; init; } = [];

    /// <summary>Good syncs whose lines the agent compared these with (<see cref="LoggedLine.GoodRuns"/>); 0 where it could compare with none.</summary>
    public int GoodRunsRead { get; init; }

    /// <summary>True where WSUS told how it ended, but no reason: the answer comes from logs and events alone (wsus.md, 2.7).</summary>
    public bool IsReasonHidden { get; init; }

    /// <summary>The logs that can be opened on its server; empty where it keeps none that the agent opens.</summary>
    public IReadOnlyList<string> Logs { get; init; } = [];

    /// <summary>How the other servers fared in the same hour; null where that says nothing.</summary>
    public OtherServers? Fleet { get; init; }

    /// <summary>Windows events from a day before the run on, newest first.</summary>
    public IReadOnlyList<WindowsEvent> Events { get; init; } = [];

    /// <summary>What people did to the server through the dashboard from ten minutes before the run on, in the order of time.</summary>
    public IReadOnlyList<PersonAction> Actions { get; init; } = [];

    /// <summary>State changes from an hour before the run on, newest first.</summary>
    public IReadOnlyList<RecentChange> Changes { get; init; } = [];
}
