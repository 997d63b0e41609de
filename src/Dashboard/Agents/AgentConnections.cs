using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Contract.Border;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>A connection to one agent, and who is at its other end.</summary>
/// <param name="Channel">The connection.</param>
/// <param name="Calls">What calls go through: the border of the contract stands in it.</param>
/// <param name="Peer">Whose key the other end has.</param>
internal sealed record AgentChannel(GrpcChannel Channel, CallInvoker Calls, AgentPeer Peer);

/// <summary>One HTTP/2 connection over TLS to each agent, shared by its link and its commands. Threading: any thread.</summary>
internal sealed class AgentConnections(DashboardOptions options, HubIdentity hub, OutboundAgents outbound, ContractBorder border, AgentQuarantines quarantines, TimeProvider timeProvider) : IDisposable
{
    /// <summary>What an agent says of a failure comes in headers: a sentence, and a list of mistakes.</summary>
    private const int MaximumHeaderKilobytes = 32;

    /// <summary>Requests have to name an address; the connection that the agent has opened is used for it.</summary>
    private const string NowhereAddress = "http://agent";

    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<int, Entry> _entries = new();

    /// <summary>A new connection gives an agent no new budget.</summary>
    private readonly ConcurrentDictionary<int, AgentBudget> _budgets = new();

    /// <summary>The client of a server; a new address or another key makes a new connection.</summary>
    /// <exception cref="NotPairedException">It is not paired.</exception>
    /// <exception cref="RpcException">This dashboard's key cannot be used: Unavailable.</exception>
    public Wire.Agent.AgentClient Get(ServerIdentity server) => GetEntry(server).Client;

    /// <summary>The connection behind <see cref="Get"/>.</summary>
    /// <exception cref="NotPairedException">It is not paired.</exception>
    /// <exception cref="RpcException">This dashboard's key cannot be used: Unavailable.</exception>
    public AgentChannel GetChannel(ServerIdentity server) => GetEntry(server).Channel;

    /// <summary>What a server's agent has used of its budget before this dashboard was started.</summary>
    public void ResumeBudget(int serverId, DateOnly day, int events, long eventBytes) =>
        _budgets.GetOrAdd(serverId, _ => new AgentBudget(timeProvider)).Resume(day, events, eventBytes);

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
    public AgentChannel OpenChannel(string address) => OpenChannel(address, new AgentPeer(hub, null));

    /// <summary>A channel to an agent that is no server here (yet).</summary>
    /// <exception cref="RpcException">This dashboard's key cannot be used: Unavailable.</exception>
    public AgentChannel OpenChannel(string address, AgentPeer peer) => Guard(Connect(address, peer), peer, new AgentBudget(timeProvider), _ => { });

    private AgentChannel Guard(GrpcChannel channel, AgentPeer peer, AgentBudget budget, Action<string> report) =>
        new(channel, channel.Intercept(new AgentBorder(border, budget, timeProvider, report)), peer);

    private GrpcChannel Connect(string address, AgentPeer peer) => OutboundAddress.Is(address)
        ? Connect(NowhereAddress, new SocketsHttpHandler { ConnectCallback = (_, _) => ValueTask.FromResult(Claim(peer)) })
        : Connect(address, new SocketsHttpHandler { SslOptions = CreateTls(peer) });

    /// <summary>The agent has opened the connection: TLS is below it already.</summary>
    private Stream Claim(AgentPeer peer)
    {
        var (connection, stream) = outbound.Claim(peer.Trust ?? throw new OutboundAbsentException());
        peer.Take(connection.Certificate);
        return stream;
    }

    private GrpcChannel Connect(string address, SocketsHttpHandler handler)
    {
        handler.ConnectTimeout = TimeSpan.FromSeconds(options.Agents.ConnectTimeoutSeconds);
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(options.Agents.SilenceSeconds);

        // Every handler looks at its connections four times in this time: short ones cost a fleet of links more than their messages.
        handler.KeepAlivePingTimeout = PingTimeout;
        handler.PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan;
        handler.MaxResponseHeadersLength = MaximumHeaderKilobytes;
        handler.EnableMultipleHttp2Connections = false;
        handler.UseProxy = false;
        return GrpcChannel.ForAddress(address, CreateOptions(handler));
    }

    private static GrpcChannelOptions CreateOptions(SocketsHttpHandler handler) => new()
    {
        HttpHandler = handler,
        DisposeHttpClient = true,
        MaxReceiveMessageSize = ContractLimits.MaximumMessageBytes,

        // The link has its own back-off; the channel's would add to it.
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
        MaxReconnectBackoff = TimeSpan.FromSeconds(1),
    };

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

        return _entries.AddOrUpdate(server.Id, _ => Open(server.Id, server.Address, trust), (_, known) => known.Fits(server.Address, trust) ? known.With(trust) : Replace(known, server.Id, server.Address, trust));
    }

    private Entry Open(int serverId, string address, ServerTrust trust)
    {
        var peer = new AgentPeer(hub, trust);
        var budget = _budgets.GetOrAdd(serverId, _ => new AgentBudget(timeProvider));
        var channel = Guard(Connect(address, peer), peer, budget, reason => quarantines.Put(serverId, reason));
        return new(address, trust, channel, new Wire.Agent.AgentClient(channel.Calls));
    }

    private Entry Replace(Entry known, int serverId, string address, ServerTrust trust)
    {
        known.Channel.Channel.Dispose();
        return Open(serverId, address, trust);
    }

    private sealed record Entry(string Address, ServerTrust Trust, AgentChannel Channel, Wire.Agent.AgentClient Client)
    {
        /// <summary>A key that was only announced changes nothing about a connection.</summary>
        public bool Fits(string address, ServerTrust trust) => Address == address && (OutboundAddress.Is(address) ? FitsOutbound(trust) : Trust.AgentPin == trust.AgentPin && Trust.HubPin == trust.HubPin);

        /// <summary>The agent decides when it connects anew: until then a connection is good whose key is.</summary>
        private bool FitsOutbound(ServerTrust trust) => Channel.Peer.Seen is not { } seen || trust.Accepts(KeyPin.Of(seen));

        public Entry With(ServerTrust trust)
        {
            Channel.Peer.Trust = trust;
            return this;
        }
    }
}
