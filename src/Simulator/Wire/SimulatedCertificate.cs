using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Wire;

/// <summary>The certificate of a simulated WSUS that uses TLS: it signs itself, and only the simulated server trusts it.</summary>
internal static class SimulatedCertificate
{
    private const int DaysBefore = 353;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>For the server's names and for loopback, where it answers.</summary>
    public static X509Certificate2 Create(ServerProfile profile, int daysLeft, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={profile.FullyQualifiedName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(profile.FullyQualifiedName);
        names.AddDnsName(profile.Name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        using var certificate = request.CreateSelfSigned(now.AddDays(-DaysBefore), now.AddDays(daysLeft));

        // Windows' TLS does not take a key that lives in memory only; one that went through PKCS #12 it does.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
