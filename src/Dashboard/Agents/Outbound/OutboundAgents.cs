using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Agents.Outbound;

/// <summary>The agents that open the connection themselves, of all servers of the fleet: whose key is expected, and which connection each has here now.</summary>
/// <remarks>
/// Threading: any thread. All of it is memory: the expected keys stand in the rows of servers and of those that wait to be admitted, and are read at the start. So a stranger
/// costs a handshake and one look here. There is at most one connection a key; connections are ended outside of the lock.
/// </remarks>
internal sealed class OutboundAgents(TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Server> _servers = [];
    private readonly Dictionary<string, Server> _serverOfPin = new(StringComparer.Ordinal);
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OutboundConnection> _connections = new(StringComparer.Ordinal);
    private bool _isLoaded;

    /// <summary>The agent of this server has opened a connection. Handlers return at once.</summary>
    public event Action<int>? Arrived;

    /// <summary>Connections that are open now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>The keys of all agents that wait to be admitted; the servers are expected already. Once it was told, those that aren't among them any more have to go.</summary>
    public void Load(IReadOnlyCollection<string> waitingPins) => End(() =>
    {
        List<string> gone = _isLoaded ? [.. _waiting.Except(waitingPins)] : [];
        _waiting.ExceptWith(gone);
        _waiting.UnionWith(waitingPins);
        _isLoaded = true;
        return gone;
    });

    /// <summary>A server of the fleet, as it is now, whoever owns it.</summary>
    public void Follow(ServerIdentity server)
    {
        if (OutboundAddress.Is(server.Address))
        {
            Expect(server.Id, server.Trust);
        }
        else
        {
            Forget(server.Id);
        }
    }

    /// <summary>A server whose agent connects itself, with the trust in it as it is now; null = none.</summary>
    public void Expect(int serverId, ServerTrust? trust) => End(() =>
    {
        if (!_servers.TryGetValue(serverId, out var server))
        {
            _servers[serverId] = server = new(serverId, timeProvider.GetUtcNow());
        }

        return SetPins(server, trust);
    });

    /// <summary>The trust in a server has changed; nothing where its agent doesn't connect itself.</summary>
    public void Change(int serverId, ServerTrust? trust) => End(() => _servers.TryGetValue(serverId, out var server) ? SetPins(server, trust) : []);

    /// <summary>The server is gone, or this dashboard connects to its agent.</summary>
    public void Forget(int serverId) => End(() => _servers.Remove(serverId, out var server) ? SetPins(server, null) : []);

    /// <summary>The agent of a server that waits to be admitted: its connection is kept, and nothing is asked of it.</summary>
    public void ExpectWaiting(string pin)
    {
        lock (_gate)
        {
            _waiting.Add(pin);
        }
    }

    public void ForgetWaiting(string pin) => End(() =>
    {
        _waiting.Remove(pin);
        return [pin];
    });

    /// <summary>What an agent with this key is answered.</summary>
    public OutboundAnswer AnswerTo(string pin)
    {
        lock (_gate)
        {
            return IsExpected(pin) ? OutboundAnswer.Taken : _isLoaded ? OutboundAnswer.Unknown : OutboundAnswer.NotReady;
        }
    }

    /// <summary>Keeps a connection whose key is proved, in place of the one before. False where the key isn't expected any more.</summary>
    public bool TryKeep(OutboundConnection connection)
    {
        OutboundConnection? before;
        Server? server;
        TaskCompletionSource? arrival = null;
        lock (_gate)
        {
            if (!IsExpected(connection.Pin))
            {
                return false;
            }

            _connections.TryGetValue(connection.Pin, out before);
            _connections[connection.Pin] = connection;
            if (_serverOfPin.TryGetValue(connection.Pin, out server))
            {
                arrival = server.Arrival;
                (server.Arrival, server.AbsentSince) = (new(TaskCreationOptions.RunContinuationsAsynchronously), null);
            }
        }

        before?.End();
        arrival?.TrySetResult();
        if (server is not null)
        {
            Arrived?.Invoke(server.Id);
        }

        return true;
    }

    /// <summary>A connection has ended.</summary>
    public void Leave(OutboundConnection connection)
    {
        lock (_gate)
        {
            if (_connections.GetValueOrDefault(connection.Pin) == connection)
            {
                _connections.Remove(connection.Pin);
                if (_serverOfPin.TryGetValue(connection.Pin, out var server) && !IsConnected(server))
                {
                    server.AbsentSince = timeProvider.GetUtcNow();
                }
            }
        }
    }

    /// <summary>Since when the agent of this server has had no connection here; null while it has one, or where it doesn't connect itself.</summary>
    public DateTimeOffset? AbsentSince(int serverId)
    {
        lock (_gate)
        {
            return _servers.GetValueOrDefault(serverId) is { } server && !IsConnected(server) ? server.AbsentSince : null;
        }
    }

    /// <summary>Connections whose agents haven't been told this list of addresses.</summary>
    /// <param name="serverIds">Of these servers; null = of all.</param>
    /// <param name="revision">The list's.</param>
    public IReadOnlyList<(int ServerId, OutboundConnection Connection)> FindUntold(IReadOnlyCollection<int>? serverIds, long revision)
    {
        lock (_gate)
        {
            var servers = serverIds is null ? _servers.Values : serverIds.Select(id => _servers.GetValueOrDefault(id)).OfType<Server>();
            return
            [
                .. servers.SelectMany(server => server.Pins, (server, pin) => (server.Id, Connection: _connections.GetValueOrDefault(pin)))
                    .Where(found => found.Connection is { } connection && connection.ToldRevision < revision).Select(found => (found.Id, found.Connection!)),
            ];
        }
    }

    /// <summary>The connection of the agent with this trust, for the one who speaks over it.</summary>
    /// <exception cref="OutboundAbsentException">There is none, or somebody speaks over it already.</exception>
    public (OutboundConnection Connection, Stream Stream) Claim(ServerTrust trust)
    {
        lock (_gate)
        {
            foreach (var pin in PinsOf(trust))
            {
                if (_connections.TryGetValue(pin, out var connection) && connection.TryClaim() is { } stream)
                {
                    return (connection, stream);
                }
            }
        }

        throw new OutboundAbsentException();
    }

    /// <summary>Ends with the next connection of this server's agent; null where it doesn't connect itself.</summary>
    public Task? NextArrival(int serverId)
    {
        lock (_gate)
        {
            return _servers.GetValueOrDefault(serverId)?.Arrival.Task;
        }
    }

    private static string[] PinsOf(ServerTrust? trust) => [.. new[] { trust?.AgentPin, trust?.NextAgentPin }.OfType<string>()];

    private bool IsConnected(Server server) => server.Pins.Any(_connections.ContainsKey);

    private bool IsExpected(string pin) => _serverOfPin.ContainsKey(pin) || _waiting.Contains(pin);

    /// <returns>The pins that the server doesn't have any more.</returns>
    private List<string> SetPins(Server server, ServerTrust? trust)
    {
        var pins = PinsOf(trust);
        List<string> gone = [.. server.Pins.Except(pins)];
        gone.ForEach(pin => _serverOfPin.Remove(pin));
        foreach (var pin in pins)
        {
            _serverOfPin[pin] = server;
        }

        server.Pins = pins;
        return gone;
    }

    /// <summary>Makes a change, and ends the connections of the keys that it gives where nobody expects them any more.</summary>
    private void End(Func<IReadOnlyList<string>> change)
    {
        List<OutboundConnection> ended;
        lock (_gate)
        {
            ended = [.. change().Where(pin => !IsExpected(pin)).Select(pin => _connections.GetValueOrDefault(pin)).OfType<OutboundConnection>()];
        }

        ended.ForEach(connection => connection.End());
    }

    private sealed class Server(int id, DateTimeOffset since)
    {
        public int Id => id;

        /// <summary>Since when it has had no connection; null while it has one.</summary>
        public DateTimeOffset? AbsentSince { get; set; } = since;

        public string[] Pins { get; set; } = [];

        public TaskCompletionSource Arrival { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
