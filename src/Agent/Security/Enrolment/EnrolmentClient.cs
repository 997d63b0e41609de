using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using WsusDashboard.Agent.Security.Outbound;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Enrolment;

/// <summary>The agent's side of an enrolment: the secret of the token goes to the hub whose key the token names, and to nobody else.</summary>
internal sealed class EnrolmentClient(IdentityKeys keys, AgentOptions options)
{
    private const int HubIdLength = 32;
    private const int MaximumAnswerBytes = 64 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <exception cref="OutboundException">The password for the proxy can't be read.</exception>
    /// <exception cref="HttpRequestException">The hub does not answer, or shows another key.</exception>
    /// <exception cref="OperationCanceledException">It did not answer in time, or the agent stops.</exception>
    public async Task<EnrolmentAnswer> SendAsync(Uri hub, EnrolmentToken token, EnrolmentRequest request, CancellationToken cancellationToken)
    {
        var proxy = ProxyTunnel.ProxyOf(options.Hub);
        using var handler = new SocketsHttpHandler
        {
            Proxy = proxy,
            UseProxy = proxy is not null,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            SslOptions = PinnedTls.ForClient(keys.Current, certificate => IsPinned(certificate, token.HubPin)),
        };
        using var client = new HttpClient(handler) { BaseAddress = hub, Timeout = Limit, MaxResponseContentBufferSize = MaximumAnswerBytes };

        // The pinned key decides who the hub is; its filter of host names is about browsers.
        // Bytes, so that the length is told beforehand: the hub takes no body of unknown length.
        using var body = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, JsonSerializerOptions.Web)) { Headers = { ContentType = new("application/json") } };
        using var message = new HttpRequestMessage(HttpMethod.Post, EnrolmentRequest.Path) { Content = body, Headers = { Host = "localhost" } };
        using var answer = await client.SendAsync(message, cancellationToken);
        return Check(await answer.Content.ReadFromJsonAsync<EnrolmentAnswer>(cancellationToken))
            ?? throw new HttpRequestException($"{hub.Authority} didn't answer the enrolment (HTTP {(int)answer.StatusCode}).");
    }

    /// <summary>The answer with a message that can be shown; null where it is none.</summary>
    internal static EnrolmentAnswer? Check(EnrolmentAnswer? answer) =>
        answer is { HubId.Length: 0 or HubIdLength, HubName.Length: <= ContractLimits.MaximumRequestedByLength, Message: { } message } && answer.HubId.All(char.IsAsciiHexDigitLower) && PlainText.IsPlain(answer.HubName)
            ? answer with { Message = PlainText.Replace(PlainText.Cut(message, ContractLimits.MaximumReasonLength)) }
            : null;

    private static bool IsPinned(X509Certificate? certificate, string pin)
    {
        using var seen = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return seen is not null && KeyPin.AreSame(KeyPin.Of(seen), pin);
    }
}
