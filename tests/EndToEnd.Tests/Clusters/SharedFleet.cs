using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using WsusDashboard.Benchmarks.Fleet;
using WsusDashboard.Benchmarks.Fleet.Hubs;
using WsusDashboard.Benchmarks.Fleet.Swarm;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.EndToEnd.Tests.Clusters;

/// <summary>Several dashboards as processes on one PostgreSQL database, and the agents of a swarm that they share.</summary>
internal sealed class SharedFleet : IAsyncDisposable
{
    private const int PageSize = 200;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    private readonly TempFolder _folder = new();
    private readonly List<HubProcess> _hubs = [];
    private readonly Dictionary<HubProcess, HubDatabase> _folders = [];
    private readonly int _servers;
    private readonly Uri? _publicAddress;
    private string _database = "";
    private SwarmProcess? _swarm;
    private int _made;

    private SharedFleet(int servers, Uri? publicAddress, string[] settings) => (_servers, _publicAddress, Cluster) = (servers, publicAddress, PostgresCluster.Start(settings));

    /// <summary>Those that run.</summary>
    public IReadOnlyList<HubProcess> Hubs => _hubs;

    public PostgresCluster Cluster { get; }

    /// <summary>Signs in once, at any of them; without host.</summary>
    public string SignInLink { get; private set; } = "";

