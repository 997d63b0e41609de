using WsusDashboard.Shared;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Storage;

/// <summary>What is written in one transaction: all of it or nothing.</summary>
public sealed record StoreBatch
{
    /// <summary>Runs to insert or update; a run that says something new becomes an event.</summary>
    public IReadOnlyList<SyncRun> SyncRuns { get; init; } = [];

    /// <summary>How far a log file was read; written with the runs that were found on the way.</summary>
    public LogPosition? LogPosition { get; init; }

    /// <summary>States that changed, or that are seen for the first time.</summary>
    public IReadOnlyList<KnownState> States { get; init; } = [];

    /// <summary>The newest Windows event of a log that became an event of the agent; written with those events.</summary>
    public IReadOnlyList<EventMark> EventMarks { get; init; } = [];

    /// <summary>Subjects that are gone.</summary>
    public IReadOnlyList<string> RemovedSubjects { get; init; } = [];

    /// <summary>Events; their sequence numbers are given by the store.</summary>
    public IReadOnlyList<AgentEvent> Events { get; init; } = [];
}

/// <summary>How far a log file was read.</summary>
public sealed record LogPosition
{
    /// <summary>Which log, for example "wsyncmgr".</summary>
    public required string Name { get; init; }

    /// <summary>Fingerprint of the first bytes that were read: tells whether the file of that name is still the same one. Empty before the first read.</summary>
    public string Head { get; init; } = "";

    /// <summary>Bytes read; at the start of an entry, unless <see cref="IsInsideLongLine"/>.</summary>
    public long Position { get; init; }

    /// <summary>The position lies in a line that is too long, whose rest is passed over.</summary>
    public bool IsInsideLongLine { get; init; }

    public long LinesRead { get; init; }

    public long LinesSkipped { get; init; }

    /// <summary>What the entries so far said, as the reader of this log needs it to go on; null where it needs nothing.</summary>
    public string? State { get; init; }
}

/// <summary>A state that the agent has seen, and since when.</summary>
/// <param name="Section">The section that it belongs to.</param>
/// <param name="Subject">As in <see cref="StateChange.Subject"/>.</param>
/// <param name="State">The state.</param>
/// <param name="Since">UTC time at which the agent first saw it.</param>
public sealed record KnownState(string Section, string Subject, string State, DateTimeOffset Since);

/// <summary>How far the events of a Windows log were taken. A time too, because a log that is cleared begins again at record 1.</summary>
/// <param name="Log">Name of the log.</param>
/// <param name="At">UTC time of the newest event that was taken.</param>
/// <param name="RecordId">Its record.</param>
public sealed record EventMark(string Log, DateTimeOffset At, long RecordId);

/// <summary>One page of sync runs, newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="NextPageToken">Empty at the end.</param>
public sealed record SyncRunPage(IReadOnlyList<SyncRun> Runs, string NextPageToken);

/// <summary>What a batch did.</summary>
/// <param name="LastSequence">Number of the newest event.</param>
/// <param name="EventCount">How many events were written.</param>
/// <param name="ChangedRuns">The runs that said something new.</param>
public sealed record StoreOutcome(long LastSequence, int EventCount, IReadOnlyList<SyncRun> ChangedRuns);
