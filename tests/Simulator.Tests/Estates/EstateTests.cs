using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Estates;

public sealed class EstateTests : IDisposable
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
    public async Task Start_ThreeServers_EachAgentAnswersForItsOwn()
    {
        await using var estate = await StartAsync(3);

        foreach (var server in estate.Servers)
        {
            var info = await InfoAsync(server);
            Assert.Equal(server.Name, info.GetProperty("computerName").GetString());
        }

        Assert.Equal(3, estate.Servers.Select(server => server.HubAddress).Distinct().Count());
    }

    [Fact]
    public async Task KillAndStartAgent_SameAddressSameIdentity()
    {
        await using var estate = await StartAsync(1);
        var (server, address) = (estate.Servers[0], estate.Servers[0].HubAddress);
        var before = await InfoAsync(server);

        await estate.KillAgentAsync(0);
        Assert.False(server.IsAgentRunning);
        await Assert.ThrowsAsync<HttpRequestException>(() => InfoAsync(server));
        await estate.StartAgentAsync(0, Token);

        Assert.Equal(address, server.HubAddress);
        var after = await InfoAsync(server);
        Assert.Equal(before.GetProperty("agentId").GetString(), after.GetProperty("agentId").GetString());
    }

    [Fact]
    public async Task StartAgent_ChosenPortIsTakenMeanwhile_TakesAnother()
    {
        await using var estate = await StartAsync(1, agents: false);
        var chosen = estate.Servers[0].HubAddress;
        using var other = new TcpListener(IPAddress.Loopback, chosen.Port);
        other.Start();

        await estate.StartAgentAsync(0, Token);

        Assert.NotEqual(chosen, estate.Servers[0].HubAddress);
        var info = await InfoAsync(estate.Servers[0]);
        Assert.Equal(estate.Servers[0].Name, info.GetProperty("computerName").GetString());
    }

    [Fact]
    public async Task Start_Again_KeepsStateAndHistory()
    {
        int rows;
        await using (var first = await StartAsync(3, agents: false))
        {
            first.Servers[0].Model.StopService("SMS_EXECUTIVE");
            rows = first.Servers[1].Model.ReadHistory().Count;
        }

        await using var second = await StartAsync(3, agents: false);

        Assert.NotEqual(ServiceState.Running, second.Servers[0].Model.ReadServiceState("SMS_EXECUTIVE"));
        Assert.True(second.Servers[1].Model.ReadHistory().Count >= rows);
        Assert.Equal(PoolState.Stopped, second.Servers[2].Model.WsusPoolState);
    }

    [Fact]
    public async Task TakeDownUnreachable_NextStart_LeavesItDown()
    {
        var profiles = new[] { ModelBench.Profile(Scenario.Unreachable) };
        await using (var first = await StartAsync(1, profiles: profiles))
        {
            Assert.True(first.Servers[0].IsAgentRunning);
            await first.TakeDownUnreachableAsync();
            Assert.False(first.Servers[0].IsAgentRunning);
        }

        await using var second = await StartAsync(1, profiles: profiles);

        Assert.False(second.Servers[0].IsAgentRunning);
    }

    [Fact]
    public async Task Wsus_OnTheWire_IsFoundOnlyAtItsPath()
    {
        await using var estate = await StartAsync(1, agents: false);

        using var answer = await _client.GetAsync(new Uri(estate.Servers[0].WsusAddress, "/anything"), Token);

        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Agents_OfTheDemo_SeeWhatTheirClientsGet()
    {
        await using var estate = await StartAsync(3, profiles: [ModelBench.Profile(Scenario.MonitorOnly), ModelBench.Profile(Scenario.PoolStopped), ModelBench.Profile(Scenario.Standalone)]);

        var slow = await ClientAsync(estate.Servers[0]);
        var stopped = await ClientAsync(estate.Servers[1]);
        var withTls = await ClientAsync(estate.Servers[2]);

        Assert.True(slow.Find(ClientEndpoint.ClientWebService)!.Answer is { Status: 200, Duration: var duration } && duration > TimeSpan.FromMilliseconds(500));
        Assert.All(stopped.Endpoints, endpoint => Assert.Equal(SkipReason.PoolStopped, endpoint.Skipped));
        Assert.True(withTls.Find(ClientEndpoint.ClientWebService)?.Answer?.Certificate is not null, withTls.ToString());
        var certificate = withTls.Find(ClientEndpoint.ClientWebService)!.Answer!.Certificate!;
        Assert.Equal((CertificateProblem.None, 200), (certificate.Problem, withTls.Find(ClientEndpoint.ClientWebService)!.Answer!.Status));
        Assert.InRange((certificate.NotAfter - TimeProvider.System.GetUtcNow()).TotalDays, 11.9, 12.1);
        Assert.True(withTls.Find(ClientEndpoint.Content) is { Answer: { Status: 200, Certificate: null } });
        Assert.Equal(SectionStatus.Ok, (await SnapshotAsync(estate.Servers[2], snapshot => snapshot.Wsus.Status is not SectionStatus.Pending)).Wsus.Status);
    }

    private static async Task<ClientState> ClientAsync(SimulatedServer server) =>
        (await SnapshotAsync(server, snapshot => snapshot.Client.Status is SectionStatus.Ok)).Client.Value!;

    private static Task<Snapshot> SnapshotAsync(SimulatedServer server, Func<Snapshot, bool> condition) =>
        Eventually.Async(() => Task.FromResult(server.AgentServices!.GetRequiredService<SnapshotStore>().Current), condition);

    private static async Task<JsonElement> InfoAsync(SimulatedServer server)
    {
        using var client = new HttpClient(LocalChannel.CreateHandler(server.Files.AgentData)) { BaseAddress = LocalChannel.Address };
        using var answer = await client.GetAsync(new Uri("/v1/info", UriKind.Relative), Token);
        return await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private Task<Estate> StartAsync(int servers, bool agents = true, IReadOnlyList<ServerProfile>? profiles = null) =>
        Estate.StartAsync(new() { Servers = servers, DataDirectory = _folder.Path, StartsAgents = agents, Profiles = profiles, Speed = 10 }, cancellationToken: Token);
}
