using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace WsusDashboard.Shared.Trust;

/// <summary>The key pair of one side (ECDSA, P-256) in a self-signed certificate. Nobody trusts the certificate; its key is pinned.</summary>
public sealed class IdentityKey : IDisposable
{
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromDays(2);

    // Nothing checks the end: trust begins with a pairing and ends with an unpairing.
    private const int YearsOfCertificate = 50;

    private const int DerivedBytes = 32;

    private SslStreamCertificateContext? _tlsContext;

    private IdentityKey(X509Certificate2 certificate)
    {
        Certificate = certificate;
        Pin = KeyPin.Of(certificate);
    }

    /// <summary>The certificate with its private key, fit for TLS on this system.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate as TLS shows it; made offline, so that its issuer is looked for nowhere.</summary>
    public SslStreamCertificateContext TlsContext => LazyInitializer.EnsureInitialized(ref _tlsContext, () => SslStreamCertificateContext.Create(Certificate, null, offline: true));

    /// <summary>The name of the key.</summary>
    public string Pin { get; }

    /// <summary>A new key.</summary>
    /// <param name="subject">Whose it is, for a person who looks at the certificate.</param>
    /// <param name="now">UTC time.</param>
    public static IdentityKey Create(string subject, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(subject.Length > 60 ? subject[..60] : subject);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));

        // Server and client authentication: both sides use the one key in both parts.
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var certificate = request.CreateSelfSigned(now - ClockTolerance, now.AddYears(YearsOfCertificate));
        return new IdentityKey(FitForTls(certificate));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="CryptographicException">The file holds no key and certificate.</exception>
    public static IdentityKey Read(string path)
    {
        return FromPem(File.ReadAllText(path));
    }

    /// <summary>Reads what <see cref="ToPem"/> gave.</summary>
    /// <exception cref="CryptographicException">The text holds no key and certificate.</exception>
    public static IdentityKey FromPem(string text)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(text, text);
            return new IdentityKey(FitForTls(certificate));
        }
        catch (ArgumentException exception)
        {
            throw new CryptographicException(exception.Message, exception);
        }
    }

    /// <summary>Key and certificate; a secret.</summary>
    public string ToPem()
    {
        using var key = PrivateKey();
        return $"{key.ExportPkcs8PrivateKeyPem()}\n{Certificate.ExportCertificatePem()}\n";
    }

    /// <summary>Writes key and certificate as PEM, for their owner alone.</summary>
    public void Save(string path) => PrivateFile.Write(path, Encoding.ASCII.GetBytes(ToPem()));

    /// <summary>A secret of 32 bytes that only who has this key can make; those of different purposes tell nothing about each other.</summary>
    public byte[] Derive(string purpose)
    {
        using var key = PrivateKey();
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, key.ExportParameters(includePrivateParameters: true).D!, DerivedBytes, info: Encoding.UTF8.GetBytes($"wsusdashboard identity/{purpose}"));
    }

    /// <summary>Signs with ECDSA over SHA-256.</summary>
    public byte[] Sign(ReadOnlySpan<byte> content)
    {
        using var key = PrivateKey();
        return key.SignData(content, HashAlgorithmName.SHA256);
    }

    public void Dispose() => Certificate.Dispose();

    // Windows' TLS does not take a key that lives in memory only; one that went through PKCS #12 it does.
    private static X509Certificate2 FitForTls(X509Certificate2 certificate) => X509CertificateLoader.LoadPkcs12(
        certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);

    private ECDsa PrivateKey() => Certificate.GetECDsaPrivateKey() ?? throw new CryptographicException("The certificate has no private key.");
}
