using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using WsusDashboard.Benchmarks.Fleet;
using WsusDashboard.Benchmarks.Fleet.Hubs;
using WsusDashboard.Benchmarks.Fleet.Swarm;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.EndToEnd.Tests.Clusters;

/// <summary>Several dashboards as processes on one PostgreSQL database, and the agents of a swarm that they share.</summary>
internal sealed class SharedFleet : IAsyncDisposable
{
    private const int PageSize = 200;

    private readonly TempFolder _folder = new();
    private readonly PostgresCluster _cluster = PostgresCluster.Start();
    private readonly List<HubProcess> _hubs = [];
    private readonly int _servers;
    private string _database = "";
    private SwarmProcess? _swarm;
    private int _folders;

    private SharedFleet(int servers) => _servers = servers;

    public IReadOnlyList<HubProcess> Hubs => _hubs;

    private SwarmProcess Swarm => _swarm ?? throw new InvalidOperationException("The swarm is not started.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<SharedFleet> StartAsync(int servers, int dashboards)
    {
        var fleet = new SharedFleet(servers);
        try
        {
            fleet._database = fleet._cluster.CreateDatabase();
            var first = fleet.NewDatabase();
            var port = LoopbackPort.Choose();
            fleet._swarm = await SwarmProcess.StartAsync(servers, port, ChangeMarker.StartNow(), [first.MakeKey()], Token);
            await first.FillAsync(fleet.Swarm.Pins.Select((pin, index) => (index, pin)), port, Token);
            fleet._hubs.Add(await HubProcess.StartAsync(first, Token));
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
    public async Task<HubProcess> JoinAsync()
    {
        using var rest = new RestClient(_hubs[0].Address, _hubs[0].Token);
        var (_, offer, _) = await rest.PostAsync("/api/v1/hub/join-tokens");
        var joined = await HubProcess.StartAsync(NewDatabase(), Token, offer.Text("token"));
        _hubs.Add(joined);
        return joined;
    }

    /// <summary>Waits until each dashboard owns its share, nothing is without an owner, and all servers are up.</summary>
    public async Task UntilSharedAsync()
    {
        foreach (var hub in _hubs)
        {
            using var rest = new RestClient(hub.Address, hub.Token);
            await Eventually.Async(() => rest.ReadAsync("/health/ready"), ready => ready.Text.Contains($"with {_hubs.Count} dashboards; 0 have no owner", StringComparison.Ordinal) && ready.Text.Contains("\"Healthy\"", StringComparison.OrdinalIgnoreCase));
        }

        await UntilFreshAsync(TimeProvider.System.GetUtcNow().AddMinutes(-1));
    }

    /// <summary>Waits until every server has an open link, and every dashboard shows it up and read after this moment. The value is how long that took.</summary>
    public async Task<TimeSpan> UntilFreshAsync(DateTimeOffset after)
    {
        var started = Stopwatch.GetTimestamp();
        await Eventually.Async(() => Swarm.ReadStateAsync(Token), state => state.Watched == _servers);
        foreach (var hub in _hubs)
        {
            using var rest = new RestClient(hub.Address, hub.Token);
            await Eventually.Async(() => CountFreshAsync(rest, after), count => count == _servers);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Ends a dashboard in this moment; it's no longer among <see cref="Hubs"/>.</summary>
    public async Task KillAsync(HubProcess hub)
    {
        hub.Kill();
        _hubs.Remove(hub);
        await hub.DisposeAsync();
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
        await using var connection = new NpgsqlConnection(_cluster.ConnectionString(_database, pooling: false));
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

        _cluster.Dispose();
        _folder.Dispose();
    }

    private static async Task<int> CountFreshAsync(RestClient rest, DateTimeOffset after)
    {
        var fresh = 0;
        for (var page = 1; ; page++)
        {
            var answer = await rest.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v1/servers?pageSize={PageSize}&page={page}&sort=name"));
            var items = answer.GetProperty("items").EnumerateArray().ToList();
            fresh += items.Count(item => item.Text("link", "state") == "up" && IsAfter(item, after));
            if (items.Count < PageSize)
            {
                return fresh;
            }
        }
    }

    private static bool IsAfter(JsonElement item, DateTimeOffset after) => DateTimeOffset.TryParse(item.Text("readAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var readAt) && readAt > after;

    private HubDatabase NewDatabase() => new(Directory.CreateDirectory(_folder.File(string.Create(CultureInfo.InvariantCulture, $"dashboard{_folders++}"))).FullName, _cluster, _database);
}
