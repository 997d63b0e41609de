using System.Globalization;
using WsusDashboard.Agent.Security;

namespace WsusDashboard.Agent.Api.Connections;

/// <summary>What a stream of the contract sends.</summary>
internal enum StreamKind
{
    /// <summary>What the agent knows, and what changes.</summary>
    Watch = 1,

    /// <summary>The lines of a log.</summary>
    Log = 2,
}

/// <summary>Bounds the streams: so many of a kind on one connection, so many bytes held for one hub, none more where the agent's memory gets short.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class StreamPlaces(AgentMemory memory)
{
    public const int MaximumOfAKind = 2;

    /// <summary>What the streams of one hub may hold.</summary>
    public const int MaximumBytesOfAHub = 16 * 1024 * 1024;

    /// <summary>What one stream holds at most while its reader is slow: a log a piece of its file as bytes and as text, a watcher one message, each of them what the web server has buffered.</summary>
    private const int LogBytes = 512 * 1024;
    private const int WatchBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Connection, StreamKind Kind), int> _streams = [];
    private readonly Dictionary<string, int> _bytes = new(StringComparer.Ordinal);
    private int _hubWatches;

    /// <summary>A paired hub watches: it gets what changes within moments, or the stream ends.</summary>
    public bool IsWatchedByAHub
    {
        get
        {
            lock (_gate)
            {
                return _hubWatches > 0;
            }
        }
    }

    /// <summary>Takes a place for a stream until it is disposed.</summary>
    /// <param name="connection">Id of its connection.</param>
    /// <param name="caller">Whose it is; callers on the server itself hold bytes together.</param>
    /// <param name="kind">What it sends.</param>
    /// <exception cref="CommandException">There is none.</exception>
    public IDisposable Enter(string connection, AgentCaller caller, StreamKind kind)
    {
        if (memory.IsShort)
        {
            throw new CommandException(CommandFailure.Unavailable, "The agent's memory is nearly used up, so it opens no more streams for now. Try again in a minute.");
        }

        var (hub, bytes) = (caller.Hub?.Id ?? "", kind == StreamKind.Log ? LogBytes : WatchBytes);
        lock (_gate)
        {
            var (streams, held) = (_streams.GetValueOrDefault((connection, kind)), _bytes.GetValueOrDefault(hub));
            if (streams >= MaximumOfAKind)
            {
                throw new CommandException(CommandFailure.Refused, string.Create(
                    CultureInfo.InvariantCulture, $"This connection already has {MaximumOfAKind} {(kind == StreamKind.Log ? "logs" : "watches")} of this server open, the maximum. Close one first."));
            }

            if (held + bytes > MaximumBytesOfAHub)
            {
                throw new CommandException(CommandFailure.Refused, "This dashboard has opened the maximum number of streams. Close some first.");
            }

            _streams[(connection, kind)] = streams + 1;
            _bytes[hub] = held + bytes;
            _hubWatches += IsHubWatch(hub, kind) ? 1 : 0;
        }

        return new Place(this, (connection, kind), hub, bytes);
    }

    private void Leave((string Connection, StreamKind Kind) stream, string hub, int bytes)
    {
        lock (_gate)
        {
            Lower(_streams, stream, 1);
            Lower(_bytes, hub, bytes);
            _hubWatches -= IsHubWatch(hub, stream.Kind) ? 1 : 0;
        }
    }

    private static bool IsHubWatch(string hub, StreamKind kind) => hub.Length > 0 && kind == StreamKind.Watch;

    private static void Lower<TKey>(Dictionary<TKey, int> counts, TKey key, int by)
        where TKey : notnull
    {
        var left = counts[key] - by;
        if (left == 0)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = left;
        }
    }

    private sealed class Place(StreamPlaces owner, (string Connection, StreamKind Kind) stream, string hub, int bytes) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                owner.Leave(stream, hub, bytes);
            }
        }
    }
}
