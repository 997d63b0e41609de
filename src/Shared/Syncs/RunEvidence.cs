using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Syncs;

/// <summary>What an agent found around the end of a synchronization that did not succeed; it travels as an event, so the cause is known also where nobody watched.</summary>
public sealed record RunEvidence
{
    /// <summary>The run's id, as in <see cref="SyncRun.Id"/>.</summary>
    public required string RunId { get; init; }

    /// <summary>Log lines around the run, oldest first; at most 60.</summary>
    public IReadOnlyList<LoggedLine> Lines { get; init; } = [];

    /// <summary>Windows events around the run, newest first; at most 40.</summary>
    public IReadOnlyList<WindowsEvent> Events { get; init; } = [];

    /// <summary>The server as the agent knew it then, without events and without other pools; null where nothing was read near the end of the run.</summary>
    public Snapshot? Snapshot { get; init; }

    /// <summary>Earlier successful synchronizations whose time the same logs still cover and were compared with; 0 where none could be.</summary>
    public int GoodRunsRead { get; init; }
}

/// <summary>One line of a log, kept because it says something about a run.</summary>
/// <param name="Log">The log's name without extension: "wsyncmgr", "WCM", "WSUSCtrl", "SoftwareDistribution", "HTTPERR", "IIS".</param>
/// <param name="At">UTC; null where the line carries no time.</param>
/// <param name="Text">The line as it stands, cut at 1,000 characters.</param>
public sealed record LoggedLine(string Log, DateTimeOffset? At, string Text)
{
    /// <summary>In how many of <see cref="RunEvidence.GoodRunsRead"/> the same line stands, its numbers and times apart: what stands in good runs too explains no bad one.</summary>
    public int GoodRuns { get; init; }
}
