using System.Net.Http.Json;
using System.Text.Json;
using Hangfire;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Data;

/// <summary>A whole dashboard on PostgreSQL: links, history, jobs.</summary>
public sealed class PostgreSqlDashboardTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _connectionString;

    public PostgreSqlDashboardTests()
    {
        var (cluster, database) = TestClusters.CreateDatabase(isMigrated: false);
        _connectionString = cluster.ConnectionString(database);
    }

    [Fact]
    public async Task Start_EmptyDatabase_MakesItsTablesKeepsWhatAgentsSayAndRunsItsJobs()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(Clock.Start));
        watch.Send(Samples.SyncEvent(1, Samples.Sync("wsus-1", Clock.Start, SyncResult.Cancelled)));
        await dashboard.StoredAsync(id, 1);

        var page = await dashboard.Http.GetFromJsonAsync<JsonElement>($"/api/v1/servers/{id}/syncs", TestContext.Current.CancellationToken);

        Assert.Equal("cancelled", page.GetProperty("items")[0].GetProperty("result").GetString());
        var storage = dashboard.Get<JobStorage>();
        Assert.IsType<Hangfire.PostgreSql.PostgreSqlStorage>(storage);
        await Eventually.TrueAsync(() => Servers(storage) == 2);
    }

    /// <summary>One makes the tables, the other waits for it; both have the same keys.</summary>
    [Fact]
    public async Task Start_TwoAtOnceOnAnEmptyDatabase_BothComeUp()
    {
        using var other = new TempFolder();
        var (cluster, database) = TestClusters.CreateDatabase(isMigrated: false);
        await using (var keys = await StartAsync(_folder, cluster.ConnectionString(database)))
        {
            _ = keys.Get<HubIdentity>().Keys.Current;
        }

        foreach (var file in new[] { "dashboard.key", "identity.pem", "hub.id" })
        {
            File.Copy(_folder.File(file), other.File(file));
        }

        var both = await Task.WhenAll(Task.Run(() => StartAsync(_folder), TestContext.Current.CancellationToken), Task.Run(() => StartAsync(other), TestContext.Current.CancellationToken));

        await using var first = both[0];
        await using var second = both[1];
        await Task.WhenAll(both.Select(dashboard => dashboard.Get<IOwnership>().WhenOwnedAsync(owned => owned.Count == Partitions.Count / 2, TestContext.Current.CancellationToken).WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken)));
        Assert.Equal(1, await first.ReadAsync(context => context.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM \"__EFMigrationsHistory\"").SingleAsync(TestContext.Current.CancellationToken)));
        Assert.All(both, dashboard => Assert.Equal(StorageProblem.None, dashboard.Get<StorageHealth>().Current.Problem));
    }

    [Fact]
    public async Task Start_ServerThatIsNotThere_SaysSoWithoutThePassword()
    {
        await using var dashboard = await StartAsync(_folder, $"Host={_folder.Path};Database=nothing;Username=dashboard;Password=very-secret");

        var report = dashboard.Get<StorageHealth>().Current;

        Assert.Equal(StorageProblem.Unreachable, report.Problem);
        Assert.Contains("nothing on", report.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", report.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static int Servers(JobStorage storage)
    {
        try
        {
            return storage.GetMonitoringApi().Servers().Count;
        }
        catch (Npgsql.PostgresException)
        {
            // Its tables are being made.
            return 0;
        }
    }

    private Task<TestDashboard> StartAsync(TempFolder folder, string? connectionString = null) => TestDashboard.StartAsync(folder, options =>
    {
        options.Database.Provider = DatabaseOptions.PostgreSql;
        options.Database.ConnectionString = connectionString ?? _connectionString;
    });
}
