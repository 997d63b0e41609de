using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts;
using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Alerts;

/// <summary>What was sent, and what would have been sent with the routes and windows of now.</summary>
internal sealed class AlertPreviewService(IDbContextFactory<DashboardContext> contexts, AlertStore store, AlertDeliveryJob delivery, LiveFleet live, AuditTrail audit, TimeProvider timeProvider)
{
    public const int MaximumDays = 31;

    /// <summary>Problems that were open for longer than this before the time in question count as told.</summary>
    private const int DaysBefore = 31;

    private const int MaximumEvents = 50_000;

    /// <summary>Newest first. Failures: Forbidden.</summary>
    /// <param name="state">Null = all.</param>
    /// <param name="page">From 1.</param>
    /// <param name="pageSize">Rows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Outcome<Paged<AlertDeliveryView>>> ListDeliveriesAsync(AlertDeliveryState? state, int page, int pageSize, CancellationToken cancellationToken)
    {
        if (audit.Caller.Refusal(Permission.ManageDashboard) is { } refusal)
        {
            return refusal;
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var names = await context.AlertChannels.ToDictionaryAsync(channel => channel.Id, channel => channel.Name, cancellationToken);
        var rows = context.AlertDeliveries.AsNoTracking().Where(row => state == null || row.State == state);
        var total = await rows.CountAsync(cancellationToken);
        var place = Math.Clamp(page, 1, Math.Max(1, (total + pageSize - 1) / pageSize));
        var found = await rows.OrderByDescending(row => row.Id).Skip((place - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken);
        return new Paged<AlertDeliveryView>([.. found.Select(row => View(row, names))], total, place, pageSize);
    }

    /// <summary>Sends a message again that was given up. Failures: Forbidden, NotFound, Conflict.</summary>
    public async Task<Outcome<Done>> SendAgainAsync(long id, CancellationToken cancellationToken)
    {
        if (audit.Caller.Refusal(Permission.ManageDashboard) is { } refusal)
        {
            return refusal;
        }

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.AlertDeliveries.FirstOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } found)
        {
            return new NotFound(FormattableString.Invariant($"There is no delivery {id}."));
        }

        if (found.State != AlertDeliveryState.GivenUp)
        {
            return new Conflict($"This message is {AlertSentences.State(found.State)}. Only one that was given up can be sent again.");
        }

        var now = timeProvider.GetUtcNow().UtcDateTime;
        (found.State, found.Attempts, found.EndedAt, found.NextTryAt, found.CreatedAt) = (AlertDeliveryState.Waiting, 0, null, now, now);
        await context.SaveChangesAsync(cancellationToken);
        delivery.Queue(found.ChannelId);
        await audit.WriteAsync(new AuditNote { What = "alert.delivery.again", Detail = FormattableString.Invariant($"delivery {id}"), Outcome = "done" });
        return Done.Instance;
    }

    /// <summary>What the last days would have sent, newest first; decided by the same rules as live, over the stored problems. Failures: Forbidden.</summary>
    /// <param name="days">1 to <see cref="MaximumDays"/>.</param>
    /// <param name="page">From 1.</param>
    /// <param name="pageSize">Rows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Outcome<Paged<AlertPreviewItem>>> PreviewAsync(int days, int page, int pageSize, CancellationToken cancellationToken)
    {
        if (audit.Caller.Refusal(Permission.ManageDashboard) is { } refusal)
        {
            return refusal;
        }

        var to = timeProvider.GetUtcNow();
        var (routes, windows) = await store.ReadRulesAsync(cancellationToken);
        var orders = await ReplayAsync(routes, windows, to.AddDays(-days), to, cancellationToken);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var names = await context.AlertChannels.ToDictionaryAsync(channel => channel.Id, channel => channel.Name, cancellationToken);
        var place = Math.Clamp(page, 1, Math.Max(1, (orders.Count + pageSize - 1) / pageSize));
        var items = orders.Reverse().Skip((place - 1) * pageSize).Take(pageSize).Select(order => new AlertPreviewItem(
            order.Message.At,
            order.Message.Event,
            AlertText.Headline(order.Message),
            routes.First(route => route.Id == order.Alert.RouteId).Name,
            [.. order.Channels.Select(channel => names.GetValueOrDefault(channel, ""))]));
        return new Paged<AlertPreviewItem>([.. items], orders.Count, place, pageSize);
    }

    /// <summary>The messages between two moments.</summary>
    internal async Task<IReadOnlyList<AlertOrder>> ReplayAsync(IReadOnlyList<AlertRoute> routes, IReadOnlyList<MaintenanceWindow> windows, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var begin = from.AddDays(-DaysBefore);
        var (first, last) = (begin.UtcDateTime, to.UtcDateTime);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);

        // The newest: what is cut off, where there is too much, is old.
        var events = await context.ProblemEvents.AsNoTracking()
            .Where(moment => moment.At < last && context.ProblemServers.Any(row => row.ProblemId == moment.ProblemId && row.OpenedAt != null && (row.ResolvedAt == null || row.ResolvedAt >= first)))
            .OrderByDescending(moment => moment.Id)
            .Take(MaximumEvents)
            .ToListAsync(cancellationToken);
        var ids = events.Select(moment => moment.ProblemId).Distinct().ToList();
        var problems = new List<ProblemEntity>();
        foreach (var some in ids.Chunk(500))
        {
            problems.AddRange(await context.Problems.AsNoTracking().Where(problem => some.Contains(problem.Id)).ToListAsync(cancellationToken));
        }

        return await Task.Run(() => AlertReplay.Of(new ProblemReplay(problems, events, live.GetAll()), routes, windows, begin, from, to, cancellationToken), cancellationToken);
    }

    private static AlertDeliveryView View(AlertDeliveryEntity row, Dictionary<int, string> names) => new()
    {
        Id = row.Id,
        ChannelId = row.ChannelId,
        ChannelName = names.GetValueOrDefault(row.ChannelId, ""),
        Event = row.Event,
        Headline = AlertRows.ToMessage(row) is { } message ? AlertText.Headline(message) : "",
        CreatedAt = row.CreatedAt.ToOffset(),
        State = row.State,
        Attempts = row.Attempts,
        NextTryAt = row.State == AlertDeliveryState.Waiting ? row.NextTryAt.ToOffset() : null,
        EndedAt = row.EndedAt.ToOffset(),
        Outcome = row.Outcome,
    };
}
