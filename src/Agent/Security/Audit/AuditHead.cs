using System.Globalization;
using System.Text;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>Number and hash of the newest entry, beside the files: a chain alone does not tell that its end was cut off.</summary>
internal sealed record AuditHead(long Number, string Hash)
{
    public const string FileName = "audit.head";

    public static AuditHead? Read(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        return File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var number, var hash]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? new(value, hash)
            : null;
    }

    public void Write(string dataDirectory) =>
        PrivateFile.Write(Path.Combine(dataDirectory, FileName), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Number} {Hash}\n")));
}
