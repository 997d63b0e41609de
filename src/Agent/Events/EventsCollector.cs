using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Events;

/// <summary>
/// Reads the Windows events that speak about synchronization, of a closed list of providers and ids: all of the last days once, then only what is new; of kinds that come in floods some.
/// What is new becomes events of the agent in the same transaction as the bookmark behind it, so none is told twice and none is missed, wherever the agent ends.
/// </summary>
/// <remarks>Threading: one read at a time; the host sees to it. For the section an event is known by its log, number and time.</remarks>
internal sealed partial class EventsCollector(
    IEventLog log, DisplayNames names, WsusRegistry registry, AgentStore store, AgentOptions options, TimeProvider timeProvider, ILogger<EventsCollector> logger) : ICollector
{
    private const int PageSize = 1000;
    private const int MaximumPages = 20;

    /// <summary>Of a flood so many are looked at in one read.</summary>
    private const int SampleSize = 20;

    /// <summary>So many of those that come in floods are shown: the others are worth more.</summary>
    private const int MaximumSamples = 40;

    /// <summary>Samples from before the agent's start are looked at so far back.</summary>
    private static readonly TimeSpan SamplePast = TimeSpan.FromHours(1);

    private readonly Dictionary<EventSource, DueTimer> _timers = [];
    private EventSource[] _sources = [];
    private readonly ClockChangeDetector _clock = new(timeProvider);
    private readonly Dictionary<(string Log, long Record, DateTimeOffset At), WindowsEvent> _known = [];
    private bool _areBookmarksRead;

    public string SectionName => SectionNames.Events;

    public TimeSpan IdleInterval => options.IdleInterval;

    public TimeSpan Timeout => TimeSpan.FromSeconds(60);

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        ReadBookmarks();
        if (_clock.WasSet())
        {
            // What was too old or not yet for the other time may be neither for this one, so all is shown anew.
            foreach (var source in _sources)
            {
                source.IsPastOwed = true;
            }
        }

        var since = timeProvider.GetUtcNow() - ContractLimits.MaximumRecentEventAge;
        var namesFailure = await names.ReadAsync(cancellationToken).ConfigureAwait(false);
        EdgeException? failure = null;
        foreach (var source in _sources)
        {
            try
            {
                if (source.NamesServices && namesFailure is not null)
                {
                    // Whose events they are could not be told; the bookmark waits in front of them.
                    throw namesFailure;
                }

                if (depth != ReadDepth.Everything && !_timers[source].IsDue(source.Interval))
                {
                    continue;
                }

                _timers[source].Mark();
                if (source.IsSampled)
                {
                    await ReadSampleAsync(source, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await ReadNewAsync(source, since, cancellationToken).ConfigureAwait(false);
                    await ReadPastAsync(source, since, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (EdgeException exception)
            {
                // The other logs may still answer.
                failure ??= exception;
            }
            catch (StoreException exception)
            {
                // They are shown all the same; the bookmark stays, so the next read tells them.
                Log.NotStored(logger, source.LogName, source.Provider, exception);
            }
        }

        var state = new EventsState { Recent = [.. TakeRecent(since)] };
        return failure is null ? Reading.Ok(state) : Reading.Unreadable(failure, state);
    }

    private void ReadBookmarks()
    {
        if (_areBookmarksRead)
        {
            return;
        }

        _sources = EventSource.CreateAll(FindDatabaseProvider());
        foreach (var source in _sources)
        {
            _timers[source] = new DueTimer(timeProvider);
        }

        foreach (var bookmark in store.ReadEventBookmarks())
        {
            if (Array.Find(_sources, source => source.LogName == bookmark.Log && source.Provider == bookmark.Provider) is { } source)
            {
                source.Remember(bookmark.RecordId, bookmark.At);
                source.IsPastOwed = true;
            }
        }

        _areBookmarksRead = true;
    }

    /// <summary>Null where the registry does not say, or refuses: then the database's events are not read.</summary>
    private string? FindDatabaseProvider()
    {
        try
        {
            return registry.FindDatabaseService();
        }
        catch (EdgeException)
        {
            return null;
        }
    }

    private List<WindowsEvent> TakeRecent(DateTimeOffset since)
    {
        var samples = 0;
        var recent = _known.Values
            .Where(item => item.At >= since)
            .OrderByDescending(item => item.At).ThenByDescending(item => item.RecordId)
            .Where(item => !WindowsEvents.IsSampled(item) || ++samples <= MaximumSamples)
            .Take(ContractLimits.MaximumRecentEvents)
            .ToList();
        if (_known.Count > recent.Count)
        {
            // What is not shown is not kept: a pool that falls over and over writes thousands.
            _known.Clear();
            recent.ForEach(Show);
        }

        return recent;
    }

    /// <summary>What came after the bookmark, however old its time says that it is: clocks are set, and agents are away for weeks.</summary>
    private async Task ReadNewAsync(EventSource source, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var (bookmark, bookmarkAt) = (source.Bookmark, source.BookmarkAt);
        var isFirst = bookmark == 0;
        for (var page = 0; page < MaximumPages; page++)
        {
            var answer = await log.QueryAsync(Query(source, bookmark, bookmark > 0 ? DateTimeOffset.UnixEpoch : since), cancellationToken).ConfigureAwait(false);
            if (page == 0 && source.IsOutdated(answer))
            {
                // The log was cleared: its numbers began again, and all that it holds is new. What was seen before did happen and stays.
                (bookmark, bookmarkAt) = (0, null);
                continue;
            }

            var isLast = answer.Events.Count < PageSize;
            (bookmark, bookmarkAt) = answer.Events is [.., var last] && (!isLast || last.RecordId > answer.NewestRecordId)
                ? (last.RecordId, last.At)
                : (answer.NewestRecordId, answer.NewestAt);
            await TakeAsync(source, [.. answer.Events.Select(item => Name(source, item)).OfType<WindowsEvent>()], bookmark, bookmarkAt, isFirst, cancellationToken).ConfigureAwait(false);
            if (isLast)
            {
                return;
            }
        }
    }

    /// <summary>Some of what came after the bookmark, and of what was told before; the others are passed over.</summary>
    private async Task ReadSampleAsync(EventSource source, CancellationToken cancellationToken)
    {
        var past = timeProvider.GetUtcNow() - SamplePast;
        if (source.IsPastOwed)
        {
            var told = await log.QueryAsync(Query(source, 0, past) with { Maximum = SampleSize }, cancellationToken).ConfigureAwait(false);
            Choose(source, told.Events.Where(item => item.RecordId <= source.Bookmark)).ForEach(Show);
            source.IsPastOwed = false;
        }

        var isFirst = source.Bookmark == 0;
        var answer = await log.QueryAsync(Query(source, source.Bookmark, isFirst ? past : DateTimeOffset.UnixEpoch) with { Maximum = SampleSize }, cancellationToken).ConfigureAwait(false);
        if (source.IsOutdated(answer))
        {
            answer = await log.QueryAsync(Query(source, 0, past) with { Maximum = SampleSize }, cancellationToken).ConfigureAwait(false);
        }

        await TakeAsync(source, Choose(source, answer.Events), answer.NewestRecordId, answer.NewestAt, isFirst, cancellationToken).ConfigureAwait(false);
    }

    private List<WindowsEvent> Choose(EventSource source, IEnumerable<WindowsEvent> events) =>
        [.. events.Select(item => Name(source, item)).OfType<WindowsEvent>().Where(item => !_known.ContainsKey(Key(item)) && source.TakesSample(item))];

    private async Task TakeAsync(EventSource source, List<WindowsEvent> events, long bookmark, DateTimeOffset? bookmarkAt, bool isFirst, CancellationToken cancellationToken)
    {
        events.ForEach(Show);

        // A read that brought nothing needs no write: from the older bookmark it brings nothing again.
        if (events.Count > 0 && bookmarkAt is { } at)
        {
            // An agent that is new on a server tells of its past what it shows, not all that a week held.
            var told = isFirst ? events.TakeLast(ContractLimits.MaximumRecentEvents) : events;
            var batch = new StoreBatch
            {
                Events = [.. told.Select(item => new AgentEvent { At = item.At, WindowsEvent = item })],
                EventBookmark = new EventBookmark(source.LogName, source.Provider, bookmark, at),
            };
            await store.SaveAsync(batch, cancellationToken).ConfigureAwait(false);
        }

        source.Remember(bookmark, bookmarkAt);
    }

    /// <summary>What was told before and is still to be shown.</summary>
    private async Task ReadPastAsync(EventSource source, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var after = 0L;
        for (var page = 0; source.IsPastOwed && page < MaximumPages; page++)
        {
            var answer = await log.QueryAsync(Query(source, after, since), cancellationToken).ConfigureAwait(false);
            foreach (var item in answer.Events.Select(item => Name(source, item)).OfType<WindowsEvent>())
            {
                Show(item);
            }

            source.IsPastOwed = answer.Events.Count == PageSize;
            after = source.IsPastOwed ? answer.Events[^1].RecordId : after;
        }
    }

    private EventQuery Query(EventSource source, long after, DateTimeOffset since) => new(source.LogName, source.Provider, source.Kinds[0].EventIds, after, since, PageSize)
    {
        Others = [.. source.Kinds.Skip(1)],
        FirstValues = source.NamesServices ? [.. ServiceNames.Watched.Union(names.Displayed, StringComparer.OrdinalIgnoreCase)] : [],
        SecondValueIds = source.NamesServices ? WindowsEvents.NamesServiceSecond : [],
    };

    private void Show(WindowsEvent item) => _known[Key(item)] = item;

    private static (string Log, long Record, DateTimeOffset At) Key(WindowsEvent item) => (item.LogName, item.RecordId, item.At);

    /// <summary>Null for one that speaks of nothing that is watched.</summary>
    private WindowsEvent? Name(EventSource source, WindowsEvent item) => item.Provider switch
    {
        _ when source.NamesServices => names.Find(item.Subject) is { } service ? item with { Subject = service } : null,
        WindowsEvents.ClrProvider or WindowsEvents.CrashProvider => Watched(WindowsEvents.WatchedPrograms, item),
        WindowsEvents.AspNetProvider => Watched(WindowsEvents.WatchedApplications, item),
        _ => item,
    };

    private static WindowsEvent? Watched(IEnumerable<string> subjects, WindowsEvent item) =>
        subjects.FirstOrDefault(subject => string.Equals(subject, item.Subject, StringComparison.OrdinalIgnoreCase)) is { } known ? item with { Subject = known } : null;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Couldn't store new events of {Provider} in {LogName}; trying again with the next read")]
        public static partial void NotStored(ILogger logger, string logName, string provider, Exception exception);
    }
}
