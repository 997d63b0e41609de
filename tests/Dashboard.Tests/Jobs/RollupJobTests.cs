using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Jobs;

public abstract class RollupJobTests(DatabaseKind kind) : IDisposable
{
    private readonly TestDatabase _database = new(kind);
    private readonly FakeTimeProvider _clock = new(Clock.Start);

    [Fact]
    public async Task RunAsync_MinutesOfTwoDays_BecomeHoursAndDaysAndTwiceIsTheSame()
    {
        var id = await _database.AddServerAsync("a");
        var start = Clock.Start.UtcDateTime.Date.AddDays(-1);
        await AddAsync(id, start, Enumerable.Range(0, (36 * 6) + 1).Select(step => step * 10));

        await RunAsync();
        var first = await SpansAsync();
        await RunAsync();

        Assert.Equal(36, first.Count(span => span.Grain == SampleGrain.Hour));
        var hour = first.First(span => span.Grain == SampleGrain.Hour).Span;
        Assert.Equal((Grains.UnitOf(SampleGrain.Hour, start), 6, 0L, 25L, 50L, 1000L, 150L), (hour.Unit, hour.Samples, hour.WorkerMinimum, hour.WorkerMean, hour.WorkerMaximum, hour.Limit, hour.Rejected));
        Assert.Null(hour.QueuedMaximum);
        var day = first.First(span => span.Grain == SampleGrain.Day).Span;
        Assert.Equal((Grains.UnitOf(SampleGrain.Day, start), 144, 0L, 715L, 1430L), (day.Unit, day.Samples, day.WorkerMinimum, day.WorkerMean, day.WorkerMaximum));
        Assert.Equal(first, await SpansAsync());
    }

    [Fact]
    public async Task RunAsync_HourThatIsNotOver_Waits()
    {
        var id = await _database.AddServerAsync("a");
        await AddAsync(id, Clock.Start.UtcDateTime, [0, 1]);

        Assert.Contains("minutes of 0 hours", await RunAsync(), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("minutes of 1 hours", await RunAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_SamplesThatComeLate_AreRolledUpAgainWithTheOthers()
    {
        var id = await _database.AddServerAsync("a");
        var start = Clock.Start.UtcDateTime.AddDays(-3);
        await AddAsync(id, start, [0, 1]);
        await RunAsync();

        await AddAsync(id, start, [1, 2, 59]);
        await RunAsync();

        var spans = await SpansAsync();
        Assert.Equal(4, Assert.Single(spans, span => span.Grain == SampleGrain.Hour).Span.Samples);
        Assert.Equal((4, 59L), (Assert.Single(spans, span => span.Grain == SampleGrain.Day).Span is var day ? (day.Samples, day.WorkerMaximum!.Value) : default));
    }

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task<string> RunAsync() => new RollupJob(_database, _clock).RunAsync(TestContext.Current.CancellationToken);

    private async Task AddAsync(int serverId, DateTime start, IEnumerable<int> minutes)
    {
        await using var context = _database.CreateDbContext();
        var first = Grains.UnitOf(SampleGrain.Minute, start);
        var spans = minutes.Select(minute => new SampleSpan { Unit = first + minute, WorkerMinimum = minute, WorkerMean = minute, WorkerMaximum = minute, Limit = 1000, Rejected = minute }).ToList();
        await SampleChunks.AddMinutesAsync(context, new Dictionary<int, IReadOnlyList<SampleSpan>> { [serverId] = spans }, TestContext.Current.CancellationToken);
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    private Task<List<(SampleGrain Grain, SampleSpan Span)>> SpansAsync() => _database.ReadAsync(async context =>
    {
        var chunks = await context.SampleChunks.Where(chunk => chunk.Grain != SampleGrain.Minute).OrderBy(chunk => chunk.Grain).ThenBy(chunk => chunk.StartHour).ToListAsync(TestContext.Current.CancellationToken);
        return chunks.SelectMany(chunk => PackedSamples.Unpack(chunk.Data).Select(span => (chunk.Grain, span))).ToList();
    });
}

public sealed class RollupJobOnSqliteTests() : RollupJobTests(DatabaseKind.Sqlite);

public sealed class RollupJobOnPostgreSqlTests() : RollupJobTests(DatabaseKind.PostgreSql);
