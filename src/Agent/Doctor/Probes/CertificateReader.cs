using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>The certificate that a TLS port shows, with what is wrong about it for a caller that asks for a name.</summary>
/// <param name="AskedName">The host name that the agent asks for.</param>
/// <param name="Names">The names that the certificate is made for.</param>
/// <param name="NotAfter">When it ends.</param>
/// <param name="Errors">What the check of this system said.</param>
/// <param name="ChainProblems">Why its issuer is not trusted; empty where it is.</param>
internal sealed record CertificateReading(string AskedName, IReadOnlyList<string> Names, DateTimeOffset NotAfter, SslPolicyErrors Errors, IReadOnlyList<string> ChainProblems)
{
    private static readonly TimeSpan SoonOver = TimeSpan.FromDays(30);

    /// <summary>Whom it is made for, as it says itself.</summary>
    public string Subject { get; init; } = "";

    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>SHA-1, as Windows shows it.</summary>
    public string Thumbprint { get; init; } = "";

    public ProbeOutcome Judge(DateTimeOffset now)
    {
        var names = Names.Count == 0 ? "no name" : Wording.List([.. Names]);
        var shown = $"for {names}, until {Wording.Time(NotAfter)}";
        if (Errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return ProbeOutcome.Refused(
                ReadFailure.AccessDenied,
                $"The agent connects to \"{AskedName}\", but the certificate is {shown}.",
                $"Set Agent:WsusHost to a name in the certificate{(Names.Count == 0 ? "" : $", for example {Names[0]}")}, or give WSUS a certificate for {AskedName} (wsusutil configuressl NAME).");
        }

        if (now > NotAfter)
        {
            return ProbeOutcome.Refused(ReadFailure.AccessDenied, $"The certificate has expired: {shown}.", "Give the WSUS site a new certificate; clients can't reach it either.");
        }

        if (Errors != SslPolicyErrors.None)
        {
            var why = ChainProblems.Count == 0 ? Errors.ToString() : string.Join("; ", ChainProblems);
            return ProbeOutcome.Refused(ReadFailure.AccessDenied, $"This server doesn't trust the certificate {shown}: {why}", "Install the issuer's certificate in the computer's store \"Trusted Root Certification Authorities\".");
        }

        return NotAfter - now < SoonOver
            ? ProbeOutcome.Attention($"{shown}: it expires soon", "Renew it in time: once it expires, neither the agent nor any client can reach WSUS.")
            : ProbeOutcome.Works(shown);
    }
}

/// <summary>Reads the certificate of a TLS port: a handshake and nothing else.</summary>
internal static class CertificateReader
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <param name="host">The name to ask for.</param>
    /// <param name="port">Where.</param>
    /// <param name="trustedRoots">What this server trusts instead of its own store; null = its own store.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="EdgeException">Nothing answers there, or it does not speak TLS.</exception>
    public static async Task<CertificateReading> ReadAsync(string host, int port, X509Certificate2Collection? trustedRoots, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        CertificateReading? seen = null;
        try
        {
            using var connection = new TcpClient();
            await connection.ConnectAsync(host, port, limit.Token);
            using var stream = new SslStream(connection.GetStream());
            var asking = new SslClientAuthenticationOptions
            {
                TargetHost = host,
                CertificateChainPolicy = OfflineChain.Policy(trustedRoots),
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    seen = Describe(host, certificate, chain, errors);
                    return errors == SslPolicyErrors.None;
                },
            };
            await stream.AuthenticateAsClientAsync(asking, limit.Token);
        }
        catch (SocketException exception)
        {
            throw new EdgeException(ReadFailure.Unavailable, $"Nothing answers at {host}, port {port}: {exception.Message}", exception);
        }
        catch (AuthenticationException) when (seen is not null)
        {
            // Refused by the check above: what it found is the answer.
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            throw new EdgeException(ReadFailure.Malformed, $"{host}, port {port}, doesn't use TLS as expected: {exception.Message}", exception);
        }

        return seen ?? throw new EdgeException(ReadFailure.Malformed, $"{host}, port {port}, presented no certificate.");
    }

    private static CertificateReading? Describe(string host, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown)
        {
            return null;
        }

        var alternatives = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames()).ToList();
        var names = alternatives.Count > 0 ? alternatives : [shown.GetNameInfo(X509NameType.DnsName, forIssuer: false)];
        var problems = chain?.ChainStatus.Select(status => status.StatusInformation.Trim()).Where(text => text.Length > 0).Distinct().ToList() ?? [];
        return new CertificateReading(host, [.. names.Where(name => name.Length > 0)], new DateTimeOffset(shown.NotAfter.ToUniversalTime()), errors, problems)
        {
            Subject = shown.Subject,
            NotBefore = new DateTimeOffset(shown.NotBefore.ToUniversalTime()),
            Thumbprint = shown.Thumbprint,
        };
    }
}
