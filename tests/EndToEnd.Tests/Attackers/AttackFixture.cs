using System.Globalization;
using System.Net;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>Real agents in one process, and a real dashboard in another. The tests of attacks share both; what one does to its server changes nothing that another counts on.</summary>
public sealed class AttackFixture : IAsyncLifetime
{
    public const long HubGrowthLimitBytes = 256L * 1024 * 1024;

    private const int Servers = 9;
    private const string Token = "a-token-of-the-attacked-and-of-nobody-else";

    private readonly TempFolder _folder = new();
    private readonly int _port = LoopbackPort.Choose();
    private AttackedAgents? _agents;
    private ChildProcess? _dashboard;
    private RestClient? _rest;

    private AttackedAgents Agents => _agents ?? throw new InvalidOperationException("The agents are not started.");

    internal ChildProcess Dashboard => _dashboard ?? throw new InvalidOperationException("The dashboard is not started.");

    internal RestClient Rest => _rest ?? throw new InvalidOperationException("The dashboard is not started.");

    internal string DashboardFolder => _folder.File("dashboard");

    internal int DashboardPort => _port;

    /// <summary>A server by its place in the estate: 0 healthy, 1 starved, 2 stopped, 3 executive stopped, 4 proxy refuses, 5 drifted, 6 to 8 healthy without (6) or with (7, 8) an upstream server.</summary>
    internal AttackedServer this[int index] => Agents.Servers[index];

    public async ValueTask InitializeAsync()
    {
        var agents = StartAgentsAsync();
        _dashboard = ChildProcess.StartProduct(
            "WsusDashboard.Dashboard",
            $"--Dashboard:Api:Token={Token}",
            "--Dashboard:Api:RequestsPerMinute=1000000",
            "--Dashboard:Agents:StaggerSeconds=0",
            "--Dashboard:Agents:MaximumRetrySeconds=1",
            "--Dashboard:Agents:QueryTimeoutSeconds=5",
            "--Dashboard:Agents:UnreachableAfterSeconds=5",
            "--Dashboard:ListenAddress=127.0.0.1",
            "--Dashboard:EnrolmentPort=0",
            $"--Dashboard:Port={_port.ToString(CultureInfo.InvariantCulture)}",
            $"--Dashboard:DataDirectory={DashboardFolder}");
        _rest = new RestClient(new Uri($"http://127.0.0.1:{_port}"), Token);
        await Task.WhenAll(agents, Eventually.Async(() => _rest.GetAsync("/api/v1/servers"), _ => true));
    }

    public async ValueTask DisposeAsync()
    {
        _rest?.Dispose();
        await (_dashboard?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_agents?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    /// <summary>Adds an agent to the dashboard as a person does, by its pairing code; the value is the server's id.</summary>
    internal async Task<long> AddAsync(string name, string address, string pairingCode)
    {
        var (status, body, _) = await Rest.PostAsync("/api/v1/servers", new { name, address, site = "BRN", pairingCode });
        Assert.True(status == HttpStatusCode.Created, body.ToString());
        return body.Number("id")!.Value;
    }

    /// <summary>Watches the process of the agents, and whether its commands on this server are answered.</summary>
    internal Task<Vigil> WatchAsync(AttackedServer server) => Agents.WatchAsync(server);

    /// <summary>Watches the dashboard, and whether it answers people.</summary>
    internal Task<Vigil> WatchDashboardAsync() => Vigil.BeginAsync(Dashboard, () => Rest.GetAsync("/api/v1/servers"));

    private async Task StartAgentsAsync() => _agents = await AttackedAgents.StartAsync(Servers, _folder.File("estate"));
}

/// <summary>Tests of attacks, one after the other: what one takes of the machine another one would measure.</summary>
[CollectionDefinition(Name)]
public sealed class AttackCollection : ICollectionFixture<AttackFixture>
{
    public const string Name = "attacks";
}
