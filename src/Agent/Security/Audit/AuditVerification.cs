using System.Globalization;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>What a look at the whole chain found.</summary>
/// <param name="Entries">Entries that were read.</param>
/// <param name="FirstNumber">Number of the oldest that is kept; 0 where there is none.</param>
/// <param name="Problem">The first place where the chain is broken; null where it is whole.</param>
public sealed record AuditVerification(long Entries, long FirstNumber, string? Problem)
{
    /// <summary>Reads all that is kept and checks each hash, each link and each number.</summary>
    /// <param name="dataDirectory">The agent's data folder.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static AuditVerification Run(string dataDirectory)
    {
        var (entries, first) = (0L, 0L);
        AgentAuditEntry? last = null;
        foreach (var (place, line) in AuditFiles.ReadLines(dataDirectory))
        {
            if (AuditFiles.Parse(line) is not { } entry)
            {
                return new(entries, first, $"{place} is not an audit entry.");
            }

            if (ProblemOf(entry, last) is { } problem)
            {
                return new(entries, first, $"{place}: {problem}");
            }

            first = entries == 0 ? entry.Number : first;
            entries++;
            last = entry;
        }

        return new(entries, first, ProblemOfTheEnd(AuditHead.Read(dataDirectory), last));
    }

    private static string? ProblemOf(AgentAuditEntry entry, AgentAuditEntry? last)
    {
        if (entry.ComputeHash() != entry.Hash)
        {
            return string.Create(CultureInfo.InvariantCulture, $"entry {entry.Number} was changed: its hash doesn't match its content.");
        }

        // The oldest files go by and by: the chain may begin anywhere, but an entry with number 1 has nothing before it.
        if (last is null)
        {
            return entry.Number == 1 && entry.Previous.Length > 0 ? "entry 1 refers to an entry before it." : null;
        }

        return entry.Number == last.Number + 1 && entry.Previous == last.Hash
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"entry {entry.Number} doesn't follow entry {last.Number}: something between them was removed or added.");
    }

    private static string? ProblemOfTheEnd(AuditHead? head, AgentAuditEntry? last)
    {
        // The head is written after the entry: a crash in between leaves it one behind.
        var isBehind = head is null ? last is null or { Number: 1 } : last is not null && (last.Number == head.Number || last.Number == head.Number + 1);
        if (!isBehind)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the last entry is {last?.Number ?? 0}, but {head?.Number ?? 0} were written: the end was cut off, or {AuditHead.FileName} was removed.");
        }

        return head is not null && last!.Number == head.Number && last.Hash != head.Hash ? "the last entry isn't the one that was written last." : null;
    }
}
