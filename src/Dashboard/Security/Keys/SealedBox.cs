using System.Security.Cryptography;

namespace WsusDashboard.Dashboard.Security.Keys;

/// <summary>Bytes that only a key opens (AES-256-GCM), and that nobody changes unseen.</summary>
internal static class SealedBox
{
    /// <param name="key">32 bytes.</param>
    /// <param name="plain">What goes into it.</param>
    public static byte[] Seal(byte[] key, byte[] plain)
    {
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var tag = new byte[AesGcm.TagByteSizes.MaxSize];
        var cipher = new byte[plain.Length];
        using var aes = new AesGcm(key, tag.Length);
        aes.Encrypt(nonce, plain, cipher, tag);
        return [.. nonce, .. tag, .. cipher];
    }

    /// <exception cref="CryptographicException">It was sealed with another key, or changed.</exception>
    public static byte[] Open(byte[] key, byte[] box)
    {
        var (nonceLength, tagLength) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        if (box.Length < nonceLength + tagLength)
        {
            throw new CryptographicException("It is too short.");
        }

        var plain = new byte[box.Length - nonceLength - tagLength];
        using var aes = new AesGcm(key, tagLength);
        aes.Decrypt(box.AsSpan(0, nonceLength), box.AsSpan(nonceLength + tagLength), box.AsSpan(nonceLength, tagLength), plain);
        return plain;
    }
}
