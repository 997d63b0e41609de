using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>
/// The secret under which the agent signs what it says about its audit (HMAC-SHA256), beside its identity in the data folder: whoever takes lines or files
/// away without it cannot make the rest look whole.
/// </summary>
internal sealed class AuditKey
{
    public const string FileName = "audit.key";

    private const int SecretBytes = 32;

    private readonly byte[] _secret;

    private AuditKey(byte[] secret) => _secret = secret;

    /// <summary>The key of the folder; null where there is none, or it is damaged.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not read it.</exception>
    public static AuditKey? TryRead(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        return File.Exists(path) && File.ReadAllBytes(path) is { Length: SecretBytes } secret ? new(secret) : null;
    }

    /// <summary>A new key, in memory only.</summary>
    public static AuditKey Create() => new(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>Keeps it; one that was there is replaced.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string dataDirectory) => PrivateFile.Write(Path.Combine(dataDirectory, FileName), _secret);

    /// <summary>64 hexadecimal digits.</summary>
    public string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(text)));

    public bool IsRight(string text, string signature) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(text)), Encoding.ASCII.GetBytes(signature));
}
