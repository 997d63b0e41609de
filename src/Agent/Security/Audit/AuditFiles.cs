using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>A line of the audit, and where it stands.</summary>
/// <param name="Place">For a person: file and number of the line.</param>
/// <param name="Text">Without its end.</param>
/// <param name="IsWhole">False for what follows the last line's end: the agent is writing it, or a full disk or a kill left it torn.</param>
internal sealed record AuditLine(string Place, string Text, bool IsWhole);

/// <summary>The files of the audit: audit.jsonl is written; one that is full is named after its last entry.</summary>
internal static class AuditFiles
{
    public const string CurrentName = "audit.jsonl";

    /// <summary>What a full disk or a kill left torn, each in a file of its own.</summary>
    public const string TornPattern = "audit.torn-*.jsonl";

    /// <summary>About 12,000 entries as people write them; 800 of the longest.</summary>
    public const long MaximumFileBytes = 5 * 1024 * 1024;

    /// <summary>
    /// Full files that are kept, 2.5 GB: more than dashboards can fill in <see cref="KeptFor"/> at the pace that the default policy allows, so that nobody pushes out
    /// of it what was done. All hubs together begin some 450 commands a day, each asked and ended; an entry has 1,000 characters of theirs (person, name of the hub,
    /// reason, ticket), 3 bytes a character, and 0.7 KB else; one that failed 1,000 characters more, of the server's: 10.4 KB a command. Five hubs announce 6 keys an
    /// hour each, 1.1 KB. That makes 5.5 MB a day, 2.2 GB in 400 days. As people write and work it's some MB.
    /// </summary>
    public const int MaximumFullFiles = 480;

    private const string FullPrefix = "audit-";
    private const string Extension = ".jsonl";

    /// <summary>A full file goes when its last entry is older, unless the clock was set far meanwhile.</summary>
    public static TimeSpan KeptFor { get; } = TimeSpan.FromDays(400);

    public static string Current(string dataDirectory) => Path.Combine(dataDirectory, CurrentName);

    /// <summary>The full file whose last entry has this number.</summary>
    public static string Full(string dataDirectory, long lastNumber) => Path.Combine(dataDirectory, string.Create(CultureInfo.InvariantCulture, $"{FullPrefix}{lastNumber:D10}{Extension}"));

    /// <summary>The full files by the number of their last entry, oldest first.</summary>
    public static IReadOnlyList<long> FullNumbers(string dataDirectory) =>
    [
        .. Directory.EnumerateFiles(dataDirectory, $"{FullPrefix}*{Extension}")
            .Select(path => long.TryParse(Path.GetFileName(path)[FullPrefix.Length..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0)
            .Order(),
    ];

    /// <summary>All files, oldest first.</summary>
    public static IReadOnlyList<string> InOrder(string dataDirectory) => Directory.Exists(dataDirectory)
        ? [.. FullNumbers(dataDirectory).Select(number => Full(dataDirectory, number)).Append(Current(dataDirectory)).Where(File.Exists)]
        : [];

    /// <summary>The lines of all files in order.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IEnumerable<AuditLine> ReadLines(string dataDirectory) => InOrder(dataDirectory).SelectMany(ReadFile);

    /// <summary>The lines of one file in order.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IEnumerable<AuditLine> ReadFile(string path)
    {
        var text = Encoding.UTF8.GetString(ReadBytes(path));
        var name = Path.GetFileName(path);
        var number = 1;
        for (var start = 0; start < text.Length; number++)
        {
            var end = text.IndexOf('\n', start);
            yield return new(string.Create(CultureInfo.InvariantCulture, $"{name} line {number}"), text[start..(end < 0 ? text.Length : end)].TrimEnd('\r'), end >= 0);
            start = end < 0 ? text.Length : end + 1;
        }
    }

    /// <summary>The entries of all files in order; lines that are none are passed over.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IEnumerable<AgentAuditEntry> ReadEntries(string dataDirectory) =>
        ReadLines(dataDirectory).Where(line => line.IsWhole).Select(line => Parse(line.Text)).OfType<AgentAuditEntry>();

    /// <summary>The newest entry; null where there is none.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static AgentAuditEntry? FindLast(string dataDirectory) =>
        InOrder(dataDirectory).Reverse()
            .Select(file => ReadFile(file).Reverse().Where(line => line.IsWhole).Select(line => Parse(line.Text)).FirstOrDefault(entry => entry is not null))
            .FirstOrDefault(entry => entry is not null);

    /// <summary>The entry of a line; null where it is none.</summary>
    public static AgentAuditEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AgentAuditJson.Default.AgentAuditEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A file that the agent may be writing at this moment.</summary>
    public static byte[] ReadBytes(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
