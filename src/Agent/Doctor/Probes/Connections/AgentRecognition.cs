using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using WsusDashboard.Agent.Security;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Doctor.Probes.Connections;

/// <summary>Who answers on a port.</summary>
internal enum PortAnswer
{
    /// <summary>Nothing that speaks as an agent does.</summary>
    Stranger = 0,

    /// <summary>The agent of this data folder: it has shown its key, or taken its local key.</summary>
    ThisAgent = 1,

    /// <summary>An agent; this account may not read what would tell which.</summary>
    SomeAgent = 2,

    /// <summary>An agent that does not know this data folder's local key.</summary>
    OtherAgent = 3,
}

/// <summary>Tells the agent from anything else that may listen on its port: by its key over TLS, else by its answer in plain text.</summary>
internal sealed class AgentRecognition(string dataDirectory)
{
    private const int MaximumAnswerBytes = 64 * 1024;

    private static readonly string[] KeyFiles = [IdentityKeys.FileName, IdentityKeys.NextFileName];

    /// <summary>Looks who is there. Nothing but the connection and one question that changes nothing.</summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<PortAnswer> LookAsync(string host, int port, CancellationToken cancellationToken) =>
        await ShowsOwnKeyAsync(host, port, cancellationToken) ? PortAnswer.ThisAgent : await AskAsync(host, port, cancellationToken);

    private async Task<bool> ShowsOwnKeyAsync(string host, int port, CancellationToken cancellationToken)
    {
        try
        {
            using var own = IdentityKey.Read(Path.Combine(dataDirectory, IdentityKeys.FileName));
            string? pin = null;
            using var connection = new TcpClient();
            await connection.ConnectAsync(host, port, cancellationToken);
            await using var stream = new SslStream(connection.GetStream());
            var options = PinnedTls.ForClient(own, certificate => (pin = certificate is X509Certificate2 shown ? KeyPin.Of(shown) : null) is not null);
            options.TargetHost = host;
            await stream.AuthenticateAsClientAsync(options, cancellationToken);
            return OwnPins().Contains(pin);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or AuthenticationException or SocketException or PlatformNotSupportedException)
        {
            // No key here, no TLS there: the plain side of the port may say more.
            return false;
        }
    }

    private IEnumerable<string> OwnPins()
    {
        foreach (var path in KeyFiles.Select(name => Path.Combine(dataDirectory, name)).Where(File.Exists))
        {
            using var key = IdentityKey.Read(path);
            yield return key.Pin;
        }
    }

    private async Task<PortAnswer> AskAsync(string host, int port, CancellationToken cancellationToken)
    {
        var localKey = TryReadLocalKey();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new UriBuilder(Uri.UriSchemeHttp, host, port).Uri, MaxResponseContentBufferSize = MaximumAnswerBytes };
        client.DefaultRequestHeaders.Host = "localhost";
        client.DefaultRequestHeaders.Authorization = localKey is null ? null : new AuthenticationHeaderValue(LocalKey.Scheme, localKey);
        try
        {
            using var answer = await client.GetAsync(new Uri("/v1/info", UriKind.Relative), cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK when HasAgentId(text) => PortAnswer.ThisAgent,

                // What an agent says to whoever has no key names the file of the key.
                HttpStatusCode.Unauthorized when text.Contains(LocalKey.FileName, StringComparison.Ordinal) => localKey is null ? PortAnswer.SomeAgent : PortAnswer.OtherAgent,
                _ => PortAnswer.Stranger,
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return PortAnswer.Stranger;
        }
    }

    private string? TryReadLocalKey()
    {
        try
        {
            return LocalKey.Read(dataDirectory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool HasAgentId(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("agentId", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
