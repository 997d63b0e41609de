using System.Collections.Concurrent;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>The links of all servers. Threading: any thread starts and stops; each link runs on its own.</summary>
internal sealed partial class AgentLinks(
    TrustedConnections connections,
    FleetIngest ingest,
    HistoryWriter writer,
    SampleWriter samples,
    AgentQuarantines quarantines,
    LinkTiming timing,
    ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, RunningLink> _links = new();
    private readonly ILogger<AgentLink> _logger = loggers.CreateLogger<AgentLink>();

    /// <summary>Reads how far the samples of servers are stored, and which agents are in quarantine; before their links begin.</summary>
    public async Task PrepareAsync(IReadOnlyCollection<int> serverIds, CancellationToken cancellationToken)
    {
        await samples.LoadAsync(serverIds, cancellationToken);
        await quarantines.LoadAsync(serverIds, cancellationToken);
    }

    /// <summary>Begins to watch a server; one that is watched already must be stopped first.</summary>
    public void Start(ServerIdentity server, TimeSpan firstDelay)
    {
        var stopping = new CancellationTokenSource();
        var link = new AgentLink(server, connections, ingest, writer, samples, quarantines, timing, _logger);
        _links[server.Id] = new(stopping, Task.Run(() => RunAsync(link, server, firstDelay, stopping.Token)));
    }

    public async Task StopAsync(int serverId)
    {
        if (_links.TryRemove(serverId, out var link))
        {
            await link.StopAsync();
        }
    }

    /// <summary>Stops a link and closes its connection.</summary>
    public async Task RemoveAsync(int serverId)
    {
        await StopAsync(serverId);
        connections.Close(serverId);
        samples.Remove(serverId);
        quarantines.Forget(serverId);
    }

    /// <summary>Stops the link of a server that goes to another dashboard. Commands open a connection anew, or use the one that the agent has opened.</summary>
    public async Task GiveUpAsync(int serverId)
    {
        await StopAsync(serverId);
        connections.GiveUp(serverId);
        samples.Remove(serverId);
    }

    public async Task StopAllAsync()
    {
        var all = _links.Values.ToList();
        _links.Clear();
        await Task.WhenAll(all.Select(link => link.StopAsync()));
    }

    public async ValueTask DisposeAsync() => await StopAllAsync();

    private async Task RunAsync(AgentLink link, ServerIdentity server, TimeSpan firstDelay, CancellationToken cancellationToken)
    {
        try
        {
            await link.RunAsync(firstDelay, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server was removed or edited, or the dashboard stops.
        }
        catch (Exception exception)
        {
            Log.Ended(_logger, server.Name, exception);
        }
    }

    private sealed record RunningLink(CancellationTokenSource Stopping, Task Running)
    {
        public async Task StopAsync()
        {
            await Stopping.CancelAsync();
            await Running;
            Stopping.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Critical, "The link to {ServerName} ended because of a bug in WsusDashboard; the server isn't watched until the dashboard restarts")]
        public static partial void Ended(ILogger logger, string serverName, Exception exception);
    }
}
