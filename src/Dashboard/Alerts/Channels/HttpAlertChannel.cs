using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>A channel that is one or more requests of HTTP.</summary>
internal abstract class HttpAlertChannel(AlertHttp http) : IAlertChannel
{
    /// <summary>Names as they are written in the code; nothing that is null.</summary>
    protected static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public abstract AlertChannelKind Kind { get; }

    public virtual IEnumerable<FieldError> Check(AlertChannel channel)
    {
        if (!Uri.TryCreate(channel.Secrets.Address, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
        {
            yield return new("address", "The address isn't one of a web service. Allowed: https://…, or http://… where inner addresses are allowed; without a user name.");
        }
        else if (address.Scheme == "http" && !channel.Settings.AllowsInnerAddresses)
        {
            yield return new("address", "The address begins with http://, so everyone on the way could read it. Allowed: https://…, or http://… where inner addresses are allowed.");
        }
    }

    public async Task<SendResult> SendAsync(AlertChannel channel, IReadOnlyList<AlertMessage> messages, CancellationToken cancellationToken)
    {
        var result = SendResult.Sent("");
        foreach (var request in Build(channel, messages))
        {
            using (request)
            {
                result = await http.SendAsync(channel, request, cancellationToken);
            }

            if (result.State != SendState.Sent)
            {
                return result;
            }
        }

        return result;
    }

    /// <summary>The requests, in their order; the first that isn't taken ends the sending.</summary>
    protected abstract IEnumerable<HttpRequestMessage> Build(AlertChannel channel, IReadOnlyList<AlertMessage> messages);

    protected static HttpRequestMessage Post(string address, object body, string mediaType = "application/json") => new(HttpMethod.Post, address)
    {
        Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, Json)) { Headers = { ContentType = new(mediaType, Encoding.UTF8.WebName) } },
    };

    /// <summary>The address with a path behind it, however it ends.</summary>
    protected static string Below(string address, string path) => $"{address.TrimEnd('/')}/{path}";
}
