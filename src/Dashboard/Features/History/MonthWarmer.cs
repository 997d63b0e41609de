using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Security;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Makes the summaries of the whole fleet before a person asks: after the start, and when servers were added, moved or removed.</summary>
internal sealed partial class MonthWarmer(
    IDbContextFactory<DashboardContext> contexts,
    MonthSummaries summaries,
    DatabaseOpening database,
    DashboardOptions options,
    TimeProvider timeProvider,
    ILogger<MonthWarmer> logger) : BackgroundService
{
    /// <summary>Where nothing is missing, a turn costs three small queries.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WhenOpened.WaitAsync(stoppingToken);
            while (true)
            {
                await WarmAsync(stoppingToken);
                await Task.Delay(Interval, timeProvider, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private async Task WarmAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var servers = await ScopedServers.LoadAsync(context, new(), Caller.OfDashboard.ScopeOf(Permission.View), cancellationToken);
            await summaries.WarmAsync(context, servers, timeProvider.GetUtcNow().AddDays(-options.SyncRetentionDays), timeProvider.GetUtcNow(), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.NotWarmed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The summaries of past months could not be made; they are made when a person asks for them")]
        public static partial void NotWarmed(ILogger logger, Exception exception);
    }
}
