using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>All kinds of channels.</summary>
internal sealed class ChannelSender(IEnumerable<IAlertChannel> channels)
{
    private readonly Dictionary<AlertChannelKind, IAlertChannel> _channels = channels.ToDictionary(channel => channel.Kind);

    /// <summary>Mistakes in the settings; none where it can be used.</summary>
    public IReadOnlyList<FieldError> Check(AlertChannel channel) => [.. _channels[channel.Kind].Check(channel)];

    /// <summary>Sends once; settings that can't be used refuse everything.</summary>
    public async Task<SendResult> SendAsync(AlertChannel channel, IReadOnlyList<AlertMessage> messages, CancellationToken cancellationToken) =>
        Check(channel) is { Count: > 0 } errors ? SendResult.Refused(Invalid.Of(errors).Message) : await _channels[channel.Kind].SendAsync(channel, messages, cancellationToken);

    /// <summary>People read what it sends, so many messages at once are sent as one; a machine gets each.</summary>
    public static bool IsForPeople(AlertChannelKind kind) => kind is AlertChannelKind.Mail or AlertChannelKind.Teams or AlertChannelKind.Slack or AlertChannelKind.Ntfy or AlertChannelKind.Apprise;
}
