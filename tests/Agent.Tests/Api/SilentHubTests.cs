using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Api.Connections;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Tests.Api;

public sealed class SilentHubTests : IDisposable
{
    private static readonly PairedHub Hub = new() { Id = "0123456789abcdef0123456789abcdef", Name = "hub", Pin = "pin", PairedAt = new(2026, 1, 5, 6, 0, 0, TimeSpan.Zero), PairedFrom = "10.0.0.1" };

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly RecordedEvents _events = new();
    private readonly StreamPlaces _places = new(new AgentMemory(() => 0, 0, () => { }, TimeProvider.System));
    private readonly PairedHubs _hubs;
    private readonly SilentHubWorker _worker;
    private readonly AgentOptions _options = new();

    public SilentHubTests()
    {
        _hubs = new(_folder.Path, NullLogger<PairedHubs>.Instance);
        _worker = new(_places, _hubs, _events, _options, _time, NullLogger<SilentHubWorker>.Instance);
    }

    public void Dispose()
    {
        _worker.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Look_NobodyWatchesForHours_WarnsOnceAndAgainAfterAsLong()
    {
        _hubs.Add(Hub);
        await RunAsync(TimeSpan.FromMinutes(239));
        Assert.Empty(_events.Records);
        await RunAsync(TimeSpan.FromMinutes(2));
        Assert.Equal([(1010, true)], _events.Records.Select(record => (record.EventId, record.IsWarning)));
        await RunAsync(TimeSpan.FromHours(3));
        Assert.Single(_events.Records);
        await RunAsync(TimeSpan.FromHours(2));
        Assert.Equal(2, _events.Records.Count);
    }

    [Fact]
    public async Task Look_HubWatches_WritesNothing()
    {
        _hubs.Add(Hub);
        using (_places.Enter("connection", new(CallerKind.Hub, Hub, "pin", "10.0.0.1"), StreamKind.Watch))
        {
            await RunAsync(TimeSpan.FromHours(9));
        }

        await RunAsync(TimeSpan.FromHours(3.9));
        Assert.Empty(_events.Records);
    }

    [Fact]
    public async Task Look_SomebodyOnTheServerWatchesOrAHubReadsALog_CountsAsSilence()
    {
        _hubs.Add(Hub);
        using var local = _places.Enter("local", new(CallerKind.Local, null, "", AgentCaller.Here), StreamKind.Watch);
        using var log = _places.Enter("connection", new(CallerKind.Hub, Hub, "pin", "10.0.0.1"), StreamKind.Log);
        await RunAsync(TimeSpan.FromHours(5));
        Assert.Single(_events.Records);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 4)]
    public async Task Look_TurnedOffOrPairedWithNobody_WritesNothing(bool isPaired, int hours)
    {
        _options.HubSilenceLimit = TimeSpan.FromHours(hours);
        if (isPaired)
        {
            _hubs.Add(Hub);
        }

        await RunAsync(TimeSpan.FromHours(50));
        Assert.Empty(_events.Records);
    }

    private async Task RunAsync(TimeSpan length)
    {
        for (var end = _time.GetUtcNow() + length; _time.GetUtcNow() < end;)
        {
            _time.Advance(SilentHubWorker.Pause);
            await _worker.LookAsync(TestContext.Current.CancellationToken);
        }
    }

    private sealed class RecordedEvents : IEventLogWriter
    {
        public List<EventLogRecord> Records { get; } = [];

        public Task WriteAsync(EventLogRecord record, CancellationToken cancellationToken)
        {
            Records.Add(record);
            return Task.CompletedTask;
        }
    }
}
