using System.Runtime.InteropServices;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Demo;

/// <summary>An estate and, unless it is left out, the dashboard that watches it, in one process.</summary>
public sealed class DemoHost : IAsyncDisposable
{
    // Without a dashboard nobody tells when the history was fetched: this is long enough for one that runs elsewhere.
    private static readonly TimeSpan TakeDownWithoutDashboard = TimeSpan.FromMinutes(1);
    private readonly ILoggerFactory _loggers;
    private readonly CancellationTokenSource _ending = new();
    private Task _takeDown = Task.CompletedTask;

    private DemoHost(Estate estate, DemoDashboard? dashboard, ILoggerFactory loggers)
    {
        (Estate, Dashboard, _loggers) = (estate, dashboard, loggers);
    }

    public Estate Estate { get; }

    /// <summary>Where the dashboard answers; null without one.</summary>
    public Uri? DashboardAddress => Dashboard?.Address;

    /// <summary>The services of the dashboard, for tests; null without one.</summary>
    public IServiceProvider? DashboardServices => Dashboard?.Services;

    /// <summary>A token of an admin of the dashboard; null without one.</summary>
    public string? ApiToken => Dashboard?.ApiToken;

    /// <summary>Where the files of another version's dashboard are now; null where there were none.</summary>
    public string? SetAside => Dashboard?.SetAside;

    private DemoDashboard? Dashboard { get; }

    /// <summary>An address that signs in at once: it works once, and on this computer only.</summary>
    public Task<Uri> MakeSignInLinkAsync(CancellationToken cancellationToken = default) =>
        Dashboard?.MakeSignInLinkAsync(cancellationToken) ?? throw new InvalidOperationException("The estate has no dashboard.");

    /// <summary>Starts everything; once it returns the dashboard is usable.</summary>
    /// <exception cref="DemoException">It cannot start; the message says why and what to do.</exception>
    public static async Task<DemoHost> StartAsync(DemoOptions options, CancellationToken cancellationToken = default)
    {
        PortCheck.Run(options);
        var folder = DataFolder.Open(options);
        var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.SingleLine = true));
        Estate? estate = null;
        try
        {
            // The dashboard's start is independent of the estate's: side by side they take half the time.
            var dashboard = options.AgentsOnly ? Task.FromResult<DemoDashboard?>(null) : DemoDashboard.StartAsync(options.Port, PortCheck.HubPortOf(options), folder, options.ApiToken, cancellationToken);
            estate = await StartEstateAsync(options, folder, loggers, dashboard, cancellationToken);
            var host = new DemoHost(estate, await dashboard, loggers);
            await (host.Dashboard?.RegisterAsync(estate.Servers, cancellationToken) ?? Task.CompletedTask);
            host._takeDown = host.TakeDownUnreachableAsync();
            return host;
        }
        catch (Exception exception)
        {
            await (estate?.DisposeAsync() ?? ValueTask.CompletedTask);
            loggers.Dispose();
            if (exception is IOException)
            {
                throw new DemoException($"The demo couldn't start: {exception.Message} If a port is in use, choose others with --port, --hub-port and --agent-port.", exception);
            }

            if (exception is StoreException)
            {
                throw new DemoException($"The demo couldn't start an agent. {exception.Message} The agents' folders are below --data.", exception);
            }

            throw;
        }
    }

    /// <summary>Runs the demo until it is cancelled or the process is asked to end (Ctrl+C, SIGTERM).</summary>
    /// <exception cref="DemoException">It cannot start; the message says why and what to do.</exception>
    public static async Task RunAsync(DemoOptions options, TextWriter output, CancellationToken cancellationToken = default)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            ending.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        await output.WriteLineAsync($"Data folder: {Path.GetFullPath(options.DataDirectory)} (kept between starts; --reset starts over)");
        try
        {
            await using var host = await StartAsync(options, ending.Token);
            await host.DescribeAsync(output);
            await Task.Delay(Timeout.InfiniteTimeSpan, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            await output.WriteLineAsync("Stopped.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _takeDown;
        var dashboard = Dashboard?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        await Task.WhenAll(dashboard, Estate.DisposeAsync().AsTask());
        _loggers.Dispose();
        _ending.Dispose();
    }

    private static async Task<Estate> StartEstateAsync(DemoOptions options, DataFolder folder, ILoggerFactory loggers, Task<DemoDashboard?> dashboard, CancellationToken cancellationToken)
    {
        try
        {
            var estate = new EstateOptions
            {
                Servers = options.Servers,
                DataDirectory = folder.Estate,
                FirstAgentPort = options.AgentPort,
                Speed = options.Speed,
                Seed = folder.Seed,
                HistoryDays = options.HistoryDays,
                IsMicrosoftDown = options.Outage,

                // Without a dashboard here, whoever watches the servers connects to them.
                ConnectsItself = index => !options.AgentsOnly && index % 2 == 1,
            };
            return await Estate.StartAsync(estate, null, loggers.CreateLogger<Estate>(), cancellationToken);
        }
        catch
        {
            if (await dashboard.ContinueWith(task => task.IsCompletedSuccessfully, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default))
            {
                await ((await dashboard)?.DisposeAsync() ?? ValueTask.CompletedTask);
            }

            throw;
        }
    }

    private async Task DescribeAsync(TextWriter output)
    {
        await output.WriteLineAsync();
        foreach (var line in ServerTable.Lines(Estate.Servers))
        {
            await output.WriteLineAsync(line);
        }

        await output.WriteLineAsync();
        if (DashboardAddress is not { } address)
        {
            await output.WriteLineAsync("No dashboard (--agents-only). Press Ctrl+C to stop.");
            if (Estate.Servers.FirstOrDefault(server => server.IsAgentRunning) is { } first)
            {
                await output.WriteLineAsync("To watch a server from a dashboard on this computer, create a pairing code and enter it with the agent's address on the page \"Add server\". For example:");
                await output.WriteLineAsync($"  dotnet run --project src/Agent -- pair --data \"{first.Files.AgentData}\"");
            }

            return;
        }

        if (SetAside is { } setAside)
        {
            await output.WriteLineAsync($"Another version of WsusDashboard created this demo's database. Its files are now in {setAside}, and the dashboard started with a new one.");
        }

        await output.WriteLineAsync($"Dashboard: {address.GetLeftPart(UriPartial.Authority)}   (press Ctrl+C to stop)");
        await output.WriteLineAsync($"Sign in:   {await MakeSignInLinkAsync()}   (works once, on this computer)");
        if (Dashboard is { } dashboard)
        {
            await output.WriteLineAsync($"Password:  {await dashboard.MakePasswordAsync()}   (asked before you repair several servers; your name is demo)");
        }
    }

    /// <summary>The unreachable server answers first, so that its history is known; then its agent goes away.</summary>
    private async Task TakeDownUnreachableAsync()
    {
        try
        {
            if (!Estate.Servers.Any(server => server.Scenario == Scenario.Unreachable && server.IsAgentRunning))
            {
                return;
            }

            await (Dashboard?.WaitUntilTakenAsync(Estate.Servers, _ending.Token) ?? Task.Delay(TakeDownWithoutDashboard, _ending.Token));
            await Estate.TakeDownUnreachableAsync();
        }
        catch (OperationCanceledException)
        {
            // The demo ends before: the next one tells the story again.
        }
    }
}
