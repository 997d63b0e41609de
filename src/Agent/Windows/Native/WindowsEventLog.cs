using System.Diagnostics.Eventing.Reader;
using System.Globalization;
using System.Runtime.Versioning;
using WsusDashboard.Shared.Snapshots;
using EventLevel = WsusDashboard.Shared.Snapshots.EventLevel;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>The event log through structured queries. A bookmark spares Windows the search through what was read before.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsEventLog : IEventLog
{
    private const int MaximumMessageCharacters = 2000;

    public async Task<EventPage> QueryAsync(EventQuery query, CancellationToken cancellationToken)
    {
        var what = $"Event log {query.LogName} couldn't be read";
        try
        {
            return await WindowsFailures.CallAsync(what, () => Read(query, cancellationToken), cancellationToken);
        }
        catch (EdgeException exception) when (exception.InnerException is EventLogNotFoundException)
        {
            throw new EdgeException(ReadFailure.NotFound, exception.Message, exception.InnerException);
        }
        catch (EdgeException exception) when (exception.InnerException is EventLogException)
        {
            throw new EdgeException(ReadFailure.Fault, exception.Message, exception.InnerException);
        }
    }

    private static EventPage Read(EventQuery query, CancellationToken cancellationToken)
    {
        var (newestId, newestAt) = FindNewest(query.LogName);
        var page = new EventPage([], newestId) { NewestAt = newestAt, BookmarkAt = FindTime(query.LogName, query.AfterRecordId) };
        if (newestId <= query.AfterRecordId)
        {
            return page;
        }

        var events = new List<WindowsEvent>();
        using var reader = new EventLogReader(new EventLogQuery(null, PathType.LogName, EventQueryXml.For(query)));
        SeekBehind(reader, query);
        while (events.Count < query.Maximum && reader.ReadEvent() is { } record)
        {
            using (record)
            {
                cancellationToken.ThrowIfCancellationRequested();
                events.Add(Map(record, query));
            }
        }

        return page with { Events = events };
    }

    private static (long RecordId, DateTimeOffset? At) FindNewest(string logName)
    {
        using var reader = new EventLogReader(new EventLogQuery(logName, PathType.LogName) { ReverseDirection = true });
        using var newest = reader.ReadEvent();
        return (newest?.RecordId ?? 0, TimeOf(newest));
    }

    /// <summary>The time of one record: it tells a log that was cleared and has grown again from one that only grew.</summary>
    private static DateTimeOffset? FindTime(string logName, long recordId)
    {
        if (recordId <= 0)
        {
            return null;
        }

        try
        {
            using var reader = new EventLogReader(new EventLogQuery(logName, PathType.LogName));
            reader.Seek(Bookmark(logName, recordId), 0);
            using var record = reader.ReadEvent();
            return record?.RecordId == recordId ? TimeOf(record) : null;
        }
        catch (EventLogException)
        {
            // The record was overwritten. The numbers in the log still tell what is new.
            return null;
        }
    }

    // The query itself asks for greater record ids only; to begin there only saves the search.
    private static void SeekBehind(EventLogReader reader, EventQuery query)
    {
        if (query.AfterRecordId <= 0)
        {
            return;
        }

        try
        {
            reader.Seek(Bookmark(query.LogName, query.AfterRecordId), 0);
        }
        catch (EventLogException)
        {
            reader.Seek(SeekOrigin.Begin, 0);
        }
    }

    private static EventBookmark Bookmark(string logName, long recordId) =>
        new(string.Create(CultureInfo.InvariantCulture, $"<BookmarkList><Bookmark Channel='{logName}' RecordId='{recordId}' IsCurrent='true'/></BookmarkList>"));

    private static WindowsEvent Map(EventRecord record, EventQuery query) => EventXml.Describe(
        new WindowsEvent
        {
            RecordId = record.RecordId ?? 0,
            LogName = query.LogName,
            Provider = record.ProviderName ?? query.Provider,
            EventId = record.Id,
            Level = record.Level switch
            {
                1 => EventLevel.Critical,
                2 => EventLevel.Error,
                3 => EventLevel.Warning,
                0 or 4 => EventLevel.Information,
                _ => EventLevel.Unknown,
            },
            At = TimeOf(record) ?? default,
            Message = Shorten(Describe(record)),
        },
        record.ToXml());

    private static DateTimeOffset? TimeOf(EventRecord? record) => record?.TimeCreated is { } created ? new DateTimeOffset(created).ToUniversalTime() : null;

    private static string Shorten(string text) => text.Length <= MaximumMessageCharacters ? text : text[..MaximumMessageCharacters] + "…";

    // A provider whose message file is missing has no description; the raw values still say something.
    private static string Describe(EventRecord record)
    {
        try
        {
            if (record.FormatDescription() is { Length: > 0 } description)
            {
                return description;
            }
        }
        catch (EventLogException)
        {
        }

        return string.Join(", ", record.Properties.Select(property => Convert.ToString(property.Value, CultureInfo.InvariantCulture)));
    }
}
