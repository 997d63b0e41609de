using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Commands;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Remediation;

namespace WsusDashboard.Agent.Tests.Remediation;

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
        services.AddSingleton(server.Access());
        services.AddRepair();
        services.AddSingleton(provider => new ApprovalDesk(provider.GetRequiredService<LocalPolicy>(), PersonsTime, NullLogger<ApprovalDesk>.Instance));
        services.AddSingleton(new PoolActions(server.Iis.Open));
        _provider = services.BuildServiceProvider();
        _worker = (BackgroundService)_provider.GetRequiredService<IHostedService>();
        Service = _provider.GetRequiredService<RemediationService>();
        Gate = _provider.GetRequiredService<ServerGate>();
    }

    public RemediationService Service { get; }

    public ServerGate Gate { get; }

    /// <summary>The clock of whoever is to approve something; that of the server jumps over every wait.</summary>
    public FakeTimeProvider PersonsTime { get; } = new(new DateTimeOffset(2026, 11, 17, 12, 0, 0, TimeSpan.Zero));

    public ApprovalDesk Approvals => _provider.GetRequiredService<ApprovalDesk>();

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

    public async Task<RemediationRun> StartAsync(string playbook = PlaybookCatalog.FullRepairId, string key = "", string baseline = "guide")
    {
        await UntilOpenAsync();
        var plan = await Service.PlanAsync(playbook, baseline, _life.Token);
        return await Service.StartAsync(Request(plan, key), _life.Token);
    }

    public async Task<RemediationRun> RunAsync(string playbook = PlaybookCatalog.FullRepairId, string baseline = "guide") =>
        await EndOfAsync((await StartAsync(playbook, "", baseline)).Id);

    public async Task<RemediationRun> UndoAsync(string runId) =>
        await EndOfAsync((await Service.UndoAsync(new UndoRequest { RunId = runId, RequestedBy = "Ann" }, TestContext.Current.CancellationToken)).Id);

    /// <summary>The run once it has ended and the gate is open again.</summary>
    public async Task<RemediationRun> EndOfAsync(string runId)
    {
        await _server.Ended.ReadAsync(TestContext.Current.CancellationToken);
        await UntilOpenAsync();
        var run = Service.Get(runId);
        Assert.True(run.IsFinal, $"Run {runId} is {run.State}.");
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

    public static StartRequest Request(Plan plan, string key = "") => new()
    {
        Playbook = plan.Playbook,
        Baseline = plan.Baseline,
        Fingerprint = plan.Fingerprint,
        RequestedBy = "Ann",
        Reason = "CHG-1",
        IdempotencyKey = key,
    };

    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        await _worker.StopAsync(CancellationToken.None);
        await _provider.DisposeAsync();
        _life.Dispose();
    }
}
