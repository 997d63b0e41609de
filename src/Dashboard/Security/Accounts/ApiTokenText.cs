using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace WsusDashboard.Dashboard.Security.Accounts;

/// <summary>An API token as a person gets it: "wsd_", an id, "_", 256 random bits. The prefix lets scanners find tokens that were leaked into files.</summary>
internal static class ApiTokenText
{
    private const string Prefix = "wsd_";
    private const int IdLength = 16;

    /// <summary>A new token; the text is shown once, id and hash are kept.</summary>
    public static (string Text, string Id, byte[] Hash) Make()
    {
        var id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        var secret = RandomCode();
        return ($"{Prefix}{id}_{secret}", id, Hash(secret));
    }

    public static bool TryRead(string text, out string id, [NotNullWhen(true)] out byte[]? hash)
    {
        (id, hash) = ("", null);
        if (text.Length is < 50 or > 100 || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + IdLength] != '_')
        {
            return false;
        }

        id = text.Substring(Prefix.Length, IdLength);
        hash = Hash(text[(Prefix.Length + IdLength + 1)..]);
        return true;
    }

    /// <summary>256 random bits in letters and digits that a URL may hold.</summary>
    public static string RandomCode() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
