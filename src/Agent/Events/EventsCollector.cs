using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Events;

/// <summary>Reads the Windows events of WAS, WSUS and the watched services that speak about synchronization: all of the last days once, then only what is new.</summary>
/// <remarks>
/// Threading: one read at a time; the host sees to it. An event is known by its log, number and time, so none is taken twice, whatever happens to log or clock.
/// </remarks>
internal sealed class EventsCollector(IEventLog log, IServiceControl services, AgentOptions options, TimeProvider timeProvider) : ICollector
{
    private const int PageSize = 1000;
    private const int MaximumPages = 20;

    private readonly EventSource[] _sources = EventSource.CreateAll();
    private readonly ClockWatch _clock = new(timeProvider);
    private readonly DueTimer _namesTimer = new(timeProvider);
    private readonly Dictionary<(string Log, long Record, DateTimeOffset At), WindowsEvent> _known = [];
    private Dictionary<string, string> _displayNames = [];

    public string SectionName => SectionNames.Events;

    public TimeSpan IdleInterval => options.IdleInterval;

    public TimeSpan Timeout => TimeSpan.FromSeconds(60);

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        if (_clock.WasSet())
        {
            // What was too old or not yet for the other time may be neither for this one, so all is looked at again.
            foreach (var source in _sources)
            {
                source.Forget();
            }
        }

        await ReadDisplayNamesAsync(cancellationToken).ConfigureAwait(false);
        var since = timeProvider.GetUtcNow() - ContractLimits.MaximumRecentEventAge;
        EdgeException? failure = null;
        foreach (var source in _sources)
        {
            try
            {
                await ReadAsync(source, since, cancellationToken).ConfigureAwait(false);
            }
            catch (EdgeException exception)
            {
                // The other logs may still answer.
                failure ??= exception;
            }
        }

        var state = new EventsState { Recent = TakeRecent(since) };
        return failure is null ? Reading.Ok(state) : Reading.Unreadable(failure, state);
    }

    private List<WindowsEvent> TakeRecent(DateTimeOffset since)
    {
        var recent = _known.Values.Where(item => item.At >= since).OrderByDescending(item => item.At).ThenByDescending(item => item.RecordId).Take(ContractLimits.MaximumRecentEvents).ToList();
        if (_known.Count > recent.Count)
        {
            // What is not shown is not kept: a pool that falls over and over writes thousands.
            _known.Clear();
            recent.ForEach(item => _known[(item.LogName, item.RecordId, item.At)] = item);
        }

        return recent;
    }

    private async Task ReadAsync(EventSource source, DateTimeOffset since, CancellationToken cancellationToken)
    {
        for (var page = 0; page < MaximumPages; page++)
        {
            var query = new EventQuery(source.LogName, source.Provider, source.EventIds, source.Bookmark, since, PageSize)
            {
                FirstValues = source.NamesServices ? [.. _displayNames.Keys] : [],
            };
            var answer = await log.QueryAsync(query, cancellationToken).ConfigureAwait(false);
            if (source.IsOutdated(answer))
            {
                // The log was cleared: its numbers began again. What was seen before did happen and stays.
                source.Forget();
                continue;
            }

            foreach (var item in answer.Events)
            {
                Take(source, item);
            }

            if (answer.Events.Count < PageSize)
            {
                source.Remember(answer.NewestRecordId, answer.NewestAt);
                return;
            }

            source.Remember(answer.Events[^1].RecordId, answer.Events[^1].At);
        }
    }

    private void Take(EventSource source, WindowsEvent item)
    {
        var subject = source.NamesServices ? FindService(item.Subject) : item.Subject;
        if (subject is not null)
        {
            _known[(item.LogName, item.RecordId, item.At)] = item with { Subject = subject };
        }
    }

    /// <summary>The short name of a watched service, which some events name by the name that this server displays; null for any other.</summary>
    private string? FindService(string subject) =>
        ServiceNames.Watched.FirstOrDefault(name => string.Equals(name, subject, StringComparison.OrdinalIgnoreCase)) ?? _displayNames.GetValueOrDefault(subject);

    private async Task ReadDisplayNamesAsync(CancellationToken cancellationToken)
    {
        if (!_namesTimer.IsDue(TimeSpan.FromHours(1)))
        {
            return;
        }

        Dictionary<string, string> names = new(StringComparer.OrdinalIgnoreCase);
        try
        {
            foreach (var name in ServiceNames.Watched)
            {
                if (await services.ReadAsync(name, cancellationToken).ConfigureAwait(false) is { DisplayName: { Length: > 0 } displayed })
                {
                    names[displayed] = name;
                }
            }
        }
        catch (EdgeException)
        {
            // Without the names every service's events are read, and those of others are passed over here.
            names.Clear();
        }

        _displayNames = names;
        _namesTimer.Mark();
    }
}
