using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Accounts;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Once the database is open: who may do what is read, and sessions that nobody uses any more go.</summary>
internal sealed partial class SecurityStartup(
    IDbContextFactory<SecurityContext> securityContexts,
    DatabaseInitializer database,
    AccessCache cache,
    DashboardOptions options,
    TimeProvider timeProvider) : BackgroundService
{
    /// <summary>Tokens and sessions end by themselves without a reading; this one forgets their rows.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(10);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (database.IsOpen)
        {
            // Before the first request is taken: whoever has a session is not led to the sign-in page.
            await cache.LoadAsync(cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await cache.LoadAsync(stoppingToken);
            using var timer = new PeriodicTimer(LookAgainAfter, timeProvider);
            do
            {
                await ForgetAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var idle = timeProvider.GetUtcNow().UtcDateTime.AddHours(-options.SignIn.SessionIdleHours);
            await using var context = await securityContexts.CreateDbContextAsync(cancellationToken);
            if (await context.Sessions.Where(session => session.LastSeenAt < idle).ExecuteDeleteAsync(cancellationToken) > 0)
            {
                await cache.ReloadAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            // The banner tells it; the rows open nothing meanwhile.
        }
    }
}
