using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Samples;

namespace WsusDashboard.Dashboard.Ingest;

/// <summary>
/// Stores the samples that the agents take. They come one a minute and server, and by the week after an outage; they are collected for some seconds and
/// stored in one transaction. What finds no room stays with its agent, and the link watches again from the last stored minute. A minute is a key: one that
/// comes twice is stored once. Threading: any thread adds; one loop writes.
/// </summary>
internal sealed partial class SampleWriter(
    IDbContextFactory<DashboardContext> contexts,
    DatabaseInitializer database,
    StorageHealth health,
    Backoff backoff,
    TimeProvider timeProvider,
    ILogger<SampleWriter> logger,
    IOwnership? ownership = null) : BackgroundService
{
    /// <summary>Samples that wait at most: twenty megabytes (one has a size of its own and no text), and one minute of ten thousand servers.</summary>
    internal const int Capacity = 100_000;

    /// <summary>Of one server: all that an agent keeps, and a little more.</summary>
    internal const int CapacityOfServer = 12_000;

    private const int MaximumBatch = 20_000;

    /// <summary>Servers in one transaction. Between two of them others have their turn to write.</summary>
    internal const int MaximumServers = 250;

    /// <summary>A clock may be wrong; a sample from further in the future would keep all others away until then.</summary>
    private const int MaximumMinutesAhead = 24 * 60;

    private static readonly TimeSpan CollectFor = TimeSpan.FromSeconds(10);

    private readonly IOwnership _ownership = ownership ?? SoleOwnership.Instance;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, List<ServerSample>> _waiting = [];
    private readonly ConcurrentDictionary<int, long> _lastMinutes = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _waitingCount;

    /// <summary>True while a link that could not leave its samples may watch again.</summary>
    public bool HasRoom => health.Current.Problem == StorageProblem.None && Volatile.Read(ref _waitingCount) < Capacity / 2;

    /// <summary>The last stored minute of a server; 0 = none.</summary>
    public long GetLastMinute(int serverId) => _lastMinutes.GetValueOrDefault(serverId);

    /// <summary>Forgets a server; what waits of it is with its agent still.</summary>
    public void Remove(int serverId)
    {
        _lastMinutes.TryRemove(serverId, out _);
        lock (_lock)
        {
            if (_waiting.Remove(serverId, out var waiting))
            {
                _waitingCount -= waiting.Count;
            }
        }
    }

    /// <summary>False where there is no room: none of them is taken then.</summary>
    public bool TryTake(int serverId, IReadOnlyList<ServerSample> samples)
    {
        var latest = ServerSample.MinuteOf(timeProvider.GetUtcNow()) + MaximumMinutesAhead;
        lock (_lock)
        {
            if (_waitingCount + samples.Count > Capacity || (_waiting.GetValueOrDefault(serverId)?.Count ?? 0) + samples.Count > CapacityOfServer)
            {
                return false;
            }

            if (!_waiting.TryGetValue(serverId, out var waiting))
            {
                _waiting.Add(serverId, waiting = []);
            }

            var before = waiting.Count;
            waiting.AddRange(samples.Where(sample => sample.Minute > 0 && sample.Minute <= latest));
            _waitingCount += waiting.Count - before;
        }

        _signal.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Reads how far the samples of servers are stored; before their links begin.</summary>
    public async Task LoadAsync(IReadOnlyCollection<int> serverIds, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var part in serverIds.Chunk(MaximumServers))
        {
            var newest = await context.SampleChunks.AsNoTracking()
                .Where(chunk => chunk.Grain == SampleGrain.Minute && part.Contains(chunk.ServerId)
                    && chunk.StartHour == context.SampleChunks.Where(other => other.ServerId == chunk.ServerId && other.Grain == SampleGrain.Minute).Max(other => other.StartHour))
                .Select(chunk => new { chunk.ServerId, chunk.Data })
                .ToListAsync(cancellationToken);
            foreach (var server in newest)
            {
                if (PackedSamples.Unpack(server.Data) is [.., var last])
                {
                    _lastMinutes[server.ServerId] = last.Unit;
                }
            }
        }
    }

    /// <summary>Stores what waits, at most one batch.</summary>
    internal async Task StoreAsync(CancellationToken cancellationToken)
    {
        var batch = TakeBatch();
        for (var attempt = 1; batch.Count > 0; attempt++)
        {
            try
            {
                await _ownership.WhenConfirmedAsync(cancellationToken);
                await StoreAsync(batch, cancellationToken);
                health.ReportSuccess();
                return;
            }
            catch (OwnershipLostException lost)
            {
                batch = batch.Where(server => !lost.Partitions.Contains(Partitions.Of(server.Key))).ToDictionary();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                var problem = StorageFault.Of(exception);
                if (problem == StorageProblem.None)
                {
                    // Not the storage: trying again would not help, and the agents keep them for some days.
                    Log.Skipped(logger, string.Join(", ", batch.Keys), exception);
                    return;
                }

                health.ReportFailure(problem);
                Log.NotStored(logger, batch.Sum(server => server.Value.Count), attempt, exception);
                await Task.Delay(backoff.Next(attempt), timeProvider, cancellationToken);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            while (await _signal.Reader.WaitToReadAsync(stoppingToken))
            {
                _signal.Reader.TryRead(out _);
                if (Volatile.Read(ref _waitingCount) < MaximumBatch)
                {
                    await Task.Delay(CollectFor, timeProvider, stoppingToken);
                }

                // What comes while these are stored is collected again.
                for (var servers = WaitingServers; servers > 0; servers -= MaximumServers)
                {
                    await StoreAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What waits is with the agents still.
        }
    }

    private int WaitingServers
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    private Dictionary<int, IReadOnlyList<SampleSpan>> TakeBatch()
    {
        var batch = new Dictionary<int, IReadOnlyList<SampleSpan>>();
        lock (_lock)
        {
            var taken = 0;
            foreach (var (serverId, samples) in _waiting.Take(MaximumServers).TakeWhile(_ => taken < MaximumBatch).ToList())
            {
                taken += samples.Count;
                batch.Add(serverId, [.. samples.Select(SampleSpan.From)]);
                _waiting.Remove(serverId);
            }

            _waitingCount -= taken;
            if (_waitingCount > 0)
            {
                _signal.Writer.TryWrite(true);
            }
        }

        return batch;
    }

    private async Task StoreAsync(Dictionary<int, IReadOnlyList<SampleSpan>> batch, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var owned = _ownership.Owned;
        var ids = batch.Keys.Where(owned.Owns).ToArray();
        var known = (await context.Servers.Where(server => ids.Contains(server.Id)).Select(server => server.Id).ToListAsync(cancellationToken)).ToHashSet();
        var stored = batch.Where(server => known.Contains(server.Key)).ToDictionary(server => server.Key, server => server.Value);
        await SampleChunks.AddMinutesAsync(context, stored, cancellationToken);
        await _ownership.WriteAsync(context, owned.TermsOf(stored.Keys), token => context.SaveChangesAsync(token), cancellationToken);
        foreach (var (serverId, spans) in stored)
        {
            var last = spans.Max(span => span.Unit);
            _lastMinutes.AddOrUpdate(serverId, last, (_, before) => Math.Max(before, last));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Error, "Samples of servers {ServerIds} couldn't be stored and are skipped")]
        public static partial void Skipped(ILogger logger, string serverIds, Exception exception);

        [LoggerMessage(1, LogLevel.Warning, "{Count} samples couldn't be stored (attempt {Attempt}); trying again")]
        public static partial void NotStored(ILogger logger, int count, int attempt, Exception exception);
    }
}
