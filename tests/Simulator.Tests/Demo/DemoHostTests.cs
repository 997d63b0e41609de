using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using WsusDashboard.Simulator.Demo;

namespace WsusDashboard.Simulator.Tests.Demo;

public sealed class DemoHostTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMinutes(2) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Start_AgainWithOtherPorts_TheDashboardKnowsTheSameServersAtTheirNewAddresses()
    {
        await using (var first = await StartAsync())
        {
            Assert.Equal(["BRN-WSUS02", "ZRH-SUP01"], (await ReadServersAsync(first)).Keys);
        }

        await using var second = await StartAsync();

        var servers = await ReadServersAsync(second);
        Assert.Equal(["BRN-WSUS02", "ZRH-SUP01"], servers.Keys);
        foreach (var server in second.Estate.Servers)
        {
            var detail = await _client.GetFromJsonAsync<JsonElement>(new Uri(second.DashboardAddress!, $"/api/v1/servers/{servers[server.Name]}"), Token);
            Assert.Equal(server.ConnectsItself ? "outbound" : "inbound", detail.GetProperty("connection").GetString());
            Assert.True(server.ConnectsItself || server.HubAddress == new Uri(detail.GetProperty("address").GetString()!));
            Assert.Equal(server.Site, detail.GetProperty("site").GetString());
        }
    }

    [Fact]
    public async Task Start_DatabaseOfAnotherVersion_IsSetAsideAndTheServersAreThere()
    {
        await using (var first = await StartAsync())
        {
            Assert.Null(first.SetAside);
        }

        var file = Path.Combine(_folder.Path, "estate", "dashboard", "dashboard.db");
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.OpenAsync(Token);
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE \"__EFMigrationsHistory\" SET \"MigrationId\" = '20261122215737_Initial'";
            Assert.Equal(1, await command.ExecuteNonQueryAsync(Token));
        }

        await using (var second = await StartAsync())
        {
            Assert.NotNull(second.SetAside);
            Assert.True(File.Exists(Path.Combine(second.SetAside, "dashboard.db")));
            Assert.Equal(["BRN-WSUS02", "ZRH-SUP01"], (await ReadServersAsync(second)).Keys);
        }

        // What was set aside is the simulator's, too: --reset clears it.
        DataFolder.Open(new() { DataDirectory = _folder.File("estate"), Reset = true });
        Assert.Empty(Directory.EnumerateDirectories(_folder.File("estate")));
    }

    [Fact]
    public async Task Start_WithDashboard_ThePageAndItsAssetsAreServed()
    {
        await using var demo = await StartAsync();

        // A browser keeps the cookie: the link leads to the fleet.
        var page = await _client.GetStringAsync(await demo.MakeSignInLinkAsync(Token), Token);
        var style = System.Text.RegularExpressions.Regex.Match(page, "href=\"([^\"]*MudBlazor[^\"]*\\.css)\"").Groups[1].Value;

        Assert.NotEmpty(style);
        using var answer = await _client.GetAsync(new Uri(demo.DashboardAddress!, style), Token);
        Assert.Equal("text/css", answer.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
    }

    private Task<DemoHost> StartAsync() =>
        DemoHost.StartAsync(new() { Servers = 2, Port = 0, AgentPort = 0, DataDirectory = _folder.File("estate"), Speed = 10 }, Token);

    private async Task<SortedDictionary<string, int>> ReadServersAsync(DemoHost demo)
    {
        _client.DefaultRequestHeaders.Authorization = new("Bearer", demo.ApiToken);
        var page = await _client.GetFromJsonAsync<JsonElement>(new Uri(demo.DashboardAddress!, "/api/v1/servers?sort=name"), Token);
        return new(page.GetProperty("items").EnumerateArray().ToDictionary(server => server.GetProperty("name").GetString()!, server => server.GetProperty("id").GetInt32()), StringComparer.Ordinal);
    }
}
