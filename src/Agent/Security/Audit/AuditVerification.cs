using System.Globalization;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>What a look at the whole chain found.</summary>
/// <param name="Entries">Entries that were read.</param>
/// <param name="FirstNumber">Number of the oldest that is kept; 0 where there is none.</param>
/// <param name="Problem">The first place where the chain is broken; null where it is whole.</param>
/// <param name="SetAside">Names of files with lines that a full disk or a kill left torn; the chain goes on without them.</param>
public sealed record AuditVerification(long Entries, long FirstNumber, string? Problem, IReadOnlyList<string> SetAside)
{
    private const int MostAttempts = 3;

    /// <summary>Reads all that is kept and checks each hash, link and number, and with the signed head its beginning, its end and its files.</summary>
    /// <param name="dataDirectory">The agent's data folder.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not read them.</exception>
    public static AuditVerification Run(string dataDirectory)
    {
        for (var attempt = 1; ; attempt++)
        {
            var key = AuditKey.TryRead(dataDirectory);
            var before = AuditHead.Read(dataDirectory, key);
            var found = Check(dataDirectory, key, before);

            // An agent that goes on writing may have begun a new file in the middle of the reading.
            if (found.Problem is null || attempt == MostAttempts || AuditHead.Read(dataDirectory, key).Head?.Anchors.Count == before.Head?.Anchors.Count)
            {
                return found;
            }
        }
    }

    /// <summary>How the end of the chain differs from the head; null where it does not.</summary>
    /// <param name="head">As it was read before the entries.</param>
    /// <param name="last">The newest entry; null where there is none.</param>
    /// <param name="newest">The head as it was read after the entries, where an agent may have gone on meanwhile.</param>
    internal static string? ProblemOfTheEnd(AuditHead head, AgentAuditEntry? last, AuditHead? newest = null)
    {
        // The head is written after the entry: a crash in between leaves it one behind.
        var number = last?.Number ?? 0;
        return number < head.Number ? string.Create(CultureInfo.InvariantCulture, $"the last entry is {number}, but {head.Number} were written: the end was cut off.")
            : number > (newest ?? head).Number + 1 ? string.Create(CultureInfo.InvariantCulture, $"the last entry is {number}, but the agent wrote {head.Number}: something else added entries, or an older {AuditHead.FileName} was put back.")
            : number == head.Number && last is not null && last.Hash != head.Hash ? "the last entry isn't the one that was written last."
            : null;
    }

    /// <summary>True where no entry was ever written: there is nothing, or a beginning that was cut short before it had its key.</summary>
    internal static bool IsNew(string dataDirectory, AuditKey? key, AuditHead? head, AgentAuditEntry? last) =>
        key is null && last is null && (head is { Number: 0 } || (head is null && !File.Exists(Path.Combine(dataDirectory, AuditHead.FileName))));

    private static AuditVerification Check(string dataDirectory, AuditKey? key, (AuditHead? Head, string? Problem) read)
    {
        var (entries, first) = (0L, 0L);
        AgentAuditEntry? last = null;
        string? problem = null;
        string? noted = null;
        foreach (var line in AuditFiles.ReadLines(dataDirectory))
        {
            var entry = AuditFiles.Parse(line.Text);
            if (!line.IsWhole || (entry is not null && entry.Number < read.Head?.FirstNumber))
            {
                // Torn, or a file that the agent has given up and not deleted yet.
                continue;
            }

            problem = entry is null ? $"{line.Place} is not an audit entry." : ProblemOf(entry, last, read.Head) is { } wrong ? $"{line.Place}: {wrong}" : null;
            if (problem is not null)
            {
                break;
            }

            first = entries == 0 ? entry!.Number : first;
            noted ??= entry is { Verb: AuditChain.OwnVerb, Outcome: "failed" } ? string.Create(CultureInfo.InvariantCulture, $"Entry {entry.Number} says: {entry.Detail}") : null;
            entries++;
            last = entry;
        }

        IReadOnlyList<string> setAside = Directory.Exists(dataDirectory) ? [.. Directory.EnumerateFiles(dataDirectory, AuditFiles.TornPattern).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)] : [];
        if (problem is null && IsNew(dataDirectory, key, read.Head, last))
        {
            return new(0, 0, null, setAside);
        }

        if (read.Head is not { } head)
        {
            return new(entries, first, problem ?? read.Problem, setAside);
        }

        // What is gone as a whole is named before the gap that it leaves.
        problem = RemovedFile(dataDirectory, head) ?? problem ?? ProblemOfTheEnd(head, last, AuditHead.Read(dataDirectory, key).Head) ?? read.Problem ?? noted;
        return new(entries, first, problem, setAside);
    }

    private static string? ProblemOf(AgentAuditEntry entry, AgentAuditEntry? last, AuditHead? head)
    {
        if (entry.ComputeHash() != entry.Hash)
        {
            return string.Create(CultureInfo.InvariantCulture, $"entry {entry.Number} was changed: its hash doesn't match its content.");
        }

        if (head?.Anchors.FirstOrDefault(anchor => anchor.LastNumber == entry.Number) is { } anchor && anchor.LastHash != entry.Hash)
        {
            return string.Create(CultureInfo.InvariantCulture, $"entry {entry.Number} isn't the one with which this file was closed.");
        }

        if (last is null)
        {
            return head is null || (entry.Number == head.FirstNumber && entry.Previous == head.FirstPrevious)
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"the oldest entry is {entry.Number}, but the audit begins with {head.FirstNumber}: its beginning was removed.");
        }

        return entry.Number == last.Number + 1 && entry.Previous == last.Hash
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"entry {entry.Number} doesn't follow entry {last.Number}: something between them was removed or added.");
    }

    private static string? RemovedFile(string dataDirectory, AuditHead head)
    {
        foreach (var anchor in head.Anchors)
        {
            var path = AuditFiles.Full(dataDirectory, anchor.LastNumber);
            if (!File.Exists(path) && !IsStillCurrent(dataDirectory, anchor))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)} with entries {anchor.FirstNumber} to {anchor.LastNumber} was removed.");
            }
        }

        return null;
    }

    /// <summary>Anchored, and not renamed yet.</summary>
    private static bool IsStillCurrent(string dataDirectory, AuditAnchor anchor)
    {
        var current = AuditFiles.Current(dataDirectory);
        return File.Exists(current) && AuditFiles.ReadFile(current).FirstOrDefault() is { } line && AuditFiles.Parse(line.Text)?.Number == anchor.FirstNumber;
    }
}
