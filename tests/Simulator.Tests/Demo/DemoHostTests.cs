using System.Net.Http.Json;
using System.Text.Json;
using WsusDashboard.Simulator.Demo;

namespace WsusDashboard.Simulator.Tests.Demo;

public sealed class DemoHostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("demo-").FullName;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMinutes(2) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
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
            Assert.Equal(server.HubAddress, new Uri(detail.GetProperty("address").GetString()!));
            Assert.Equal(server.Site, detail.GetProperty("site").GetString());
        }
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
        DemoHost.StartAsync(new() { Servers = 2, Port = 0, AgentPort = 0, DataDirectory = Path.Combine(_folder, "estate"), Speed = 10 }, Token);

    private async Task<SortedDictionary<string, int>> ReadServersAsync(DemoHost demo)
    {
        _client.DefaultRequestHeaders.Authorization = new("Bearer", demo.ApiToken);
        var page = await _client.GetFromJsonAsync<JsonElement>(new Uri(demo.DashboardAddress!, "/api/v1/servers?sort=name"), Token);
        return new(page.GetProperty("items").EnumerateArray().ToDictionary(server => server.GetProperty("name").GetString()!, server => server.GetProperty("id").GetInt32()), StringComparer.Ordinal);
    }
}
