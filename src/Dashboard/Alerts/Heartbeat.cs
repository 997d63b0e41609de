using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts.Channels;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Alerts;

/// <summary>
/// Dead man's switch: who waits for it hears when this dashboard has stopped watching. It beats once a minute, after a decision was made, and only while what was
/// decided goes out. Alertmanagers get the alert Watchdog, which ends by itself where it isn't repeated. Threading: one caller.
/// </summary>
internal sealed partial class Heartbeat(IDbContextFactory<DashboardContext> contexts, ChannelVault vault, AlertmanagerChannel alertmanager, AlertHttp http, DashboardOptions options, TimeProvider timeProvider, ILogger<Heartbeat> logger)
{
    internal static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan OldestWaiting = TimeSpan.FromMinutes(5);

    private long? _last;

    /// <summary>Beats where it's time.</summary>
    public async Task BeatAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && timeProvider.GetElapsedTime(last) < Every)
        {
            return;
        }

        _last = timeProvider.GetTimestamp();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var (now, oldest) = (timeProvider.GetUtcNow(), (timeProvider.GetUtcNow() - OldestWaiting).UtcDateTime);
        if (await context.AlertDeliveries.AnyAsync(row => row.State == AlertDeliveryState.Waiting && row.NextTryAt < oldest && row.Attempts == 0, cancellationToken))
        {
            // Nothing is sent any more, and nobody would hear of it otherwise.
            return;
        }

        if (!options.Alerts.HeartbeatAddress.IsEmpty)
        {
            var channel = new AlertChannel(0, "heartbeat", AlertChannelKind.Webhook, new() { AllowsInnerAddresses = options.Alerts.HeartbeatAllowsInnerAddresses }, new() { Address = options.Alerts.HeartbeatAddress.Reveal() });
            using var request = new HttpRequestMessage(HttpMethod.Get, channel.Secrets.Address);
            Note("the heartbeat's address", await http.SendAsync(channel, request, cancellationToken));
        }

        foreach (var row in await context.AlertChannels.AsNoTracking().Where(channel => channel.IsEnabled && channel.Kind == AlertChannelKind.Alertmanager).ToListAsync(cancellationToken))
        {
            Note(row.Name, await alertmanager.WatchAsync(vault.Open(row), now, cancellationToken));
        }
    }

    private void Note(string name, SendResult result)
    {
        if (result.State != SendState.Sent)
        {
            Log.NotBeaten(logger, name, result.Text);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The heartbeat didn't reach {Name}: {Text}")]
        public static partial void NotBeaten(ILogger logger, string name, string text);
    }
}
