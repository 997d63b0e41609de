using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Agents.Identity;

/// <summary>
/// Takes part in a change of the key that all dashboards of a PostgreSQL database share: takes the sealed next key out of the database, says that this dashboard has it, and uses it once it is in use. Agents are told of
/// it only when every running dashboard has it, because an agent that has met the next key takes the old one no longer. Threading: one loop; any thread asks it to look.
/// </summary>
internal sealed partial class HubKeyFollower(
    IDbContextFactory<SecurityContext> contexts,
    HubMembership membership,
    HubIdentity hub,
    DatabaseProvider database,
    DatabaseInitializer opening,
    DashboardInstance self,
    Announcements announcements,
    TimeProvider timeProvider,
    ILogger<HubKeyFollower> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile string? _held;
    private volatile string? _known;

    /// <summary>True where agents may be told of this next key.</summary>
    public bool MayAnnounce(string nextPin) => !database.IsPostgreSql || KeyPin.AreSame(_known, nextPin);

    /// <summary>Looks at once how far the change is.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!database.IsPostgreSql)
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            if (await context.HubProofs.AsNoTracking().OrderBy(known => known.Id).FirstOrDefaultAsync(cancellationToken) is not { } proof)
            {
                return;
            }

            if (!membership.TryAdopt(proof))
            {
                Log.NotAdopted(logger, KeyPin.Shown(proof.HubPin));
            }

            if (proof.NextPin is { } next && KeyPin.AreSame(hub.Keys.Next?.Pin, next))
            {
                await HoldAsync(context, next, cancellationToken);
                _known = await HaveAllAsync(context, next, cancellationToken) ? next : KeyPin.AreSame(_known, next) ? _known : null;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!database.IsPostgreSql)
        {
            return;
        }

        using var listening = announcements.On(Topics.HubKey, _ => _wake.Writer.TryWrite(true));
        try
        {
            await opening.WhenOpened.WaitAsync(stoppingToken);
            while (true)
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None || exception is DbUpdateException or IOException or UnauthorizedAccessException or CryptographicException)
                {
                    Log.NotRead(logger, exception);
                }

                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The dashboard stops.
        }
    }

    /// <summary>Says once that this dashboard has the key.</summary>
    private async Task HoldAsync(SecurityContext context, string pin, CancellationToken cancellationToken)
    {
        if (_held == pin)
        {
            return;
        }

        var now = timeProvider.GetUtcNow().UtcDateTime;
        await context.HubKeyHolders.Where(holder => holder.DashboardId == self.Id || holder.Pin != pin).ExecuteDeleteAsync(cancellationToken);
        context.HubKeyHolders.Add(new() { DashboardId = self.Id, Pin = pin, At = now });
        await context.SaveChangesAsync(cancellationToken);
        _held = pin;
        announcements.Tell(Topics.HubKey, Announcements.Everything);
    }

    /// <summary>One that has been silent for a minute isn't waited for: it looks before it does anything with agents again.</summary>
    private static async Task<bool> HaveAllAsync(SecurityContext context, string pin, CancellationToken cancellationToken) =>
        await context.Database.SqlQuery<int>(
            $"""
            SELECT count(*)::int AS "Value" FROM "Dashboards" AS d
                WHERE d."HeartbeatAt" > now() - interval '1 minute' AND NOT EXISTS (SELECT 1 FROM "HubKeyHolders" AS h WHERE h."DashboardId" = d."Id" AND h."Pin" = {pin})
            """).SingleAsync(cancellationToken) == 0;

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = _wake.Reader.ReadAsync(over.Token).AsTask();
        await Task.WhenAny(woken, Task.Delay(LookEvery, timeProvider, over.Token));
        await over.CancelAsync();
        await ((Task)woken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The dashboards of this database use the key {Key}, which this dashboard doesn't have and can't take over: stop it, empty its data folder, and let it join again")]
        public static partial void NotAdopted(ILogger logger, string key);

        [LoggerMessage(2, LogLevel.Warning, "How far the change of the dashboards' key is couldn't be read; trying again in a minute")]
        public static partial void NotRead(ILogger logger, Exception exception);
    }
}
