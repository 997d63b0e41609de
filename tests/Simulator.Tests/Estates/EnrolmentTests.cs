using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Security;
using WsusDashboard.Dashboard;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>Real agents that register themselves with a real dashboard by a token, as an unattended installation leaves it.</summary>
public sealed class EnrolmentTests : IAsyncLifetime
{
    private const string ApiToken = "a-token-for-tests-of-forty-characters-00";

    private readonly string _folder = Directory.CreateTempSubdirectory("enrolment-").FullName;
    private readonly int _enrolmentPort = LoopbackPort.Choose();
    private WebApplication? _dashboard;
    private HttpClient? _client;
    private Estate? _estate;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HttpClient Client => _client!;

    [Fact]
    public async Task Token_ForOneServer_AdmitsTheFirstAndRefusesTheSecond()
    {
        var token = await IssueAsync(admits: true);

        await StartAgentAsync(0, token);
        await UntilAsync(async () => (await ReadAsync("/api/v1/servers")).GetProperty("items").EnumerateArray().Any(item => item.GetProperty("link").GetProperty("state").GetString() == "up"));
        await StartAgentAsync(1, token);
        await UntilAsync(() => Task.FromResult(!File.Exists(EnrolmentOrder.PathIn(_estate!.Servers[1].Files.AgentData))));

        Assert.Equal(1, (await ReadAsync("/api/v1/servers")).GetProperty("items").GetArrayLength());
        Assert.Contains("all that it was made for", await File.ReadAllTextAsync(Path.Combine(_estate!.Servers[1].Files.AgentData, "audit.jsonl"), Token), StringComparison.Ordinal);
        Assert.False(File.Exists(EnrolmentOrder.PathIn(_estate.Servers[0].Files.AgentData)));
    }

    [Fact]
    public async Task Token_ThatAdmitsNobody_LetsTheServerWaitForAnAdministrator()
    {
        await StartAgentAsync(0, await IssueAsync(admits: false));
        await UntilAsync(async () => (await ReadAsync("/api/v1/enrolment/waiting")).GetArrayLength() == 1);
        Assert.Equal(0, (await ReadAsync("/api/v1/servers")).GetProperty("items").GetArrayLength());

        var id = (await ReadAsync("/api/v1/enrolment/waiting"))[0].GetProperty("id").GetInt32();
        using var admitted = await Client.PostAsync(new Uri($"/api/v1/enrolment/waiting/{id}/admit", UriKind.Relative), null, Token);

        Assert.True(admitted.IsSuccessStatusCode, await admitted.Content.ReadAsStringAsync(Token));
        await UntilAsync(async () => (await ReadAsync("/api/v1/servers")).GetProperty("items").EnumerateArray().Any(item => item.GetProperty("link").GetProperty("state").GetString() == "up"));
        Assert.Equal(0, (await ReadAsync("/api/v1/enrolment/waiting")).GetArrayLength());
    }

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "dashboard"));
        _dashboard = DashboardHost.Build(
            [],
            options =>
            {
                (options.Port, options.ListenAddress, options.EnrolmentPort) = (0, "127.0.0.1", _enrolmentPort);
                options.DataDirectory = Path.Combine(_folder, "dashboard");
                options.ApiToken = new(ApiToken);
            },
            null,
            new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "None" });
        await _dashboard.StartAsync(Token);
        var address = _dashboard.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(candidate => !candidate.EndsWith($":{_enrolmentPort}", StringComparison.Ordinal));
        _client = new HttpClient { BaseAddress = new Uri(address), DefaultRequestHeaders = { Authorization = new("Bearer", ApiToken) } };
        _estate = await Estate.StartAsync(new() { Servers = 2, DataDirectory = Path.Combine(_folder, "estate"), StartsAgents = false, Speed = 10 }, cancellationToken: Token);
        await UntilAsync(async () =>
        {
            using var ready = await Client.GetAsync(new Uri("/health/ready", UriKind.Relative), Token);
            return ready.IsSuccessStatusCode;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await (_estate?.DisposeAsync() ?? ValueTask.CompletedTask);
        _client?.Dispose();
        if (_dashboard is not null)
        {
            await _dashboard.StopAsync(CancellationToken.None);
            await _dashboard.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> IssueAsync(bool admits)
    {
        using var answer = await Client.PostAsJsonAsync("/api/v1/enrolment/tokens", new { label = "test", site = "BRN", uses = "1", hours = "1", admits = admits ? "true" : "false" }, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("token").GetString()!;
    }

    private async Task StartAgentAsync(int index, string token)
    {
        var data = _estate!.Servers[index].Files.AgentData;
        Directory.CreateDirectory(data);
        new EnrolmentOrder($"https://127.0.0.1:{_enrolmentPort}", token).Write(data);
        await _estate.StartAgentAsync(index, Token);
    }

    private Task<JsonElement> ReadAsync(string path) => Client.GetFromJsonAsync<JsonElement>(path, Token);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
