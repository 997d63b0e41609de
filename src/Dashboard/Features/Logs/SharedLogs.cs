using System.Runtime.CompilerServices;
using System.Threading.Channels;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Features.Logs;

/// <summary>
/// Logs that are being read: one stream a server and log, however many look at it, because an agent allows two log streams a connection. It begins with the first who looks
/// and ends with the last. Who may look is asked before, of each; the stream itself is the dashboard's own. Threading: one lock guards all of it; nothing is called while it is held.
/// </summary>
internal sealed class SharedLogs(IServiceProvider services) : IDisposable
{
    /// <summary>A line has at most 8 KB: so many of them that wait for one reader are 4 MB at the very most. The oldest go.</summary>
    private const int MostWaiting = 500;

    /// <summary>What those who come later are shown first.</summary>
    private const int MostKept = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(int ServerId, string Name), Reading> _readings = [];
    private readonly Dictionary<(int ServerId, string Name, int Lines), Task<Outcome<IReadOnlyList<LogEntry>>>> _tails = [];

    /// <summary>The last lines, then new ones as they come, until the reader goes. A failure is the last item, for everyone who reads.</summary>
    public async IAsyncEnumerable<Outcome<LogEntry>> FollowAsync(int serverId, string name, int tailLines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (reading, kept, lines) = Join(serverId, name, tailLines);
        try
        {
            foreach (var entry in kept)
            {
                yield return entry;
            }

            await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken))
            {
                yield return line;
            }
        }
        finally
        {
            Leave(reading, lines);
        }
    }

    /// <summary>The last lines, oldest first; those who ask for the same at once get one answer.</summary>
    public Task<Outcome<IReadOnlyList<LogEntry>>> TailAsync(int serverId, string name, int lines, TimeSpan limit, CancellationToken cancellationToken)
    {
        var key = (serverId, name, lines);
        Task<Outcome<IReadOnlyList<LogEntry>>>? tail;
        lock (_lock)
        {
            if (!_tails.TryGetValue(key, out tail))
            {
                _tails[key] = tail = Task.Run(() => ReadTailAsync(key, limit), CancellationToken.None);
            }
        }

        return tail.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        List<Reading> open;
        lock (_lock)
        {
            open = [.. _readings.Values];
            _readings.Clear();
        }

        open.ForEach(reading => reading.Dispose());
    }

    private (Reading Reading, IReadOnlyList<LogEntry> Kept, Channel<Outcome<LogEntry>> Lines) Join(int serverId, string name, int tailLines)
    {
        var lines = Channel.CreateBounded<Outcome<LogEntry>>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            if (_readings.TryGetValue((serverId, name), out var reading))
            {
                reading.Readers.Add(lines);
                return (reading, reading.Kept.ToList(tailLines), lines);
            }

            _readings[(serverId, name)] = reading = new(serverId, name);
            reading.Readers.Add(lines);
            _ = Task.Run(() => ReadAsync(reading, tailLines), CancellationToken.None);
            return (reading, [], lines);
        }
    }

    private void Leave(Reading reading, Channel<Outcome<LogEntry>> lines)
    {
        lock (_lock)
        {
            reading.Readers.Remove(lines);
            if (reading.Readers.Count > 0 || !TryForget(reading))
            {
                return;
            }
        }

        reading.Dispose();
    }

    private async Task ReadAsync(Reading reading, int tailLines)
    {
        Exception? error = null;
        try
        {
            await using var scope = services.CreateOwnScope();
            await foreach (var line in Open(scope.ServiceProvider, reading.ServerId, reading.Name, tailLines, follow: true, limit: null, reading.Ended))
            {
                Pass(reading, line);
            }
        }
        catch (OperationCanceledException) when (reading.Ended.IsCancellationRequested)
        {
            // Nobody looks any more.
        }
        catch (Exception exception)
        {
            error = exception;
        }

        bool isOver;
        lock (_lock)
        {
            isOver = TryForget(reading);
            foreach (var reader in reading.Readers)
            {
                reader.Writer.TryComplete(error);
            }
        }

        if (isOver)
        {
            reading.Dispose();
        }
    }

    private async Task<Outcome<IReadOnlyList<LogEntry>>> ReadTailAsync((int ServerId, string Name, int Lines) key, TimeSpan limit)
    {
        try
        {
            await using var scope = services.CreateOwnScope();
            var entries = new LatestLines(key.Lines);
            await foreach (var line in Open(scope.ServiceProvider, key.ServerId, key.Name, key.Lines, follow: false, limit, CancellationToken.None))
            {
                if (!line.IsSuccess)
                {
                    return line.Failure;
                }

                entries.Add(line.Value);
            }

            return entries.ToList();
        }
        finally
        {
            lock (_lock)
            {
                _tails.Remove(key);
            }
        }
    }

    private static IAsyncEnumerable<Outcome<LogEntry>> Open(IServiceProvider scope, int serverId, string name, int lines, bool follow, TimeSpan? limit, CancellationToken cancellationToken)
    {
        var request = new Wire.ReadLogRequest { Name = name, TailLines = lines, Follow = follow };
        return scope.GetRequiredService<AgentCommands>().StreamAsync(serverId, (client, options) => client.ReadLog(request, options), LogEntry.Of, limit, cancellationToken);
    }

    private void Pass(Reading reading, Outcome<LogEntry> line)
    {
        lock (_lock)
        {
            if (line.IsSuccess)
            {
                reading.Kept.Add(line.Value);
            }

            foreach (var reader in reading.Readers)
            {
                reader.Writer.TryWrite(line);
            }
        }
    }

    /// <summary>Whoever comes next opens a new one. True for the one who ends it. Only under the lock.</summary>
    private bool TryForget(Reading reading) =>
        _readings.GetValueOrDefault((reading.ServerId, reading.Name)) == reading && _readings.Remove((reading.ServerId, reading.Name));

    /// <summary>One stream and who reads it. All of it belongs to the lock, but the end.</summary>
    private sealed class Reading : IDisposable
    {
        private readonly CancellationTokenSource _end = new();

        public Reading(int serverId, string name) => (ServerId, Name, Ended) = (serverId, name, _end.Token);

        public int ServerId { get; }

        public string Name { get; }

        public CancellationToken Ended { get; }

        public HashSet<Channel<Outcome<LogEntry>>> Readers { get; } = [];

        public LatestLines Kept { get; } = new(MostKept);

        public void Dispose()
        {
            _end.Cancel();
            _end.Dispose();
        }
    }
}
