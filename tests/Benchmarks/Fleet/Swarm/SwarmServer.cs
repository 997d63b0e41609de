using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Benchmarks.Fleet.Swarm;

/// <summary>How a server of the swarm behaves.</summary>
internal enum SwarmBehaviour
{
    Good,

    /// <summary>Its connections are cut as soon as they are made.</summary>
    Dead,

    /// <summary>Its handshakes take seconds, and what it says is seconds old.</summary>
    Slow,

    /// <summary>It cuts its connections every few seconds.</summary>
    Flapping,
}

/// <summary>One agent of the swarm: its key, its events, and the one hub that watches it. Threading: the swarm's clock sends; connections come on any thread.</summary>
/// <param name="index">Its place in the swarm, from 0.</param>
/// <param name="history">The events that a hub takes over when it meets the server, sequence 1 first. All servers hold the same list: thousands of equal ones would be most of the swarm's memory.</param>
internal sealed class SwarmServer(int index, IReadOnlyList<Wire.AgentEvent> history)
{
    private readonly string _epoch = $"swarm-{index}";
    private readonly Lock _lock = new();
    private readonly List<Wire.AgentEvent> _events = [];
    private readonly List<TimeSpan> _gaps = [];
    private IServerStreamWriter<Wire.WatchMessage>? _watch;
    private long _unwatchedSince;
    private Task _writing = Task.CompletedTask;

    public string Name { get; } = NameOf(index);

    public IdentityKey Key { get; } = IdentityKey.Create(NameOf(index), TimeProvider.System.GetUtcNow());

    public SwarmBehaviour Behaviour { get; set; }

    /// <summary>How long nobody watched it, each time that this ended since <see cref="ForgetGaps"/>.</summary>
    public IReadOnlyList<TimeSpan> Gaps
    {
        get
        {
            lock (_lock)
            {
                return [.. _gaps];
            }
        }
    }

    public bool IsWatched => Volatile.Read(ref _watch) is not null;

    public static string NameOf(int index) => $"S{index % 20:00}-WSUS{index:0000}";

    /// <summary>Id of the agent: 32 hexadecimal digits.</summary>
    public static string AgentIdOf(int index) => index.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Every index has a loopback address of its own, so that one port serves all.</summary>
    public static System.Net.IPAddress AddressOf(int index) => new([127, (byte)(1 + (index >> 16)), (byte)(index >> 8), (byte)index]);

    /// <summary>The index of the server at this loopback address.</summary>
    public static int IndexOf(System.Net.IPAddress address)
    {
        var bytes = address.MapToIPv4().GetAddressBytes();
        return ((bytes[1] - 1) << 16) | (bytes[2] << 8) | bytes[3];
    }

    public Wire.Snapshot Greet(Wire.Snapshot template)
    {
        var snapshot = template.Clone();
        snapshot.Agent.AgentId = AgentIdOf(index);
        snapshot.Agent.ComputerName = Name;
        snapshot.Agent.SequenceEpoch = _epoch;
        lock (_lock)
        {
            snapshot.Agent.LastSequence = history.Count + _events.Count;
        }

        return snapshot;
    }

    /// <summary>The events that this hub has not taken yet.</summary>
    public List<Wire.AgentEvent> EventsAfter(string epoch, long sequence)
    {
        lock (_lock)
        {
            return [.. history.Concat(_events).Skip(epoch == _epoch ? (int)sequence : 0)];
        }
    }

    /// <summary>Begins to send what happens; whoever watched before is forgotten.</summary>
    public void Attach(IServerStreamWriter<Wire.WatchMessage> watch)
    {
        lock (_lock)
        {
            if (_unwatchedSince != 0)
            {
                _gaps.Add(Stopwatch.GetElapsedTime(_unwatchedSince));
                _unwatchedSince = 0;
            }

            Volatile.Write(ref _watch, watch);
        }
    }

    public void Detach(IServerStreamWriter<Wire.WatchMessage> watch)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_watch, watch))
            {
                Volatile.Write(ref _watch, null);
                _unwatchedSince = Stopwatch.GetTimestamp();
            }
        }
    }

    public void ForgetGaps()
    {
        lock (_lock)
        {
            _gaps.Clear();
        }
    }

    /// <summary>Sends a message; false where nobody watches, or where the one before is not on the wire yet.</summary>
    public bool TrySend(Wire.WatchMessage message)
    {
        if (Volatile.Read(ref _watch) is not { } watch || !_writing.IsCompleted)
        {
            return false;
        }

        // Serialized before this returns: the caller may go on to change the message.
        _writing = WriteAsync(watch, message);
        return true;
    }

    /// <summary>An event that is kept until a hub has taken it.</summary>
    public Wire.AgentEvent Append(SyncRun sync)
    {
        lock (_lock)
        {
            var appended = EventOf(history.Count + _events.Count + 1, sync);
            _events.Add(appended);
            return appended;
        }
    }

    public static Wire.AgentEvent EventOf(long sequence, SyncRun sync) => new() { Sequence = sequence, At = Timestamp.FromDateTimeOffset(sync.EndedAt ?? sync.StartedAt), SyncRun = sync.ToWire() };

    private static async Task WriteAsync(IServerStreamWriter<Wire.WatchMessage> watch, Wire.WatchMessage message)
    {
        try
        {
            await watch.WriteAsync(message);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or OperationCanceledException or RpcException)
        {
            // The hub went, or the connection was cut: it comes again.
        }
    }
}
