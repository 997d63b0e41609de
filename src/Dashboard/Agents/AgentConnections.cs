using System.Collections.Concurrent;
using Grpc.Net.Client;
using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>One HTTP/2 connection to each agent, shared by its link and its commands. Threading: any thread.</summary>
internal sealed class AgentConnections(DashboardOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<int, Entry> _entries = new();

    /// <summary>The client of a server; a new address makes a new connection.</summary>
    public Wire.Agent.AgentClient Get(int serverId, string address)
    {
        var entry = _entries.AddOrUpdate(serverId, _ => Open(address), (_, known) => known.Address == address ? known : Replace(known, address));
        return entry.Client;
    }

    public void Close(int serverId)
    {
        if (_entries.TryRemove(serverId, out var entry))
        {
            entry.Channel.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Channel.Dispose();
        }
    }

    /// <summary>A channel of its own, for "test connection".</summary>
    public GrpcChannel OpenChannel(string address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        // Without TLS there is no negotiation: the agent's port is spoken to in HTTP/2 from the first byte.
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
            KeepAlivePingDelay = TimeSpan.FromSeconds(options.SilenceSeconds),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            EnableMultipleHttp2Connections = false,
            UseProxy = false,
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = ContractLimits.MaximumMessageBytes,

        // The link has its own back-off; the channel's would add to it.
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(200),
        MaxReconnectBackoff = TimeSpan.FromSeconds(1),
    });

    private Entry Open(string address)
    {
        var channel = OpenChannel(address);
        return new(address, channel, new Wire.Agent.AgentClient(channel));
    }

    private Entry Replace(Entry known, string address)
    {
        known.Channel.Dispose();
        return Open(address);
    }

    private sealed record Entry(string Address, GrpcChannel Channel, Wire.Agent.AgentClient Client);
}
