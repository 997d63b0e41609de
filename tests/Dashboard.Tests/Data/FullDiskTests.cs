using System.Data.Common;
using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract.Mapping;

namespace WsusDashboard.Dashboard.Tests.Data;

/// <summary>No space is left, or another program holds the database: what needs it says so, and the live view goes on.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly TestDatabase _database = new();
    private readonly FullDisk _disk = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Live_DiskIsFull_ShowsWhatChangesAndTheBannerSaysWhy()
    {
        var id = await _database.AddServerAsync("BRN-WSUS02");
        _database.Add(_disk);
        var backoff = new Backoff(TimeSpan.FromMilliseconds(20), () => 0.5);
        var health = new StorageHealth(_database.Provider, TimeProvider.System);
        var turn = new OpeningTurn(_database.Provider);
        using var opening = new DatabaseInitializer(_database, _database, health, turn, _database.Provider, backoff, TimeProvider.System, NullLogger<DatabaseInitializer>.Instance);
        using var writer = new HistoryWriter(_database, opening, health, backoff, TimeProvider.System, NullLogger<HistoryWriter>.Instance);
        var live = new LiveFleet(TimeProvider.System);
        using var ingest = new FleetIngest(live, writer, TimeProvider.System, NullLogger<FleetIngest>.Instance);
        await opening.StartAsync(Token);
        await writer.StartAsync(Token);
        await ingest.StartAsync(Token);
        ingest.Load([new ServerState(new(id, "BRN-WSUS02", "BRN", "https://brn-wsus02:5101", BaselineCatalog.Guide, null), new(), [], [], null, null, ServerPast.None)]);

        _disk.IsFull = true;
        ingest.Take(id, "e", Samples.ChangeEvent(1, new string('x', 500_000)), bytes: 500_000, isFirstOfWatch: true, isStored: true);
        await Eventually.TrueAsync(() => health.Current.Problem == StorageProblem.Full);
        ingest.Take(id, Samples.Snapshot(TimeProvider.System.GetUtcNow()).ToWire());

        await Eventually.TrueAsync(() => live.Find(id)?.Snapshot is not null);
        Assert.Equal(StorageProblem.Full, health.Current.Problem);
        AssertText.Tells(health.Current.Message, "no space", _database.Options.DatabasePath);
        await ingest.StopAsync(Token);
        await writer.StopAsync(Token);
    }

    [Fact]
    public async Task Command_DiskIsFull_IsNotSentAndSaysWhy()
    {
        var health = new StorageHealth(_database.Provider, TimeProvider.System);
        var chain = _database.CreateAuditChain();
        using var log = new AuditLog(_database, chain, new AuditHead(_database.Options, chain), health, TimeProvider.System, NullLogger<AuditLog>.Instance);
        _database.Add(_disk);
        _disk.IsFull = true;

        Outcome<long> intent;
        var tries = 0;
        do
        {
            // What is free inside of the file's pages is used up first.
            intent = await log.WriteIntentAsync("anna", CallerIdentity.Dashboard, new() { What = "service.stop", ServerName = "BRN-WSUS02", Detail = new string('x', 4_000), Outcome = "" }, "key");
        }
        while (intent.IsSuccess && ++tries < 100);

        Assert.IsType<NotRecorded>(intent.Failure);
        AssertText.Tells(intent.Failure!.Message, "BRN-WSUS02", "no space");
        Assert.Equal(StorageProblem.Full, health.Current.Problem);
        _disk.IsFull = false;
        Assert.True((await log.WriteIntentAsync("anna", CallerIdentity.Dashboard, new() { What = "service.stop", ServerName = "BRN-WSUS02", Outcome = "" }, "key")).IsSuccess);
        Assert.True((await _database.CreateAuditVerification().VerifyAsync(Token)).IsIntact);
    }

    [Fact]
    public async Task Requests_DatabaseCannotBeWritten_AnswerThatAndNoMistakeOfTheDashboard()
    {
        using var folder = new TempFolder();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        await dashboard.AddPersonAsync("anna", new Grant(Role.Viewer, SiteScope.WholeFleet));
        await dashboard.AddPersonAsync("berta", new Grant(Role.Viewer, SiteScope.WholeFleet));
        using var browser = dashboard.Browser();
        using var open = dashboard.Browser();
        await open.SignInAsync("berta", TestPeople.Password);
        var session = await ReadSessionAsync(dashboard);
        await using (var other = new SqliteConnection($"Data Source={folder.File("dashboard.db")};Pooling=False"))
        {
            await other.OpenAsync(Token);
            await using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN IMMEDIATE;";
            await hold.ExecuteNonQueryAsync(Token);

            var (status, body, _) = await dashboard.PostAsync("/api/v1/enrolment/tokens", new { label = "x", site = "BRN", uses = 1, hours = 1 });
            var (signIn, page) = await browser.SignInAsync("anna", TestPeople.Password);
            using var list = await dashboard.Http.GetAsync(new Uri("/api/v1/servers", UriKind.Relative), Token);

            Assert.Equal(503, status);
            Assert.Contains(folder.Path, body.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, signIn.StatusCode);
            Assert.Contains("use its database", page, StringComparison.Ordinal);
            Assert.DoesNotContain(folder.Path, page, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, list.StatusCode);

            // A session whose use is due to be written down looks at the live view all the same.
            dashboard.Get<AccessCache>().Touch(session, TimeProvider.System.GetUtcNow().AddMinutes(-6));
            using var fleet = await open.GetAsync(new Uri("/", UriKind.Relative), Token);
            Assert.Equal(HttpStatusCode.OK, fleet.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync("anna", TestPeople.Password)).Response.StatusCode);
    }

    private static async Task<string> ReadSessionAsync(TestDashboard dashboard)
    {
        await using var context = await dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token);
        return await context.Sessions.Select(session => session.Id).SingleAsync(Token);
    }

    /// <summary>SQLite's own limit, with its own error: no page more than there are.</summary>
    private sealed class FullDisk : DbConnectionInterceptor
    {
        public bool IsFull { get; set; }

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            if (IsFull)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = "PRAGMA max_page_count = 1;";
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }
}
