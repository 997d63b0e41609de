using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Data;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Once the database is open: who may do what is read, sessions that nobody uses any more go, and the audit of earlier versions moves into the chain.</summary>
internal sealed partial class SecurityStart(
    IDbContextFactory<DashboardContext> contexts,
    IDbContextFactory<SecurityContext> securityContexts,
    DatabaseOpening database,
    AccessBook book,
    AuditLog audit,
    DashboardOptions options,
    TimeProvider timeProvider) : BackgroundService
{
    private const int Portion = 1_000;

    /// <summary>Tokens and sessions end by themselves without a reading; this one forgets their rows.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(10);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends once people can sign in.</summary>
    public Task WhenReady => _ready.Task;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (database.IsOpen)
        {
            // Before the first request is taken: whoever has a session is not led to the sign-in page.
            await book.LoadAsync(cancellationToken);
            _ready.TrySetResult();
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await book.LoadAsync(stoppingToken);
            _ready.TrySetResult();
            await MoveAuditAsync(stoppingToken);
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
            var idle = timeProvider.GetUtcNow().UtcDateTime.AddHours(-options.SessionIdleHours);
            await using var context = await securityContexts.CreateDbContextAsync(cancellationToken);
            if (await context.Sessions.Where(session => session.LastSeenAt < idle).ExecuteDeleteAsync(cancellationToken) > 0)
            {
                await book.ReloadAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            // The banner tells it; the rows open nothing meanwhile.
        }
    }

    private async Task MoveAuditAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            var old = await context.Audit.AsNoTracking().OrderBy(entry => entry.Id).Take(Portion).ToListAsync(cancellationToken);
            if (old.Count == 0)
            {
                return;
            }

            await audit.AppendAsync([.. old.Select(entry => new AuditEntry
            {
                At = AuditChain.WholeMilliseconds(entry.At),
                Who = entry.Who,
                What = entry.What,
                ServerId = entry.ServerId,
                ServerName = entry.ServerName,
                Detail = entry.Detail,
                Outcome = entry.Result,
            })]);
            var last = old[^1].Id;
            await context.Audit.Where(entry => entry.Id <= last).ExecuteDeleteAsync(cancellationToken);
        }
    }
}
