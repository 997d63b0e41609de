using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Simulator.Model.Events;

/// <summary>The Windows event log of one server. Callers hold the model's gate.</summary>
internal sealed class EventJournal
{
    // A real log is a ring too; this many are more than a month of any scenario.
    private const int Capacity = 4_000;
    private readonly List<WindowsEvent> _events = [];
    private readonly Dictionary<string, long> _newest = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<WindowsEvent> All => _events;

    public void Restore(IEnumerable<WindowsEvent> events)
    {
        foreach (var entry in events)
        {
            _events.Add(entry);
            _newest[entry.LogName] = Math.Max(_newest.GetValueOrDefault(entry.LogName), entry.RecordId);
        }
    }

    public void Write(string logName, string provider, int eventId, EventLevel level, DateTimeOffset at, string message, string subject = "", ServiceState entered = ServiceState.Unknown)
    {
        var recordId = _newest[logName] = _newest.GetValueOrDefault(logName, 1_000) + 1;
        _events.Add(new()
        {
            RecordId = recordId,
            LogName = logName,
            Provider = provider,
            EventId = eventId,
            Level = level,
            At = at,
            Message = message,
            Subject = subject,
            Entered = entered,
        });
        if (_events.Count > Capacity)
        {
            _events.RemoveRange(0, Capacity / 10);
        }
    }

    public void WriteWas(int eventId, EventLevel level, DateTimeOffset at, string pool, string message) =>
        Write(WindowsEvents.SystemLog, WindowsEvents.WasProvider, eventId, level, at, message, pool);

    /// <summary>7036, as the service control manager writes it for each service that arrives in a state.</summary>
    public void WriteService(string service, ServiceState entered, DateTimeOffset at) => Write(
        WindowsEvents.SystemLog,
        WindowsEvents.ServicesProvider,
        WindowsEvents.ServiceChangedState,
        EventLevel.Information,
        at,
        $"The {service} service entered the {(entered == ServiceState.Running ? "running" : "stopped")} state.",
        service,
        entered);

    public void WriteWsus(int eventId, EventLevel level, DateTimeOffset at, string message) =>
        Write(WindowsEvents.ApplicationLog, WindowsEvents.WsusProvider, eventId, level, at, message);

    private DateTimeOffset? TimeOf(string logName, long recordId) =>
        _events.FindLast(entry => entry.RecordId == recordId && string.Equals(entry.LogName, logName, StringComparison.OrdinalIgnoreCase))?.At;

    public EventPage Query(EventQuery query)
    {
        var matching = _events
            .Where(entry => string.Equals(entry.LogName, query.LogName, StringComparison.OrdinalIgnoreCase)
                && entry.RecordId > query.AfterRecordId
                && entry.At >= query.Since
                && query.Kinds.Any(kinds => kinds.Include(entry)))
            .OrderBy(entry => entry.RecordId)
            .Take(Math.Clamp(query.Maximum, 1, 1000));
        return new([.. matching], _newest.GetValueOrDefault(query.LogName))
        {
            NewestAt = TimeOf(query.LogName, _newest.GetValueOrDefault(query.LogName)),
            BookmarkAt = TimeOf(query.LogName, query.AfterRecordId),
        };
    }
}
