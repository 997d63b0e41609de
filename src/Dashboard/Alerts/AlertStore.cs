using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Security.Keys;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>What a decision is made from, as the rows have it.</summary>
/// <param name="Routes">Those that are on, in their order, with channels that are on.</param>
/// <param name="Windows">Times in which nothing alerts.</param>
/// <param name="Alerts">What was decided before.</param>
internal sealed record AlertSetting(IReadOnlyList<AlertRoute> Routes, IReadOnlyList<MaintenanceWindow> Windows, LatestAlerts Alerts);

/// <summary>Reads what decisions are made from and stores what they are, in one transaction: an alert is never told without its row, nor the other way round.</summary>
internal sealed class AlertStore(IDbContextFactory<DashboardContext> contexts, KeyFile keyFile, IOwnership ownership)
{
    private const int MaximumRows = 500;

    private readonly byte[] _key = keyFile.Derive("alert-keys");

    /// <summary>The same for all messages of a route about one group: 32 hexadecimal digits that nobody else can tell what they stand for.</summary>
    public string KeyOf(int routeId, string groupKey) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{routeId} {groupKey}"))).AsSpan(0, 16));

    public async Task<AlertSetting> ReadAsync(CancellationToken cancellationToken)
    {
        var (routes, windows) = await ReadRulesAsync(cancellationToken);
        return new(routes, windows, await ReadAlertsAsync(cancellationToken));
    }

    /// <summary>Routes and windows alone.</summary>
    public async Task<(IReadOnlyList<AlertRoute> Routes, IReadOnlyList<MaintenanceWindow> Windows)> ReadRulesAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var routes = await context.AlertRoutes.AsNoTracking().Where(route => route.IsEnabled).OrderBy(route => route.Position).ThenBy(route => route.Id).ToListAsync(cancellationToken);
        var channels = await context.AlertChannels.Where(channel => channel.IsEnabled).Select(channel => channel.Id).ToListAsync(cancellationToken);
        var windows = await context.MaintenanceWindows.AsNoTracking().ToListAsync(cancellationToken);
        return (
            [.. routes.Select(AlertRows.ToRoute).Select(route => route with { Rule = route.Rule with { Channels = [.. route.Rule.Channels.Where(channels.Contains)], EscalationChannels = [.. route.Rule.EscalationChannels.Where(channels.Contains)] } })],
            [.. windows.Select(AlertRows.ToWindow)]);
    }

    /// <summary>Stores a decision. What was stored before, because only the answer was lost, isn't stored again.</summary>
    /// <param name="decision">What was decided.</param>
    /// <param name="terms">Of whoever decided.</param>
    /// <param name="now">UTC.</param>
    /// <param name="cancellationToken">Ends it; all of it is stored, or nothing.</param>
    /// <returns>Channels that have something to send.</returns>
    public async Task<IReadOnlyCollection<int>> StoreAsync(AlertDecision decision, IReadOnlyDictionary<int, long> terms, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await ownership.CheckAsync(context, terms, cancellationToken);

        // A route's alert may change twice in one decision; the last one counts.
        foreach (var some in decision.Changed.GroupBy(alert => (alert.RouteId, alert.GroupKey, alert.Occurrence)).Select(same => same.Last()).Chunk(MaximumRows))
        {
            var keys = some.Select(alert => alert.GroupKey).Distinct().ToList();
            var known = (await context.Alerts.Where(row => keys.Contains(row.GroupKey) && row.State != AlertState.Ended).ToListAsync(cancellationToken)).ToDictionary(row => (row.RouteId, row.GroupKey, row.Occurrence));
            foreach (var alert in some)
            {
                if (!known.TryGetValue((alert.RouteId, alert.GroupKey, alert.Occurrence), out var row))
                {
                    context.Alerts.Add(row = new() { RouteId = alert.RouteId, GroupKey = alert.GroupKey, Key = KeyOf(alert.RouteId, alert.GroupKey), Occurrence = alert.Occurrence, CauseId = alert.CauseId, Title = alert.Title });
                }

                AlertRows.Copy(alert, row);
            }

            await context.SaveChangesAsync(cancellationToken);
            context.ChangeTracker.Clear();
        }

        foreach (var some in decision.Orders.SelectMany(order => order.Channels.Distinct().Select(channel => ToRow(order, channel, now))).Chunk(MaximumRows))
        {
            context.AlertDeliveries.AddRange(some);
            await context.SaveChangesAsync(cancellationToken);
            context.ChangeTracker.Clear();
        }

        await transaction.CommitAsync(cancellationToken);
        return [.. decision.Orders.SelectMany(order => order.Channels).Distinct()];
    }

    private async Task<LatestAlerts> ReadAlertsAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var newest = context.Alerts.GroupBy(row => new { row.RouteId, row.GroupKey }).Select(same => same.Max(row => row.Id));
        return LatestAlerts.Of((await context.Alerts.AsNoTracking().Where(row => newest.Contains(row.Id)).ToListAsync(cancellationToken)).Select(AlertRows.ToAlert));
    }

    private AlertDeliveryEntity ToRow(AlertOrder order, int channelId, DateTimeOffset now)
    {
        var key = KeyOf(order.Alert.RouteId, order.Alert.GroupKey);
        var digest = TimeSpan.FromMinutes(order.DigestMinutes);
        var sendAt = digest == TimeSpan.Zero ? now : new DateTimeOffset((now.Ticks / digest.Ticks * digest.Ticks) + digest.Ticks, TimeSpan.Zero);
        return new()
        {
            ChannelId = channelId,
            AlertKey = key,
            Occurrence = order.Message.Occurrence,
            EventNumber = order.Message.Number,
            Event = order.Message.Event,
            CreatedAt = now.UtcDateTime,
            NextTryAt = sendAt.UtcDateTime,
            Digest = digest == TimeSpan.Zero ? "" : string.Create(CultureInfo.InvariantCulture, $"{order.Alert.RouteId} {sendAt.UtcDateTime:yyyyMMddHHmm}"),
            Message = AlertRows.ToJson(order.Message with { Key = key }),
        };
    }
}
