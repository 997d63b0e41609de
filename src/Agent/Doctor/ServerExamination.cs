using System.Reflection;
using WsusDashboard.Agent.Client;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Doctor.Recording;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Native;
using WsusDashboard.Agent.Windows.Setup;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Doctor;

/// <summary>Tries every edge of one server with the agent's own readers, without an agent that runs, and changes nothing.</summary>
public static class ServerExamination
{
    /// <param name="options">Those of the agent on that server.</param>
    /// <param name="mistakes">What is wrong with its settings; with a mistake the options are the defaults.</param>
    /// <param name="edges">The server; null takes the one that this process runs on.</param>
    /// <param name="timeProvider">The clock; null takes the system's.</param>
    /// <param name="isForReport">True also counts the updates in WSUS, the one heavy question, so that the shape of its answer is known.</param>
    /// <param name="cancellationToken">Ends the examination.</param>
    public static async Task<DoctorReport> RunAsync(
        AgentOptions options, IReadOnlyList<string> mistakes, AgentEdges? edges, TimeProvider? timeProvider, bool isForReport, CancellationToken cancellationToken)
    {
        var clock = timeProvider ?? TimeProvider.System;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(options);
        services.AddSingleton(clock);
        var server = edges ?? EdgeFactory.Create();
        services.AddEdges(server);

        // The agent's own readers, made here on demand: neither its file nor its loops are touched.
        services.AddIis();
        services.AddWsus();
        services.AddConfigMgr();
        services.AddClient();
        await using var readers = services.BuildServiceProvider();
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(3), SslOptions = new() { CertificateChainPolicy = OfflineChain.Policy(server.TrustedRoots) } };

        var shapes = new ReplyShapes();
        readers.GetRequiredService<WsusTransport>().Answered += shapes.Take;

        var begun = clock.GetTimestamp();
        var at = clock.GetUtcNow();
        var results = await new ProbeRunner(clock).RunAsync([.. Probes(readers, options, handler, clock, isForReport), SettingsProbe(mistakes)], cancellationToken);
        return new DoctorReport
        {
            ComputerName = options.ComputerName,
            AgentVersion = Version(),
            Account = ProcessAccount.Read().Name,
            At = at,
            Duration = clock.GetElapsedTime(begun),
            Results = results,
            WsusReplies = shapes.All,
            MoreWsusReplies = shapes.More,
            IisRefusals = readers.GetRequiredService<IisAccess>().Refusals.All,
        };
    }

    private static IEnumerable<Probe> Probes(IServiceProvider readers, AgentOptions options, HttpMessageHandler handler, TimeProvider clock, bool isForReport)
    {
        T Take<T>()
            where T : notnull => readers.GetRequiredService<T>();
        var (registry, services) = (Take<IRegistry>(), Take<IServiceControl>());
        return
        [
            .. new WindowsProbes(registry, Take<IWmi>(), clock, ProcessAccount.Read).All(),
            new ClockProbe(options, services, Take<WsusRegistry>(), handler, clock).Create(),
            .. new IisProbes(Take<IisAccess>(), Take<IisReader>(), Take<CompressionSchemeReader>(), Take<QueueCounters>(), Take<SiteLogFolder>(), registry, Take<IProcessRunner>()).All(),
            .. new ServiceProbes(services).All(),
            .. new WsusProbes(Take<WsusRegistry>(), registry, Take<WsusClient>(), Take<ISusdb>(), Take<AgentEdges>(), options, clock).All(isForReport),
            .. new ClientProbes(Take<ClientProbe>()).All(),
            .. new ConfigMgrProbes(registry, Take<SiteReader>(), Take<LogReader>(), Take<ConfigMgrFolder>(), clock).All(),
            .. new EventProbes(Take<IEventLog>(), clock).All(),
            .. new AgentProbes(options, services, clock).All(),
            .. new HubProbes(options, clock).All(),
        ];
    }

    private static Probe SettingsProbe(IReadOnlyList<string> mistakes) => new(ProbeAreas.Agent, "settings", _ => Task.FromResult(mistakes.Count == 0
        ? ProbeOutcome.Works("no mistakes")
        : ProbeOutcome.Refused(ReadFailure.Malformed, string.Join(' ', mistakes), "Fix agent.json, the environment or the command line: the agent doesn't start with these settings, and this examination used the defaults.")));

    private static string Version()
    {
        var version = typeof(ServerExamination).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
#if IIS_EMULATED
        return $"{version} (IIS emulated), .NET {Environment.Version}";
#else
        return $"{version}, .NET {Environment.Version}";
#endif
    }
}