    private SwarmProcess Swarm => _swarm ?? throw new InvalidOperationException("The swarm is not started.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="servers">Agents of the swarm.</param>
    /// <param name="dashboards">Processes that share them.</param>
    /// <param name="publicAddress">That of a proxy in front of them; null = none.</param>
    /// <param name="settings">Of PostgreSQL.</param>
    public static async Task<SharedFleet> StartAsync(int servers, int dashboards, Uri? publicAddress = null, params string[] settings)
    {
        var fleet = new SharedFleet(servers, publicAddress, settings);
        try
        {
            fleet._database = fleet.Cluster.CreateDatabase();
            var first = fleet.NewDatabase();
            var port = LoopbackPort.Choose();
            fleet._swarm = await SwarmProcess.StartAsync(servers, port, ChangeMarker.StartNow(), [first.MakeKey()], Token);
            fleet.SignInLink = (await first.FillAsync(fleet.Swarm.Pins.Select((pin, index) => (index, pin)), port, Token))[0];
            await fleet.StartHubAsync(first);
            while (fleet._hubs.Count < dashboards)
            {
                await fleet.JoinAsync();
            }

            await fleet.UntilSharedAsync();
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more dashboard, with a folder of its own and the keys of the others.</summary>
    /// <param name="through">How it reaches PostgreSQL; null = as the others.</param>
    public async Task<HubProcess> JoinAsync(DatabaseRelay? through = null)
    {
        using var rest = new RestClient(_hubs[0].Address, _hubs[0].Token);
        var (_, offer, _) = await rest.PostAsync("/api/v1/hub/join-tokens");
        return await StartHubAsync(NewDatabase() with { Way = through?.ConnectionString(_database) }, offer.Text("token"));
    }

    /// <summary>Starts one again that was killed or stopped, in its folder.</summary>
    /// <param name="ended">The one that was.</param>
    /// <param name="program">The assembly of another build; null = the same.</param>
    public Task<HubProcess> StartAgainAsync(HubProcess ended, string? program = null) => StartHubAsync(_folders[ended], program: program);

    /// <summary>The relay that stands between PostgreSQL and whoever joins through it.</summary>
    public DatabaseRelay Relay() => DatabaseRelay.Start(Cluster);

    /// <summary>Waits until each dashboard owns its share, nothing is without an owner, and all servers are up.</summary>
    public async Task UntilSharedAsync()
    {
        foreach (var hub in _hubs)
        {
            using var rest = new RestClient(hub.Address, hub.Token);
            await Eventually.Async(() => rest.ReadAsync("/health/ready"), ready => ready.Text.Contains($"with {_hubs.Count} dashboards; 0 have no owner", StringComparison.Ordinal) && ready.Text.Contains("\"Healthy\"", StringComparison.OrdinalIgnoreCase));
        }

        // Each is healthy while its share is still on its way.
        var share = Partitions.FairShare(_hubs.Count);
        await Eventually.Async(() => CountAsync($"""SELECT count(*) FROM (SELECT "Owner" FROM "Partitions" WHERE "Id" < {Partitions.Count} GROUP BY "Owner" HAVING count(*) <= {share}) AS shares"""), owners => owners == _hubs.Count);
        await UntilFreshAsync(TimeProvider.System.GetUtcNow().AddMinutes(-1));
    }

    /// <summary>Waits until every server has an open link, and every dashboard shows it up and read after this moment. The value is how long the links took, and how long all of it.</summary>
    /// <param name="after">A server that was read later is fresh.</param>
    /// <param name="servers">Ids of those that have to be shown; null = all. Others tell their numbers every ten seconds, whatever happens elsewhere.</param>
    public async Task<(TimeSpan Watched, TimeSpan Shown)> UntilFreshAsync(DateTimeOffset after, IReadOnlySet<string>? servers = null)
    {
        var started = Stopwatch.GetTimestamp();
        await Eventually.Async(() => Swarm.ReadStateAsync(Token), state => state.Watched == _servers);
        var watched = Stopwatch.GetElapsedTime(started);
        foreach (var hub in _hubs)
        {
            using var rest = new RestClient(hub.Address, hub.Token);
            while (await CountFreshAsync(rest, after, servers) < (servers?.Count ?? _servers))
            {
                // A thousand servers are five pages: asked without a pause, the question would be most of what the machine does.
                await Task.Delay(LookInterval, Token);
            }
        }

        return (watched, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Waits until all agents are watched.</summary>
    public Task UntilWatchedAsync() => Eventually.Async(() => Swarm.ReadStateAsync(Token), state => state.Watched == _servers);

    /// <summary>What the agents say of themselves.</summary>
    public Task<SwarmState> ReadSwarmAsync() => Swarm.ReadStateAsync(Token);

    /// <summary>Begins to measure anew how long nobody watches an agent.</summary>
    public Task ForgetGapsAsync() => Swarm.ForgetGapsAsync(Token);

    /// <summary>Ids of all servers, each with the dashboard that owns it.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadOwnersAsync()
    {
        await using var connection = new NpgsqlConnection(Cluster.ConnectionString(_database, pooling: false));
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand("""SELECT s."Id", p."Owner" FROM "Servers" AS s JOIN "Partitions" AS p ON p."Id" = s."Id" % 64""", connection);
        var owners = new Dictionary<string, string>();
        await using var reader = await command.ExecuteReaderAsync(Token);
        while (await reader.ReadAsync(Token))
        {
            owners[reader.GetInt32(0).ToString(CultureInfo.InvariantCulture)] = reader.GetString(1);
        }

        return owners;
    }

    /// <summary>Servers that this dashboard shows up and read after this moment.</summary>
    public static async Task<int> CountFreshAsync(HubProcess hub, DateTimeOffset after)
    {
        using var rest = new RestClient(hub.Address, hub.Token);
        return await CountFreshAsync(rest, after);
    }

    /// <summary>Ends a dashboard in this moment; it's no longer among <see cref="Hubs"/>.</summary>
    public async Task KillAsync(HubProcess hub)
    {
        hub.Kill();
        _hubs.Remove(hub);
        await hub.DisposeAsync();
    }

    /// <summary>What a dashboard says of all, and of itself.</summary>
    public static async Task<JsonElement> ReadClusterAsync(HubProcess hub)
    {
        using var rest = new RestClient(hub.Address, hub.Token);
        return await rest.GetAsync("/api/v1/cluster");
    }

    /// <summary>Asks a dashboard to end, as a service manager does.</summary>
    public async Task StopAsync(HubProcess hub)
    {
        _hubs.Remove(hub);
        await hub.DisposeAsync();
    }

    /// <summary>Sends a process a signal by its name, for example STOP.</summary>
    public static async Task SignalAsync(HubProcess hub, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", hub.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Token);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Begins so many synchronizations; each ends half a minute later, and its agent tells it once and keeps it.</summary>
    public Task StartSyncsAsync(int count) => Swarm.StartSyncsAsync(count, Token);

    /// <summary>Waits until the history has all that the agents have told, and asserts that it has each once and without a hole.</summary>
    public async Task AssertHistoryAsync(int syncs)
    {
        var expected = (_servers * SwarmFleet.HistorySyncs) + syncs;
        await Eventually.Async(() => CountAsync("SELECT count(*) FROM \"SyncRuns\" WHERE \"EndedAt\" IS NOT NULL"), count => count >= expected);
        Assert.Equal(expected, await CountAsync("SELECT count(*) FROM \"SyncRuns\""));
        Assert.Equal(0, await CountAsync("SELECT count(*) FROM \"StateChanges\" WHERE \"Subject\" = 'history'"));
        Assert.Equal(_servers, await CountAsync("SELECT count(*) FROM \"LinkCursors\""));
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Cluster.ConnectionString(_database, pooling: false));
        await connection.OpenAsync(Token);
#pragma warning disable CA2100 // Of these tests.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in _hubs)
        {
            await hub.DisposeAsync();
        }

        if (_swarm is not null)
        {
            await _swarm.DisposeAsync();
        }

        Cluster.Dispose();
        _folder.Dispose();
    }

    private static async Task<int> CountFreshAsync(RestClient rest, DateTimeOffset after, IReadOnlySet<string>? servers = null)
    {
        var fresh = 0;
        for (var page = 1; ; page++)
        {
            var answer = await rest.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v1/servers?pageSize={PageSize}&page={page}&sort=name"));
            var items = answer.GetProperty("items").EnumerateArray().ToList();
            fresh += items.Count(item => servers?.Contains(item.Text("id")) != false && item.Text("link", "state") == "up" && IsAfter(item, after));
            if (page >= answer.GetProperty("pageCount").GetInt32())
            {
                return fresh;
            }
        }
    }

    private static bool IsAfter(JsonElement item, DateTimeOffset after) => DateTimeOffset.TryParse(item.Text("readAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var readAt) && readAt > after;

    private HubDatabase NewDatabase() => new(Directory.CreateDirectory(_folder.File(string.Create(CultureInfo.InvariantCulture, $"dashboard{_made++}"))).FullName, Cluster, _database);

    private async Task<HubProcess> StartHubAsync(HubDatabase database, string? joinToken = null, string? program = null)
    {
        var hub = await HubProcess.StartAsync(database, Token, joinToken, publicAddress: _publicAddress, program: program);
        _hubs.Add(hub);
        _folders[hub] = database;
        return hub;
    }
}
