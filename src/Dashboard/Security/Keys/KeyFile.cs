using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Security.Keys;

/// <summary>
/// The secret of this dashboard that is not in its database: 256 random bits in a file that only its account may read, made at the first start.
/// It encrypts the data-protection keys and proves the audit; a database (or a backup of it) without it opens nothing.
/// </summary>
internal sealed class KeyFile
{
    public const string FileName = "dashboard.key";
    private const int Length = 32;

    private readonly byte[] _key;

    private KeyFile(byte[] key) => _key = key;

    /// <summary>Reads the file, or makes it.</summary>
    /// <exception cref="DashboardStartException">It cannot be read or made, or is no key.</exception>
    public static KeyFile Open(DashboardOptions options)
    {
        var path = options.KeyFilePath;
        try
        {
            return new(File.Exists(path) ? Read(path) : Make(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DashboardStartException($"{DashboardOptions.KeyOf(options.KeyFile)} is \"{path}\", which can't be read or created: {exception.Message} Allowed: a file that this account can read or create.");
        }
    }

    /// <summary>A key for one purpose; keys of different purposes tell nothing about each other.</summary>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Length, info: Encoding.UTF8.GetBytes($"WsusDashboard/{purpose}"));

    private static byte[] Read(string path)
    {
        var text = File.ReadAllText(path).Trim();
        var key = new byte[Length + 1];
        return Convert.TryFromBase64String(text, key, out var written) && written == Length
            ? key[..Length]
            : throw new DashboardStartException($"{DashboardOptions.SectionName}:{nameof(DashboardOptions.KeyFile)} is \"{path}\", which doesn't hold a key ({Length} bytes in Base64). Put back the file that belongs to this database; with another one, sessions, authenticator apps and the proof of the audit are lost.");
    }

    private static byte[] Make(string path)
    {
        var key = RandomNumberGenerator.GetBytes(Length);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);

        // Whole or not at all: a file without a key would stop every start to come.
        PrivateFile.Write(path, Encoding.ASCII.GetBytes(Convert.ToBase64String(key)));
        return key;
    }
}
