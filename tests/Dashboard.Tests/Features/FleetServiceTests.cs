using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Features;

public abstract class FleetServiceTests : IDisposable
{
    private readonly TestDatabase _database;
    private readonly LiveState _live = new(new FakeTimeProvider(Clock.Start));
    private readonly FleetService _fleet;

    protected FleetServiceTests(DatabaseKind kind)
    {
        _database = new(kind);
        _fleet = new(_database, new VisibleServers(_live, Caller.OfDashboard), Caller.OfDashboard);
    }

    public static TheoryData<FleetSort> Sorts => [.. Enum.GetValues<FleetSort>()];

    [Theory]
    [MemberData(nameof(Sorts))]
    public async Task GetPageAsync_AnyOrder_PagesAreWholeAndDisjointAndCutByTheDatabase(FleetSort sort)
    {
        await FillAsync(45);
        var recorder = new CommandRecorder();
        _database.Add(recorder);
        var ids = new List<int>();
        for (var page = 1; page <= 5; page++)
        {
            var part = await _fleet.GetPageAsync(new() { Sort = sort, Page = page, PageSize = 10 }, TestContext.Current.CancellationToken);
            Assert.Equal(45, part.Total);
            ids.AddRange(part.Items.Select(row => row.Id));
        }

        Assert.Equal(45, ids.Distinct().Count());
        Assert.Equal(45, ids.Count);
        Assert.Contains(recorder.Commands, command => command.Contains("ORDER BY", StringComparison.Ordinal) && command.Contains("LIMIT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GetPageAsync_ByHealth_WorstFirstThenByName()
    {
        await _database.AddServerAsync("b", server => server.Status = new() { Health = Health.Healthy });
        await _database.AddServerAsync("c", server => server.Status = new() { Health = Health.Critical });
        await _database.AddServerAsync("A", server => server.Status = new() { Health = Health.Critical });
        await _database.AddServerAsync("d", server => server.Status = new() { Health = Health.Unreachable });

        var page = await _fleet.GetPageAsync(new(), TestContext.Current.CancellationToken);

        Assert.Equal(["d", "A", "c", "b"], page.Items.Select(row => row.Name));
    }

    [Fact]
    public async Task GetPageAsync_EachFilter_NarrowsInTheDatabase()
    {
        await _database.AddServerAsync("ZÜRICH-01", server =>
        {
            server.Site = "ZRH";
            server.SearchText = Dashboard.Data.Entities.ServerEntity.SearchTextOf(server.Name, "ZRH", server.Address, "SRV-9");
            server.Status = new() { Health = Health.Critical, DriftCount = 3, CauseId = "pool-stopped", CauseTitle = "Pool stopped" };
        });
        await _database.AddServerAsync("BRN-02", server => server.Status = new() { Health = Health.Healthy, DriftCount = 0 });

        Assert.Equal("ZÜRICH-01", await OnlyAsync(new() { Search = "zürich" }));
        Assert.Equal("ZÜRICH-01", await OnlyAsync(new() { Search = "srv-9 zrh" }));
        Assert.Equal("ZÜRICH-01", await OnlyAsync(new() { Health = Health.Critical }));
        Assert.Equal("ZÜRICH-01", await OnlyAsync(new() { Site = "ZRH" }));
        Assert.Equal("ZÜRICH-01", await OnlyAsync(new() { Drifted = true }));
        Assert.Equal("BRN-02", await OnlyAsync(new() { Drifted = false }));
        Assert.Equal("ZÜRICH-01", await OnlyAsync(new() { Cause = "pool-stopped" }));
        Assert.Empty((await _fleet.GetPageAsync(new() { Search = "100%" }, TestContext.Current.CancellationToken)).Items);
    }

    [Fact]
    public async Task GetPageAsync_PageBeyondTheEnd_GivesTheLast()
    {
        await FillAsync(12);

        var page = await _fleet.GetPageAsync(new() { Page = 99, PageSize = 10 }, TestContext.Current.CancellationToken);

        Assert.Equal(2, page.Page);
        Assert.Equal(2, page.Items.Count);
    }

    [Fact]
    public async Task GetPageAsync_ServerIsLive_RowShowsTheLiveState()
    {
        var id = await _database.AddServerAsync("a", server => server.Status = new() { Health = Health.Healthy });
        _live.Publish(new()
        {
            Id = id,
            Name = "a",
            Site = "BRN",
            Address = "",
            Baseline = "guide",
            Status = new() { Health = Health.Critical, PoolState = PoolState.Stopped },
            ActiveRun = Samples.Run(),
        });

        var row = Assert.Single((await _fleet.GetPageAsync(new(), TestContext.Current.CancellationToken)).Items);

        Assert.Equal(Health.Critical, row.Health);
        Assert.Equal(PoolState.Stopped, row.PoolState);
        Assert.Equal(("run-1", 2, 2), (row.ActiveRun!.RunId, row.ActiveRun.StepNumber, row.ActiveRun.StepCount));
    }

    [Fact]
    public async Task GetCountsAsync_Mixed_CountsWithTheEarliestSince()
    {
        var since = Clock.Start.UtcDateTime;
        await _database.AddServerAsync("a", server => server.Status = new() { Health = Health.Critical, HealthSince = since });
        await _database.AddServerAsync("b", server => server.Status = new() { Health = Health.Critical, HealthSince = since.AddHours(-2) });
        await _database.AddServerAsync("c", server => server.Status = new() { Health = Health.Healthy, HealthSince = since });

        var counts = await _fleet.GetCountsAsync(TestContext.Current.CancellationToken);

        Assert.Equal((2, 1, 0, 3), (counts.Critical.Count, counts.Healthy.Count, counts.Unreachable.Count, counts.Total));
        Assert.Equal(Clock.Start.AddHours(-2), counts.Critical.Since);
        Assert.Null(counts.Unreachable.Since);
    }

    [Fact]
    public async Task GetWorstLastGoodAsync_SomeWithout_ThoseComeFirst()
    {
        await _database.AddServerAsync("new", server => server.Status = new() { LastGoodSyncAt = Clock.Start.UtcDateTime });
        await _database.AddServerAsync("never");
        await _database.AddServerAsync("old", server => server.Status = new() { LastGoodSyncAt = Clock.Start.UtcDateTime.AddDays(-6) });

        var worst = await _fleet.GetWorstLastGoodAsync(2, TestContext.Current.CancellationToken);

        Assert.Equal(["never", "old"], worst.Select(server => server.Name));
    }

    [Fact]
    public void FleetQuery_ThroughAnAddress_StaysTheSame()
    {
        var query = new FleetQuery { Search = "a b&c", Health = Health.Unreachable, Site = "ZRH", Drifted = false, Cause = "pool-stopped", Sort = FleetSort.LastSync, Descending = true, Page = 3, PageSize = 100 };

        Assert.Equal(query, FleetQuery.FromUri("http://localhost" + query.ToUri()));
        Assert.Equal(new FleetQuery(), FleetQuery.FromUri("http://localhost/"));
        Assert.Equal("/", new FleetQuery().ToUri());
        Assert.Equal(new FleetQuery(), FleetQuery.FromUri("http://localhost/?page=-4&pageSize=x&health=green&sort=99"));
    }

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<string> OnlyAsync(FleetQuery query) => Assert.Single((await _fleet.GetPageAsync(query, TestContext.Current.CancellationToken)).Items).Name;

    private Task FillAsync(int count) => _database.WriteAsync(context => context.Servers.AddRange(Enumerable.Range(0, count).Select(index =>
    {
        var server = TestDatabase.NewServer($"server-{index:00}");
        server.Status = new()
        {
            Health = (Health)(index % 5),
            DriftCount = index % 3 == 0 ? null : index % 7,
            LastSyncAt = index % 4 == 0 ? null : Clock.Start.UtcDateTime.AddHours(-index),
            LastSyncResult = SyncResult.Succeeded,
            Updates = index * 10,
            CauseTitle = index % 2 == 0 ? null : "Pool stopped",
        };
        return server;
    })));

    private sealed class CommandRecorder : DbCommandInterceptor
    {
        public List<string> Commands { get; } = [];

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Commands.Add(command.CommandText);
            return new(result);
        }
    }
}

public sealed class FleetServiceOnSqliteTests() : FleetServiceTests(DatabaseKind.Sqlite);

public sealed class FleetServiceOnPostgreSqlTests() : FleetServiceTests(DatabaseKind.PostgreSql);
