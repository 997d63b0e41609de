using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Dashboard.Security.Keys;

namespace WsusDashboard.Dashboard.Security.Joining;

/// <summary>
/// 256 random bits that open the keys of a dashboard once. The database holds a hash of it and what it seals, and neither tells it.
/// </summary>
internal sealed class JoinToken
{
    private const string Prefix = "wdjoin_";
    private const int Length = 32;

    private readonly byte[] _secret;

    private JoinToken(byte[] secret) => _secret = secret;

    /// <summary>By this an offer is found: 64 hexadecimal digits.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Derive("id")));

    public static JoinToken Create() => new(RandomNumberGenerator.GetBytes(Length));

    public static bool TryRead(string text, [NotNullWhen(true)] out JoinToken? token)
    {
        token = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length > 100)
        {
            return false;
        }

        var secret = new byte[Length];
        if (!Base64Url.TryDecodeFromChars(text.AsSpan(Prefix.Length), secret, out var written) || written != Length)
        {
            return false;
        }

        token = new(secret);
        return true;
    }

    /// <summary>The token as a person carries it.</summary>
    public string Reveal() => Prefix + Base64Url.EncodeToString(_secret);

    public byte[] Seal(byte[] plain) => SealedBox.Seal(Derive("seal"), plain);

    /// <exception cref="CryptographicException">It was sealed with another token, or changed.</exception>
    public byte[] Open(byte[] box) => SealedBox.Open(Derive("seal"), box);

    private byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, Length, info: Encoding.UTF8.GetBytes($"WsusDashboard/join/{purpose}"));
}
