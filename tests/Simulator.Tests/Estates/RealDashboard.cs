using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Contract.V1;
using WsusDashboard.Shared.Trust;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>A real dashboard and real agents that register themselves with it by a token; both can be ended, and begun again with what lies on their disks.</summary>
internal sealed class RealDashboard : IAsyncDisposable
{
    private const string ApiToken = "a-token-for-tests-of-forty-characters-00";

    private readonly TempFolder _folder = new();
    private readonly int _enrolmentPort = LoopbackPort.Choose();
    private readonly Action<DashboardOptions>? _configure;
    private WebApplication? _dashboard;
    private HttpClient? _client;
    private Estate? _estate;

    private RealDashboard(Action<DashboardOptions>? configure) => _configure = configure;

    /// <summary>Its own address for agents.</summary>
    public string AgentAddress => $"https://127.0.0.1:{_enrolmentPort}";

    public HttpClient Client => _client!;

    public Estate Estate => _estate!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="key">The dashboard's own key as PEM; null lets it make one.</param>
    /// <param name="profiles">The servers; null = two of the catalogue.</param>
    /// <param name="speed">Divides simulated durations.</param>
    /// <param name="connectThemselves">The agents open the connection.</param>
    /// <param name="configure">Changes the dashboard's options.</param>
    public static async Task<RealDashboard> StartAsync(string? key = null, IReadOnlyList<ServerProfile>? profiles = null, double speed = 10, bool connectThemselves = false, Action<DashboardOptions>? configure = null)
    {
        var real = new RealDashboard(configure);
        if (key is not null)
        {
            WriteKey(real._folder.File("dashboard"), key);
        }

        await real.StartDashboardAsync();
        real._estate = await Estate.StartAsync(new() { Servers = profiles?.Count ?? 2, Profiles = profiles, DataDirectory = real._folder.File("estate"), StartsAgents = false, Speed = speed, ConnectsItself = _ => connectThemselves }, cancellationToken: Token);
        return real;
    }

    /// <summary>A dashboard without servers of its own, beside another one.</summary>
    public static async Task<RealDashboard> StartAloneAsync(Action<DashboardOptions> configure)
    {
        var real = new RealDashboard(configure);
        await real.StartDashboardAsync();
        return real;
    }

    public async Task StartDashboardAsync()
    {
        Directory.CreateDirectory(_folder.File("dashboard"));
        _dashboard = DashboardHost.Build(
            [],
            options =>
            {
                (options.Port, options.ListenAddress, options.EnrolmentPort) = (0, "127.0.0.1", _enrolmentPort);
                options.DataDirectory = _folder.File("dashboard");
                (options.Api.Token, options.Api.RequestsPerMinute) = (new(ApiToken), 100_000);
                (options.Agents.StaggerSeconds, options.Agents.MaximumRetrySeconds) = (0, 1);
                options.Agents.Address = AgentAddress;
                _configure?.Invoke(options);
            },
            null,
            new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "None" });
        await _dashboard.StartAsync(Token);
        var address = _dashboard.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(candidate => !candidate.EndsWith($":{_enrolmentPort}", StringComparison.Ordinal));
        _client = new HttpClient { BaseAddress = new Uri(address), DefaultRequestHeaders = { Authorization = new("Bearer", ApiToken) } };
        await UntilAsync(async () =>
        {
            using var ready = await Client.GetAsync(new Uri("/health/ready", UriKind.Relative), Token);
            return ready.IsSuccessStatusCode;
        });
    }

    /// <summary>Ends the dashboard without a stop, as after a kill.</summary>
    public async Task KillDashboardAsync()
    {
        _client?.Dispose();
        await (_dashboard?.DisposeAsync() ?? ValueTask.CompletedTask);
        _dashboard = null;
    }

    public async Task<string> IssueAsync(bool admits, int uses = 1)
    {
        using var answer = await Client.PostAsJsonAsync("/api/v1/enrolment/tokens", new { label = "test", site = "BRN", uses, hours = 1, admits }, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("token").GetString()!;
    }

    public DashboardContext OpenDatabase() => _dashboard!.Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContext();

    public string AgentData(int index) => Estate.Servers[index].Files.AgentData;

    public async Task<string> ReadAgentAuditAsync(int index) => await File.ReadAllTextAsync(Path.Combine(AgentData(index), "audit.jsonl"), Token);

    /// <summary>Starts an agent as an unattended installation leaves it.</summary>
    /// <param name="index">Which of the estate's.</param>
    /// <param name="token">The enrolment token.</param>
    /// <param name="key">The agent's own key as PEM; null lets it make one.</param>
    public async Task EnrolAsync(int index, string token, string? key = null)
    {
        Directory.CreateDirectory(AgentData(index));
        if (key is not null)
        {
            WriteKey(AgentData(index), key);
        }

        new EnrolmentFile(AgentAddress, token).Write(AgentData(index));
        await Estate.StartAgentAsync(index, Token);
    }

    public async Task<TrustState> ReadTrustAsync(int index) => await WithLocalTrustAsync(index, async client => await client.GetTrustAsync(new GetTrustRequest(), cancellationToken: Token));

    public async Task<RotateKeyResponse> RotateAgentKeyAsync(int index) => await WithLocalTrustAsync(index, async client => await client.RotateKeyAsync(new RotateKeyRequest(), cancellationToken: Token));

    public Task<JsonElement> ReadAsync(string path) => Client.GetFromJsonAsync<JsonElement>(path, Token);

    public Task UntilUpAsync(int count = 1) => UntilAsync(async () =>
        (await ReadAsync("/api/v1/servers")).GetProperty("items").EnumerateArray().Count(item => item.GetProperty("link").GetProperty("state").GetString() == "up") == count);

    public static Task UntilAsync(Func<Task<bool>> condition) => Eventually.Async(condition, isTrue => isTrue);

    public async ValueTask DisposeAsync()
    {
        await (_estate?.DisposeAsync() ?? ValueTask.CompletedTask);
        _client?.Dispose();
        if (_dashboard is not null)
        {
            await _dashboard.StopAsync(CancellationToken.None);
            await _dashboard.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static void WriteKey(string folder, string pem)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, IdentityKeys.FileName), pem);
    }

    private async Task<T> WithLocalTrustAsync<T>(int index, Func<LocalTrust.LocalTrustClient, Task<T>> ask)
    {
        using var channel = Estate.Servers[index].OpenLocalChannel();
        return await ask(new LocalTrust.LocalTrustClient(channel));
    }
}
