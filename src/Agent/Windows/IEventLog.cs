using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows;

/// <summary>The Windows event log: query in, events out.</summary>
public interface IEventLog
{
    /// <summary>Events in rising record order, at most <see cref="EventQuery.Maximum"/>.</summary>
    /// <exception cref="EdgeException">The log cannot be read.</exception>
    Task<EventPage> QueryAsync(EventQuery query, CancellationToken cancellationToken);
}

/// <summary>Writes into the Windows event log.</summary>
public interface IEventLogWriter
{
    /// <summary>Adds an event to the Application log.</summary>
    /// <exception cref="EdgeException">Windows refuses, or does not answer in time.</exception>
    Task WriteAsync(EventLogRecord record, CancellationToken cancellationToken);
}

/// <summary>What to read.</summary>
/// <param name="LogName">"System" or "Application".</param>
/// <param name="Provider">The provider's name.</param>
/// <param name="EventIds">The ids wanted; empty = all.</param>
/// <param name="AfterRecordId">Only events with a greater record id; 0 for all.</param>
/// <param name="Since">Only events at or after this UTC time.</param>
/// <param name="Maximum">At most this many, 1 to 1000; the oldest of those that match.</param>
public sealed record EventQuery(string LogName, string Provider, IReadOnlyList<int> EventIds, long AfterRecordId, DateTimeOffset Since, int Maximum)
{
    /// <summary>Events of other providers of the same log that are wanted too.</summary>
    public IReadOnlyList<EventKinds> Others { get; init; } = [];

    /// <summary>Only events of the first provider whose first value is one of these (the name of a service); empty for any.</summary>
    public IReadOnlyList<string> FirstValues { get; init; } = [];

    /// <summary>The ids whose events have that name in their second value.</summary>
    public IReadOnlyList<int> SecondValueIds { get; init; } = [];

    /// <summary>The first provider and the others.</summary>
    public IEnumerable<EventKinds> Kinds => [new(Provider, EventIds), .. Others];
}

/// <summary>Events of one provider.</summary>
/// <param name="Provider">Its name.</param>
/// <param name="EventIds">The ids wanted; empty = all.</param>
public sealed record EventKinds(string Provider, IReadOnlyList<int> EventIds)
{
    /// <summary>Whether an event is one of them.</summary>
    public bool Include(WindowsEvent item) =>
        string.Equals(item.Provider, Provider, StringComparison.OrdinalIgnoreCase) && (EventIds.Count == 0 || EventIds.Contains(item.EventId));
}

/// <summary>An answer of the event log.</summary>
/// <param name="Events">Rising record ids.</param>
/// <param name="NewestRecordId">Newest record id of the whole log, 0 where it is empty; below the bookmark where the log was cleared.</param>
public sealed record EventPage(IReadOnlyList<WindowsEvent> Events, long NewestRecordId)
{
    /// <summary>UTC time of the newest record; null where the log is empty.</summary>
    public DateTimeOffset? NewestAt { get; init; }

    /// <summary>UTC time of the record with <see cref="EventQuery.AfterRecordId"/>; null where the log has none of that number.</summary>
    public DateTimeOffset? BookmarkAt { get; init; }
}

/// <summary>An event of the agent.</summary>
/// <param name="EventId">1 to 65535; the same for the same kind.</param>
/// <param name="IsWarning">True where somebody should look at it.</param>
/// <param name="Text">At most 31,000 characters.</param>
public sealed record EventLogRecord(int EventId, bool IsWarning, string Text);
