using System.Globalization;
using System.Text.Json;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>The files of the audit: audit.jsonl is written, audit.1.jsonl is the one before it, and so on.</summary>
internal static class AuditFiles
{
    public const string CurrentName = "audit.jsonl";

    /// <summary>About 12,000 entries.</summary>
    public const long MaximumFileBytes = 5 * 1024 * 1024;

    /// <summary>Full files that are kept beside the one that is written.</summary>
    public const int FullFilesKept = 9;

    public static string Current(string dataDirectory) => Path.Combine(dataDirectory, CurrentName);

    public static string Full(string dataDirectory, int number) => Path.Combine(dataDirectory, string.Create(CultureInfo.InvariantCulture, $"audit.{number}.jsonl"));

    /// <summary>All files, oldest first.</summary>
    public static IReadOnlyList<string> InOrder(string dataDirectory) =>
    [
        .. Enumerable.Range(1, FullFilesKept).Reverse().Select(number => Full(dataDirectory, number)).Append(Current(dataDirectory)).Where(File.Exists),
    ];

    /// <summary>Makes room for a new current file; the oldest goes.</summary>
    public static void Rotate(string dataDirectory)
    {
        File.Delete(Full(dataDirectory, FullFilesKept));
        for (var number = FullFilesKept - 1; number >= 1; number--)
        {
            if (File.Exists(Full(dataDirectory, number)))
            {
                File.Move(Full(dataDirectory, number), Full(dataDirectory, number + 1));
            }
        }

        File.Move(Current(dataDirectory), Full(dataDirectory, 1));
    }

    /// <summary>The lines of all files in order, each with where it stands.</summary>
    public static IEnumerable<(string Place, string Line)> ReadLines(string dataDirectory)
    {
        foreach (var file in InOrder(dataDirectory))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            for (var number = 1; reader.ReadLine() is { } line; number++)
            {
                yield return (string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)} line {number}"), line);
            }
        }
    }

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
}
