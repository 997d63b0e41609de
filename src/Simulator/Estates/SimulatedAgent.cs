using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent;
using WsusDashboard.Agent.Samples;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Samples;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Telemetry;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Estates;

/// <summary>The real agent of one simulated server, in this process. Started, stopped and killed by one caller at a time.</summary>
internal sealed class SimulatedAgent(ServerProfile profile, ServerFiles files, AgentEdges edges, AgentPace pace, int port, TimeProvider timeProvider) : IAsyncDisposable
{
    private const int PortAttempts = 5;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    // A section that cannot be read is a warning on a real server; here it is the show, and the dashboard tells it. Its spans and measurements are sent by the dashboard in this process.
    private static readonly Dictionary<string, string?> Quiet = new()
    {
        [TelemetryRegistration.DisabledVariable] = "true",
        ["Logging:LogLevel:Default"] = "Error",
        ["Logging:LogLevel:Microsoft"] = "Error",
        ["Logging:LogLevel:Grpc"] = "Error",
    };

    private readonly SemaphoreSlim _gate = new(1, 1);
    private WebApplication? _application;
    private bool _hasStarted;

    /// <summary>Where the agent listens, or will listen once it is started.</summary>
    public Uri Address { get; private set; } = At(port == 0 ? LoopbackPort.Choose() : port);

    /// <summary>The server as its agent sees it.</summary>
    public AgentEdges Edges => edges;

    /// <summary>It opens the connection to its dashboard and listens on no port.</summary>
    public bool ConnectsItself { get; init; }

    /// <summary>It trusts a dashboard, or will ask one to take it.</summary>
    public bool IsEnrolled => File.Exists(HubsFile) || File.Exists(EnrolmentFile.PathIn(files.AgentData));

    private string HubsFile => Path.Combine(files.AgentData, "hubs.json");

    /// <summary>Whether it connects itself to this address of a dashboard.</summary>
    public bool IsEnrolledWith(Uri hub) => File.Exists(HubsFile) && File.ReadAllText(HubsFile).Contains(hub.Authority, StringComparison.Ordinal);

    /// <summary>What the agent would have sampled before its first start; null where it has been started before.</summary>
    public IEnumerable<ServerSample>? Past { get; init; }

    /// <summary>A repair that it would have told before its first start; null where there was none, or where it has been started before.</summary>
    public Repair? PastRepair { get; init; }

    public bool IsRunning => _application is not null;

    /// <summary>The running agent's services, for tests; null while it does not run.</summary>
    public IServiceProvider? Services => _application?.Services;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_application is not null)
            {
                return;
            }

            Directory.CreateDirectory(files.AgentData);
            WritePolicy();
            await WritePastAsync(cancellationToken);
            _application = await StartApplicationAsync(cancellationToken);
            _hasStarted = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The options that this agent is started with.</summary>
    public AgentOptions CreateOptions()
    {
        var options = new AgentOptions();
        Configure(options);
        return options;
    }

    public Task StopAsync() => EndAsync(StopLimit);

    /// <summary>Ends it as a kill does, as far as one process allows: nobody waits for a step, a request or a last write.</summary>
    public Task KillAsync() => EndAsync(TimeSpan.Zero);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _gate.Dispose();
    }

    // The address is chosen before the agent runs and stays the same over its restarts; until its first start nobody was told it, so a port that was taken meanwhile is replaced.
    private async Task<WebApplication> StartApplicationAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var application = AgentHost.Build([], Configure, edges, timeProvider, Quiet);
            try
            {
                await application.StartAsync(cancellationToken);
                return application;
            }
            catch (Exception exception)
            {
                await application.DisposeAsync();
                if (port != 0 || _hasStarted || attempt == PortAttempts || exception.InnerException is not AddressInUseException)
                {
                    throw;
                }

                Address = At(LoopbackPort.Choose());
            }
        }
    }

    private static Uri At(int port) => new($"https://127.0.0.1:{port}");

    private async Task EndAsync(TimeSpan limit)
    {
        await _gate.WaitAsync();
        try
        {
            if (_application is not { } application)
            {
                return;
            }

            _application = null;
            using var deadline = limit > TimeSpan.Zero ? new CancellationTokenSource(limit) : new CancellationTokenSource();
            if (limit <= TimeSpan.Zero)
            {
                await deadline.CancelAsync();
            }

            try
            {
                await application.StopAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                // Its time is over; what it had not finished is what its journal is for.
            }

            await application.DisposeAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    private void Configure(AgentOptions options)
    {
        options.DataDirectory = files.AgentData;
        options.ListenAddress = "127.0.0.1";
        options.Port = Address.Port;
        options.Listen = ConnectsItself ? AgentOptions.ListenNo : AgentOptions.ListenYes;
        options.Hub.Connect = ConnectsItself ? HubOptions.Outbound : HubOptions.Inbound;
        options.ComputerName = profile.Name;
        options.ApplicationHostConfig = files.ApplicationHostConfig;
        options.WsusHost = "127.0.0.1";
        options.ConfigMgrLogDirectory = profile.IsSiteServer ? files.LogDirectory : "";
        options.StateInterval = pace.State;
        options.IdleInterval = pace.Idle;
        options.BusyInterval = pace.Busy;
        options.CountsInterval = pace.Counts;
        options.ClientProbeInterval = pace.Probe;
        options.PoolRestartWait = pace.PoolRestartWait;
    }

    private async Task WritePastAsync(CancellationToken cancellationToken)
    {
        if (_hasStarted || (Past is null && PastRepair is null))
        {
            return;
        }

        using var store = new AgentStore(CreateOptions(), timeProvider, NullLogger<AgentStore>.Instance);
        await new SampleStore(store).AppendAsync([.. Past ?? []], cancellationToken);
        if (PastRepair is { EndedAt: { } endedAt } repair)
        {
            await store.AppendEventAsync(new AgentEvent { At = endedAt, Repair = repair }, cancellationToken);
        }
    }

    private void WritePolicy()
    {
        var path = Path.Combine(files.AgentData, "policy.json");
        if (profile.Policy == PolicyMode.MonitorOnly && !File.Exists(path))
        {
            File.WriteAllText(path, "{\n  \"mode\": \"monitor-only\"\n}\n");
        }
    }
}

/// <summary>How often an agent of the estate reads, and how long it waits for the pool.</summary>
internal sealed record AgentPace(TimeSpan State, TimeSpan Idle, TimeSpan Busy, TimeSpan Counts, TimeSpan Probe, TimeSpan PoolRestartWait)
{
    // Up to this many servers each shows a change within a second; with more, their readings share the processor.
    private const double ServersAtFullPace = 24;

    public static AgentPace For(int servers, double speed)
    {
        var stretch = Math.Max(1, servers / ServersAtFullPace);
        return new(
            TimeSpan.FromSeconds(1 * stretch),
            TimeSpan.FromSeconds(3 * stretch),
            TimeSpan.FromMilliseconds(500 * stretch),
            TimeSpan.FromSeconds(20 * stretch),
            TimeSpan.FromSeconds(10 * stretch),
            TimeSpan.FromSeconds(Math.Min(5 / speed, 60)));
    }
}
