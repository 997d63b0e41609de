using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Events;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Events;

public sealed class EventsCollectorTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeEdges _edges = new();
    private readonly EventsCollector _collector;

    public EventsCollectorTests() => _collector = new EventsCollector(_edges, new AgentOptions(), _time);

    [Fact]
    public async Task CollectAsync_SecondTime_AsksOnlyForWhatIsNew()
    {
        Add(7, 5117);
        await ReadAsync();
        Add(9, 5002);
        var recent = await ReadAsync();

        Assert.Equal([5002, 5117], recent.Select(item => item.EventId));
        Assert.Equal(7, _edges.EventQueries.Last(query => query.LogName == WindowsEvents.SystemLog).AfterRecordId);
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

    private void Add(long record, int id, int minutesAgo = 0) => _edges.Events.Add(new WindowsEvent
    {
        RecordId = record,
        LogName = WindowsEvents.SystemLog,
        Provider = WindowsEvents.WasProvider,
        EventId = id,
        At = _time.GetUtcNow().AddMinutes(-minutesAgo),
    });

    private async Task<IReadOnlyList<WindowsEvent>> ReadAsync() =>
        Assert.IsType<EventsState>((await _collector.CollectAsync(ReadDepth.Scheduled, TestContext.Current.CancellationToken)).Value).Recent;
}
