using System.Globalization;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Api.Connections;

/// <summary>
/// Writes a warning to the Windows event log where no dashboard has watched this paired agent for hours: whoever watches event logs hears of a dashboard that has
/// stopped, which can't tell it itself. Again after as long a time. Counted from the agent's start on, by a clock that nobody sets. Threading: one loop.
/// </summary>
internal sealed partial class SilentHubWorker(StreamPlaces places, PairedHubs hubs, IEventLogWriter events, AgentOptions options, TimeProvider timeProvider, ILogger<SilentHubWorker> logger) : BackgroundService
{
    /// <summary>The one id of this event, in the Application log.</summary>
    public const int EventId = 1010;

    internal static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(10);

    private long _heardAt = timeProvider.GetTimestamp();
    private long _countedFrom = timeProvider.GetTimestamp();

    /// <summary>Looks whether a dashboard watches, and writes where none has for too long.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        if (places.IsWatchedByAHub || hubs.All.Count == 0)
        {
            (_heardAt, _countedFrom) = (timeProvider.GetTimestamp(), timeProvider.GetTimestamp());
            return;
        }

        if (options.HubSilenceLimit == TimeSpan.Zero || timeProvider.GetElapsedTime(_countedFrom) < options.HubSilenceLimit)
        {
            return;
        }

        var names = string.Join(", ", hubs.All.Select(hub => hub.Name));
        var hours = timeProvider.GetElapsedTime(_heardAt).TotalHours;
        using var limit = new CancellationTokenSource(WriteLimit, timeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await events.WriteAsync(
            new(EventId, IsWarning: true, string.Create(CultureInfo.InvariantCulture, $"No dashboard has watched this server for {hours:0.#} hours. Paired with: {names}. The agent goes on watching and keeps what happens. Check that the dashboard runs and reaches this server.")),
            ending.Token);
        _countedFrom = timeProvider.GetTimestamp();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (EdgeException exception) when (exception.Failure == ReadFailure.OnlyOnWindows)
                {
                    return;
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is EdgeException or OperationCanceledException)
                {
                    Log.NotWritten(logger, exception.Message);
                }

                await Task.Delay(Pause, timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The agent ends.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "That no dashboard watches couldn't be written to the Windows event log: {Message}")]
        public static partial void NotWritten(ILogger logger, string message);
    }
}
