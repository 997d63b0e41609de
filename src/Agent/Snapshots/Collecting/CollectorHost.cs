using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Snapshots.Collecting;

/// <summary>Runs the collectors: schedule, deadline, isolation, measures. A collector that fails or hangs harms no other.</summary>
public sealed class CollectorHost : IHostedService, IDisposable
{
    private readonly BusyState _busy;
    private readonly Dictionary<string, CollectorLoop> _loops;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private bool _isDisposed;

    public CollectorHost(
        IEnumerable<ICollector> collectors,
        SnapshotStore snapshots,
        AgentStore store,
        CollectorMeasures measures,
        AgentOptions options,
        TimeProvider timeProvider,
        ILogger<CollectorHost> logger)
    {
        _busy = new BusyState();
        var writer = new SectionWriter(snapshots, new StateTracker(store, timeProvider), measures, _busy, timeProvider, logger);
        _loops = collectors.ToDictionary(
            collector => collector.SectionName,
            collector => new CollectorLoop(collector, writer, _busy, new AdaptiveInterval(measures.Load), options, timeProvider, logger));
        writer.WsusPoolStarted += WakeThoseThroughThePool;
    }

    /// <summary>Whether a repair or a synchronization goes on, and all sections are therefore read often.</summary>
    public bool IsBusy => _busy.IsBusy;

    /// <summary>Reads a section now, heavy counts included, and returns when the snapshot has what was found (or that it failed).</summary>
    /// <exception cref="ArgumentException">There is no collector of that name.</exception>
    public Task RefreshAsync(string sectionName, CancellationToken cancellationToken) =>
        _loops.TryGetValue(sectionName, out var loop)
            ? loop.ReadAsync(ReadDepth.Everything, cancellationToken)
            : throw new ArgumentException($"There is no collector \"{sectionName}\"; there are {string.Join(", ", _loops.Keys)}.", nameof(sectionName));

    /// <summary>Says that a repair begins or ends: while it runs, all sections are read more often.</summary>
    public void SetBusy(bool busy) => _busy.Set(BusyState.Repair, busy);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(_loops.Values.Select(loop => Task.Run(() => loop.RunAsync(_stopping.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        // The container knows it under two names, and disposes of it under both.
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        // An agent whose start failed is disposed of without having been stopped: its loops are not to take that for a failed read.
        _stopping.Cancel();
        _stopping.Dispose();
        foreach (var loop in _loops.Values)
        {
            loop.Dispose();
        }
    }

    /// <summary>WSUS answers through a pool of IIS: when the pool is back, it is asked at once and not after its interval or its back-off.</summary>
    private void WakeThoseThroughThePool()
    {
        foreach (var section in (string[])[SectionNames.Wsus, SectionNames.Client])
        {
            _loops.GetValueOrDefault(section)?.Wake();
        }
    }
}
