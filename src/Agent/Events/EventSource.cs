using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Events;

/// <summary>What is read of one log in one query, and the newest record that was looked at. Kept under the name of its first provider.</summary>
internal sealed class EventSource(string logName, params EventKinds[] kinds)
{
    /// <summary>One event of a kind is enough for so long, where thousands of the same may come in a minute.</summary>
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMinutes(10);

    /// <summary>Sources beside the main three: read during a synchronization too, but not every second.</summary>
    private static readonly TimeSpan RareInterval = TimeSpan.FromSeconds(30);

    /// <summary>WAS: pools disabled, workers that died, hung, were recycled or didn't take requests (wsus.md, 5.2).</summary>
    private static readonly int[] ActivationIds =
        [5002, 5009, 5010, 5011, 5012, 5013, 5021, 5057, 5059, 5074, 5075, 5076, 5077, 5078, 5079, 5080, 5117, 5138, 5139, 5140, 5186];

    /// <summary>WSUS: synchronizations, the service's life, and every check that turned red or yellow (wsus.md, 5.1); the green ones say nothing.</summary>
    private static readonly int[] WsusIds =
    [
        364, 381, 382, 384, 386, 387, 400, 501, 502, 503, 504, 505, 506, 507, 10012, 10021, 10022, 10032, 10041, 10042, 10052, 11002,
        12002, 12012, 12022, 12032, 12042, 12052, 12072, 13042, 7032, 7053,
    ];

    /// <summary>A service that didn't start, hung while starting or stopping, ended, couldn't log on, or changed its state.</summary>
    private static readonly int[] ServiceIds =
    [
        7000, 7001, 7009, 7011, 7022, WindowsEvents.ServiceChangedState, 7043, .. WindowsEvents.ServiceEnds, .. WindowsEvents.ServiceLogonRefusals,
    ];

    /// <summary>HTTP.sys: couldn't bind to an address, its list of addresses to listen on is invalid, an address has no usable certificate.</summary>
    private static readonly int[] HttpIds = [15005, 15006, WindowsEvents.NoCertificate];

    /// <summary>SQL Server: no memory, damaged pages, no room in a file or in the licence, a full log, the reasons behind other errors, and that it can't be used yet.</summary>
    private static readonly int[] DatabaseIds = [WindowsEvents.DatabaseOutOfMemory, .. WindowsEvents.DatabaseDamaged, .. WindowsEvents.DatabaseFull, 17053, 17055, WindowsEvents.DatabaseNotReady];

    private static readonly int[] SchannelIds = [.. WindowsEvents.TlsRefusals, WindowsEvents.TlsAlert];

    private readonly Dictionary<(string Provider, int Id, string Subject), DateTimeOffset> _samples = [];

    public string LogName { get; } = logName;

    /// <summary>What the bookmark is kept under.</summary>
    public string Provider => Kinds[0].Provider;

    public IReadOnlyList<EventKinds> Kinds { get; } = kinds;

    /// <summary>True where the events speak of services, of which only the watched ones are taken.</summary>
    public bool NamesServices { get; private init; }

    /// <summary>True where only some are looked at: others of the same kind say nothing more.</summary>
    public bool IsSampled { get; private init; }

    /// <summary>How long after a read the next is due, while nobody waits for it.</summary>
    public TimeSpan Interval { get; private init; }

    /// <summary>The newest record of the log that was looked at; 0 before the first.</summary>
    public long Bookmark { get; private set; }

    /// <summary>Its UTC time.</summary>
    public DateTimeOffset? BookmarkAt { get; private set; }

    /// <summary>What lies before the bookmark is not all known: it was read by an agent before this one, or under another clock.</summary>
    public bool IsPastOwed { get; set; }

    /// <param name="databaseProvider">What SUSDB's SQL Server is called in the Application log; null where that is not known.</param>
    public static EventSource[] CreateAll(string? databaseProvider) =>
    [
        new(WindowsEvents.SystemLog, new EventKinds(WindowsEvents.WasProvider, ActivationIds)),
        new(WindowsEvents.ApplicationLog, new EventKinds(WindowsEvents.WsusProvider, WsusIds)),
        new(WindowsEvents.SystemLog, new EventKinds(WindowsEvents.ServicesProvider, ServiceIds)) { NamesServices = true },
        new(WindowsEvents.SystemLog, new EventKinds(WindowsEvents.RestartProvider, [WindowsEvents.RestartAsked]), new EventKinds(WindowsEvents.HttpProvider, HttpIds)) { Interval = RareInterval },
        new(
            WindowsEvents.ApplicationLog,
            [
                new EventKinds(WindowsEvents.ClrProvider, [WindowsEvents.ProgramEnded]),
                new EventKinds(WindowsEvents.CrashProvider, [WindowsEvents.ProgramCrashed]),
                new EventKinds(WindowsEvents.WorkerProvider, WindowsEvents.WorkerCantLoad),
                .. databaseProvider is null ? (EventKinds[])[] : [new EventKinds(databaseProvider, DatabaseIds)],
            ]) { Interval = RareInterval },
        new(WindowsEvents.SystemLog, new EventKinds(WindowsEvents.SchannelProvider, SchannelIds)) { Interval = RareInterval, IsSampled = true },
        new(
            WindowsEvents.ApplicationLog,
            [
                new EventKinds(WindowsEvents.AspNetProvider, [WindowsEvents.RequestFailed]),
                .. databaseProvider is null ? (EventKinds[])[] : [new EventKinds(databaseProvider, [WindowsEvents.DatabaseLoginFailed])],
            ]) { Interval = RareInterval, IsSampled = true },
    ];

    /// <summary>True where the log's numbers began again since the bookmark: the newest is below it, or its number belongs to another moment.</summary>
    public bool IsOutdated(EventPage page) =>
        Bookmark > 0 && (page.NewestRecordId < Bookmark || (page.BookmarkAt is { } at && BookmarkAt is { } remembered && at != remembered));

    public void Remember(long recordId, DateTimeOffset? at) => (Bookmark, BookmarkAt) = (recordId, at);

    /// <summary>False for one of a kind that was taken a moment ago, where only some are looked at.</summary>
    public bool TakesSample(WindowsEvent item)
    {
        var key = (item.Provider, item.EventId, item.Subject);
        if (!IsSampled)
        {
            return true;
        }

        if (_samples.TryGetValue(key, out var last) && (item.At - last).Duration() < SampleInterval)
        {
            return false;
        }

        _samples[key] = item.At;
        return true;
    }
}
