using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>
/// One way to send. It sends once, within its deadline, and says what came of it: who calls it keeps the rows, retries and gives up. A message may be sent twice,
/// where only the answer was lost: it then carries the same key, occurrence and number, by which the other side knows it.
/// </summary>
internal interface IAlertChannel
{
    AlertChannelKind Kind { get; }

    /// <summary>Mistakes in the settings of a channel; none where it can be used.</summary>
    IEnumerable<FieldError> Check(AlertChannel channel);

    /// <param name="channel">Where to.</param>
    /// <param name="messages">One, or those of a digest.</param>
    /// <param name="cancellationToken">The dashboard stops.</param>
    Task<SendResult> SendAsync(AlertChannel channel, IReadOnlyList<AlertMessage> messages, CancellationToken cancellationToken);
}
