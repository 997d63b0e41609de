using Microsoft.AspNetCore.Connections;
using WsusDashboard.Iis.Emulation.Runtime;
using WsusDashboard.Shared.Samples;
using WsusDashboard.Simulator.Configuration;
using WsusDashboard.Simulator.Edges;
using WsusDashboard.Simulator.History;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;
using WsusDashboard.Simulator.Wire;

namespace WsusDashboard.Simulator.Estates;

/// <summary>Simulated servers on this machine, each with the real agent over simulated edges.</summary>
/// <remarks>One timer steps all models, one web server answers for all WSUS. Starting and stopping agents may be asked for from any thread.</remarks>
public sealed partial class Estate : IAsyncDisposable
{
    private const int ServersWithSampledPast = 24;
    private const int PortAttempts = 5;
    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestSampledPast = TimeSpan.FromDays(7);
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly WsusWebServer _web;
    private readonly List<IDisposable> _registrations = [];
    private readonly List<SimulatedServer> _servers = [];
    private ITimer? _timer;
    private long _lastSave;
    private int _stepping;
    private volatile bool _disposed;

    private Estate(WsusWebServer web, TimeProvider timeProvider, ILogger logger)
    {
        (_web, _timeProvider, _logger) = (web, timeProvider, logger);
        _lastSave = timeProvider.GetTimestamp();
    }

    public IReadOnlyList<SimulatedServer> Servers => _servers;

