using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Host.Layout;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;

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
    public async Task FirstBackup_OfANewDashboard_IsMadeAfterAnHourAndOnlyWhereThereIsNone()
    {
        var health = new StorageHealth(_database.Provider, _clock);
        var turn = new OpeningTurn(_database.Provider);
        using var opening = new DatabaseInitializer(_database, _database, health, turn, _database.Provider, new Backoff(TimeSpan.FromSeconds(1), () => 0), _clock, NullLogger<DatabaseInitializer>.Instance);
        await opening.StartAsync(TestContext.Current.CancellationToken);
        var clock = new Components.WatchedTimeProvider(Clock.Start);
        var execution = new JobExecution([new BackupJob(_database.Options, clock)], _database, opening, _database.Provider, clock, NullLogger<JobExecution>.Instance);
        using var first = new FirstBackup(opening, execution, _database.Options, clock);

        await first.StartAsync(TestContext.Current.CancellationToken);
        await clock.PassAsync(TimeSpan.FromHours(1));
        await first.ExecuteTask!;

        Assert.Equal("dashboard-20260310-130000.db", Path.GetFileName(Assert.Single(BackupFiles.NewestFirst(_database.Options))));
        Assert.True((await _database.ReadAsync(context => context.JobRuns.SingleAsync(TestContext.Current.CancellationToken))).Succeeded);
        using var second = new FirstBackup(opening, execution, _database.Options, clock);
        await second.StartAsync(TestContext.Current.CancellationToken);
        await second.ExecuteTask!;
        Assert.Single(BackupFiles.NewestFirst(_database.Options));
    }

    [Fact]
    public async Task StaleServers_SilentForLong_AreNamedOncePerSilence()
    {
        await _database.AddServerAsync("silent", server => server.LastContactAt = Clock.Start.UtcDateTime.AddHours(-30));
        await _database.AddServerAsync("answers", server => server.LastContactAt = Clock.Start.UtcDateTime.AddHours(-1));
        var health = new StorageHealth(_database.Provider, _clock);
        var backoff = new Backoff(TimeSpan.FromSeconds(1), () => 0);
        var turn = new OpeningTurn(_database.Provider);
        using var opening = new DatabaseInitializer(_database, _database, health, turn, _database.Provider, backoff, _clock, NullLogger<DatabaseInitializer>.Instance);
        using var writer = new HistoryWriter(_database, opening, health, backoff, _clock, NullLogger<HistoryWriter>.Instance);
        using var ingest = new FleetIngest(new LiveFleet(_clock), writer, _clock, NullLogger<FleetIngest>.Instance);
        var job = new StaleServerJob(_database, ingest, _database.Options, _clock);

        var first = await job.RunAsync(TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromHours(1));
        await job.RunAsync(TestContext.Current.CancellationToken);

        AssertText.Tells(first, "1 ", "24 ", "silent");
        Assert.Equal(1, await _database.ReadAsync(context => context.StateChanges.CountAsync(change => change.Subject == "contact", TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Execution_JobFails_KeepsARowThatSaysSo()
    {
        var health = new StorageHealth(_database.Provider, _clock);
        var turn = new OpeningTurn(_database.Provider);
        using var opening = new DatabaseInitializer(_database, _database, health, turn, _database.Provider, new Backoff(TimeSpan.FromSeconds(1), () => 0), _clock, NullLogger<DatabaseInitializer>.Instance);
        await opening.StartAsync(TestContext.Current.CancellationToken);
        var execution = new JobExecution([new FailingJob()], _database, opening, _database.Provider, _clock, NullLogger<JobExecution>.Instance);

        await Assert.ThrowsAsync<InvalidOperationException>(() => execution.RunAsync("fails", "", TestContext.Current.CancellationToken));

        var row = await _database.ReadAsync(context => context.JobRuns.SingleAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("fails", false, "no luck"), (row.Name, row.Succeeded, row.Message));
    }

    [Fact]
    public async Task Execution_SameSubjectTwice_RunsOneAfterTheOtherAndOtherSubjectsBeside()
    {
        var health = new StorageHealth(_database.Provider, _clock);
        var turn = new OpeningTurn(_database.Provider);
        using var opening = new DatabaseInitializer(_database, _database, health, turn, _database.Provider, new Backoff(TimeSpan.FromSeconds(1), () => 0), _clock, NullLogger<DatabaseInitializer>.Instance);
        await opening.StartAsync(TestContext.Current.CancellationToken);
        var job = new GatedJob();
        var execution = new JobExecution([job], _database, opening, _database.Provider, _clock, NullLogger<JobExecution>.Instance);

        var first = execution.RunAsync(job.Name, "7", TestContext.Current.CancellationToken);
        Assert.Equal("7", await job.Entered.Reader.ReadAsync(TestContext.Current.CancellationToken));
        var second = execution.RunAsync(job.Name, "7", TestContext.Current.CancellationToken);
        var other = execution.RunAsync(job.Name, "8", TestContext.Current.CancellationToken);

        Assert.Equal("8", await job.Entered.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.False(job.Entered.Reader.TryRead(out _));
        job.Gate.SetResult();
        await Task.WhenAll(first, second, other);
        Assert.Equal("7", await job.Entered.Reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Page_LinkToTheJobs_IsOfferedToThoseOnlyWhoMayOpenThem()
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        Grant[] all = [new(Role.Admin, SiteScope.WholeFleet)], some = [new(Role.Viewer, SiteScope.WholeFleet)];
        await dashboard.AddPersonAsync("admin", all);
        await dashboard.AddPersonAsync("viewer", some);

        Assert.Equal((true, true), (IsOffered(all), await IsOpenedAsync("admin")));
        Assert.Equal((false, false), (IsOffered(some), await IsOpenedAsync("viewer")));

        // The menu and the palette offer what MenuEntry says.
        bool IsOffered(Grant[] grants) => MenuEntry.For(new Caller(_ => new Access(CallerKind.Session, "", grants)), dashboard.Get<IOwnership>()).Any(entry => entry.Href == Links.Jobs);

        async Task<bool> IsOpenedAsync(string name)
        {
            using var browser = dashboard.Browser();
            using var signedIn = (await browser.SignInAsync(name, TestPeople.Password)).Response;
            using var jobs = await browser.GetAsync(new Uri("/jobs", UriKind.Relative), TestContext.Current.CancellationToken);
            return jobs.IsSuccessStatusCode;
        }
    }

    [Fact]
    public async Task Hangfire_TwoDashboardsInOneProcess_HaveSchedulesOfTheirOwn()
    {
        using var folder = new TempFolder();
        using var other = new TempFolder();
        await using var first = await TestDashboard.StartAsync(folder, options => options.Jobs.NightlyHour = 3);
        await using var second = await TestDashboard.StartAsync(other, options => options.Jobs.NightlyHour = 5);

        Assert.NotSame(first.Get<Hangfire.JobStorage>(), second.Get<Hangfire.JobStorage>());
        Assert.Equal(("0 3 * * *", "0 5 * * *"), (Schedule(first), Schedule(second)));

        static string Schedule(TestDashboard dashboard)
        {
            using var connection = dashboard.Get<Hangfire.JobStorage>().GetConnection();
            return connection.GetAllEntriesFromHash("recurring-job:retention")["Cron"];
        }
    }

    public void Dispose() => _database.Dispose();

    private sealed class FailingJob : IJob
    {
        public string Name => "fails";

        public string Schedule => "* * * * *";

        public Task<string> RunAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("no luck");
    }

    private sealed class GatedJob : IQueuedJob
    {
        public string Name => "gated";

        public string Schedule => "* * * * *";

        public Channel<string> Entered { get; } = Channel.CreateUnbounded<string>();

        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> RunAsync(CancellationToken cancellationToken) => Task.FromResult("");

        public async Task RunAsync(string subject, CancellationToken cancellationToken)
        {
            await Entered.Writer.WriteAsync(subject, cancellationToken);
            await Gate.Task.WaitAsync(cancellationToken);
        }
    }
}
