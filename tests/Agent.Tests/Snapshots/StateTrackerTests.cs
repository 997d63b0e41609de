using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Snapshots;

public sealed class StateTrackerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ObserveAsync_SeenForTheFirstTime_IsNoChange()
    {
        using var store = Open();
        await ObserveAsync(new StateTracker(store, _time), "Started");

        Assert.Equal(0, store.LastSequence);
    }

    [Fact]
    public async Task ObserveAsync_ChangedWhileTheAgentWasAway_IsAnEvent()
    {
        using (var store = Open())
        {
            await ObserveAsync(new StateTracker(store, _time), "Started");
        }

        _time.Advance(TimeSpan.FromHours(1));
        using var again = Open();
        var tracker = new StateTracker(again, _time);
        await ObserveAsync(tracker, "Stopped");

        var change = Assert.Single(again.ReadEvents(1, 10)).StateChange;
        Assert.Equal(("pool:WsusPool", "Started", "Stopped"), (change.Subject, change.From, change.To));
        Assert.Equal(_time.GetUtcNow(), tracker.Since("pool:WsusPool"));
    }

    [Fact]
    public async Task ObserveAsync_SubjectGone_IsAnEventOnlyWhereTheSectionWasRead()
    {
        using var store = Open();
        var tracker = new StateTracker(store, _time);
        await ObserveAsync(tracker, "Started");
        await tracker.ObserveAsync(SectionNames.Iis, [], isComplete: false, "", Token);
        Assert.Equal(0, store.LastSequence);

        await tracker.ObserveAsync(SectionNames.Iis, [], isComplete: true, "", Token);

        Assert.Equal("Removed", Assert.Single(store.ReadEvents(1, 10)).StateChange.To);
    }

    [Fact]
    public async Task ObserveAsync_StoreFails_TellsTheChangeLater()
    {
        using var store = Open();
        var tracker = new StateTracker(store, _time);
        await ObserveAsync(tracker, "Started");
        using var connection = store.OpenConnection();
        connection.Execute("CREATE TRIGGER refuse BEFORE UPDATE ON states BEGIN SELECT RAISE(ABORT, 'refused'); END");
        await Assert.ThrowsAsync<StoreException>(() => ObserveAsync(tracker, "Stopped"));
        connection.Execute("DROP TRIGGER refuse");

        await ObserveAsync(tracker, "Stopped");

        Assert.Equal("Stopped", Assert.Single(store.ReadEvents(1, 10)).StateChange.To);
    }

    private static Task ObserveAsync(StateTracker tracker, string state) =>
        tracker.ObserveAsync(SectionNames.Iis, [new ObservedState("pool:WsusPool", state)], isComplete: true, "why", Token);

    private AgentStore Open() => new(new AgentOptions { DataDirectory = _folder.Path }, _time, NullLogger<AgentStore>.Instance);
}
