using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Benchmarks.Live;

/// <summary>
/// A whole dashboard on a temporary folder with servers that no link stands behind: what an agent would send is handed to ingest once a second for each.
/// Every change is a number of updates that no other change has; once in half a minute the pool of a server stops or starts, too.
/// </summary>
internal sealed class ChangingFleet : IAsyncDisposable
{
    private const int SecondsBetweenPoolChanges = 30;
    private const long FirstNumber = 1_000_000;

    private readonly DirectoryInfo _folder;
    private readonly WebApplication _dashboard;
    private readonly ConcurrentDictionary<string, long> _changedAt = new();
    private readonly Snapshot _snapshot = SnapshotNow();
    private int _servers;

    private ChangingFleet(DirectoryInfo folder, WebApplication dashboard) => (_folder, _dashboard) = (folder, dashboard);

    public IServiceProvider Services => _dashboard.Services;

    public static async Task<ChangingFleet> StartAsync(int servers, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("wsusdashboard-live-");
        var dashboard = DashboardHost.Build(
            [],
            options => (options.Port, options.EnrolmentPort, options.ListenAddress, options.DataDirectory) = (0, 0, "127.0.0.1", folder.FullName),
            settings: new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "None" });
        await dashboard.StartAsync(cancellationToken);
        var fleet = new ChangingFleet(folder, dashboard);
        await fleet.AddAsync(servers, cancellationToken);
        return fleet;
    }

    /// <summary>The timestamp of the change that brought this number into the fleet; null where the text is none.</summary>
    public long? ChangedAt(string text) => _changedAt.TryGetValue(text, out var at) ? at : null;

    /// <summary>Changes every server once a second, spread over the second, until it is cancelled.</summary>
    public async Task ChangeAsync(CancellationToken cancellationToken)
    {
        var ingest = Services.GetRequiredService<FleetIngest>();
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (long sent = 0; !cancellationToken.IsCancellationRequested;)
        {
            for (; sent < clock.Elapsed.TotalSeconds * _servers; sent++)
            {
                Change(ingest, sent);
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.StopAsync();
        await _dashboard.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private void Change(FleetIngest ingest, long number)
    {
        var (turn, index) = Math.DivRem(number, _servers);
        var id = (int)index + 1;
        var text = (FirstNumber + number).ToString("N0", CultureInfo.InvariantCulture);
        var (now, round) = (TimeProvider.System.GetUtcNow(), turn + index);
        if (round % SecondsBetweenPoolChanges == 0)
        {
            var isStopped = round / SecondsBetweenPoolChanges % 2 == 0;
            ingest.Take(id, Section(_snapshot.Iis with { ReadAt = now, Value = Iis(isStopped ? PoolState.Stopped : PoolState.Started) }));
        }

        _changedAt[text] = Stopwatch.GetTimestamp();
        ingest.Take(id, Section(_snapshot.Wsus with { ReadAt = now, Value = _snapshot.Wsus.Value! with { Counts = new() { Updates = FirstNumber + number } } }));

        static Wire.Section Section<T>(Section<T> section)
            where T : class => section switch
            {
                Section<IisState> iis => iis.ToWire(),
                Section<WsusState> wsus => wsus.ToWire(),
                _ => throw new ArgumentOutOfRangeException(nameof(section)),
            };
    }

    private async Task AddAsync(int servers, CancellationToken cancellationToken)
    {
        var entities = Enumerable.Range(1, servers).Select(id => new ServerEntity
        {
            Id = id,
            Name = $"S{id % 20:00}-WSUS{id:0000}",
            NameKey = $"s{id % 20:00}-wsus{id:0000}",
            Site = $"S{id % 20:00}",
            Address = $"https://s{id:0000}.example:5101",
            SearchText = ServerEntity.SearchTextOf($"S{id % 20:00}-WSUS{id:0000}", $"S{id % 20:00}", $"https://s{id:0000}.example:5101", ""),
            AddedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
        }).ToList();
        await using var context = await Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(cancellationToken);
        context.Servers.AddRange(entities);
        await context.SaveChangesAsync(cancellationToken);

        var ingest = Services.GetRequiredService<FleetIngest>();
        var now = TimeProvider.System.GetUtcNow();
        foreach (var entity in entities)
        {
            ingest.Add(new ServerState(new(entity.Id, entity.Name, entity.Site, entity.Address, BaselineCatalog.Guide), entity.Status, Syncs(now), [], null, null));
            ingest.SetLink(entity.Id, new LinkStatus(LinkState.Up, now, null, 0, now));
            ingest.Take(entity.Id, _snapshot.ToWire());
        }

        _servers = servers;
    }

    private static IEnumerable<Shared.Syncs.SyncRun> Syncs(DateTimeOffset now) => Enumerable.Range(1, 20).Select(index => new Shared.Syncs.SyncRun
    {
        Id = $"sync-{index}",
        Source = Shared.Syncs.SyncSource.Wsus,
        StartedAt = now.AddHours(-6 * index),
        EndedAt = now.AddHours(-6 * index).AddMinutes(12),
        Result = index % 7 == 0 ? Shared.Syncs.SyncResult.Failed : Shared.Syncs.SyncResult.Succeeded,
    });

    private static IisState Iis(PoolState pool) => new()
    {
        Pools = [new AppPool { Name = "WsusPool", State = pool, Settings = BaselineComparer.Apply(new PoolSettings(), BaselineCatalog.Guide), ApplicationCount = 8 }],
        WsusPoolName = "WsusPool",
        WsusSiteName = "WSUS Administration",
    };

    private static Snapshot SnapshotNow()
    {
        var empty = Snapshot.Empty(new AgentInfo { AgentId = new string('a', 32), ComputerName = "SERVER", AgentVersion = "0.1.0" });
        return empty with
        {
            Iis = Read(empty.Iis, Iis(PoolState.Started)),
            Services = Read(empty.Services, new ServicesState { Services = [.. ServiceNames.Watched.Select(name => new ServiceStatus { Name = name, State = ServiceState.Running, StartType = ServiceStartType.Automatic })] }),
            Wsus = Read(empty.Wsus, new WsusState { Version = "10.0.20348.1", SubscriptionState = SubscriptionState.NotRunning, Counts = new() { Updates = 12_480 }, CountsReadAt = TimeProvider.System.GetUtcNow() }),
            Events = Read(empty.Events, new EventsState()),
            Host = Read(empty.Host, new HostState { TotalMemoryKilobytes = 16L * 1024 * 1024 }),
        };
    }

    private static Section<T> Read<T>(Section<T> section, T value)
        where T : class => section with { Status = SectionStatus.Ok, ReadAt = TimeProvider.System.GetUtcNow(), AttemptedAt = TimeProvider.System.GetUtcNow(), Interval = TimeSpan.FromMinutes(5), Value = value };
}
