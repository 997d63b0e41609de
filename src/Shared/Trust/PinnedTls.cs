using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace WsusDashboard.Shared.Trust;

/// <summary>TLS 1.2 or 1.3 between sides that know each other by their keys: the pin decides, no authority is asked, and nothing is fetched.</summary>
/// <remarks>
/// As .NET does it by default, each side builds a chain for the other's certificate and for its own, and downloads what is missing from the addresses in
/// them. A stranger's certificate would so make the agent, which runs as the system, call any address before anybody has looked who is there; and on a Windows
/// without a way out each handshake would wait for the automatic update of root certificates, 15 s and more (SslAuthenticationOptions and ChainPal of
/// dotnet/runtime; dotnet/aspnetcore#46117).
/// </remarks>
public static class PinnedTls
{
    /// <summary>Of the side that is called. A key is asked for, and any comes in: whose it is, and what it may do, is decided behind the handshake.</summary>
    public static SslServerAuthenticationOptions ForServer(IdentityKey key) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ServerCertificateContext = key.TlsContext,
        ClientCertificateRequired = true,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = CreatePolicy(),
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
    };

    /// <summary>Of the side that calls.</summary>
    /// <param name="key">The key that it shows.</param>
    /// <param name="check">Whether the certificate of the other side is taken; null where it showed none.</param>
    public static SslClientAuthenticationOptions ForClient(IdentityKey key, Func<X509Certificate?, bool> check) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ClientCertificateContext = key.TlsContext,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = CreatePolicy(),
        RemoteCertificateValidationCallback = (_, certificate, _, _) => check(certificate),
    };

    // An empty list of roots: the chain ends where it begins, whatever the certificate says.
    private static X509ChainPolicy CreatePolicy() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
    };
}
