using System.Security.Cryptography.X509Certificates;

namespace WsusDashboard.Shared.Probing;

/// <summary>How a certificate of another side is judged without a question to anybody else: neither its issuer nor a list of revoked ones is fetched from an address that it names itself.</summary>
public static class OfflineChain
{
    /// <summary>A policy for one connection.</summary>
    /// <param name="trustedRoots">What is trusted instead of the computer's own store; null = its own store.</param>
    public static X509ChainPolicy Policy(X509Certificate2Collection? trustedRoots)
    {
        var policy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        if (trustedRoots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(trustedRoots);
        }

        return policy;
    }
}
