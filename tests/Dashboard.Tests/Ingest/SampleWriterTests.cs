using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Samples;

namespace WsusDashboard.Dashboard.Tests.Ingest;

public sealed class SampleWriterTests : IDisposable
{
    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _time = new(Clock.Start);
    private readonly DatabaseInitializer _opening;
    private readonly SampleWriter _writer;

    public SampleWriterTests()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(20), () => 0.5);
        var health = new StorageHealth(_database.Provider, _time);
        _opening = new(_database, _database, health, new OpeningTurn(_database.Provider), _database.Provider, backoff, _time, NullLogger<DatabaseInitializer>.Instance);
        _writer = new(_database, _opening, health, backoff, _time, NullLogger<SampleWriter>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StoreAsync_MinuteOfALargeFleet_IsStoredInPartsSoThatOthersWriteBetweenThem()
    {
        const int servers = SampleWriter.MaximumServers + 5;
        await using (var context = _database.CreateDbContext())
        {
            context.Servers.AddRange(Enumerable.Range(1, servers).Select(number => TestDatabase.NewServer($"server{number}")));
            await context.SaveChangesAsync(Token);
        }

        var ids = await _database.ReadAsync(context => context.Servers.Select(server => server.Id).ToListAsync(Token));
        var minute = ServerSample.MinuteOf(Clock.Start);
        Assert.All(ids, id => Assert.True(_writer.TryTake(id, [new() { Minute = minute }])));

        await _writer.StoreAsync(Token);
        Assert.Equal(SampleWriter.MaximumServers, await CountAsync());

        await _writer.StoreAsync(Token);
        Assert.Equal(servers, await CountAsync());
        Assert.All(ids, id => Assert.Equal(minute, _writer.GetLastMinute(id)));
    }

    public void Dispose()
    {
        _writer.Dispose();
        _opening.Dispose();
        _database.Dispose();
    }

    private Task<int> CountAsync() => _database.ReadAsync(context => context.SampleChunks.CountAsync(Token));
}
