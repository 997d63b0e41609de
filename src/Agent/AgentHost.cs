using Microsoft.Extensions.DependencyInjection.Extensions;
using WsusDashboard.Agent.Api;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Settings;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent;

/// <summary>Builds everything of one agent. Several agents may live in one process: nothing here is static or shared.</summary>
public static partial class AgentHost
{
    /// <summary>The short name of the Windows service.</summary>
    public const string ServiceName = "WsusDashboardAgent";

    /// <summary>Builds an agent that has not started yet.</summary>
    /// <param name="arguments">Command line, as <c>--Agent:Port 5102</c>; words that are no setting are passed over.</param>
    /// <param name="configure">Last word on the options; they are checked after it.</param>
    /// <param name="edges">The server to work on; null takes the one it runs on. An agent with edges of its own belongs to its caller: it does not listen to Ctrl+C.</param>
    /// <param name="timeProvider">The clock; null takes the system's.</param>
    /// <param name="settings">Settings that override files, environment and command line, for example "Agent:Port".</param>
    /// <exception cref="AgentOptionsException">The options are wrong; the message lists every mistake.</exception>
    /// <exception cref="Storage.StoreException">The agent's own file cannot be used.</exception>
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
        var options = AgentOptionsReader.Read(builder.Configuration, configure);
        builder.Services.AddSingleton(options);

        // The server and the clock.
        builder.Services.AddSingleton(timeProvider ?? TimeProvider.System);
        builder.Services.AddEdges(edges ?? EdgeFactory.Create());

        // Life: a Windows service where it is started as one, a console program elsewhere, a part of its caller where edges are given.
        builder.AddAgentLife(isEmbedded: edges is not null);

        // Whom it trusts.
        builder.Services.AddTrust(options, timeProvider ?? TimeProvider.System);

        // Reading the server.
        builder.Services.AddCollecting();

        // Changing it.
        builder.Services.AddRemediation();

        // Answering.
        builder.AddAgentApi(options);

        var agent = builder.Build();
        agent.MapAgentApi();
        if (agent.Services.GetRequiredService<IdentityKeys>().Absence is { } absence)
        {
            Log.NoKey(agent.Logger, absence);
        }

        return agent;
    }

    internal static void AddEdges(this IServiceCollection services, AgentEdges edges)
    {
        services.AddSingleton(edges);
        services.AddSingleton(edges.Services);
        services.AddSingleton(edges.Wmi);
        services.AddSingleton(edges.EventLog);
        services.AddSingleton(edges.Registry);
        services.AddSingleton(edges.Processes);
        services.AddSingleton(edges.Susdb);
    }

    private static void AddAgentLife(this WebApplicationBuilder builder, bool isEmbedded)
    {
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));

        // What a verb meets is logged by the verbs; a message that cannot be read is told to its sender, who could fill the log with it.
        builder.Logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.Critical);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        if (isEmbedded)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, EmbeddedLifetime>());
        }
        else
        {
            builder.Services.AddWindowsService(service => service.ServiceName = ServiceName);
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
        [LoggerMessage(1, LogLevel.Warning, "{Reason} No dashboard can be paired with this agent; programs on this server reach it all the same.")]
        public static partial void NoKey(ILogger logger, string reason);
    }
}
