using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>A channel by which nothing arrives for an hour is told by every other one, and so is its end.</summary>
internal static class FailingChannels
{
    internal static readonly TimeSpan ToldAfter = TimeSpan.FromHours(1);

    /// <summary>Stores the messages; where another dashboard does the same in this moment, one of the two stores.</summary>
    public static async Task TellAsync(DashboardContext context, DateTime now, CancellationToken cancellationToken)
    {
        var channels = await context.AlertChannels.Where(channel => channel.IsEnabled).ToListAsync(cancellationToken);
        foreach (var channel in channels)
        {
            if (channel is { FailureToldAt: null, FailingSince: { } since } && now - since >= ToldAfter)
            {
                channel.FailureToldAt = now;
                Add(channel, now, 1, AlertEventKind.Opened, since);
            }
            else if (channel is { FailureToldAt: { } told, FailingSince: null })
            {
                Add(channel, told, 2, AlertEventKind.Resolved, told);
                channel.FailureToldAt = null;
            }
        }

        await context.SaveChangesAsync(cancellationToken);

        void Add(AlertChannelEntity failing, DateTime told, int number, AlertEventKind kind, DateTime since)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{failing.Id:x32}");

            // Minutes since 2020: another number for each failure, and the same at each dashboard.
            var occurrence = (int)(told - new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)).TotalMinutes;
            context.AlertDeliveries.AddRange(channels.Where(channel => channel.Id != failing.Id).Select(channel => new AlertDeliveryEntity
            {
                ChannelId = channel.Id,
                AlertKey = key,
                Occurrence = occurrence,
                EventNumber = number,
                Event = kind,
                CreatedAt = now,
                NextTryAt = now,
                Message = AlertRows.ToJson(new AlertMessage
                {
                    Key = key,
                    Occurrence = occurrence,
                    Number = number,
                    Event = kind,
                    Reason = kind == AlertEventKind.Resolved ? AlertReason.Resolved : AlertReason.ChannelFails,
                    Severity = Severity.Critical,
                    CauseId = "alert-channel-failing",
                    Title = "alerts don't arrive",
                    Subject = $"Channel {failing.Name}",
                    Since = since.ToOffset(),
                    At = now.ToOffset(),
                    Explanation = failing.LastError,
                    Fix = "Check the channel's settings on the Alerts page, then send a test.",
                }),
            }));
        }
    }
}
