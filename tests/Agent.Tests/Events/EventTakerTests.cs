using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.Events;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Events;

public sealed class EventTakerTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 6, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private AgentStore _store;

    public EventTakerTests() => _store = Open();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task TakeAsync_SameEventsAgainAndAfterARestart_BecomeEventsOnce()
    {
        var state = State(Event(2, 20), Event(1, 10), Event(7, 15, WindowsEvents.ApplicationLog));
        var taker = new EventTaker(_store);
        await taker.TakeAsync(state, Token);
        await taker.TakeAsync(state, Token);
        _store.Dispose();
        _store = Open();
        await new EventTaker(_store).TakeAsync(State(Event(3, 30), Event(2, 20)), Token);

        Assert.Equal([1L, 7L, 2L, 3L], Taken().Select(taken => taken.RecordId));
        Assert.Equal([10, 15, 20, 30], Taken().Select(taken => (int)(taken.At - Start).TotalSeconds));
    }

    [Fact]
    public async Task TakeAsync_LogWasCleared_TakesTheRecordsThatBeginAgainAtOne()
    {
        var taker = new EventTaker(_store);
        await taker.TakeAsync(State(Event(500, 10)), Token);

        await taker.TakeAsync(State(Event(1, 60), Event(500, 10)), Token);

        Assert.Equal([500L, 1L], Taken().Select(taken => taken.RecordId));
    }

    private static EventsState State(params WindowsEvent[] events) => new() { Recent = events };

    private static WindowsEvent Event(long record, int second, string log = WindowsEvents.SystemLog) =>
        new() { RecordId = record, LogName = log, Provider = WindowsEvents.WasProvider, EventId = WindowsEvents.PrivateMemoryRecycle, At = Start.AddSeconds(second) };

    private AgentStore Open() => new(new AgentOptions { DataDirectory = _folder.Path }, TimeProvider.System, NullLogger<AgentStore>.Instance);

    private List<WindowsEvent> Taken() => [.. _store.ReadEvents(0, 100).Select(item => item.ToDomain().WindowsEvent!)];
}
