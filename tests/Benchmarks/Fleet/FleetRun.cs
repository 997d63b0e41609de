using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using WsusDashboard.Benchmarks.Fleet.Circuits;
using WsusDashboard.Benchmarks.Fleet.Hubs;
using WsusDashboard.Benchmarks.Fleet.Swarm;

namespace WsusDashboard.Benchmarks.Fleet;

/// <summary>
/// One run: a swarm, the dashboards that watch it, pages and clients of them. Every process begins anew, with a database of its own; the swarm's first start
/// meets an empty history, the second one what the first left.
/// </summary>
internal sealed class FleetRun : IAsyncDisposable
{
    public const string FirstStart = "first start";
    public const string Restart = "restart";
    public const string Steady = "steady";
    public const string Trouble = "10 % dead, slow or flapping";
    public const string Syncing = "100 syncs";

    /// <summary>The page with its healthy servers as rows: most of the swarm is healthy, and rows are what is measured.</summary>
    public const string Unfolded = "?healthy=open";

    private const double MegaByte = 1024 * 1024;
    private const double TroubleShare = 0.1;
    private const int Syncs = 100;

    private static readonly TimeSpan LinkLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>What people look at: most of them the page as it opens, the others a page, an order or a filter of their own.</summary>
    private static readonly string[] Addresses = [Unfolded, Unfolded, $"{Unfolded}&page=2", Unfolded, "?sort=name&descending=false", Unfolded, "?site=S03", "?search=s07", $"{Unfolded}&page=3", "?drifted=false"];

    private readonly FleetOptions _options;
    private readonly TempFolder _folder = new();
    private readonly PostgresCluster? _cluster;
    private readonly ChangeMarker _marker = ChangeMarker.StartNow();
    private readonly Latencies _rows = new();
    private readonly Latencies _clients = new();
    private readonly List<HubProcess> _hubs = [];
    private readonly List<CircuitPage> _pages = [];
    private readonly List<OutsideClient> _outside = [];
    private List<HubDatabase> _databases = [];
    private readonly List<string> _links = [];
    private readonly List<int> _agentPorts = [];
    private SwarmProcess? _swarm;
    private Sight? _firstSight;
    private Sight? _lastSight;

    private FleetRun(FleetOptions options)
    {
        _options = options;
        _cluster = options.IsPostgreSql ? PostgresCluster.Start("shared_buffers=256MB") : null;
    }

    private SwarmProcess Swarm => _swarm ?? throw new InvalidOperationException("The swarm is not started.");

    public ChangeMarker Marker => _marker;

    /// <summary>What the databases grew by in all windows and between them, for a day. Over less than some minutes it says little: a database grows by pages.</summary>
    public double DatabaseMegaBytesPerDay => _firstSight is { } first && _lastSight is { } last
        ? (last.DatabaseBytes - first.DatabaseBytes) / MegaByte / Stopwatch.GetElapsedTime(first.At, last.At).TotalDays
        : 0;

    /// <summary>The first dashboard.</summary>
    public HubProcess Hub => _hubs[0];

