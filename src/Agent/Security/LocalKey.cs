using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security;

/// <summary>
/// Proves that a caller on this server may read the agent's data folder: administrators and the service. It is made once, and it opens
/// the plain-text side of the port, which answers loopback connections only.
/// </summary>
public sealed class LocalKey
{
    public const string FileName = "local.key";

    /// <summary>The scheme of the Authorization header.</summary>
    public const string Scheme = "Bearer";

    private const int KeyBytes = 32;

    private readonly byte[] _hash;

    /// <summary>Reads the key of the folder, or makes it.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public LocalKey(string dataDirectory)
    {
        Directory.CreateDirectory(dataDirectory);
        var path = PathIn(dataDirectory);
        var key = TryRead(path);
        if (key is null)
        {
            key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
            PrivateFile.Write(path, Encoding.ASCII.GetBytes(key + "\n"));
        }

        _hash = SHA256.HashData(Encoding.ASCII.GetBytes(key));
    }

    /// <summary>Where the key of an agent with this data folder lies.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, FileName);

    /// <summary>The key of the agent with this data folder.</summary>
    /// <exception cref="IOException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not read it.</exception>
    public static string Read(string dataDirectory) =>
        TryRead(PathIn(dataDirectory)) ?? throw new FileNotFoundException($"There is no key in {PathIn(dataDirectory)}.");

    /// <summary>True where this Authorization header carries the key; takes as long for a wrong one.</summary>
    public bool Opens(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var presented = SHA256.HashData(Encoding.UTF8.GetBytes(authorization[(Scheme.Length + 1)..].Trim()));
        return CryptographicOperations.FixedTimeEquals(presented, _hash);
    }

    private static string? TryRead(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var text = File.ReadAllText(path).Trim();
        return text.Length == KeyBytes * 2 && text.All(char.IsAsciiHexDigit) ? text : null;
    }
}
