using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.Events;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Events;

public sealed class EventsCollectorTests : IDisposable
{
    private readonly SettableClock _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeEdges _edges = new();
    private readonly TempFolder _folder = new();
    private readonly AgentStore _store;
    private readonly EventsCollector _collector;

    public EventsCollectorTests()
    {
        var options = new AgentOptions { DataDirectory = _folder.Path };
        _store = new AgentStore(options, _time, NullLogger<AgentStore>.Instance);
        _collector = new EventsCollector(_edges, new DisplayNames(_edges, _time), new WsusRegistry(_edges, options), _store, options, _time, NullLogger<EventsCollector>.Instance);
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task CollectAsync_SecondTime_AsksOnlyForWhatIsNew()
    {
        Add(7, 5117);
        await ReadAsync();
        Add(9, 5002);
        var recent = await ReadAsync();

        Assert.Equal([5002, 5117], recent.Select(item => item.EventId));
        Assert.Equal(7, _edges.EventQueries.Last(query => query.Provider == WindowsEvents.WasProvider).AfterRecordId);
    }

    [Fact]
    public async Task CollectAsync_LogCleared_ReadsFromItsNewBeginning()
    {
        Add(500, 5117);
        await ReadAsync();
        _edges.Events.Clear();
        Add(1, 5002);
        var recent = await ReadAsync();

        Assert.Equal([5117, 5002], recent.OrderByDescending(item => item.RecordId).Select(item => item.EventId));
    }

    [Fact]
    public async Task CollectAsync_LogClearedAndGrownPastTheBookmark_LosesNothing()
    {
        Add(3, 5117, minutesAgo: 60);
        await ReadAsync();
        _edges.Events.Clear();
        for (var record = 1; record <= 5; record++)
        {
            Add(record, 5002, minutesAgo: 10 - record);
        }

        var recent = await ReadAsync();

        Assert.Equal(6, recent.Count);
        Assert.Equal(6, (await ReadAsync()).Count);
    }

    [Fact]
    public async Task CollectAsync_MoreThanAreShown_KeepsTheNewest()
    {
        for (var record = 1; record <= 2500; record++)
        {
            Add(record, 5117, minutesAgo: 3000 - record);
        }

        var recent = await ReadAsync();

        Assert.Equal(200, recent.Count);
        Assert.Equal(2500, recent[0].RecordId);
        Assert.Equal(2301, recent[^1].RecordId);
    }

    [Fact]
    public async Task CollectAsync_EventGrownOld_IsDropped()
    {
        Add(1, 5117);
        Assert.Single(await ReadAsync());
        _time.Advance(TimeSpan.FromDays(8));

        Assert.Empty(await ReadAsync());
    }

    [Fact]
    public async Task CollectAsync_ClockSetForwardAndBack_LosesAndDoublesNothing()
    {
        Add(1, 5117, minutesAgo: 5);
        Assert.Single(await ReadAsync());
        _time.Set(_time.GetUtcNow().AddYears(1));
        Add(2, 5002);
        Assert.Equal(2, Assert.Single(await ReadAsync()).RecordId);
        _time.Set(_time.GetUtcNow().AddYears(-1));
        Add(3, 5009);

        var recent = await ReadAsync();

        Assert.Equal([1, 2, 3], recent.Select(item => item.RecordId).Order());
        Assert.Equal([1, 2, 3], (await ReadAsync()).Select(item => item.RecordId).Order());
    }

    [Fact]
    public async Task CollectAsync_ClockSetBack_StillTakesWhatComesAfter()
    {
        Add(10, 5117);
        await ReadAsync();
        _time.Set(_time.GetUtcNow().AddHours(-3));
        Add(11, 5002);

        Assert.Equal([10, 11], (await ReadAsync()).Select(item => item.RecordId).Order());
    }

    [Fact]
    public async Task CollectAsync_OneLogRefused_KeepsTheOtherAndSaysWhich()
    {
        Add(1, 5117);
        _edges.RefusedLogs.Add(WindowsEvents.ApplicationLog);

        var reading = await _collector.CollectAsync(ReadDepth.Scheduled, TestContext.Current.CancellationToken);

        Assert.Equal((SectionStatus.Unreadable, ReadFailure.AccessDenied), (reading.Status, reading.Failure));
        Assert.Contains("Application", reading.Error, StringComparison.Ordinal);
        Assert.Equal(5117, Assert.Single(Assert.IsType<EventsState>(reading.Value).Recent).EventId);
    }

    [Fact]
    public async Task CollectAsync_ServicesOnAGermanServer_AreKnownByWhatItDisplays()
    {
        _edges.Services[ServiceNames.WsusService] = new ServiceStatus { Name = ServiceNames.WsusService, DisplayName = "WSUS-Dienst", State = ServiceState.Running };
        AddService(1, 7031, "WSUS-Dienst");
        AddService(2, 7036, "W3SVC", ServiceState.Stopped);
        AddService(3, 7036, "Spooler", ServiceState.Stopped);

        var recent = await ReadAsync();

        Assert.Equal([ServiceNames.WorldWideWeb, ServiceNames.WsusService], recent.Select(item => item.Subject));
        Assert.Equal(ServiceState.Stopped, recent[0].Entered);
        Assert.Contains("WSUS-Dienst", _edges.EventQueries.Last(query => query.Provider == WindowsEvents.ServicesProvider).FirstValues);
    }

    [Fact]
    public async Task CollectAsync_ServicesCannotBeNamed_WaitsInFrontOfTheirEvents()
    {
        foreach (var name in ServiceNames.Watched)
        {
            _edges.RefusedServices.Add(name);
        }

        AddService(1, 7031, "WSUS-Dienst");
        var refused = await _collector.CollectAsync(ReadDepth.Scheduled, TestContext.Current.CancellationToken);
        _edges.RefusedServices.Clear();
        _edges.Services[ServiceNames.WsusService] = new ServiceStatus { Name = ServiceNames.WsusService, DisplayName = "WSUS-Dienst", State = ServiceState.Running };

        Assert.Equal((SectionStatus.Unreadable, ReadFailure.AccessDenied), (refused.Status, refused.Failure));
        Assert.Equal(ServiceNames.WsusService, Assert.Single(await ReadAsync()).Subject);
    }

    [Fact]
    public async Task CollectAsync_FloodOfOneKind_TakesSomeAndPassesTheRestOver()
    {
        for (var record = 1; record <= 3000; record++)
        {
            AddOther(record, WindowsEvents.SystemLog, WindowsEvents.SchannelProvider, 36887);
        }

        await ReadAsync();
        _time.Advance(TimeSpan.FromMinutes(11));
        AddOther(3001, WindowsEvents.SystemLog, WindowsEvents.SchannelProvider, 36887);
        AddOther(3002, WindowsEvents.SystemLog, WindowsEvents.SchannelProvider, 36887);
        AddOther(3003, WindowsEvents.SystemLog, WindowsEvents.SchannelProvider, 36874);

        Assert.Equal([3003, 3001, 1], (await ReadAsync()).Select(item => item.RecordId));
        Assert.All(_edges.EventQueries.Where(query => query.Provider == WindowsEvents.SchannelProvider), query => Assert.InRange(query.Maximum, 1, 20));
    }

    [Fact]
    public async Task CollectAsync_FloodAndOtherEvents_ShowsTheOthersAll()
    {
        Add(1, 5117, minutesAgo: 60 * 24 * 4);
        await ReadAsync();
        for (var record = 2; record < 302; record++)
        {
            AddOther(record, WindowsEvents.SystemLog, WindowsEvents.SchannelProvider, 36887);
            await ReadAsync();
            _time.Advance(TimeSpan.FromMinutes(10));
        }

        var recent = await ReadAsync();

        Assert.Equal(40, recent.Count(WindowsEvents.IsSampled));
        Assert.Equal(1, recent[^1].RecordId);
    }

    [Fact]
    public async Task CollectAsync_SampleToldBeforeARestart_IsShownAndNotToldAgain()
    {
        AddOther(1, WindowsEvents.SystemLog, WindowsEvents.SchannelProvider, 36887);
        await ReadAsync();
        var told = _store.LastSequence;
        var second = new EventsCollector(_edges, new DisplayNames(_edges, _time), new WsusRegistry(_edges, new AgentOptions()), _store, new AgentOptions(), _time, NullLogger<EventsCollector>.Instance);

        var reading = await second.CollectAsync(ReadDepth.Scheduled, TestContext.Current.CancellationToken);

        Assert.Equal(1, Assert.Single(Assert.IsType<EventsState>(reading.Value).Recent).RecordId);
        Assert.Equal(told, _store.LastSequence);
    }

    [Fact]
    public async Task CollectAsync_RareSources_AreReadEveryHalfMinuteAndWhenSomebodyWaits()
    {
        await ReadAsync();
        await ReadAsync();
        Assert.Single(_edges.EventQueries, query => query.Provider == WindowsEvents.ClrProvider);

        _time.Advance(TimeSpan.FromSeconds(30));
        await ReadAsync();
        await _collector.CollectAsync(ReadDepth.Everything, TestContext.Current.CancellationToken);

        Assert.Equal(3, _edges.EventQueries.Count(query => query.Provider == WindowsEvents.ClrProvider));
        Assert.Equal(4, _edges.EventQueries.Count(query => query.Provider == WindowsEvents.WasProvider));
    }

    [Theory]
    [InlineData(WindowsEvents.CrashProvider, 1000, "W3WP.EXE", "w3wp.exe")]
    [InlineData(WindowsEvents.CrashProvider, 1000, "notepad.exe", null)]
    [InlineData(WindowsEvents.ClrProvider, 1026, "WsusService.exe", "WsusService.exe")]
    [InlineData(WindowsEvents.ClrProvider, 1026, "", null)]
    [InlineData(WindowsEvents.AspNetProvider, 1309, "apiremoting30", "ApiRemoting30")]
    [InlineData(WindowsEvents.AspNetProvider, 1309, "Intranet", null)]
    [InlineData("MSSQL$MICROSOFT##WID", 9002, "", "")]
    [InlineData("MSSQL$MICROSOFT##WID", 18456, "", "")]
    [InlineData("MSSQL$OTHER", 9002, "", null)]
    [InlineData(WindowsEvents.WorkerProvider, 2276, "", "")]
    public async Task CollectAsync_WhatWsusRestsOn_IsTakenOfWsusAlone(string provider, int id, string subject, string? taken)
    {
        _edges.Values[(WsusRegistry.SetupKey, "SqlServerName")] = "MICROSOFT##WID";
        AddOther(1, WindowsEvents.ApplicationLog, provider, id, subject);

        var recent = await ReadAsync();

        Assert.Equal(taken is null ? [] : [taken], recent.Select(item => item.Subject));
    }

    private void Add(long record, int id, int minutesAgo = 0) => _edges.Events.Add(new WindowsEvent
    {
        RecordId = record,
        LogName = WindowsEvents.SystemLog,
        Provider = WindowsEvents.WasProvider,
        EventId = id,
        At = _time.GetUtcNow().AddMinutes(-minutesAgo),
    });

    private void AddOther(long record, string log, string provider, int id, string subject = "") => _edges.Events.Add(new WindowsEvent
    {
        RecordId = record,
        LogName = log,
        Provider = provider,
        EventId = id,
        At = _time.GetUtcNow(),
        Subject = subject,
    });

    private void AddService(long record, int id, string subject, ServiceState entered = ServiceState.Unknown) => _edges.Events.Add(new WindowsEvent
    {
        RecordId = record,
        LogName = WindowsEvents.SystemLog,
        Provider = WindowsEvents.ServicesProvider,
        EventId = id,
        At = _time.GetUtcNow(),
        Message = "Dienst \"…\" befindet sich jetzt im Status \"Beendet\".",
        Subject = subject,
        Entered = entered,
    });

    private async Task<IReadOnlyList<WindowsEvent>> ReadAsync() =>
        Assert.IsType<EventsState>((await _collector.CollectAsync(ReadDepth.Scheduled, TestContext.Current.CancellationToken)).Value).Recent;
}
