using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Cluster;

/// <summary>Dashboards of one database as people and scripts see them, and one that is drained.</summary>
public sealed class DrainTests : IDisposable
{
    private readonly TempFolder _firstFolder = new();
    private readonly TempFolder _secondFolder = new();
    private readonly string _connectionString;

    public DrainTests()
    {
        var (cluster, database) = TestClusters.CreateDatabase();
        _connectionString = cluster.ConnectionString(database);
    }

    [Fact]
    public async Task Drain_OneOfTwo_IsNotReadyServesPagesAndStaysSoAfterARestart()
    {
        await using var first = await StartAsync(_firstFolder, null);
        var second = await JoinAsync(first);
        await using (second)
        {
            var rows = (await ReadAsync(first)).GetProperty("dashboards").EnumerateArray().ToList();
            Assert.Equal([("running", 32), ("running", 32)], rows.Select(row => (row.GetProperty("state").GetString(), row.GetProperty("partitions").GetInt32())));

            Assert.Equal(HttpStatusCode.NoContent, await DrainAsync(first, IdOf(second)));
            await first.Get<IOwnership>().WhenOwnedAsync(owned => owned.Count == Partitions.Count, Token);

            Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (await ReadyAsync(second), await ReadyAsync(first)));
            using var page = await second.Http.GetAsync(new Uri("/api/v1/servers", UriKind.Relative), Token);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.Equal(HttpStatusCode.Conflict, await DrainAsync(second, IdOf(first)));
        }

        await using var again = await StartAsync(_secondFolder, null);
        await Eventually.TrueAsync(() => again.Get<IOwnership>().View is { IsDrained: true, Dashboards: 2 });
        Assert.Equal(0, again.Get<IOwnership>().Owned.Count);

        using var ended = await again.Http.DeleteAsync(new Uri($"/api/v1/cluster/dashboards/{IdOf(again)}/drain", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        await again.Get<IOwnership>().WhenOwnedAsync(owned => owned.Count == Partitions.Count / 2, Token);
        Assert.Equal(HttpStatusCode.OK, await Eventually.Async(() => ReadyAsync(again), status => status == HttpStatusCode.OK));
        Assert.Equal(["cluster.drain", "cluster.end-drain"], await WrittenAsync(first));
    }

    [Fact]
    public async Task Drain_StoppedWhileDrained_IsListedAndCanBeEnded()
    {
        await using var first = await StartAsync(_firstFolder, null);
        string id;
        await using (var second = await JoinAsync(first))
        {
            id = IdOf(second);
            Assert.Equal(HttpStatusCode.NoContent, await DrainAsync(first, id));
        }

        // It says that it stops before it has, and the others hear of the end a moment later.
        var state = await Eventually.Async(async () => (await ReadAsync(first)).GetProperty("dashboards").EnumerateArray().Single(listed => listed.GetProperty("id").GetString() == id).GetProperty("state").GetString(), state => state != "stopping");
        using var ended = await first.Http.DeleteAsync(new Uri($"/api/v1/cluster/dashboards/{id}/drain", UriKind.Relative), Token);

        Assert.Equal("stopped", state);
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Single((await ReadAsync(first)).GetProperty("dashboards").EnumerateArray());
    }

    [Fact]
    public async Task Drain_DashboardThatIsNotThere_IsNotFound()
    {
        await using var only = await StartAsync(_firstFolder, null);

        Assert.Equal(HttpStatusCode.NotFound, await DrainAsync(only, "0123"));
    }

    [Fact]
    public async Task Drain_OnSqlite_IsRefusedAndNothingIsShared()
    {
        await using var only = await TestDashboard.StartAsync(_firstFolder);

        Assert.Equal(HttpStatusCode.Conflict, await DrainAsync(only, "0123"));

        Assert.False((await ReadAsync(only)).GetProperty("isShared").GetBoolean());
    }

    [Fact]
    public async Task Cluster_AskedByAnAdminOfASite_IsForbidden()
    {
        await using var only = await StartAsync(_firstFolder, null);
        var person = await only.AddPersonAsync("ann", new Grant(Role.Admin, SiteScope.Of("BRN")));
        using var client = only.Client((await only.AddTokenAsync(person)).Text);

        using var answer = await client.GetAsync(new Uri("/api/v1/cluster", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    public void Dispose()
    {
        _firstFolder.Dispose();
        _secondFolder.Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string IdOf(TestDashboard dashboard) => dashboard.Get<DashboardInstance>().Node;

    private static Task<JsonElement> ReadAsync(TestDashboard dashboard) => dashboard.Http.GetFromJsonAsync<JsonElement>("/api/v1/cluster", Token);

    private static async Task<HttpStatusCode> DrainAsync(TestDashboard dashboard, string id)
    {
        using var answer = await dashboard.Http.PostAsync(new Uri($"/api/v1/cluster/dashboards/{id}/drain", UriKind.Relative), null, Token);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> ReadyAsync(TestDashboard dashboard)
    {
        using var answer = await dashboard.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Token);
        return answer.StatusCode;
    }

    private static async Task<List<string>> WrittenAsync(TestDashboard dashboard)
    {
        await using var context = await dashboard.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token);
        return await context.AuditEntries.Where(entry => EF.Functions.Like(entry.What, "cluster.%")).OrderBy(entry => entry.Sequence).Select(entry => entry.What).ToListAsync(Token);
    }

    private async Task<TestDashboard> JoinAsync(TestDashboard first)
    {
        var (_, body, _) = await first.PostAsync("/api/v1/hub/join-tokens", new { });
        var second = await StartAsync(_secondFolder, body.GetProperty("token").GetString());
        await Task.WhenAll(new[] { first, second }.Select(dashboard => dashboard.Get<IOwnership>().WhenOwnedAsync(owned => owned.Count == Partitions.Count / 2, Token).WaitAsync(Eventually.Limit, Token)));
        return second;
    }

    private Task<TestDashboard> StartAsync(TempFolder folder, string? token) => TestDashboard.StartAsync(folder, options =>
    {
        options.Database.Provider = DatabaseOptions.PostgreSql;
        options.Database.ConnectionString = _connectionString;
        options.Join.Token = token is null ? Secret.Empty : new(token);
    });
}
