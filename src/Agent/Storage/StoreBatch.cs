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

    /// <summary>How far a source of Windows events was taken; written with the events that came from it.</summary>
    public EventBookmark? EventBookmark { get; init; }

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

/// <summary>How far the events of one provider in a Windows log were taken. A provider each, because they are read one after the other while others write.</summary>
/// <param name="Log">Name of the log.</param>
/// <param name="Provider">Name of the provider.</param>
/// <param name="RecordId">The newest record of the log that was looked at.</param>
/// <param name="At">Its UTC time: a log that is cleared begins again at record 1.</param>
public sealed record EventBookmark(string Log, string Provider, long RecordId, DateTimeOffset At);

/// <summary>One page of sync runs, newest first.</summary>
/// <param name="Runs">The runs.</param>
/// <param name="NextPageToken">Empty at the end.</param>
public sealed record SyncRunPage(IReadOnlyList<SyncRun> Runs, string NextPageToken);

/// <summary>What a batch did.</summary>
/// <param name="LastSequence">Number of the newest event.</param>
/// <param name="EventCount">How many events were written.</param>
/// <param name="ChangedRuns">The runs that said something new.</param>
public sealed record StoreOutcome(long LastSequence, int EventCount, IReadOnlyList<SyncRun> ChangedRuns);
