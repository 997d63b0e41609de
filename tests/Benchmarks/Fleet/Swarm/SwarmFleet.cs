using System.Diagnostics;
using System.Net;
using Google.Protobuf.WellKnownTypes;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Benchmarks.Fleet.Swarm;

/// <summary>
/// All servers of the swarm and the one clock that makes them change: each once in five seconds (a number of updates), its pool stops or starts once a
/// minute, and as an agent does it says a heartbeat every fifteen seconds and its samples every minute. Threading: the clock runs on one thread at a time.
/// </summary>
internal sealed class SwarmFleet
{
    public const int HistorySyncs = 40;

    private const double SecondsBetweenChanges = 5;
    private const int ChangesBetweenPoolChanges = 12;
    private const int ChangesBetweenHeartbeats = 3;
    private const int ChangesBetweenSamples = 12;
    private const double SecondsBetweenProgress = 2;
    private const int ProgressSteps = 15;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly SwarmServer[] _servers;
    private readonly ChangeMarker _marker;
    private readonly Wire.WatchMessage _wsus;
    private readonly Wire.WatchMessage _started;
    private readonly Wire.WatchMessage _stopped;
    private readonly Queue<(TimeSpan At, SwarmServer Server, int Step, SyncRun Sync)> _syncs = new();
    private readonly Lock _syncLock = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private long _sent;
    private long _missed;

    public SwarmFleet(int servers, ChangeMarker marker)
    {
        var now = TimeProvider.System.GetUtcNow();
        _marker = marker;
        _servers = new SwarmServer[servers];
        Wire.AgentEvent[] history = [.. GeneratedServer.Syncs(HistorySyncs, now).Select((sync, index) => SwarmServer.EventOf(index + 1, sync))];
        Parallel.For(0, servers, index => _servers[index] = new(index, history));

        // One message of each kind for all: what differs is set before it is sent, and it is bytes when the call returns.
        var snapshot = GeneratedServer.Snapshot(now);
        Snapshot = snapshot.ToWire();
        _wsus = new() { Section = GeneratedServer.ToWire(snapshot.Wsus) };
        _started = new() { Section = GeneratedServer.ToWire(snapshot.Iis with { Value = GeneratedServer.Iis(PoolState.Started, now) }) };
        _stopped = new() { Section = GeneratedServer.ToWire(snapshot.Iis with { Value = GeneratedServer.Iis(PoolState.Stopped, now) }) };
    }

    public IReadOnlyList<SwarmServer> Servers => _servers;

    public Wire.Snapshot Snapshot { get; }

    public int Watched => _servers.Count(server => server.IsWatched);

    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Changes of watched servers that were not sent, because the one before was not on the wire yet.</summary>
    public long Missed => Interlocked.Read(ref _missed);

    public SwarmServer At(IPAddress address) => _servers[SwarmServer.IndexOf(address)];

    /// <summary>This share of the servers is dead, slow or flapping in equal parts, spread over the fleet; all others are good.</summary>
    public void Spoil(double share)
    {
        var every = share > 0 ? (int)Math.Round(1 / share) : 0;
        for (var index = 0; index < _servers.Length; index++)
        {
            _servers[index].Behaviour = every > 0 && index % every == 0 ? (SwarmBehaviour)(1 + (index / every % 3)) : SwarmBehaviour.Good;
        }
    }

    /// <summary>Begins a sync on so many good servers, spread over the fleet.</summary>
    public void StartSyncs(int count)
    {
        var now = TimeProvider.System.GetUtcNow();
        var good = _servers.Where(server => server.Behaviour == SwarmBehaviour.Good).ToList();
        lock (_syncLock)
        {
            foreach (var server in Enumerable.Range(0, Math.Min(count, good.Count)).Select(number => good[number * good.Count / Math.Min(count, good.Count)]))
            {
                var sync = new SyncRun { Id = $"live-{Guid.NewGuid():N}", Source = SyncSource.Wsus, Trigger = SyncTrigger.Manual, StartedAt = now, Result = SyncResult.Running };
                _syncs.Enqueue((_clock.Elapsed, server, 0, sync));
            }
        }
    }

    /// <summary>Makes the servers change until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick);
        var first = _clock.Elapsed;
        for (long number = 0; !cancellationToken.IsCancellationRequested;)
        {
            for (; number < (_clock.Elapsed - first).TotalSeconds * _servers.Length / SecondsBetweenChanges; number++)
            {
                var (round, index) = Math.DivRem(number, _servers.Length);
                Change(_servers[index], round + index);
            }

            GoOnWithSyncs();
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private void Change(SwarmServer server, long round)
    {
        if (!server.IsWatched)
        {
            return;
        }

        var now = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
        if (round % ChangesBetweenHeartbeats == 0)
        {
            server.TrySend(new() { Heartbeat = new() { At = now, Reads = { new Wire.SectionRead { Name = "services", ReadAt = now }, new Wire.SectionRead { Name = "host", ReadAt = now } } } });
        }
        else if (round % ChangesBetweenSamples == 1)
        {
            server.TrySend(new() { Samples = new() { Samples_ = { new Wire.Sample { Minute = now.Seconds / 60, WorkerKilobytes = 2_000_000 + (round % 1000 * 1000), LimitKilobytes = 0, QueuedRequests = 0, RejectedRequests = 0, Updates = GeneratedServer.Updates, AgentMemoryKilobytes = 90_000 } } } });
        }
        else if (round % ChangesBetweenPoolChanges == 5)
        {
            var pool = round / ChangesBetweenPoolChanges % 2 == 0 ? _stopped : _started;
            pool.Section.ReadAt = now;
            server.TrySend(pool);
        }

        // What a slow server says was true some seconds ago, so it says nothing about the hub.
        _wsus.Section.ReadAt = now;
        _wsus.Section.Wsus.Counts.Updates = server.Behaviour == SwarmBehaviour.Slow ? GeneratedServer.Updates + (round % 100) : _marker.Make();
        Interlocked.Increment(ref server.TrySend(_wsus) ? ref _sent : ref _missed);
    }

    private void GoOnWithSyncs()
    {
        lock (_syncLock)
        {
            while (_syncs.TryPeek(out var next) && next.At <= _clock.Elapsed)
            {
                _syncs.Dequeue();
                GoOn(next.Server, next.Step, next.Sync);
                if (next.Step < ProgressSteps)
                {
                    _syncs.Enqueue((next.At + TimeSpan.FromSeconds(SecondsBetweenProgress), next.Server, next.Step + 1, next.Sync));
                }
            }
        }
    }

    private void GoOn(SwarmServer server, int step, SyncRun sync)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (step is 0 or ProgressSteps)
        {
            server.TrySend(new() { Event = server.Append(step == 0 ? sync : sync with { EndedAt = now, Result = SyncResult.Succeeded }) });
            return;
        }

        var section = _wsus.Section.Clone();
        section.ReadAt = Timestamp.FromDateTimeOffset(now);
        section.Wsus.SubscriptionState = Wire.SubscriptionState.Working;
        section.Wsus.Progress = new() { Phase = Wire.SyncPhase.Updates, Processed = step * 100, Total = ProgressSteps * 100, StartedAt = Timestamp.FromDateTimeOffset(sync.StartedAt) };
        section.Wsus.Counts.Updates = _marker.Make();
        server.TrySend(new() { Section = section });
    }
}
