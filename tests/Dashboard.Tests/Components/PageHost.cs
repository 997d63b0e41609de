using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using WsusDashboard.Dashboard.Components.Circuit;
using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Components;

/// <summary>Pages over the real services, a real SQLite file and a live state that the test publishes to; no agent is there.</summary>
internal sealed class PageHost : BunitContext
{
    private readonly TempFolder _folder = new();
    private int _lastId;

    static PageHost() => DefaultWaitTimeout = Eventually.Limit;

    private PageHost()
    {
        var options = new DashboardOptions { DataDirectory = _folder.Path };
        TestClusters.CopySqlite(options.DatabasePath);
        Services.AddLogging();
        Services.AddSingleton(options);
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddDatabase(DataFolder.Hold(options), options);
        Services.ConfigureDbContext<DashboardContext>(context => context.AddInterceptors(Statements));
        Services.AddSecurity(KeyFile.Open(options), options);
        Services.AddIngest();
        Services.AddFeatures();
        // The provider stands in the layout; a part is looked at without it.
        Services.AddMudServices(options => options.PopoverOptions.CheckForPopoverProvider = false);
        Services.AddScoped<Viewer>();
        Services.AddScoped<CircuitClock>();
        Services.AddScoped<Confirmation>();
        Services.AddScoped<BrowserModule>();
        Services.AddScoped<RepairSheetState>();
        Services.AddSingleton<PrerenderHandoff>();
        Services.GetRequiredService<Caller>().Become(CallerIdentity.Dashboard);
        JSInterop.Mode = JSRuntimeMode.Loose;
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public static DateTimeOffset Start { get; } = new(2026, 5, 4, 8, 0, 0, TimeSpan.Zero);

    public WatchedTimeProvider Time { get; } = new(Start);

    /// <summary>What the pages ask of the database.</summary>
    public StatementRecorder Statements { get; } = new();

    public LiveFleet Live => Services.GetRequiredService<LiveFleet>();

    public NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    public static async Task<PageHost> StartAsync()
    {
        var host = new PageHost();
        await host.Services.GetRequiredService<DatabaseInitializer>().StartAsync(Xunit.TestContext.Current.CancellationToken);
        host.Live.Reset([]);
        return host;
    }

    /// <summary>A server as ingest would publish it: assessed by the real rules, in the database and live.</summary>
    public async Task<LiveServer> AddServerAsync(string name, Snapshot? snapshot, LinkStatus? link = null, params IReadOnlyList<SyncRun> syncs)
    {
        var id = ++_lastId;
        var live = Assess(new LiveServer { Id = id, Name = name, Site = name[..3], Address = $"http://{name}:5101", Baseline = BaselineCatalog.GuideId, Status = new(), Snapshot = snapshot, Link = link ?? Up(), RecentSyncs = syncs });
        await using var context = await Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Xunit.TestContext.Current.CancellationToken);
        context.Servers.Add(new ServerEntity
        {
            Id = id,
            Name = live.Name,
            NameKey = live.Name.ToLowerInvariant(),
            SearchText = ServerEntity.SearchTextOf(live.Name, live.Site, live.Address, live.Name),
            Address = live.Address,
            Site = live.Site,
            AddedAt = Start.UtcDateTime,
            Status = live.Status,
        });
        await context.SaveChangesAsync(Xunit.TestContext.Current.CancellationToken);
        Live.Publish(live);
        return live;
    }

    /// <summary>A change that ingest would publish.</summary>
    public LiveServer Publish(LiveServer live)
    {
        var assessed = Assess(live);
        Live.Publish(assessed);
        return assessed;
    }

    public async Task AddRunAsync(int serverId, Repair run)
    {
        await using var context = await Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Xunit.TestContext.Current.CancellationToken);
        context.Repairs.Add(new RepairEntity
        {
            ServerId = serverId,
            RepairId = run.Id,
            Playbook = run.Playbook,
            Baseline = run.Baseline,
            State = run.State,
            RequestedBy = run.RequestedBy,
            StartedAt = run.StartedAt.UtcDateTime,
            EndedAt = run.EndedAt?.UtcDateTime,
            CanUndo = run.CanUndo,
            ReadAt = Start.UtcDateTime,
            Run = System.Text.Json.JsonSerializer.Serialize(run, JsonColumn.Json),
        });
        await context.SaveChangesAsync(Xunit.TestContext.Current.CancellationToken);
    }

    /// <summary>A synchronization of ten minutes, as ingest would keep it.</summary>
    public Task AddSyncAsync(int serverId, string id, DateTimeOffset startedAt, SyncResult result, string? cause = null) => WriteAsync(context => context.SyncRuns.Add(new SyncRunEntity
    {
        ServerId = serverId,
        RunId = id,
        Source = SyncSource.Wsus,
        StartedAt = startedAt.UtcDateTime,
        EndedAt = startedAt.UtcDateTime.AddMinutes(10),
        Result = result,
        CauseId = cause,
        CauseTitle = cause,
    }));

    public async Task WriteAsync(Action<DashboardContext> write)
    {
        await using var context = await Services.GetRequiredService<IDbContextFactory<DashboardContext>>().CreateDbContextAsync(Xunit.TestContext.Current.CancellationToken);
        write(context);
        await SyncRollup.SaveAsync(context, Xunit.TestContext.Current.CancellationToken);
    }

    public LinkStatus Up() => new(LinkState.Up, Start, null, 0, Time.GetUtcNow());

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            _folder.Dispose();
        }
    }

    private LiveServer Assess(LiveServer live)
    {
        var baseline = BaselineCatalog.Guide;
        var isReachable = live.Link.State == LinkState.Up;
        var assessment = RuleEngine.Assess(new Observation
        {
            Now = Time.GetUtcNow(),
            ServerName = live.Name,
            Snapshot = live.Snapshot,
            RecentSyncs = live.RecentSyncs,
            Baseline = baseline,
            Outside = live.Outside,
            IsReachable = isReachable,
            UnreachableSince = isReachable ? null : live.Link.Since,
            LinkError = live.Link.Error,
        });
        return live with { Assessment = assessment, Status = StatusBuilder.Build(StatusBuilder.WithSyncs(live.Status, live.RecentSyncs), live.Snapshot, assessment, baseline, Time.GetUtcNow()) };
    }
}
