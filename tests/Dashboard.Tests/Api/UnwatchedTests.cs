using System.Net.Http.Json;
using System.Text.Json;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Api;

/// <summary>Update points without an agent, as the API tells them to those who may see the servers that know them.</summary>
public sealed class UnwatchedTests
{
    [Fact]
    public async Task List_UpdatePointsOfASite_AreThereForThoseWhoSeeTheSiteOnly()
    {
        using var folder = new TempFolder();
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(folder);
        var server = await dashboard.AddServerAsync(agent.Address);
        var snapshot = Samples.Snapshot(TimeProvider.System.GetUtcNow());
        var points = new[] { "sup01.corp.example", "sup02.corp.example", "BRN-WSUS02" }.Select(name => new SupSyncStatus { ServerName = name, Source = "Microsoft Update" });
        (await agent.NextWatchAsync()).Send(snapshot with { ConfigMgr = snapshot.ConfigMgr with { Status = SectionStatus.Ok, Value = new() { SiteCode = "BRN", SoftwareUpdatePoints = [.. points] } } });
        await dashboard.UntilAsync(server, live => live.Snapshot?.ConfigMgr.Value is not null);
        using var elsewhere = dashboard.Client((await dashboard.AddTokenAsync(await dashboard.AddPersonAsync("zrh", new Grant(Role.Admin, SiteScope.Of("ZRH"))))).Text);

        var mine = await ReadAsync(dashboard.Http, "?pageSize=1");
        var second = await ReadAsync(dashboard.Http, "?pageSize=1&page=2");
        var others = await ReadAsync(elsewhere, "");

        Assert.Equal((3, 2, "sup01.corp.example"), mine);
        Assert.Equal((3, 2, "sup02.corp.example"), second);
        Assert.Equal((0, 0, null), others);
    }

    private static async Task<(int Known, int Total, string? First)> ReadAsync(HttpClient client, string query)
    {
        var answer = await client.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/servers/unwatched" + query, UriKind.Relative), TestContext.Current.CancellationToken);
        var servers = answer.GetProperty("servers");
        return (answer.GetProperty("known").GetInt32(), servers.GetProperty("total").GetInt32(), servers.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()).FirstOrDefault());
    }
}
