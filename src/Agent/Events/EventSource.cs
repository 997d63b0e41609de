using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Events;

/// <summary>One provider in one log, and the newest record that was looked at.</summary>
internal sealed class EventSource(string logName, string provider, IReadOnlyList<int> eventIds, bool namesServices = false)
{
    /// <summary>WAS: pools disabled, workers that died, hung or were recycled (wsus.md, 5.2).</summary>
    private static readonly int[] ActivationIds =
        [5002, 5009, 5010, 5011, 5012, 5013, 5021, 5057, 5059, 5074, 5075, 5076, 5077, 5078, 5079, 5080, 5117, 5186];

    /// <summary>WSUS: synchronizations, the service's life, and every check that turned red or yellow (wsus.md, 5.1); the green ones say nothing.</summary>
    private static readonly int[] WsusIds =
    [
        364, 381, 382, 384, 386, 387, 400, 501, 502, 503, 504, 505, 506, 507, 10012, 10021, 10022, 10032, 10041, 10042, 10052, 11002,
        12002, 12012, 12022, 12032, 12042, 12052, 12072, 13042, 7032, 7053,
    ];

    private static readonly int[] ServiceIds = [WindowsEvents.ServiceEndedUnexpectedly, WindowsEvents.ServiceDied, WindowsEvents.ServiceChangedState];

    public string LogName { get; } = logName;

    public string Provider { get; } = provider;

    public IReadOnlyList<int> EventIds { get; } = eventIds;

    /// <summary>True where the events speak of services, of which only the watched ones are taken.</summary>
    public bool NamesServices { get; } = namesServices;

    /// <summary>The newest record of the log that was looked at; 0 before the first.</summary>
    public long Bookmark { get; private set; }

    /// <summary>Its UTC time.</summary>
    public DateTimeOffset? BookmarkAt { get; private set; }

    /// <summary>What lies before the bookmark is not all known: it was read by an agent before this one, or under another clock.</summary>
    public bool IsPastOwed { get; set; }

    public static EventSource[] CreateAll() =>
    [
        new(WindowsEvents.SystemLog, WindowsEvents.WasProvider, ActivationIds),
        new(WindowsEvents.ApplicationLog, WindowsEvents.WsusProvider, WsusIds),
        new(WindowsEvents.SystemLog, WindowsEvents.ServicesProvider, ServiceIds, namesServices: true),
        new(WindowsEvents.SystemLog, WindowsEvents.RestartProvider, [WindowsEvents.RestartAsked]),
    ];

    /// <summary>True where the log's numbers began again since the bookmark: the newest is below it, or its number belongs to another moment.</summary>
    public bool IsOutdated(EventPage page) =>
        Bookmark > 0 && (page.NewestRecordId < Bookmark || (page.BookmarkAt is { } at && BookmarkAt is { } remembered && at != remembered));

    public void Remember(long recordId, DateTimeOffset? at) => (Bookmark, BookmarkAt) = (recordId, at);
}
