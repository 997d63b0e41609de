using System.Runtime.CompilerServices;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Agents.Outside;

/// <summary>
/// Asks the WSUS of every server as a client would, from the dashboard's computer: what only the server itself can reach, no client can. Off unless
/// Dashboard:Probe:IntervalMinutes says how often. Each round is spread over its interval, and a few servers at most are asked at the same time.
/// </summary>
internal sealed partial class OutsideProber(LiveFleet live, FleetIngest ingest, FleetStartup loading, EndpointProbe probe, DashboardOptions options, TimeProvider timeProvider, ILogger<OutsideProber> logger) : BackgroundService
{
    private const int ServersAtOnce = 8;

    /// <summary>As long as a client waits.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);

    private TimeSpan Interval => TimeSpan.FromMinutes(options.Probe.IntervalMinutes);

    /// <summary>Asks every server of this dashboard that may be asked, once.</summary>
    /// <param name="over">The time over which the first questions are spread.</param>
    /// <param name="cancellationToken">Ends the round.</param>
    internal Task AskAllAsync(TimeSpan over, CancellationToken cancellationToken)
    {
        var servers = live.GetAll().Where(server => ingest.Find(server.Id) is not null && OutsideQuestions.Of(server).Count > 0).ToList();
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = ServersAtOnce, CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(SpreadAsync(servers, over / Math.Max(1, servers.Count), cancellationToken), bounds, AskAsync);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Probe.IntervalMinutes == 0)
        {
            return;
        }

        try
        {
            await loading.WhenLoaded.WaitAsync(stoppingToken);
            while (true)
            {
                var started = timeProvider.GetTimestamp();
                await AskAllAsync(Interval / 2, stoppingToken);
                var left = Interval - timeProvider.GetElapsedTime(started);
                await Task.Delay(left > ShortestPause ? left : ShortestPause, timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private async IAsyncEnumerable<int> SpreadAsync(List<LiveServer> servers, TimeSpan pause, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var server in servers)
        {
            yield return server.Id;
            await Task.Delay(pause, timeProvider, cancellationToken);
        }
    }

    private async ValueTask AskAsync(int serverId, CancellationToken cancellationToken)
    {
        // Looked at again: since the round began its pool may have been stopped or become idle, or it may have gone to another dashboard.
        if (ingest.Find(serverId) is null || live.Find(serverId) is not { } server || OutsideQuestions.Of(server) is not { Count: > 0 } questions)
        {
            return;
        }

        try
        {
            var answers = await Task.WhenAll(questions.Select(async question => new EndpointState
            {
                Endpoint = question.Endpoint,
                Address = question.Address.ToString(),
                Answer = await probe.AskAsync(question, Deadline, cancellationToken),
            }));
            ingest.TakeOutside(serverId, answers, Interval);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // One server must not end the round of the others.
            Log.NotAsked(logger, server.Name, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "WSUS on {ServerName} couldn't be asked")]
        public static partial void NotAsked(ILogger logger, string serverName, Exception exception);
    }
}
