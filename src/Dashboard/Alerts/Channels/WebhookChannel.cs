using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>JSON to an address, signed as Standard Webhooks 1.0.0 says: the id stays the same on each try, the time is that of the try, and exactly the bytes that are sent are signed.</summary>
internal sealed class WebhookChannel(AlertHttp http, TimeProvider timeProvider) : HttpAlertChannel(http)
{
    private const string Prefix = "whsec_";
    private const int LeastKeyBytes = 24;
    private const int MostKeyBytes = 64;

    public override AlertChannelKind Kind => AlertChannelKind.Webhook;

    public override IEnumerable<FieldError> Check(AlertChannel channel) =>
        KeyOf(channel.Secrets.Key) is null ? base.Check(channel).Append(new("key", $"The key isn't one of Standard Webhooks. Allowed: {Prefix} and {LeastKeyBytes} to {MostKeyBytes} bytes in Base64.")) : base.Check(channel);

    /// <summary>A new key, as the other side takes it.</summary>
    public static string MakeKey() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>"v1," and the signature.</summary>
    public static string Sign(byte[] key, string id, string timestamp, byte[] body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body]));

    /// <summary>The bytes of a key as people type it; null where it is none.</summary>
    public static byte[]? KeyOf(string text)
    {
        var buffer = new byte[MostKeyBytes + 3];
        var base64 = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : "";
        return Convert.TryFromBase64String(base64, buffer, out var length) && length is >= LeastKeyBytes and <= MostKeyBytes ? buffer[..length] : null;
    }

    protected override IEnumerable<HttpRequestMessage> Build(AlertChannel channel, IReadOnlyList<AlertMessage> messages)
    {
        foreach (var message in messages)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(BodyOf(message), Json);
            var (id, timestamp) = (IdOf(message), timeProvider.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            var request = new HttpRequestMessage(HttpMethod.Post, channel.Secrets.Address) { Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json", "utf-8") } } };
            request.Headers.Add("webhook-id", id);
            request.Headers.Add("webhook-timestamp", timestamp);
            request.Headers.Add("webhook-signature", Sign(KeyOf(channel.Secrets.Key)!, id, timestamp, body));
            yield return request;
        }
    }

    /// <summary>Without dots: they part what is signed.</summary>
    private static string IdOf(AlertMessage message) => string.Create(CultureInfo.InvariantCulture, $"msg_{message.Key}_{message.Occurrence}_{message.Number}");

    private static object BodyOf(AlertMessage message) => new
    {
        type = $"problem.{AlertText.Word(message.Event)}",
        timestamp = message.At.UtcDateTime,
        data = new
        {
            key = message.Key,
            occurrence = message.Occurrence,
            number = message.Number,
            reason = JsonNamingPolicy.CamelCase.ConvertName(message.Reason.ToString()),
            severity = JsonNamingPolicy.CamelCase.ConvertName(message.Severity.ToString()),
            cause = message.CauseId,
            title = message.Title,
            subject = message.Subject,
            sites = message.Sites.ToArray(),
            servers = message.Servers.ToArray(),
            serverCount = message.ServerCount,
            problems = message.ProblemIds.ToArray(),
            since = message.Since.UtcDateTime,
            isFlapping = message.IsFlapping,
            acknowledgedBy = message.By,
            explanation = message.Explanation,
            fix = message.Fix,
            link = message.Link,
        },
    };
}
