using Grpc.Net.Client;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;
using Contract = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Simulator.Estates;

/// <summary>One server of the estate: its model, its files, its WSUS on the wire, its agent.</summary>
public sealed class SimulatedServer
{
    internal SimulatedServer(ServerProfile profile, ServerFiles files, ServerModel model, SimulatedAgent agent, Uri wsusAddress)
    {
        (Profile, Files, Model, Agent, WsusAddress) = (profile, files, model, agent, wsusAddress);
    }

    public ServerProfile Profile { get; }

    public string Name => Profile.Name;

    public string Site => Profile.Site;

    public Scenario Scenario => Profile.Scenario;

    public ServerFiles Files { get; }

    public ServerModel Model { get; }

    /// <summary>Where its agent listens for dashboards; the same over restarts of the agent, also while it is down.</summary>
    public Uri HubAddress => Agent.Address;

    /// <summary>True where its agent opens the connection to its dashboard, and listens nowhere.</summary>
    public bool ConnectsItself => Agent.ConnectsItself;

    /// <summary>Where its WSUS answers.</summary>
    public Uri WsusAddress { get; }

    public bool IsAgentRunning => Agent.IsRunning;

    /// <summary>The services of the agent, for tests; null while it does not run.</summary>
    public IServiceProvider? AgentServices => Agent.Services;

    /// <summary>Its agent as programs on the server itself ask it: over its local channel. The caller disposes it.</summary>
    public GrpcChannel OpenLocalChannel() =>
        GrpcChannel.ForAddress(LocalChannel.Address, new GrpcChannelOptions { HttpHandler = LocalChannel.CreateHandler(Files.AgentData), DisposeHttpClient = true });

    /// <summary>Opens a pairing code as "WsusDashboard.Agent pair" does on a server.</summary>
    public async Task<string> OpenPairingAsync(CancellationToken cancellationToken)
    {
        using var channel = OpenLocalChannel();
        var opened = await new Contract.LocalTrust.LocalTrustClient(channel).OpenPairingAsync(new Contract.OpenPairingRequest(), cancellationToken: cancellationToken);
        return opened.Code;
    }

    internal SimulatedAgent Agent { get; }

    internal ModelStamp SavedStamp { get; set; } = new(0, 0, 0, 0);

    /// <summary>True once this server's agent was taken down for good (scenario unreachable); kept between starts.</summary>
    internal bool StaysDown
    {
        get => File.Exists(DownMarker);
        set
        {
            if (value)
            {
                File.WriteAllText(DownMarker, "This server's agent no longer answers.\n");
            }
        }
    }

    private string DownMarker => Path.Combine(Files.Root, "agent.down");
}
