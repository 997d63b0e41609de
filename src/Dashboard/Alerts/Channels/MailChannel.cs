using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>Mail over SMTP: one thread for each alert, text and HTML. A mail whose answer was lost is sent again with the same Message-ID.</summary>
internal sealed class MailChannel(TimeProvider timeProvider) : IAlertChannel
{
    public const int MaximumRecipients = 50;

    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>What Exchange Online says where passwords are off; looks like a wrong mailbox else.</summary>
    private const string NoPasswords = "5.7.30";

    public AlertChannelKind Kind => AlertChannelKind.Mail;

    public IEnumerable<FieldError> Check(AlertChannel channel)
    {
        var settings = channel.Settings;
        if (Uri.CheckHostName(settings.Host) is UriHostNameType.Unknown)
        {
            yield return new("host", $"\"{settings.Host}\" is not a mail server's name. Allowed: a host name or an IP address.");
        }

        if (settings.Port is < 1 or > 65535)
        {
            yield return new("port", string.Create(CultureInfo.InvariantCulture, $"{settings.Port} is not a port. Allowed: 1 to 65535."));
        }

        if (!IsAddress(settings.From))
        {
            yield return new("from", $"\"{settings.From}\" is not a mail address. Allowed: one such as wsus@example.com.");
        }

        if (settings.To.Count is 0 or > MaximumRecipients || settings.To.FirstOrDefault(address => !IsAddress(address)) is not null)
        {
            yield return new("to", string.Create(CultureInfo.InvariantCulture, $"The recipients aren't mail addresses, or there are none or too many. Allowed: 1 to {MaximumRecipients} such as admins@example.com."));
        }

        if (settings.Security == MailSecurity.None && settings.UserName.Length > 0)
        {
            yield return new("security", "A password would be sent for everyone on the way to read. Allowed: startTls or tls, or no user name.");
        }

        if (settings.Security == MailSecurity.None && !settings.AllowsInnerAddresses)
        {
            yield return new("security", "Mail without TLS is for a relay in your own network. Allowed: startTls or tls, or none where inner addresses are allowed.");
        }
    }

    public async Task<SendResult> SendAsync(AlertChannel channel, IReadOnlyList<AlertMessage> messages, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Deadline, timeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var mail = Compose(channel, messages);
        try
        {
            return SendResult.Sent(await SendAsync(channel, mail, ending.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SendResult.Later(string.Create(CultureInfo.InvariantCulture, $"{channel.Settings.Host} didn't answer within {Deadline.TotalSeconds:N0} seconds."));
        }
        catch (SmtpCommandException exception)
        {
            return ResultOf(exception);
        }
        catch (InnerAddressException exception)
        {
            return SendResult.Refused(exception.Message);
        }
        catch (AuthenticationException exception)
        {
            return SendResult.Refused(exception.Message.Contains(NoPasswords, StringComparison.Ordinal) ? "The server takes no passwords from programs (5.7.30). Use a relay in your network." : $"The server refused the user name or password: {exception.Message}");
        }
        catch (SslHandshakeException)
        {
            return SendResult.Later($"The certificate of {channel.Settings.Host} isn't trusted, or has another name. Trust its issuer on this computer.");
        }
        catch (Exception exception) when (exception is SmtpProtocolException or IOException or SocketException or NotSupportedException)
        {
            return SendResult.Later(exception.Message);
        }
    }

    /// <summary>The mail of a message, or of a digest.</summary>
    internal MimeMessage Compose(AlertChannel channel, IReadOnlyList<AlertMessage> messages)
    {
        var settings = channel.Settings;
        var last = messages[^1];
        var mail = new MimeMessage { Date = timeProvider.GetUtcNow() };
        mail.From.Add(new MailboxAddress(AlertText.Product, settings.From));
        mail.To.AddRange(settings.To.Select(MailboxAddress.Parse));
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add("X-Auto-Response-Suppress", "All");
        mail.Headers.Add("List-Id", $"{AlertText.Product} alerts <alerts.{Domain(settings.From)}>");
        if (messages.Count == 1)
        {
            var (root, own) = (IdOf(last, 1, settings.From), IdOf(last, last.Number, settings.From));
            var subject = $"[WSUS] {OneLine(AlertText.Subject(last))}";
            mail.MessageId = own;
            mail.Subject = last.Number == 1 ? subject : $"Re: {subject}";
            mail.Headers.Add("X-WsusDashboard-State", AlertText.Word(last.Event));
            if (last.Number > 1)
            {
                mail.InReplyTo = root;
                mail.References.Add(root);
            }
        }
        else
        {
            mail.MessageId = $"digest.{IdOf(last, last.Number, settings.From)}";
            mail.Subject = $"[WSUS] {AlertText.DigestHeadline(messages)}";
        }

        mail.Importance = messages.Any(message => message is { Event: AlertEventKind.Opened, Severity: Shared.Rules.Findings.Severity.Critical }) ? MessageImportance.High : MessageImportance.Normal;
        mail.Body = new MultipartAlternative
        {
            new TextPart("plain") { Text = string.Join("\n\n", messages.Select(AlertText.Plain)) },
            new TextPart("html") { Text = MailHtml.Of(messages) },
        };
        return mail;
    }

    private static async Task<string> SendAsync(AlertChannel channel, MimeMessage mail, CancellationToken cancellationToken)
    {
        var settings = channel.Settings;
        var socket = await OutboundConnections.ConnectAsync(settings.Host, settings.Port, settings.AllowsInnerAddresses, cancellationToken);
        using var client = new SmtpClient { CheckCertificateRevocation = false };
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await client.ConnectAsync(stream, settings.Host, settings.Port, SecurityOf(settings.Security), cancellationToken);
        if (settings.UserName.Length > 0)
        {
            await client.AuthenticateAsync(new NetworkCredential(settings.UserName, channel.Secrets.Key), cancellationToken);
        }

        var answer = await client.SendAsync(mail, cancellationToken);
        await client.DisconnectAsync(quit: true, CancellationToken.None);
        return answer;
    }

    private static SecureSocketOptions SecurityOf(MailSecurity security) => security switch
    {
        MailSecurity.StartTls => SecureSocketOptions.StartTls,
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        MailSecurity.None => SecureSocketOptions.None,
        _ => throw new ArgumentOutOfRangeException(nameof(security), security, null),
    };

    /// <summary>Numbers of 400 mean later, as greylisting does; those of 500 never.</summary>
    private static SendResult ResultOf(SmtpCommandException exception)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{(int)exception.StatusCode} {exception.Message}");
        return (int)exception.StatusCode is >= 400 and < 500 ? SendResult.Later(text)
            : exception.Message.Contains(NoPasswords, StringComparison.Ordinal) ? SendResult.Refused("The server takes no passwords from programs (5.7.30). Use a relay in your network.")
            : SendResult.Refused(text);
    }

    private static string IdOf(AlertMessage message, int number, string from) => string.Create(CultureInfo.InvariantCulture, $"{message.Key}.{message.Occurrence}.{number}@{Domain(from)}");

    private static string Domain(string address) => address[(address.LastIndexOf('@') + 1)..];

    /// <summary>A name with line breaks in it must not become headers of its own.</summary>
    private static string OneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));

    private static bool IsAddress(string text) =>
        text.Length <= 254 && text.All(letter => !char.IsControl(letter)) && MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address == text && mailbox.Domain.Length > 0;
}
