using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace WsusDashboard.Shared.Trust;

/// <summary>The next key of one side: signed by the key in use, so that nobody else can name a successor, and by itself, so that nobody names a key that he does not hold.</summary>
/// <param name="NextKey">SubjectPublicKeyInfo of the next key.</param>
/// <param name="ByCurrent">Signature of the key in use.</param>
/// <param name="ByNext">Signature of the next key.</param>
public sealed record KeySuccession(ReadOnlyMemory<byte> NextKey, ReadOnlyMemory<byte> ByCurrent, ReadOnlyMemory<byte> ByNext)
{
    private const int MaximumKeyBytes = 512;

    /// <summary>Pin of the next key.</summary>
    public string NextPin => KeyPin.Of(NextKey.Span);

    /// <summary>Makes the statement.</summary>
    public static KeySuccession Create(PairingRole role, IdentityKey current, IdentityKey next)
    {
        var content = Content(role, current.Pin, next.Pin);
        return new(next.Certificate.PublicKey.ExportSubjectPublicKeyInfo(), current.Sign(content), next.Sign(content));
    }

    /// <summary>True where both signatures are right for the key that the other side shows in its TLS connection.</summary>
    public bool IsRight(PairingRole role, X509Certificate2 current)
    {
        if (NextKey.Length is 0 or > MaximumKeyBytes)
        {
            return false;
        }

        try
        {
            using var next = ECDsa.Create();
            next.ImportSubjectPublicKeyInfo(NextKey.Span, out _);
            using var now = current.GetECDsaPublicKey();
            var content = Content(role, KeyPin.Of(current), NextPin);
            return now?.VerifyData(content, ByCurrent.Span, HashAlgorithmName.SHA256) == true
                && next.VerifyData(content, ByNext.Span, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[] Content(PairingRole role, string currentPin, string nextPin) =>
        Encoding.ASCII.GetBytes($"wsusdashboard key succession v1\n{role}\n{currentPin}\n{nextPin}\n");
}
