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

    /// <summary>Earlier successful synchronizations whose time at least one of the logs still covers and was compared with; 0 where none could be.</summary>
    public int GoodRunsRead { get; init; }

    /// <summary>UTC end of the time that was looked at: for a run without an end the start of the next one, or when it was looked at. Null from an agent that does not say.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>One line of a log, kept because it says something about a run.</summary>
/// <param name="Log">The log's name without extension: "wsyncmgr", "WCM", "WSUSCtrl", "SoftwareDistribution", "HTTPERR", "IIS".</param>
/// <param name="At">UTC; null where the line carries no time.</param>
/// <param name="Text">The line as it stands, cut at 1,000 characters.</param>
public sealed record LoggedLine(string Log, DateTimeOffset? At, string Text)
{
    /// <summary>
    /// In how many of <see cref="CoveredGoodRuns"/> the same line stands; counts, ids and times in it may differ, the number of an error may not. What stands in good runs too explains no bad
    /// one.
    /// </summary>
    public int GoodRuns { get; init; }

    /// <summary>How many of <see cref="RunEvidence.GoodRunsRead"/> the line's log still covers; 0 where it reaches back to none, so that <see cref="GoodRuns"/> says nothing.</summary>
    public int CoveredGoodRuns { get; init; }
}
