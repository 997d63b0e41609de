using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using WsusDashboard.Agent.Api;
using WsusDashboard.Agent.Client;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Events;
using WsusDashboard.Agent.Evidence;
using WsusDashboard.Agent.Host;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Posture;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Samples;
using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Settings;
using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Native;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Telemetry;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent;

/// <summary>Builds everything of one agent. Several agents may live in one process: nothing here is static or shared.</summary>
public static partial class AgentHost
{
    /// <summary>Builds an agent that has not started yet.</summary>
    /// <param name="arguments">Command line, as <c>--Agent:Port 5102</c>; words that are no setting are passed over.</param>
    /// <param name="configure">Last word on the options; they are checked after it.</param>
    /// <param name="edges">The server to work on; null takes the one it runs on. An agent with edges of its own belongs to its caller: it does not listen to Ctrl+C.</param>
    /// <param name="timeProvider">The clock; null takes the system's.</param>
    /// <param name="settings">Settings that override files, environment and command line, for example "Agent:Port".</param>
    /// <exception cref="OptionsValidationException">The options are wrong; each mistake is a failure.</exception>
    /// <exception cref="Storage.StoreException">The agent's own file cannot be used, or another agent has its data folder.</exception>
    public static WebApplication Build(
        string[] arguments,
        Action<AgentOptions>? configure = null,
        AgentEdges? edges = null,
        TimeProvider? timeProvider = null,
        IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(AgentHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });

        // Settings: file, environment, command line, then the caller.
        builder.Configuration.AddAgentSettings(arguments, settings);
        var options = builder.Configuration.ReadAgentOptions(configure);
        builder.Services.AddSingleton(Options.Create(options));
        builder.Services.AddSingleton(options);

        builder.AddTelemetry("WsusDashboard.Agent");

        // The server and the clock.
        builder.Services.AddSingleton(timeProvider ?? TimeProvider.System);
        builder.Services.AddEdges(edges ?? EdgeFactory.Create());

        // Life: a Windows service where it is started as one, a console program elsewhere, a part of its caller where edges are given.
        builder.AddAgentLife(isEmbedded: edges is not null);

        // Whom it trusts, and what it may do.
        builder.Services.AddSecurity(options, timeProvider ?? TimeProvider.System);

        // Reading the server.
        builder.Services.AddStorage();
        builder.Services.AddSnapshots();
        builder.Services.AddIis();
        builder.Services.AddServices();
        builder.Services.AddWsus();
        builder.Services.AddConfigMgr();
        builder.Services.AddEvents();
        builder.Services.AddHost();
        builder.Services.AddClient();
        builder.Services.AddPosture();
        builder.Services.AddEvidence();
        builder.Services.AddSamples();

        // Changing it.
        builder.Services.AddRepairs();
        builder.Services.AddCommands();

        // Answering.
        builder.AddAgentApi(options);

        // A start that fails is said by Program, in a sentence: the services that were begun already are no news then.
        WebApplication? agent = null;
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level == LogLevel.Critical && agent?.Lifetime.ApplicationStarted.IsCancellationRequested == true);
        agent = builder.Build();
        agent.MapAgentApi();

        // Made here, before anything begins that must not happen twice; the container gives the folder back.
        agent.Services.GetRequiredService<DataFolderLock>();
        if (agent.Services.GetRequiredService<IdentityKeys>().Absence is { } absence)
        {
            Log.NoKey(agent.Logger, absence);
        }

        return agent;
    }

    private static void AddAgentLife(this WebApplicationBuilder builder, bool isEmbedded)
    {
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));

        // What a request meets is logged where it is carried out; a message that cannot be read is told to its sender, who could fill the log with it.
        builder.Logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.Critical);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level is LogLevel.Warning or LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Connections", LogLevel.Error);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        if (isEmbedded)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, EmbeddedLifetime>());
        }
        else
        {
            builder.Services.AddWindowsService(service => service.ServiceName = AgentOptions.ServiceName);
        }
    }

    /// <summary>The caller starts and stops the agent; signals of the process are the caller's.</summary>
    private sealed class EmbeddedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Reason} No dashboard can be paired with this agent; commands on this server still reach it.")]
        public static partial void NoKey(ILogger logger, string reason);
    }
}