    /// <summary>Starts the swarm and fills the databases; no dashboard runs yet.</summary>
    public static async Task<FleetRun> PrepareAsync(FleetOptions options, CancellationToken cancellationToken)
    {
        var run = new FleetRun(options);
        try
        {
            var shared = options.IsShared ? run._cluster?.CreateDatabase() : null;
            run._databases = [.. Enumerable.Range(0, options.Hubs).Select(number => new HubDatabase(Directory.CreateDirectory(run._folder.File($"hub{number}")).FullName, run._cluster, shared ?? run._cluster?.CreateDatabase() ?? ""))];
            var port = FreePort();
            run._agentPorts.AddRange(run._databases.Select(_ => options.IsOutbound ? FreePort() : 0));
            IEnumerable<HubDatabase> filled = options.IsShared ? run._databases.Take(1) : run._databases;
            run._swarm = await SwarmProcess.StartAsync(options.Servers, port, run._marker, [.. filled.Select(database => database.MakeKey())], cancellationToken, options.IsOutbound ? run._agentPorts : null);
            foreach (var (database, number) in filled.Select((database, number) => (database, number)))
            {
                var own = run.Swarm.Pins.Select((pin, index) => (Index: index, Pin: pin)).Where(server => options.IsShared || server.Index % options.Hubs == number);
                run._links.AddRange(await database.FillAsync(own, options.IsOutbound ? null : port, cancellationToken, options.IsShared ? options.Hubs : 1));
            }

            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the dashboards, and waits until every link is up.</summary>
    public async Task<StartMeasure> StartAsync(string name, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        _hubs.AddRange(await Task.WhenAll(_databases.Select((database, number) => (database, number)).Where(hub => !IsJoining(hub.number)).Select(hub => StartHubAsync(hub.number, null))));
        while (_hubs.Count < _databases.Count)
        {
            _hubs.Add(await StartHubAsync(_hubs.Count, await Hub.MakeJoinTokenAsync(cancellationToken)));
        }

        var answered = Stopwatch.GetElapsedTime(started);
        using var linking = new CancellationTokenSource();
        var health = _hubs.Select(hub => hub.WatchHealthAsync(linking.Token)).ToList();
        await UntilWatchedAsync(started, cancellationToken);
        var linked = Stopwatch.GetElapsedTime(started);
        await linking.CancelAsync();
        var answers = await Task.WhenAll(health);
        var uses = _hubs.Select(hub => hub.Use).ToList();
        await Swarm.SettleAsync(cancellationToken);
        return new(
            name, answered.TotalSeconds, linked.TotalSeconds, uses.Sum(use => use.ProcessorTime.TotalSeconds), uses.Sum(use => use.ResidentKilobytes) / 1024.0,
            answers.Max(answer => answer.Slowest.TotalMilliseconds), answers.Sum(answer => answer.Failed));

        // One that has joined once has its keys.
        bool IsJoining(int number) => _options.IsShared && number > 0 && name == FirstStart;

        Task<HubProcess> StartHubAsync(int number, string? joinToken) => HubProcess.StartAsync(_databases[number], cancellationToken, joinToken, _agentPorts[number]);
    }

    /// <summary>Kills the last of several dashboards that share the fleet.</summary>
    /// <returns>The time until the others watch every server, seen from the servers.</returns>
    public async Task<TimeSpan> KillOneAsync(CancellationToken cancellationToken)
    {
        await CloseAsync();
        var watched = _options.Servers;
        var killed = Stopwatch.GetTimestamp();
        _hubs[^1].Kill();

        // The servers notice a moment later that nobody watches them any more.
        while (watched == _options.Servers && Stopwatch.GetElapsedTime(killed) < LinkLimit)
        {
            watched = (await Swarm.ReadStateAsync(cancellationToken)).Watched;
        }

        await UntilWatchedAsync(killed, cancellationToken);
        return Stopwatch.GetElapsedTime(killed);
    }

    /// <summary>Ends the dashboards as a service manager would.</summary>
    public async Task StopAsync()
    {
        await CloseAsync();
        foreach (var hub in _hubs)
        {
            await hub.DisposeAsync();
        }

        _hubs.Clear();
    }

    /// <summary>Signs in, and opens one client of the live stream on every dashboard.</summary>
    public async Task SignInAsync(CancellationToken cancellationToken)
    {
        for (var number = 0; number < _hubs.Count; number++)
        {
            await _hubs[number].SignInAsync(_links[number], cancellationToken);
            _outside.Add(await OutsideClient.OpenAsync(_hubs[number], _marker, _clients, cancellationToken));
        }
    }

    /// <summary>Opens pages until there are so many, on one dashboard after the other.</summary>
    public async Task OpenPagesAsync(int count, CancellationToken cancellationToken)
    {
        while (_pages.Count < count)
        {
            _pages.Add(await CircuitPage.OpenAsync(_hubs[_pages.Count % _hubs.Count], Addresses[_pages.Count % Addresses.Length], _marker, _rows, cancellationToken));
        }
    }

    /// <summary>Measures one window after a time to settle.</summary>
    public async Task<WindowMeasure> MeasureAsync(string condition, CancellationToken cancellationToken)
    {
        await Swarm.SpoilAsync(condition == Trouble ? TroubleShare : 0, cancellationToken);
        if (condition == Syncing)
        {
            await Swarm.StartSyncsAsync(Syncs, cancellationToken);
        }

        await Task.Delay(_options.WarmUp, cancellationToken);
        _rows.Take();
        _clients.Take();
        var before = await LookAsync(cancellationToken);
        _firstSight ??= before;
        await Task.Delay(_options.Window, cancellationToken);
        var after = await LookAsync(cancellationToken);
        _lastSight = after;
        var seconds = Stopwatch.GetElapsedTime(before.At, after.At).TotalSeconds;
        return new()
        {
            Condition = condition,
            Pages = _pages.Count,
            HubProcessor = (after.HubProcessor - before.HubProcessor).TotalSeconds / seconds,
            ResidentMegaBytes = after.ResidentKilobytes / 1024.0,
            PrivateMegaBytes = after.PrivateKilobytes / 1024.0,
            ManagedMegaBytes = after.ManagedBytes / MegaByte,
            AllocatedMegaBytes = (after.AllocatedBytes - before.AllocatedBytes) / MegaByte / seconds,
            WireKiloBytes = (after.Swarm.Bytes - before.Swarm.Bytes) / 1024.0 / seconds,
            PagesKiloBytes = (after.PageBytes - before.PageBytes) / 1024.0 / seconds,
            ChangesPerSecond = (after.Swarm.Sent - before.Swarm.Sent) / seconds,
            Row = _rows.Take(),
            Client = _clients.Take(),
            SwarmProcessor = (after.SwarmUse.ProcessorTime - before.SwarmUse.ProcessorTime).TotalSeconds / seconds,
            SwarmMegaBytes = after.SwarmUse.ResidentKilobytes / 1024.0,
            MachineProcessors = after.Machine.ProcessorsSince(before.Machine),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_swarm is not null)
        {
            await _swarm.DisposeAsync();
        }

        _cluster?.Dispose();
        _folder.Dispose();
    }

    private async Task UntilWatchedAsync(long since, CancellationToken cancellationToken)
    {
        while (await Swarm.ReadStateAsync(cancellationToken) is var state && state.Watched < _options.Servers)
        {
            if (Stopwatch.GetElapsedTime(since) > LinkLimit)
            {
                throw new BenchmarkFailure($"Only {state.Watched} of {_options.Servers} links are up after {LinkLimit.TotalMinutes:0} minutes. The dashboard wrote: {Hub.Output}");
            }

            await Task.Delay(LookInterval, cancellationToken);
        }
    }

    private async Task CloseAsync()
    {
        foreach (var page in _pages)
        {
            await page.DisposeAsync();
        }

        foreach (var client in _outside)
        {
            await client.DisposeAsync();
        }

        _pages.Clear();
        _outside.Clear();
    }

    private async Task<Sight> LookAsync(CancellationToken cancellationToken)
    {
        var uses = _hubs.Select(hub => hub.Use).ToList();
        var memory = _hubs.Select(hub => hub.Memory).ToList();
        long size = 0;
        foreach (var database in _databases)
        {
            size += await database.SizeAsync(cancellationToken);
        }

        return new(
            Stopwatch.GetTimestamp(),
            TimeSpan.FromSeconds(uses.Sum(use => use.ProcessorTime.TotalSeconds)),
            uses.Sum(use => use.ResidentKilobytes),
            uses.Sum(use => use.PrivateKilobytes),
            memory.Sum(one => one.ManagedBytes),
            memory.Sum(one => one.AllocatedBytes),
            _pages.Sum(page => page.Bytes),
            size,
            await Swarm.ReadStateAsync(cancellationToken),
            Swarm.Use,
            Machine.Read());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed record Sight(
        long At, TimeSpan HubProcessor, long ResidentKilobytes, long PrivateKilobytes, long ManagedBytes, long AllocatedBytes, long PageBytes, long DatabaseBytes, SwarmState Swarm, Footprint.ProcessUse SwarmUse, Machine Machine);
}
