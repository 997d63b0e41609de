using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WsusDashboard.PowerShell.Client;

/// <summary>
/// Which certificate of a dashboard is taken: the one with a given fingerprint, or one that a given authority issued for the dashboard's name. The computer's own authorities don't count then. A private authority
/// often has no list of revoked certificates that this computer can reach, so none is asked for.
/// </summary>
internal sealed class CertificateRule(string? fingerprint, X509Certificate2? authority)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    public bool IsNeeded => fingerprint is not null || authority is not null;

    /// <summary>SHA-256 in upper-case hexadecimal digits, without separators; null where the text is no such fingerprint.</summary>
    public static string? ReadFingerprint(string text)
    {
        var digits = new string([.. text.Where(character => character is not (':' or ' ' or '-'))]).ToUpperInvariant();
        return digits.Length == 64 && digits.All(digit => digit is (>= '0' and <= '9') or (>= 'A' and <= 'F')) ? digits : null;
    }

    public static string FingerprintOf(X509Certificate2 certificate)
    {
        using var sha256 = SHA256.Create();
        return BitConverter.ToString(sha256.ComputeHash(certificate.RawData)).Replace("-", "");
    }

    public bool Accepts(HttpRequestMessage request, X509Certificate2? certificate, X509Chain? received, SslPolicyErrors errors)
    {
        if (certificate is null || (fingerprint is not null && FingerprintOf(certificate) != fingerprint))
        {
            return false;
        }

        return authority is null || ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0 && IsIssuedBy(authority, certificate, received));
    }

    private static bool IsIssuedBy(X509Certificate2 authority, X509Certificate2 certificate, X509Chain? received)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.ExtraStore.Add(authority);
        if (received is not null)
        {
            foreach (var element in received.ChainElements)
            {
                chain.ChainPolicy.ExtraStore.Add(element.Certificate);
            }
        }

        return chain.Build(certificate) && chain.ChainElements[chain.ChainElements.Count - 1].Certificate.RawData.SequenceEqual(authority.RawData);
    }
}
