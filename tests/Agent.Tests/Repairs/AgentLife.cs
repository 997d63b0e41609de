using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Repairs;

/// <summary>One life of an agent on a server: from its start to its end, or to the moment at which it is ended.</summary>
internal sealed class AgentLife : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly BackgroundService _worker;
    private readonly CancellationTokenSource _life = new();

    private readonly FakeServer _server;

    private AgentLife(FakeServer server)
    {
        _server = server;
        var services = new ServiceCollection();
        services.AddSingleton(new AgentOptions { DataDirectory = server.Folder, ComputerName = FakeServer.ComputerName, BusyInterval = TimeSpan.FromSeconds(30) });
        services.AddSingleton<TimeProvider>(server.Time);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<IServiceControl>(server.Services);
        services.AddSingleton<IProcessRunner>(server.Iis);
        services.AddSingleton<IWmi>(server.Wsus);
        services.AddSingleton<IRegistry>(server.Registry);
        services.AddSingleton<ConfigMgrFolder>();
        services.AddSingleton(new PairedHubs(server.Folder, NullLogger<PairedHubs>.Instance));
        services.AddSingleton<AgentAudit>();
        services.AddSingleton(new LocalPolicy(server.Folder, server.Time));
        services.AddSingleton<ServiceActions>();
        services.AddSingleton<SiteReader>();
        services.AddSingleton<SyncRequestFile>();
        services.AddSingleton<SyncNowAction>();
        services.AddRepairs();
        services.AddSingleton<IServerAccess>(server);
        services.AddCommands();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PendingApprovals>(provider, PersonsTime));
        services.AddSingleton(new PoolActions(server.Iis.OpenToAct, new IisRefusals()));
        _provider = services.BuildServiceProvider();
        _worker = _provider.GetServices<IHostedService>().OfType<RepairWorker>().Single();
        OwedStarts = _provider.GetServices<IHostedService>().OfType<OwedStartWorker>().Single();
        Service = ActivatorUtilities.CreateInstance<Requester>(_provider);
        Gate = _provider.GetRequiredService<ChangeLock>();
    }

    public Requester Service { get; }

    public ChangeLock Gate { get; }

    /// <summary>Not started: a test lets it look when it wants to.</summary>
    public OwedStartWorker OwedStarts { get; }

    /// <summary>The clock of whoever is to approve something; that of the server jumps over every wait.</summary>
    public FakeTimeProvider PersonsTime { get; } = new(new DateTimeOffset(2026, 11, 17, 12, 0, 0, TimeSpan.Zero));

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    public PendingApprovals Approvals => _provider.GetRequiredService<PendingApprovals>();

    /// <summary>Ends when the worker does.</summary>
    public Task Worker => _worker.ExecuteTask ?? Task.CompletedTask;

    /// <summary>Starts an agent; it ends at the place with the number <paramref name="crashAt"/>, counted from its start.</summary>
    public static async Task<AgentLife> BeginAsync(FakeServer server, int? crashAt = null)
    {
        var life = BeforeItsJournalIsRead(server);
        server.Crash.Begin(life._life, crashAt);
        await life.ReadJournalAsync();
        return life;
    }

    /// <summary>An agent in its first moment: it takes requests already.</summary>
    public static AgentLife BeforeItsJournalIsRead(FakeServer server) => new(server);

    public Task ReadJournalAsync() => _worker.StartAsync(_life.Token);

    public async Task<Repair> StartAsync(string playbook = PlaybookCatalog.FullRepairId, string key = "", string baseline = "guide", bool includeRisky = false)
    {
        await UntilOpenAsync();
        var plan = await Service.PlanAsync(playbook, baseline, _life.Token, includeRisky);
        return await Service.StartAsync(Request(plan, key), _life.Token);
    }

    public async Task<Repair> RunAsync(string playbook = PlaybookCatalog.FullRepairId, string baseline = "guide") =>
        await EndOfAsync((await StartAsync(playbook, "", baseline)).Id);

    public async Task<Repair> UndoAsync(string repairId) =>
        await EndOfAsync((await Service.UndoAsync(repairId, TestContext.Current.CancellationToken)).Id);

    /// <summary>The run once it has ended and the gate is open again.</summary>
    public async Task<Repair> EndOfAsync(string repairId)
    {
        await _server.Ended.ReadAsync(TestContext.Current.CancellationToken);
        await UntilOpenAsync();
        var run = Service.Get(repairId);
        Assert.True(run.IsFinal, $"Run {repairId} is {run.State}.");
        return run;
    }

    public async Task UntilOpenAsync()
    {
        while (Gate.OccupiedBy is not null)
        {
            Assert.False(Worker.IsCompleted, "The agent ended before it was ready.");
            await Task.Yield();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    public static Wire.StartRepairRequest Request(Plan plan, string key = "") => new()
    {
        Playbook = plan.Playbook,
        Baseline = plan.Baseline,
        Fingerprint = plan.Fingerprint,
        IncludeRisky = plan.IncludesRisky,
        Context = new() { Person = "Ann", Reason = "CHG-1", IdempotencyKey = key },
    };

    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        await _worker.StopAsync(CancellationToken.None);
        await _provider.DisposeAsync();
        _life.Dispose();
    }
}
