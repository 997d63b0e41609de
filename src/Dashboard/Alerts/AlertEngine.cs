using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Live;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>
/// Decides every ten seconds who is told what, stores that, and has it sent. Of several dashboards that share the fleet the one decides that decides on problems: each
/// decision is stored with its term, and what isn't stored was never decided. Threading: one loop.
/// </summary>
internal sealed partial class AlertEngine(
    AlertReader reader,
    AlertStore store,
    AlertExplanations explanations,
    AlertDeliveryJob delivery,
    DatabaseInitializer database,
    LiveFleet live,
    IOwnership ownership,
    Heartbeat heartbeat,
    TimeProvider timeProvider,
    ILogger<AlertEngine> logger) : BackgroundService
{
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>What was decided before; null where the rows have to be read first.</summary>
    private LatestAlerts? _alerts;

    /// <summary>Decides once.</summary>
    internal async Task DecideAsync(CancellationToken cancellationToken)
    {
        var terms = ownership.Owned.TermsOfFleet();
        try
        {
            if (_alerts is null)
            {
                _alerts = (await store.ReadAsync(cancellationToken)).Alerts;
            }

            var (routes, windows) = await store.ReadRulesAsync(cancellationToken);
            var now = timeProvider.GetUtcNow();
            var decision = AlertDecisions.Of(new(now, reader.Read(now), routes, windows, _alerts));
            if (decision.Changed.Count > 0)
            {
                var channels = await store.StoreAsync(explanations.Complete(decision), terms, now, cancellationToken);
                _alerts = decision.Alerts;
                foreach (var channel in channels)
                {
                    delivery.Queue(channel);
                }
            }
        }
        catch
        {
            // It may have been stored all the same, where only the answer was lost.
            _alerts = null;
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            await live.WhenLoaded.WaitAsync(stoppingToken);
            while (true)
            {
                await ownership.WhenOwnedAsync(owned => owned.OwnsFleet, stoppingToken);

                // What another dashboard decided, or this one before it was started, is in the rows; what agents say needs a moment.
                _alerts = null;
                await Task.Delay(AlertTimings.AfterStart, timeProvider, stoppingToken);
                while (ownership.Owned.OwnsFleet)
                {
                    await TryDecideAsync(stoppingToken);
                    await Task.Delay(Interval, timeProvider, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private async Task TryDecideAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (ownership.IsConfirmed)
            {
                await DecideAsync(cancellationToken);
                await heartbeat.BeatAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A database that can't be used, or another dashboard that decides now: the next round decides again.
            Log.NotDecided(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Who is to be alerted couldn't be decided or stored; trying again")]
        public static partial void NotDecided(ILogger logger, Exception exception);
    }
}
