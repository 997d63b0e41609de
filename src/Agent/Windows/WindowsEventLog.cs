using System.Diagnostics.Eventing.Reader;
using System.Globalization;
using System.Runtime.Versioning;
using WsusDashboard.Shared.Snapshots;
using EventLevel = WsusDashboard.Shared.Snapshots.EventLevel;

namespace WsusDashboard.Agent.Windows;

/// <summary>The event log through its XPath queries.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsEventLog : IEventLog
{
    public async Task<EventPage> QueryAsync(EventQuery query, CancellationToken cancellationToken)
    {
        var what = $"Event log {query.LogName} could not be read";
        try
        {
            return await Task.Run(() => Read(query, cancellationToken), cancellationToken).WaitAsync(cancellationToken);
        }
        catch (EventLogNotFoundException exception)
        {
            throw new EdgeException(ReadFailure.NotFound, $"{what}: {exception.Message}", exception);
        }
        catch (EventLogException exception)
        {
            throw new EdgeException(ReadFailure.Fault, $"{what}: {exception.Message}", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw WindowsFailures.Translate(what, exception);
        }
    }

    private static EventPage Read(EventQuery query, CancellationToken cancellationToken)
    {
        var events = new List<WindowsEvent>();
        using (var reader = new EventLogReader(new EventLogQuery(query.LogName, PathType.LogName, EventXPath.For(query))))
        {
            while (events.Count < query.Maximum && reader.ReadEvent() is { } record)
            {
                using (record)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    events.Add(Map(record, query));
                }
            }
        }

        return new EventPage(events, NewestRecordId(query.LogName));
    }

    private static long NewestRecordId(string logName)
    {
        using var reader = new EventLogReader(new EventLogQuery(logName, PathType.LogName) { ReverseDirection = true });
        using var newest = reader.ReadEvent();
        return newest?.RecordId ?? 0;
    }

    private static WindowsEvent Map(EventRecord record, EventQuery query) => new()
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
        At = record.TimeCreated is { } created ? new DateTimeOffset(created).ToUniversalTime() : default,
        Message = Describe(record),
    };

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
