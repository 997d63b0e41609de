using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Samples;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Data;

public abstract class PackingTests(DatabaseKind kind) : IDisposable
{
    private static readonly int March = Month.Of(Clock.Start);

    private readonly TestDatabase _database = new(kind);

    [Fact]
    public void PackedRuns_AnyRuns_AreReadBackInTheOrderOfTime()
    {
        var start = Month.SecondsOf(March);
        PackedRun[] runs =
        [
            new(start + 2_000_000, 0, SyncResult.Cancelled, SyncSource.ConfigMgr, true, 300),
            new(start, -1, SyncResult.Running, SyncSource.Wsus, false, 0),
            new(start + 40_000, 172_800, SyncResult.Failed, SyncSource.Wsus, true, 1),
            new(start + 40_000, 600, SyncResult.Succeeded, SyncSource.Unknown, true, 0),
        ];

        Assert.Equal(runs.OrderBy(run => run.StartedAt), Read(PackedRuns.Pack(March, runs)));
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 2, 1, 1 })]
    [InlineData(new byte[] { 1, 0x80 })]
    public void PackedRuns_BytesOfAnotherVersionOrDamaged_AreRefused(byte[] bytes) => Assert.Throws<FormatException>(() => Read(bytes));

    [Fact]
    public void PackedSamples_AnySpans_AreReadBack()
    {
        SampleSpan[] spans =
        [
            new() { Unit = 29_000_000 },
            new() { Unit = 29_000_001, WorkerMinimum = 5, WorkerMean = 900_000, WorkerMaximum = long.MaxValue / 4, Limit = 0, QueuedMaximum = 3, Rejected = 0, Updates = 12, ConfigMgrUpdates = 7, AgentMemoryMaximum = 1 },
            new() { Unit = 29_000_002, WorkerMinimum = 5, WorkerMean = 899_999, WorkerMaximum = 900_000, Limit = 1_843_200, Samples = 60 },
            new() { Unit = 29_000_060, Rejected = 4_000 },
        ];

        Assert.Equal(spans, PackedSamples.Unpack(PackedSamples.Pack(spans)));
    }

    [Fact]
    public void PackedSamples_AnHourOfTremblingMemory_TakesAboutFiveBytesAMinute()
    {
        var spans = Enumerable.Range(0, 60).Select(minute => SampleSpan.From(new ServerSample
        {
            Minute = 29_000_000 + minute,
            WorkerKilobytes = 1_500_000 + (minute * 7919 % 4_000),
            LimitKilobytes = 1_843_200,
            QueuedRequests = 0,
            RejectedRequests = 0,
            Updates = 14_000,
            AgentMemoryKilobytes = 50_000,
        }));

        Assert.InRange(PackedSamples.Pack(spans).Length, 60, 60 * 5 + 40);
    }

    [Fact]
    public void PackedSamples_OfAnotherVersion_AreRefused() => Assert.Throws<FormatException>(() => PackedSamples.Unpack([9]));

    [Fact]
    public async Task SaveChanges_RunsAddedChangedMovedAndRemoved_PackedMonthsFollow()
    {
        var id = await _database.AddServerAsync("a");
        var run = new SyncRunEntity { ServerId = id, RunId = "r", StartedAt = Clock.Start.UtcDateTime, Result = SyncResult.Running };
        await _database.WriteAsync(context => context.SyncRuns.Add(run));
        Assert.Equal([(March, SyncResult.Running, 0)], await PackedAsync());

        await ChangeAsync(entity => (entity.Result, entity.EndedAt, entity.CauseId, entity.CauseTitle) = (SyncResult.Failed, entity.StartedAt.AddMinutes(5), "proxy-refused", "The proxy refuses"));
        var named = Assert.Single(await _database.ReadAsync(context => context.SyncCauses.ToListAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(("proxy-refused", "The proxy refuses"), (named.CauseId, named.Title));
        Assert.Equal([(March, SyncResult.Failed, named.Id)], await PackedAsync());

        await ChangeAsync(entity => entity.StartedAt = entity.StartedAt.AddMonths(-1));
        Assert.Equal([(March - 1, SyncResult.Failed, named.Id)], await PackedAsync());

        await _database.WriteAsync(context => context.SyncRuns.Remove(context.SyncRuns.Single()));
        Assert.Empty(await PackedAsync());
    }

    [Fact]
    public async Task PackAllAsync_RowsOfBefore_ArePackedOnce()
    {
        var id = await _database.AddServerAsync("a");
        await _database.WriteAsync(context =>
        {
            context.SyncRuns.Add(new() { ServerId = id, RunId = "1", StartedAt = Clock.Start.UtcDateTime, Result = SyncResult.Succeeded });
            context.SyncRuns.Add(new() { ServerId = id, RunId = "2", StartedAt = Clock.Start.UtcDateTime.AddMonths(-2), Result = SyncResult.Failed });
        });
        await _database.ReadAsync(context => context.SyncMonths.ExecuteDeleteAsync(TestContext.Current.CancellationToken));

        for (var turn = 0; turn < 2; turn++)
        {
            await using var context = _database.CreateDbContext();
            await SyncMonths.PackAllAsync(context, TestContext.Current.CancellationToken);
        }

        Assert.Equal([(March - 2, SyncResult.Failed, 0), (March, SyncResult.Succeeded, 0)], await PackedAsync());
    }

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    private static List<PackedRun> Read(byte[] bytes)
    {
        var reader = PackedRuns.Read(March, bytes);
        List<PackedRun> runs = [];
        while (reader.TryRead(out var run))
        {
            runs.Add(run);
        }

        return runs;
    }

    private Task ChangeAsync(Action<SyncRunEntity> change) => _database.WriteAsync(context => change(context.SyncRuns.Single()));

    private Task<List<(int Month, SyncResult Result, int Cause)>> PackedAsync() => _database.ReadAsync(async context =>
    {
        var found = new List<(int, SyncResult, int)>();
        foreach (var month in await context.SyncMonths.OrderBy(month => month.Id).ToListAsync(TestContext.Current.CancellationToken))
        {
            found.AddRange(ReadMonth(month));
        }

        return found;
    });

    private static List<(int Month, SyncResult Result, int Cause)> ReadMonth(SyncMonthEntity month)
    {
        var reader = PackedRuns.Read(month.Month, month.Runs);
        List<(int, SyncResult, int)> runs = [];
        while (reader.TryRead(out var run))
        {
            runs.Add((month.Month, run.Result, run.Cause));
        }

        return runs;
    }
}

public sealed class PackingOnSqliteTests() : PackingTests(DatabaseKind.Sqlite);

public sealed class PackingOnPostgreSqlTests() : PackingTests(DatabaseKind.PostgreSql);
