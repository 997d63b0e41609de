using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Jobs;

public sealed class JobTests : IDisposable
{
    private readonly TestDatabase _database = new();
    private readonly FakeTimeProvider _clock = new(Clock.Start);

    [Fact]
    public async Task Backup_NineNights_KeepsTheNewestSevenAndEachCanBeOpened()
    {
        await _database.AddServerAsync("BRN-WSUS02");
        Directory.CreateDirectory(_database.Options.BackupDirectory);
        await File.WriteAllTextAsync(Path.Combine(_database.Options.BackupDirectory, "dashboard-20250101-000000.db.part"), "half", TestContext.Current.CancellationToken);
        var job = new BackupJob(_database.Options, _clock);
        for (var night = 0; night < 9; night++)
        {
            Assert.Contains("Wrote dashboard-", await job.RunAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            _clock.Advance(TimeSpan.FromDays(1));
        }

        var files = Directory.GetFiles(_database.Options.BackupDirectory).Select(Path.GetFileName).Order().ToList();
        Assert.Equal(7, files.Count);
        Assert.Equal("dashboard-20260312-120000.db", files[0]);
        Assert.Equal("dashboard-20260318-120000.db", files[^1]);
        await using var copy = new SqliteConnection($"Data Source={Path.Combine(_database.Options.BackupDirectory, files[^1]!)};Mode=ReadOnly;Pooling=False");
        await copy.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = copy.CreateCommand();
        command.CommandText = "SELECT Name FROM Servers";
        Assert.Equal("BRN-WSUS02", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Retention_OldAndNew_DeletesOnlyWhatIsOlderThanItsLimit()
    {
        var id = await _database.AddServerAsync("a");
        var now = Clock.Start.UtcDateTime;
        var options = _database.Options;
        await _database.WriteAsync(context =>
        {
            foreach (var days in new[] { -1, 1 })
            {
                var sync = now.AddDays(-options.SyncRetentionDays + days);
                context.SyncRuns.Add(new() { ServerId = id, RunId = $"r{days}", StartedAt = sync, StartedQuarter = SyncRunEntity.QuarterOf(sync), Result = SyncResult.Succeeded });
                context.StateChanges.Add(new() { ServerId = id, Subject = $"s{days}", At = now.AddDays(-options.StateChangeRetentionDays + days) });
                context.Samples.Add(new() { ServerId = id, At = now.AddDays(-options.MinuteSampleRetentionDays + days) });
                context.SampleRollups.Add(new() { ServerId = id, Grain = SampleGrain.Hour, At = now.AddDays(-options.HourSampleRetentionDays + days) });
                context.Audit.Add(new() { Who = "x", What = "x", Result = "x", At = now.AddDays(-options.AuditRetentionDays + days) });
                context.Remediations.Add(new() { ServerId = id, RunId = $"r{days}", Playbook = "x", Run = "{}", StartedAt = now.AddDays(-options.AuditRetentionDays + days), EndedAt = now });
            }
        });

        var message = await new RetentionJob(_database, options, _clock).RunAsync(TestContext.Current.CancellationToken);

        Assert.Contains("Deleted 6 rows", message, StringComparison.Ordinal);
        Assert.Equal("r1", await _database.ReadAsync(context => context.SyncRuns.Select(run => run.RunId).SingleAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("s1", await _database.ReadAsync(context => context.StateChanges.Select(change => change.Subject).SingleAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("r1", await _database.ReadAsync(context => context.Remediations.Select(run => run.RunId).SingleAsync(TestContext.Current.CancellationToken)));
        Assert.Equal((1, 1, 1), await _database.ReadAsync(async context => (await context.Samples.CountAsync(), await context.SampleRollups.CountAsync(), await context.Audit.CountAsync())));
    }

    [Fact]
    public async Task Rollup_MinutesOfTwoDays_BecomeHoursAndOneDayAndTwiceIsTheSame()
    {
        var id = await _database.AddServerAsync("a");
        var start = Clock.Start.UtcDateTime.Date.AddDays(-1);
        await _database.WriteAsync(context =>
        {
            for (var minute = 0; minute < 36 * 60 + 10; minute += 10)
            {
                context.Samples.Add(new() { ServerId = id, At = start.AddMinutes(minute), WorkerKilobytes = minute, LimitKilobytes = 1000, QueuedRequests = null });
            }
        });
        var job = new RollupJob(_database, _database.Options, _clock);

        await job.RunAsync(TestContext.Current.CancellationToken);
        var first = await RollupsAsync();
        await job.RunAsync(TestContext.Current.CancellationToken);
        var second = await RollupsAsync();

        Assert.Equal(36, first.Count(rollup => rollup.Grain == SampleGrain.Hour));
        var hour = first.First(rollup => rollup.Grain == SampleGrain.Hour);
        Assert.Equal((start, 6, 0L, 25L, 50L, 1000L), (hour.At, hour.Samples, hour.WorkerKilobytesMinimum, hour.WorkerKilobytesMean, hour.WorkerKilobytesMaximum, hour.LimitKilobytes));
        Assert.Null(hour.QueuedRequestsMaximum);
        var day = Assert.Single(first, rollup => rollup.Grain == SampleGrain.Day);
        Assert.Equal((start, 144, 0L, 715L, 1430L), (day.At, day.Samples, day.WorkerKilobytesMinimum, day.WorkerKilobytesMean, day.WorkerKilobytesMaximum));
        Assert.Equivalent(first, second, strict: true);
    }

    [Fact]
    public async Task StaleServers_SilentForLong_AreNamedOncePerSilence()
    {
        await _database.AddServerAsync("silent", server => server.LastContactAt = Clock.Start.UtcDateTime.AddHours(-30));
        await _database.AddServerAsync("answers", server => server.LastContactAt = Clock.Start.UtcDateTime.AddHours(-1));
        var health = new StorageHealth(_database.Options, _clock);
        var backoff = new Backoff(TimeSpan.FromSeconds(1), () => 0);
        using var opening = new DatabaseOpening(_database, health, backoff, _clock, NullLogger<DatabaseOpening>.Instance);
        using var writer = new HistoryWriter(_database, opening, health, backoff, _clock, NullLogger<HistoryWriter>.Instance);
        using var ingest = new FleetIngest(new LiveState(_clock), writer, _clock, NullLogger<FleetIngest>.Instance);
        var job = new StaleServerJob(_database, ingest, _database.Options, _clock);

        var first = await job.RunAsync(TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromHours(1));
        await job.RunAsync(TestContext.Current.CancellationToken);

        Assert.Contains("1 servers have not answered for 24 hours: silent", first, StringComparison.Ordinal);
        Assert.Equal(1, await _database.ReadAsync(context => context.StateChanges.CountAsync(change => change.Subject == "contact", TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Execution_JobFails_KeepsARowThatSaysSo()
    {
        var health = new StorageHealth(_database.Options, _clock);
        using var opening = new DatabaseOpening(_database, health, new Backoff(TimeSpan.FromSeconds(1), () => 0), _clock, NullLogger<DatabaseOpening>.Instance);
        await opening.StartAsync(TestContext.Current.CancellationToken);
        var execution = new JobExecution([new FailingJob()], _database, opening, _clock, NullLogger<JobExecution>.Instance);

        await Assert.ThrowsAsync<InvalidOperationException>(() => execution.RunAsync("fails", TestContext.Current.CancellationToken));

        var row = await _database.ReadAsync(context => context.JobRuns.SingleAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("fails", false, "no luck"), (row.Name, row.Succeeded, row.Message));
    }

    [Fact]
    public async Task Hangfire_TwoDashboardsInOneProcess_HaveSchedulesOfTheirOwn()
    {
        using var folder = new TempFolder();
        using var other = new TempFolder();
        await using var first = await TestDashboard.StartAsync(folder, options => options.NightlyHour = 3);
        await using var second = await TestDashboard.StartAsync(other, options => options.NightlyHour = 5);

        Assert.NotSame(first.Get<Hangfire.InMemory.InMemoryStorage>(), second.Get<Hangfire.InMemory.InMemoryStorage>());
        Assert.Equal(("0 3 * * *", "0 5 * * *"), (Schedule(first), Schedule(second)));

        static string Schedule(TestDashboard dashboard)
        {
            using var connection = dashboard.Get<Hangfire.InMemory.InMemoryStorage>().GetConnection();
            return connection.GetAllEntriesFromHash("recurring-job:retention")["Cron"];
        }
    }

    public void Dispose() => _database.Dispose();

    private Task<List<SampleRollupEntity>> RollupsAsync() => _database.ReadAsync(context => context.SampleRollups.AsNoTracking().OrderBy(rollup => rollup.Grain).ThenBy(rollup => rollup.At).ToListAsync(TestContext.Current.CancellationToken));

    private sealed class FailingJob : Job
    {
        public override string Name => "fails";

        public override string Schedule => "* * * * *";

        public override Task<string> RunAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("no luck");
    }
}
