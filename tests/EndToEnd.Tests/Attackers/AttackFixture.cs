using System.Globalization;
using System.Net;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>A server under attack.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where its agent listens for hubs.</param>
/// <param name="Desk">Who administers it.</param>
internal sealed record AttackedServer(string Name, Uri Address, LocalDesk Desk)
{
    /// <summary>A hub of this server that is stolen the moment it is paired.</summary>
    public async Task<Thief> RobAsync(string hub = "stolen") =>
        new(await StolenHub.PairAsync(Address, await Desk.OpenPairingAsync(), hub, TestContext.Current.CancellationToken));
}

/// <summary>Real agents over simulated servers, in a process that has the runtime settings of the agent; and a real dashboard in another. The tests of attacks share both; what one does to its server changes nothing that another counts on.</summary>
public sealed class AttackFixture : IAsyncLifetime
{
    public const long AgentGrowthLimitBytes = 64L * 1024 * 1024;
    public const long HubGrowthLimitBytes = 256L * 1024 * 1024;

    private const int Servers = 9;
    private const string Token = "a-token-of-the-attacked-and-of-nobody-else";
    private const string Simulator = "WsusDashboard.Simulator";

    private readonly TempFolder _folder = new();
    private readonly int _port = LoopbackPort.Choose();
    private ChildProcess? _agents;
    private ChildProcess? _dashboard;
    private RestClient? _rest;
    private IReadOnlyList<AttackedServer> _servers = [];

    internal ChildProcess Agents => _agents ?? throw new InvalidOperationException("The agents are not started.");

    internal ChildProcess Dashboard => _dashboard ?? throw new InvalidOperationException("The dashboard is not started.");

    internal RestClient Rest => _rest ?? throw new InvalidOperationException("The dashboard is not started.");

    internal string DashboardFolder => _folder.File("dashboard");

    internal int DashboardPort => _port;

    /// <summary>A server by its place in the estate: 0 healthy, 1 starved, 2 stopped, 3 executive stopped, 4 proxy refuses, 5 drifted, 6 to 8 healthy without (6) or with (7, 8) an upstream server.</summary>
    internal AttackedServer this[int index] => _servers[index];

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

    /// <summary>Watches the process of the agents, and whether this server's desk is answered.</summary>
    internal Task<Vigil> WatchAsync(AttackedServer server) => Vigil.BeginAsync(Agents, server.Desk.ReadTrustAsync);

    /// <summary>Watches the dashboard, and whether it answers people.</summary>
    internal Task<Vigil> WatchDashboardAsync() => Vigil.BeginAsync(Dashboard, () => Rest.GetAsync("/api/v1/servers"));

    private async Task StartAgentsAsync()
    {
        var bin = AppContext.BaseDirectory;

        // The heap of the agent is limited by its own settings, which a program that holds agents does not have.
        _agents = ChildProcess.Start(
            "dotnet",
            [
                "exec", "--runtimeconfig", Path.Combine(bin, "WsusDashboard.Agent.runtimeconfig.json"), "--depsfile", Path.Combine(bin, Simulator + ".deps.json"), Path.Combine(bin, Simulator + ".dll"),
                "--agents-only", "--servers", Servers.ToString(CultureInfo.InvariantCulture), "--agent-port", "0", "--speed", DemoFixture.Speed.ToString(CultureInfo.InvariantCulture), "--data", _folder.File("estate"),
            ]);
        await Eventually.TrueAsync(() => _agents.HasExited || _agents.Output.Contains("--agents-only", StringComparison.Ordinal));
        Assert.False(_agents.HasExited, _agents.Output);
        _servers = [.. _agents.Output.Split('\n').Where(line => line.Contains("https://", StringComparison.Ordinal)).Select(ReadServer)];
        Assert.Equal(Servers, _servers.Count);
    }

    /// <summary>A line of the table that the simulator prints: name first, address of the agent last.</summary>
    private AttackedServer ReadServer(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var address = new Uri(words.First(word => word.StartsWith("https://", StringComparison.Ordinal)));
        return new(words[0], address, new(Path.Combine(_folder.File("estate"), "servers", words[0], "agent")));
    }
}

/// <summary>Tests of attacks, one after the other: what one takes of the machine another one would measure.</summary>
[CollectionDefinition(Name)]
public sealed class AttackCollection : ICollectionFixture<AttackFixture>
{
    public const string Name = "attacks";
}
