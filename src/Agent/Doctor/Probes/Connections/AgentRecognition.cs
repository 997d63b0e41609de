using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WsusDashboard.Agent.Security;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Doctor.Probes.Connections;

/// <summary>Who answers on a port.</summary>
internal enum PortAnswer
{
    /// <summary>Nothing that shows the key of an agent.</summary>
    Stranger = 0,

    /// <summary>The agent of this data folder.</summary>
    ThisAgent = 1,

    /// <summary>An agent; this account may not read what would tell which.</summary>
    SomeAgent = 2,

    /// <summary>An agent with another key.</summary>
    OtherAgent = 3,
}

/// <summary>Tells the agent from anything else that may listen on its port, by the key that it shows. Nothing is shown there but a key made for the purpose.</summary>
internal sealed class AgentRecognition(string dataDirectory, TimeProvider timeProvider)
{
    private static readonly string[] KeyFiles = [IdentityKeys.FileName, IdentityKeys.NextFileName];

    /// <summary>Looks who is there. Nothing but a handshake.</summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<PortAnswer> LookAsync(string host, int port, CancellationToken cancellationToken)
    {
        var (pin, subject) = await ReadKeyAsync(host, port, cancellationToken);
        if (!subject.Contains(AgentSelf.KeySubject, StringComparison.Ordinal))
        {
            return PortAnswer.Stranger;
        }

        return OwnPins() is not { } own ? PortAnswer.SomeAgent : own.Contains(pin) ? PortAnswer.ThisAgent : PortAnswer.OtherAgent;
    }

    /// <summary>Pin and subject of what the port shows; empty where it shows no key.</summary>
    private async Task<(string Pin, string Subject)> ReadKeyAsync(string host, int port, CancellationToken cancellationToken)
    {
        (string Pin, string Subject) shown = ("", "");
        try
        {
            using var key = IdentityKey.Create("doctor", timeProvider.GetUtcNow());
            using var connection = new TcpClient();
            await connection.ConnectAsync(host, port, cancellationToken);
            await using var stream = new SslStream(connection.GetStream());
            var options = PinnedTls.ForClient(key, certificate =>
            {
                shown = certificate is X509Certificate2 known ? (KeyPin.Of(known), known.Subject) : ("", "");
                return certificate is not null;
            });
            options.TargetHost = host;
            await stream.AuthenticateAsClientAsync(options, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or CryptographicException or AuthenticationException or SocketException or PlatformNotSupportedException)
        {
            // No TLS there, or none here.
            return ("", "");
        }

        return shown;
    }

    /// <summary>Null where this account may not read them.</summary>
    private List<string>? OwnPins()
    {
        List<string> pins = [];
        try
        {
            foreach (var path in KeyFiles.Select(name => Path.Combine(dataDirectory, name)).Where(File.Exists))
            {
                using var key = IdentityKey.Read(path);
                pins.Add(key.Pin);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return null;
        }

        return pins.Count > 0 ? pins : null;
    }
}
