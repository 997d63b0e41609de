using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Net.Client;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>A connection to one agent, and who is at its other end.</summary>
internal sealed record AgentChannel(GrpcChannel Channel, AgentPeer Peer);

/// <summary>One HTTP/2 connection over TLS to each agent, shared by its link and its commands. Threading: any thread.</summary>
internal sealed class AgentConnections(DashboardOptions options, HubIdentity hub) : IDisposable
{
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<int, Entry> _entries = new();

    /// <summary>The client of a server; a new address or another key makes a new connection.</summary>
    /// <exception cref="NotPairedException">It is not paired.</exception>
    /// <exception cref="RpcException">This dashboard's key cannot be used: Unavailable.</exception>
    public Wire.Agent.AgentClient Get(ServerIdentity server) => GetEntry(server).Client;

    /// <summary>The connection behind <see cref="Get"/>.</summary>
    /// <exception cref="NotPairedException">It is not paired.</exception>
    /// <exception cref="RpcException">This dashboard's key cannot be used: Unavailable.</exception>
    public AgentChannel GetChannel(ServerIdentity server) => GetEntry(server).Channel;

    public void Close(int serverId)
    {
        if (_entries.TryRemove(serverId, out var entry))
        {
            entry.Channel.Channel.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Channel.Channel.Dispose();
        }
    }

    /// <summary>A channel that takes any key, for "test connection".</summary>
    public AgentChannel OpenChannel(string address)
    {
        var peer = new AgentPeer(hub, null);
        return new(OpenChannel(address, peer), peer);
    }

    /// <exception cref="RpcException">This dashboard's key cannot be used: Unavailable.</exception>
    public GrpcChannel OpenChannel(string address, AgentPeer peer) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(options.Agents.ConnectTimeoutSeconds),
            KeepAlivePingDelay = TimeSpan.FromSeconds(options.Agents.SilenceSeconds),

            // Every handler looks at its connections four times in this time: short ones cost a fleet of links more than their messages.
            KeepAlivePingTimeout = PingTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            EnableMultipleHttp2Connections = false,
            UseProxy = false,
            SslOptions = CreateTls(peer),
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = ContractLimits.MaximumMessageBytes,

        // The link has its own back-off; the channel's would add to it.
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
        MaxReconnectBackoff = TimeSpan.FromSeconds(1),
    });

    // Told like a connection that fails: whoever asks has one answer to both, and the next attempt looks at the key again.
    private static SslClientAuthenticationOptions CreateTls(AgentPeer peer)
    {
        try
        {
            return peer.CreateOptions();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, exception.Message, exception));
        }
    }

    private Entry GetEntry(ServerIdentity server)
    {
        if (server.Trust is not { } trust)
        {
            throw new NotPairedException($"{server.Name} isn't paired with this dashboard. Run \"WsusDashboard.Agent pair\" on the server, and enter the code on its edit page.");
        }

        return _entries.AddOrUpdate(server.Id, _ => Open(server.Address, trust), (_, known) => known.Fits(server.Address, trust) ? known.With(trust) : Replace(known, server.Address, trust));
    }

    private Entry Open(string address, ServerTrust trust)
    {
        var peer = new AgentPeer(hub, trust);
        var channel = OpenChannel(address, peer);
        return new(address, trust, new(channel, peer), new Wire.Agent.AgentClient(channel));
    }

    private Entry Replace(Entry known, string address, ServerTrust trust)
    {
        known.Channel.Channel.Dispose();
        return Open(address, trust);
    }

    private sealed record Entry(string Address, ServerTrust Trust, AgentChannel Channel, Wire.Agent.AgentClient Client)
    {
        /// <summary>A key that was only announced changes nothing about a connection.</summary>
        public bool Fits(string address, ServerTrust trust) => Address == address && Trust.AgentPin == trust.AgentPin && Trust.HubPin == trust.HubPin;

        public Entry With(ServerTrust trust)
        {
            Channel.Peer.Trust = trust;
            return this;
        }
    }
}
