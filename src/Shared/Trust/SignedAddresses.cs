using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WsusDashboard.Shared.Trust;

/// <summary>
/// The addresses of all dashboards of a hub, signed with the hub's key: an agent believes nobody else where to connect. The revision rises with each change, so that an old list can't be brought back.
/// </summary>
/// <param name="HubId">Whose dashboards, 32 hexadecimal digits.</param>
/// <param name="Revision">From 1.</param>
/// <param name="Addresses">As <see cref="HubAddress"/> writes them, at most <see cref="OutboundProtocol.MaximumAddresses"/>.</param>
/// <param name="Key">SubjectPublicKeyInfo of the key that signed.</param>
/// <param name="Signature">Of all that.</param>
public sealed record SignedAddresses(string HubId, long Revision, IReadOnlyList<string> Addresses, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Signature)
{
    private const int MaximumKeyBytes = 512;

    /// <summary>Makes the statement.</summary>
    public static SignedAddresses Create(string hubId, long revision, IReadOnlyList<string> addresses, IdentityKey key) =>
        new(hubId, revision, addresses, key.Certificate.PublicKey.ExportSubjectPublicKeyInfo(), key.Sign(Content(hubId, revision, addresses)));

    /// <summary>True where a key with such a pin signed exactly this.</summary>
    public bool IsSignedBy(Func<string, bool> isPinned)
    {
        if (Key.Length is 0 or > MaximumKeyBytes || !isPinned(KeyPin.Of(Key.Span)))
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Key.Span, out _);
            return key.VerifyData(Content(HubId, Revision, Addresses), Signature.Span, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    // One line each: no address that is right holds a line break, and the number of lines says where they end.
    private static byte[] Content(string hubId, long revision, IReadOnlyList<string> addresses) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"wsusdashboard agent addresses v1\n{hubId}\n{revision}\n{addresses.Count}\n{string.Concat(addresses.Select(address => address + "\n"))}"));
}
