using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Events;

/// <summary>Reads the Windows events of WAS and WSUS that speak about synchronization: all of the last days once, then only what is new.</summary>
/// <remarks>Threading: one read at a time; the host sees to it.</remarks>
internal sealed class EventsCollector(IEventLog log, AgentOptions options, TimeProvider timeProvider) : ICollector
{
    private const int PageSize = 1000;
    private const int MaximumPages = 20;

    /// <summary>WAS: pools disabled, workers that died, hung or were recycled (wsus.md, 5.2).</summary>
    private static readonly int[] ActivationIds =
        [5002, 5009, 5010, 5011, 5012, 5013, 5021, 5057, 5059, 5074, 5075, 5076, 5077, 5078, 5079, 5080, 5117, 5186];

    /// <summary>WSUS: synchronizations, the service's life, and every check that turned red or yellow (wsus.md, 5.1); the green ones say nothing.</summary>
    private static readonly int[] WsusIds =
    [
        364, 381, 382, 384, 386, 387, 400, 501, 502, 503, 504, 505, 506, 507, 10012, 10021, 10022, 10032, 10041, 10042, 10052, 11002,
        12002, 12012, 12022, 12032, 12042, 12052, 12072, 13042, 7032, 7053,
    ];

    private readonly Source[] _sources =
    [
        new(WindowsEvents.SystemLog, WindowsEvents.WasProvider, ActivationIds),
        new(WindowsEvents.ApplicationLog, WindowsEvents.WsusProvider, WsusIds),
    ];

    private List<WindowsEvent> _recent = [];

    public string SectionName => SectionNames.Events;

    public TimeSpan IdleInterval => options.IdleInterval;

    public TimeSpan Timeout => TimeSpan.FromSeconds(60);

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        var since = timeProvider.GetUtcNow() - ContractLimits.MaximumRecentEventAge;
        foreach (var source in _sources)
        {
            await ReadAsync(source, since, cancellationToken).ConfigureAwait(false);
        }

        _recent =
        [
            .. _recent.Where(item => item.At >= since)
                .OrderByDescending(item => item.At).ThenByDescending(item => item.RecordId)
                .Take(ContractLimits.MaximumRecentEvents),
        ];

        return Reading.Ok(new EventsState { Recent = _recent });
    }

    private async Task ReadAsync(Source source, DateTimeOffset since, CancellationToken cancellationToken)
    {
        for (var page = 0; page < MaximumPages; page++)
        {
            var answer = await log.QueryAsync(new EventQuery(source.LogName, source.Provider, source.EventIds, source.Bookmark, since, PageSize), cancellationToken).ConfigureAwait(false);
            if (answer.NewestRecordId < source.Bookmark)
            {
                // The log was cleared: its numbers began again at 1. What was seen before did happen and stays.
                source.Bookmark = 0;
                continue;
            }

            _recent.AddRange(answer.Events);
            if (answer.Events.Count < PageSize)
            {
                source.Bookmark = answer.NewestRecordId;
                return;
            }

            source.Bookmark = answer.Events[^1].RecordId;
        }
    }

    /// <summary>One provider in one log, and the newest record taken from it.</summary>
    private sealed class Source(string logName, string provider, IReadOnlyList<int> eventIds)
    {
        public string LogName { get; } = logName;

        public string Provider { get; } = provider;

        public IReadOnlyList<int> EventIds { get; } = eventIds;

        public long Bookmark { get; set; }
    }
}
