using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.Events;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Events;

/// <summary>Windows events become events of the agent once each, wherever the agent ends and whatever happens to log and clock.</summary>
public sealed class EventBookmarkTests : IDisposable
{
    private readonly SettableClock _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeEdges _edges = new();
    private readonly TempFolder _folder = new();
    private readonly FatalLog _log;
    private AgentStore _store;
    private EventsCollector _collector;

    public EventBookmarkTests()
    {
        _log = new FatalLog(_edges);
        (_store, _collector) = Begin();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task CollectAsync_AgentRestarted_TellsOnceAndShowsAllAgain()
    {
        Add(1, 30);
        Add(2, 20);
        await ReadAsync();
        await ReadAsync();
        Restart();
        Add(3, 10);

        Assert.Equal([3L, 2L, 1L], (await ReadAsync()).Select(item => item.RecordId));
        Assert.Equal([1L, 2L, 3L], Told());
    }

    [Fact]
    public async Task CollectAsync_KilledBetweenReadAndStore_TellsAfterTheRestart()
    {
        Add(1, 30);
        await ReadAsync();
        Add(2, 20);
        using var kill = CancellationTokenSource.CreateLinkedTokenSource(Token);
        _log.AfterRead = kill.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _collector.CollectAsync(ReadDepth.Scheduled, kill.Token));
        Assert.Equal([1L], Told());

        Restart();
        await ReadAsync();

        Assert.Equal([1L, 2L], Told());
    }

    [Fact]
    public async Task CollectAsync_StoreLockedThenKilled_ShowsThemAndTellsAfterTheRestart()
    {
        Add(1, 30);
        await ReadAsync();
        Add(2, 20);
        using (var other = new SqliteConnection($"Data Source={_store.Path};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TRIGGER full_disk BEFORE INSERT ON event_bookmarks BEGIN SELECT RAISE(ABORT, 'disk full'); END";
            command.ExecuteNonQuery();
            Assert.Equal([2L, 1L], (await ReadAsync()).Select(item => item.RecordId));
            Assert.Equal([1L], Told());
            command.CommandText = "DROP TRIGGER full_disk";
            command.ExecuteNonQuery();
        }

        Restart();
        await ReadAsync();

        Assert.Equal([1L, 2L], Told());
    }

    [Fact]
    public async Task CollectAsync_LogClearedWhileTheAgentWasDown_TellsAllOfTheNewLog()
    {
        Add(3, 60);
        await ReadAsync();
        _store.Dispose();
        _edges.Events.Clear();
        for (var record = 1; record <= 5; record++)
        {
            Add(record, 10 - record);
        }

        (_store, _collector) = Begin();
        await ReadAsync();
        await ReadAsync();

        Assert.Equal([3L, 1L, 2L, 3L, 4L, 5L], Told());
    }

    [Fact]
    public async Task CollectAsync_AnotherProviderWroteMeanwhile_MissesNothing()
    {
        // WAS is read first. What it writes while the services' events are read has a lower number and an earlier time than theirs.
        Add(1, 30);
        await ReadAsync();
        var isWritten = false;
        _log.AfterRead = () =>
        {
            if (!isWritten)
            {
                isWritten = true;
                Add(2, 20);
                AddService(3, 19);
            }
        };
        await ReadAsync();
        _log.AfterRead = () => { };
        Restart();
        await ReadAsync();

        Assert.Equal([1L, 2L, 3L], Told().Order());
    }

    [Fact]
    public async Task CollectAsync_WrittenBetweenTheLooksAtLogAndEvents_IsToldOnce()
    {
        Add(1, 30);
        _log.NewestIsBehindBy = 1;
        await ReadAsync();
        _log.NewestIsBehindBy = 0;
        await ReadAsync();

        Assert.Equal([1L], Told());
    }

    [Fact]
    public async Task CollectAsync_AgentAwayForWeeksAndClockSetBack_StillTellsWhatCame()
    {
        Add(1, 30);
        await ReadAsync();
        _store.Dispose();
        _time.Set(_time.GetUtcNow().AddDays(-2));
        Add(2);
        _time.Set(_time.GetUtcNow().AddDays(20));
        (_store, _collector) = Begin();

        Assert.Empty(await ReadAsync());
        Assert.Equal([1L, 2L], Told());
    }

    [Fact]
    public async Task CollectAsync_NewAgentOnAnOldServer_TellsWhatItShows()
    {
        for (var record = 1; record <= 500; record++)
        {
            Add(record, 1000 - record);
        }

        Assert.Equal(ContractLimits.MaximumRecentEvents, (await ReadAsync()).Count);
        Assert.Equal(Enumerable.Range(301, 200).Select(record => (long)record), Told());
    }

    private (AgentStore Store, EventsCollector Collector) Begin()
    {
        var options = new AgentOptions { DataDirectory = _folder.Path };
        var store = new AgentStore(options, _time, NullLogger<AgentStore>.Instance);
        return (store, new EventsCollector(_log, new DisplayNames(_edges, _time), new WsusRegistry(_edges, options), store, options, _time, NullLogger<EventsCollector>.Instance));
    }

    private void Restart()
    {
        _store.Dispose();
        _log.AfterRead = () => { };
        (_store, _collector) = Begin();
    }

    private void Add(long record, int minutesAgo = 0) => _edges.Events.Add(new WindowsEvent
    {
        RecordId = record,
        LogName = WindowsEvents.SystemLog,
        Provider = WindowsEvents.WasProvider,
        EventId = WindowsEvents.PrivateMemoryRecycle,
        At = _time.GetUtcNow().AddMinutes(-minutesAgo),
    });

    private void AddService(long record, int minutesAgo) => _edges.Events.Add(new WindowsEvent
    {
        RecordId = record,
        LogName = WindowsEvents.SystemLog,
        Provider = WindowsEvents.ServicesProvider,
        EventId = WindowsEvents.ServiceDied,
        At = _time.GetUtcNow().AddMinutes(-minutesAgo),
        Subject = ServiceNames.WsusService,
    });

    private List<long> Told() => [.. _store.ReadEvents(0, 1000).Select(item => item.ToDomain().WindowsEvent!.RecordId)];

    private async Task<IReadOnlyList<WindowsEvent>> ReadAsync() =>
        Assert.IsType<EventsState>((await _collector.CollectAsync(ReadDepth.Scheduled, Token)).Value).Recent;

    /// <summary>A log in whose answers something happens before they arrive.</summary>
    private sealed class FatalLog(FakeEdges edges) : IEventLog
    {
        public Action AfterRead { get; set; } = () => { };

        public long NewestIsBehindBy { get; set; }

        public async Task<EventPage> QueryAsync(EventQuery query, CancellationToken cancellationToken)
        {
            var page = await edges.QueryAsync(query, cancellationToken);
            AfterRead();
            return page with { NewestRecordId = Math.Max(0, page.NewestRecordId - NewestIsBehindBy) };
        }
    }
}
