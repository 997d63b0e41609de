using System.Security.Cryptography;
using System.Text;

namespace WsusDashboard.Shared.Trust;

/// <summary>Which side of a pairing proves that it knows the code.</summary>
public enum PairingRole
{
    /// <summary>The dashboard; it proves first.</summary>
    Hub = 1,

    /// <summary>The agent on the server; it proves only to a hub that has proved.</summary>
    Agent = 2,
}

/// <summary>One pairing as one side sees it: the keys of both ends of its own TLS connection, and the nonces of both.</summary>
/// <param name="HubPin">Pin of the key that the hub showed in this connection.</param>
/// <param name="AgentPin">Pin of the key that the agent showed in this connection.</param>
/// <param name="HubNonce">Random bytes of the hub.</param>
/// <param name="AgentNonce">Random bytes of the agent.</param>
public sealed record PairingChannel(string HubPin, string AgentPin, ReadOnlyMemory<byte> HubNonce, ReadOnlyMemory<byte> AgentNonce);

/// <summary>
/// The proof that a side knows the pairing code and sees the same two keys as the other side. A man in the middle shows each side another key, so what
/// one side proves is wrong for the other; and he cannot find the code from a proof, because it has 80 random bits.
/// </summary>
public static class PairingProof
{
    /// <summary>Length of a nonce, in bytes.</summary>
    public const int NonceBytes = 32;

    private static readonly byte[] Purpose = Encoding.ASCII.GetBytes("wsusdashboard pairing v1");

    /// <summary>A nonce.</summary>
    public static byte[] CreateNonce() => RandomNumberGenerator.GetBytes(NonceBytes);

    /// <summary>HMAC-SHA-256 over role, both pins and both nonces, with a key derived from the code by HKDF.</summary>
    public static byte[] Create(PairingRole role, PairingCode code, PairingChannel channel)
    {
        if (channel.HubNonce.Length != NonceBytes || channel.AgentNonce.Length != NonceBytes)
        {
            throw new ArgumentException($"A nonce has {NonceBytes} bytes.", nameof(channel));
        }

        byte[] salt = [.. channel.HubNonce.Span, .. channel.AgentNonce.Span];
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.ASCII.GetBytes(code.Characters), SHA256.HashSizeInBytes, salt, Purpose);
        byte[] content = [(byte)role, .. Convert.FromHexString(channel.HubPin), .. Convert.FromHexString(channel.AgentPin), .. salt];
        return HMACSHA256.HashData(key, content);
    }

    /// <summary>True where the proof is right; takes as long for a wrong one.</summary>
    public static bool IsRight(ReadOnlySpan<byte> proof, PairingRole role, PairingCode code, PairingChannel channel) =>
        CryptographicOperations.FixedTimeEquals(proof, Create(role, code, channel));
}
