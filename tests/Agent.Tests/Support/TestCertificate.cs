using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsusDashboard.Agent.Tests.Support;

/// <summary>Certificates of one test.</summary>
internal static class TestCertificate
{
    /// <summary>One that signs itself.</summary>
    public static X509Certificate2 Create(string name, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Request(name, key).CreateSelfSigned(notBefore, notAfter);

        return WithStoredKey(certificate);
    }

    /// <summary>One whose issuer is known only to an address that it names itself, as the place of its list of revoked certificates, too.</summary>
    public static X509Certificate2 CreateIssuedElsewhere(string name, DateTimeOffset notBefore, DateTimeOffset notAfter, Uri elsewhere)
    {
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var issuing = new CertificateRequest("CN=Issuer of tests", issuerKey, HashAlgorithmName.SHA256);
        issuing.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var issuer = issuing.CreateSelfSigned(notBefore.AddDays(-1), notAfter.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([new Uri(elsewhere, "/ocsp").ToString()], [new Uri(elsewhere, "/issuer.cer").ToString()]));
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([new Uri(elsewhere, "/issuer.crl").ToString()]));
        using var issued = request.Create(issuer, notBefore, notAfter, [1, 2, 3, 4]);
        using var certificate = issued.CopyWithPrivateKey(key);

        return WithStoredKey(certificate);
    }

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    /// <summary>Windows' TLS does not take a key that lives in memory only.</summary>
    private static X509Certificate2 WithStoredKey(X509Certificate2 certificate) => X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
}
