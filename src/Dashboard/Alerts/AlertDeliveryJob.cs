using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Jobs;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>
/// Sends what the rows say is due, channel by channel: the messages of one channel go out one after the other, in their order, whichever dashboard has its turn. A
/// row that was sent isn't due any more, so a second run sends nothing.
/// </summary>
internal sealed class AlertDeliveryJob(IDbContextFactory<DashboardContext> contexts, ChannelVault vault, ChannelSender sender, AlertLinks links, JobQueue queue, TimeProvider timeProvider) : IQueuedJob
{
    public const string Id = "alert-delivery";

    /// <summary>More messages than this to people, waiting at once, are sent as one.</summary>
    internal const int MostSingleMessages = 5;

    private const int Portion = 50;
    private const int MostPortions = 40;

    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromHours(24);
    private static readonly TimeSpan GiveUpWebhookAfter = TimeSpan.FromHours(75);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(6);

    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1)];

    public string Name => Id;

    public string Schedule => "* * * * *";

    /// <summary>Queues each channel that has something due, and has others told of channels that have failed for an hour.</summary>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        await using (var context = await contexts.CreateDbContextAsync(cancellationToken))
        {
            await FailingChannels.TellAsync(context, now, cancellationToken);
        }

        await using var reading = await contexts.CreateDbContextAsync(cancellationToken);
        var due = await reading.AlertDeliveries.Where(row => row.State == AlertDeliveryState.Waiting && row.NextTryAt <= now).Select(row => row.ChannelId).Distinct().ToListAsync(cancellationToken);
        due.ForEach(Queue);
        return "";
    }

    /// <summary>Has a channel's messages sent as soon as a worker is free.</summary>
    public void Queue(int channelId) => queue.Add(this, channelId.ToString(CultureInfo.InvariantCulture));

    public async Task RunAsync(string subject, CancellationToken cancellationToken)
    {
        var channelId = int.Parse(subject, CultureInfo.InvariantCulture);
        for (var portion = 0; portion < MostPortions; portion++)
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            if (await context.AlertChannels.FirstOrDefaultAsync(row => row.Id == channelId, cancellationToken) is not { } channel || !await SendPortionAsync(context, channel, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>True where more may be due.</summary>
    private async Task<bool> SendPortionAsync(DashboardContext context, AlertChannelEntity row, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var due = await context.AlertDeliveries
            .Where(delivery => delivery.ChannelId == row.Id && delivery.State == AlertDeliveryState.Waiting && delivery.NextTryAt <= now)
            .OrderBy(delivery => delivery.Id)
            .Take(Portion)
            .ToListAsync(cancellationToken);
        var channel = vault.Open(row);
        foreach (var some in Parts(due, row.Kind))
        {
            if (!await SendAsync(context, row, channel, some, cancellationToken))
            {
                return false;
            }
        }

        return due.Count == Portion;
    }

    /// <summary>What is sent at once: a digest, many that people would have to read one by one, or one message.</summary>
    private static IEnumerable<List<AlertDeliveryEntity>> Parts(List<AlertDeliveryEntity> due, AlertChannelKind kind) =>
        ChannelSender.IsForPeople(kind) && due.Count > MostSingleMessages
            ? [due]
            : due.GroupBy(row => row.Digest.Length > 0 ? row.Digest : string.Create(CultureInfo.InvariantCulture, $"#{row.Id}")).Select(same => same.ToList());

    /// <summary>False where the channel is left alone for a while.</summary>
    private async Task<bool> SendAsync(DashboardContext context, AlertChannelEntity row, AlertChannel channel, List<AlertDeliveryEntity> part, CancellationToken cancellationToken)
    {
        var left = part.FindAll(delivery => !row.IsEnabled || (channel.Settings.Leaves.Contains(delivery.Event) && delivery.Event != AlertEventKind.Opened));
        left.ForEach(delivery => End(delivery, AlertDeliveryState.LeftOut, row.IsEnabled ? "This channel leaves such messages out." : "The channel is off."));
        var sent = part.Except(left).ToList();
        var messages = sent.Select(AlertRows.ToMessage).OfType<AlertMessage>().Select(message => WithActionLink(message, row)).ToList();
        if (messages.Count == 0)
        {
            sent.ForEach(delivery => End(delivery, AlertDeliveryState.GivenUp, "Another version wrote this message; it can't be read."));
            await context.SaveChangesAsync(cancellationToken);
            return true;
        }

        // Counted before it's tried: a dashboard that is killed meanwhile has tried.
        sent.ForEach(delivery => delivery.Attempts++);
        await context.SaveChangesAsync(cancellationToken);
        var result = await sender.SendAsync(channel, messages, cancellationToken);

        // It happened, so it is written down, also where the dashboard stops in this moment.
        return await KeepAsync(context, row, sent, result);
    }

    /// <summary>People can say at once that they know of it; a machine has no use for that.</summary>
    private AlertMessage WithActionLink(AlertMessage message, AlertChannelEntity row) =>
        ChannelSender.IsForPeople(row.Kind) && message is { Event: AlertEventKind.Opened or AlertEventKind.Changed, ProblemIds.Count: > 0 } ? message with { ActionLink = links.AddressFor(message, row.Id) } : message;

    private async Task<bool> KeepAsync(DashboardContext context, AlertChannelEntity row, List<AlertDeliveryEntity> sent, SendResult result)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        switch (result.State)
        {
            case SendState.Sent:
                sent.ForEach(delivery => End(delivery, AlertDeliveryState.Sent, sent.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"{result.Text} (with {sent.Count - 1} others)") : result.Text));
                (row.FailingSince, row.LastError) = (null, "");
                break;
            case SendState.Refused:
                sent.ForEach(delivery => End(delivery, AlertDeliveryState.GivenUp, result.Text));
                (row.FailingSince, row.LastError) = (row.FailingSince ?? now, result.Text);
                break;
            case SendState.Later:
                (row.FailingSince, row.LastError) = (row.FailingSince ?? now, result.Text);
                foreach (var delivery in sent)
                {
                    delivery.Outcome = result.Text;
                    if (now - delivery.CreatedAt >= (row.Kind == AlertChannelKind.Webhook ? GiveUpWebhookAfter : GiveUpAfter))
                    {
                        End(delivery, AlertDeliveryState.GivenUp, result.Text);
                    }
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(result), result.State, null);
        }

        await context.SaveChangesAsync(CancellationToken.None);
        if (result.State != SendState.Later)
        {
            return true;
        }

        // What comes after it waits too: the order stays, and the other side gets time.
        var next = now + WaitOf(sent.Max(delivery => delivery.Attempts), result.RetryAfter);
        await context.AlertDeliveries
            .Where(delivery => delivery.ChannelId == row.Id && delivery.State == AlertDeliveryState.Waiting && delivery.NextTryAt < next)
            .ExecuteUpdateAsync(set => set.SetProperty(delivery => delivery.NextTryAt, next), CancellationToken.None);
        return false;
    }

    private static TimeSpan WaitOf(int attempts, TimeSpan? asked)
    {
        var own = Waits[Math.Clamp(attempts - 1, 0, Waits.Length - 1)];
        return asked is not { } wanted || wanted < own ? own : wanted < LongestWait ? wanted : LongestWait;
    }

    private void End(AlertDeliveryEntity delivery, AlertDeliveryState state, string outcome) => (delivery.State, delivery.Outcome, delivery.EndedAt) = (state, outcome, timeProvider.GetUtcNow().UtcDateTime);
}