    /// <summary>Makes or takes up the servers in the data folder, starts their WSUS and their agents.</summary>
    /// <exception cref="IOException">A port is in use, or the folder cannot be written.</exception>
    public static async Task<Estate> StartAsync(EstateOptions options, TimeProvider? timeProvider = null, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        var profiles = options.Profiles ?? [.. ScenarioCatalog.Create(options.Servers, options.Seed).Select(profile => profile with { HistoryDays = options.HistoryDays, IsMicrosoftDown = options.IsMicrosoftDown })];
        var clock = timeProvider ?? TimeProvider.System;
        var web = await StartWebAsync(profiles, clock, cancellationToken);
        var estate = new Estate(web, clock, logger ?? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        try
        {
            estate.AddServers(profiles, options);
            estate.StartStepping(options.Speed);
            if (options.StartsAgents)
            {
                await estate.StartAgentsAsync(cancellationToken);
            }

            return estate;
        }
        catch
        {
            await estate.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the agent of a server that is stopped or killed, at the same address.</summary>
    public Task StartAgentAsync(int index, CancellationToken cancellationToken = default) => _servers[index].Agent.StartAsync(cancellationToken);

    /// <summary>Stops the agent of a server as Windows stops a service.</summary>
    public Task StopAgentAsync(int index) => _servers[index].Agent.StopAsync();

    /// <summary>Ends the agent of a server in the middle of what it does.</summary>
    public Task KillAgentAsync(int index) => _servers[index].Agent.KillAsync();

    /// <summary>Stops the agents of the scenario "unreachable" for good: also the next start leaves them down.</summary>
    public async Task TakeDownUnreachableAsync()
    {
        foreach (var server in _servers.Where(server => server.Scenario == Scenario.Unreachable && server.IsAgentRunning))
        {
            server.StaysDown = true;
            await server.Agent.StopAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await Task.WhenAll(_servers.Select(server => server.Agent.StopAsync()));
        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        // Each file is forced to the disk: side by side, or an estate of two hundred takes seconds for it.
        await Parallel.ForEachAsync(_servers, (server, _) =>
        {
            Save(server, always: true);
            return ValueTask.CompletedTask;
        });
        _registrations.ForEach(registration => registration.Dispose());
        await _web.DisposeAsync();
        await Task.WhenAll(_servers.Select(server => server.Agent.DisposeAsync().AsTask()));
    }

    /// <summary>TLS and plain HTTP stand on neighbouring ports, as clients expect; where another program takes one of a chosen pair first, another pair is chosen.</summary>
    private static async Task<WsusWebServer> StartWebAsync(IReadOnlyList<ServerProfile> profiles, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await WsusWebServer.StartAsync(
                    [.. profiles.Select(profile => profile.CertificateDays is { } days ? new WebBinding(LoopbackPort.ChoosePair(), SimulatedCertificate.Create(profile, days, timeProvider.GetUtcNow())) : WebBinding.Plain)],
                    cancellationToken);
            }
            catch (IOException exception) when (attempt < PortAttempts && exception.InnerException is AddressInUseException)
            {
                // The next attempt takes other ports.
            }
        }
    }

    private void AddServers(IReadOnlyList<ServerProfile> profiles, EstateOptions options)
    {
        var pace = AgentPace.For(profiles.Count, options.Speed);
        for (var index = 0; index < profiles.Count; index++)
        {
            var profile = profiles[index];
            var files = new ServerFiles(Path.Combine(options.DataDirectory, "servers", profile.Name));
            ApplicationHostTemplate.WriteIfAbsent(files.ApplicationHostConfig, profile, files.SiteLogDirectory);
            WebConfigTemplate.WriteIfAbsent(files.WsusDirectory);
            var model = new ServerModel(profile, files, options.Speed, _timeProvider);
            var bornAt = _timeProvider.GetUtcNow();
            var memory = ModelMemoryFile.Read(files.ModelState);
            model.Restore(memory ?? HistoryGenerator.Generate(profile, files, bornAt));
            _registrations.Add(EmulatedIis.Register(files.ApplicationHostConfig, new SimulatedPoolRuntime(model)));
            var port = _web.Ports[index];
            if (profile.CertificateDays is not null)
            {
                ApplicationHostTemplate.BindTls(files.ApplicationHostConfig, port);
            }

            _web.Serve(index, model);
            var agentPort = options.FirstAgentPort == 0 ? 0 : options.FirstAgentPort + index;
            var agent = new SimulatedAgent(profile, files, SimulatedEdges.For(model, files, port, _web.CertificateOf(index)), pace, agentPort, _timeProvider)
            {
                ConnectsItself = options.ConnectsItself(index),
                Past = memory is null ? TellPast(profile, files, bornAt, profiles.Count) : null,
                PastRepair = memory is null ? PastRepairs.Tell(profile, bornAt) : null,
            };
            _servers.Add(new(profile, files, model, agent, new Uri($"{(profile.CertificateDays is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps)}://127.0.0.1:{port}")));
        }

        ConnectReplicas();
    }

    // The same amount for an estate of hundreds as for two dozen, so that it starts as fast.
    private static IEnumerable<ServerSample>? TellPast(ServerProfile profile, ServerFiles files, DateTimeOffset bornAt, int servers) =>
        PoolConfiguration.ReadAll(files.ApplicationHostConfig)?.FirstOrDefault(pool => pool.Name == WsusWorker.PoolName) is { } pool
            ? PastSamples.Tell(profile, pool, bornAt, LongestSampledPast * Math.Min(1, ServersWithSampledPast / (double)servers))
            : null;

    private void ConnectReplicas()
    {
        foreach (var server in _servers)
        {
            var upstream = _servers.Find(other => other.Name == server.Profile.UpstreamName)?.Model;
            var replicas = _servers.Where(other => other.Profile.UpstreamName == server.Name).Select(other => other.Model).ToList();
            if (upstream is not null)
            {
                server.Model.Connect(() => upstream.Offer, replicas);
            }
            else if (replicas.Count > 0)
            {
                server.Model.Connect(null, replicas);
            }
        }
    }

    private async Task StartAgentsAsync(CancellationToken cancellationToken)
    {
        // Two at a time: this is all the processor that a small machine has, and a start is mostly its work.
        var starting = new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(_servers.Where(server => !server.StaysDown && (!server.ConnectsItself || server.Agent.IsEnrolled)), starting, async (server, token) => await server.Agent.StartAsync(token));
    }

    private void StartStepping(double speed)
    {
        var tick = LongestTick / speed;
        tick = tick > LongestTick ? LongestTick : tick < ShortestTick ? ShortestTick : tick;
        _timer = _timeProvider.CreateTimer(_ => StepAll(), null, TimeSpan.Zero, tick);
    }

    private void StepAll()
    {
        // A tick that comes while the last one works is passed over: the next step catches up by the clock.
        if (_disposed || Interlocked.Exchange(ref _stepping, 1) == 1)
        {
            return;
        }

        try
        {
            var saves = _timeProvider.GetElapsedTime(_lastSave) > SaveInterval;
            _lastSave = saves ? _timeProvider.GetTimestamp() : _lastSave;
            foreach (var server in _servers)
            {
                Step(server, saves);
            }
        }
        finally
        {
            Volatile.Write(ref _stepping, 0);
        }
    }

    private void Step(SimulatedServer server, bool saves)
    {
        try
        {
            server.Model.Step();
            if (saves)
            {
                Save(server, always: false);
            }
        }
        catch (Exception exception)
        {
            Log.StepFailed(_logger, server.Name, exception);
        }
    }

    private void Save(SimulatedServer server, bool always)
    {
        try
        {
            var memory = server.Model.Remember();
            var stamp = ModelStamp.Of(memory);
            if (always || stamp != server.SavedStamp)
            {
                ModelMemoryFile.Write(server.Files.ModelState, memory);
                server.SavedStamp = stamp;
            }

            server.Model.FlushLog();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotSaved(_logger, server.Name, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A simulation step of {Server} failed; the next step tries again")]
        public static partial void StepFailed(ILogger logger, string server, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "Couldn't save the state of {Server}, so the next start won't know it: {Reason}")]
        public static partial void NotSaved(ILogger logger, string server, string reason);
    }
}

/// <summary>Tells whether a server changed since it was saved, without comparing all of it.</summary>
internal sealed record ModelStamp(long NewestEvent, long Runs, int Updates, int States)
{
    public static ModelStamp Of(ModelMemory memory)
    {
        var states = new HashCode();
        foreach (var state in memory.Services.Values)
        {
            states.Add(state);
        }

        foreach (var (pool, state) in memory.Pools)
        {
            states.Add(pool);
            states.Add(state);
        }

        states.Add(memory.ConfigMgr);
        return new(memory.Events.Count == 0 ? 0 : memory.Events[^1].At.Ticks, memory.RunNumber + memory.History.Count, memory.WsusUpdates, states.ToHashCode());
    }
}
