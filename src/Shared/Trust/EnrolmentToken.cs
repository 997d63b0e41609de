using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace WsusDashboard.Shared.Trust;

/// <summary>
/// With what an agent registers itself: an id, a secret, and the pin of the hub's key, so that the agent gives the secret to that hub only.
/// As text "wse1.id.secret.pin".
/// </summary>
/// <param name="Id">16 hexadecimal digits; no secret.</param>
/// <param name="Secret">32 random bytes as base64url.</param>
/// <param name="HubPin">Pin of the hub's key.</param>
public sealed record EnrolmentToken(string Id, string Secret, string HubPin)
{
    /// <summary>Longest text of a token.</summary>
    public const int MaximumLength = 200;

    private const string Version = "wse1";
    private const int IdBytes = 8;
    private const int SecretBytes = 32;

    /// <summary>A new token for this hub.</summary>
    public static EnrolmentToken Create(string hubPin) => new(
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)), hubPin);

    /// <summary>Reads the text of a token.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EnrolmentToken? token)
    {
        token = null;
        if (text is null || text.Length > MaximumLength || text.Trim().Split('.') is not [Version, var id, var secret, var pin])
        {
            return false;
        }

        if (id.Length != IdBytes * 2 || !id.All(char.IsAsciiHexDigitLower) || !IsSecret(secret) || !KeyPin.IsPin(pin))
        {
            return false;
        }

        token = new(id, secret, pin);
        return true;
    }

    /// <summary>What a hub keeps of a secret: SHA-256, hexadecimal. The secret has 256 random bits, so a slow hash would add nothing.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(secret)));

    /// <summary>The text that is handed to the agent.</summary>
    public string ToText() => $"{Version}.{Id}.{Secret}.{HubPin}";

    /// <summary>Without the secret, for a log.</summary>
    public override string ToString() => $"enrolment token {Id}";

    private static bool IsSecret(string text) => Base64Url.IsValid(text, out var length) && length == SecretBytes;
}
