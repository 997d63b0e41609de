using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Jobs;

public abstract class RetentionJobTests : IDisposable
{
    private readonly TestDatabase _database;
    private readonly FakeTimeProvider _clock = new(Clock.Start);

    private readonly AuditLog _audit;

    protected RetentionJobTests(DatabaseKind kind)
    {
        _database = new(kind);
        _audit = _database.CreateAuditLog(_clock);
    }

    private DashboardOptions Options => _database.Options;

    [Fact]
    public async Task RunAsync_OldAndNewRows_DeletesOnlyWhatIsOlderThanItsLimit()
    {
        var id = await _database.AddServerAsync("a");
        await _database.WriteAsync(context =>
        {
            foreach (var days in new[] { -1, 1 })
            {
                context.StateChanges.Add(new() { ServerId = id, Subject = $"s{days}", At = Before(Options.Retention.StateChangeDays - days) });
                context.ServerEvents.Add(new() { ServerId = id, LogName = "System", Provider = $"p{days}", At = Before(Options.Retention.EventDays - days) });
                context.Repairs.Add(new() { ServerId = id, RepairId = $"r{days}", Playbook = "x", Run = "{}", StartedAt = Before(Options.Retention.AuditDays - days), EndedAt = Clock.Start.UtcDateTime });
            }
        });

        await _audit.AppendAsync([new() { What = "old", At = Before(Options.Retention.AuditDays + 1) }, new() { What = "new", At = Before(Options.Retention.AuditDays - 1) }]);

        var message = await RunAsync();

        Assert.Contains("Deleted 4 rows", message, StringComparison.Ordinal);
        Assert.Equal("s1", await ReadAsync(context => context.StateChanges.Select(change => change.Subject)));
        Assert.Equal("p1", await ReadAsync(context => context.ServerEvents.Select(serverEvent => serverEvent.Provider)));
        Assert.Equal("r1", await ReadAsync(context => context.Repairs.Select(run => run.RepairId)));
        await using var security = _database.CreateSecurityContext();
        Assert.Equal("new", await security.AuditEntries.Select(entry => entry.What).SingleAsync(TestContext.Current.CancellationToken));
        Assert.True((await _database.CreateAuditVerification().VerifyAsync(TestContext.Current.CancellationToken)).IsIntact);
    }

    [Theory]
    [InlineData(3_000)]
    [InlineData(-3_000)]
    public async Task RunAsync_ClockIsFarFromTheLastNight_DeletesNothingUntilTheNextNightAgrees(int days)
    {
        var id = await _database.AddServerAsync("a");
        await _database.WriteAsync(context =>
        {
            context.JobRuns.Add(new() { Name = "retention", StartedAt = Clock.Start.UtcDateTime.AddDays(-days - 1), EndedAt = Clock.Start.UtcDateTime });
            context.StateChanges.Add(new() { ServerId = id, Subject = "old", At = Before(Options.Retention.StateChangeDays + 1) });
        });

        await RunAsync();
        Assert.Equal("old", await ReadAsync(context => context.StateChanges.Select(change => change.Subject)));
        await _database.WriteAsync(context => context.JobRuns.Add(new() { Name = "retention", StartedAt = Clock.Start.UtcDateTime, EndedAt = Clock.Start.UtcDateTime }));
        _clock.Advance(TimeSpan.FromDays(1));
        await RunAsync();

        Assert.Equal(0, await _database.ReadAsync(context => context.StateChanges.CountAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task RunAsync_Problems_OnlyThoseResolvedLongAgoGoWithTheirLives()
    {
        var id = await _database.AddServerAsync("a");
        await _database.WriteAsync(context =>
        {
            foreach (var (problem, days, state) in new[] { (1L, -1, ProblemState.Resolved), (2L, 1, ProblemState.Resolved), (3L, -1, ProblemState.Open) })
            {
                var at = Before(Options.Retention.ProblemDays - days);
                context.Problems.Add(new() { Id = problem, CauseId = $"c{problem}", Title = "x", CreatedAt = at });
                context.ProblemServers.Add(new() { ProblemId = problem, ServerId = id, CauseId = $"c{problem}", Title = "x", State = state, StateSince = at, Since = at, ResolvedAt = state == ProblemState.Resolved ? at : null });
                context.ProblemEvents.Add(new() { ProblemId = problem, ServerId = id, At = at, Kind = ProblemEventKind.Opened, CauseId = $"c{problem}", Title = "x", AuditDue = problem == 3 ? 1 : 0 });
            }

            context.Problems.Add(new() { Id = 4, CauseId = "c4", Title = "x", CreatedAt = Clock.Start.UtcDateTime, MergedInto = 1 });
            context.Problems.Add(new() { Id = 5, CauseId = "c5", Title = "x", CreatedAt = Clock.Start.UtcDateTime, MergedInto = 3 });
        });

        await RunAsync();

        Assert.Equal([2, 3, 5], await _database.ReadAsync(context => context.Problems.OrderBy(problem => problem.Id).Select(problem => problem.Id).ToListAsync(TestContext.Current.CancellationToken)));
        Assert.Equal([2, 3], await _database.ReadAsync(context => context.ProblemServers.OrderBy(row => row.ProblemId).Select(row => row.ProblemId).ToListAsync(TestContext.Current.CancellationToken)));
        Assert.Equal([2, 3], await _database.ReadAsync(context => context.ProblemEvents.OrderBy(moment => moment.ProblemId).Select(moment => moment.ProblemId).ToListAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task RunAsync_Samples_EachGrainHasItsOwnLimitAndWhatIsNotRolledUpStays()
    {
        var id = await _database.AddServerAsync("a");
        await _database.WriteAsync(context =>
        {
            foreach (var (grain, days) in new[] { (SampleGrain.Minute, Options.Retention.MinuteSampleDays), (SampleGrain.Hour, Options.Retention.HourSampleDays), (SampleGrain.Day, Options.Retention.DaySampleDays) })
            {
                var limit = Grains.ChunkOf(grain, Grains.UnitOf(grain, Before(days)));
                context.SampleChunks.Add(new() { ServerId = id, Grain = grain, StartHour = limit - 1, Data = [1] });
                context.SampleChunks.Add(new() { ServerId = id, Grain = grain, StartHour = limit, Data = [1] });
            }

            context.SampleChunks.Add(new() { ServerId = id, Grain = SampleGrain.Minute, StartHour = 1, RollupDue = 1, Data = [1] });
        });

        await RunAsync();

        var left = await _database.ReadAsync(context => context.SampleChunks.Select(chunk => chunk.Grain).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal([SampleGrain.Minute, SampleGrain.Minute, SampleGrain.Hour, SampleGrain.Day], left.Order());
    }

    public void Dispose()
    {
        _audit.Dispose();
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    private static DateTime Before(int days) => Clock.Start.UtcDateTime.AddDays(-days);

    private Task<string> RunAsync() => new RetentionJob(_database, _audit, Options, _clock).RunAsync(TestContext.Current.CancellationToken);

    private Task<T> ReadAsync<T>(Func<DashboardContext, IQueryable<T>> query) => _database.ReadAsync(context => query(context).SingleAsync(TestContext.Current.CancellationToken));
}

public sealed class RetentionJobOnSqliteTests() : RetentionJobTests(DatabaseKind.Sqlite);

public sealed class RetentionJobOnPostgreSqlTests() : RetentionJobTests(DatabaseKind.PostgreSql);
