using System.Text;
using System.Text.RegularExpressions;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>One entry of a log of Configuration Manager.</summary>
public sealed partial record LogLine
{
    /// <summary>UTC; null where the entry carries no time that can be understood.</summary>
    public DateTimeOffset? At { get; init; }

    public string Component { get; init; } = "";

    /// <summary>One of <see cref="LogSeverities"/>.</summary>
    public string Severity { get; init; } = LogSeverities.Information;

    public required string Text { get; init; }

    /// <summary>Reads one entry, in whichever of the two forms it is (configmgr.md, 5a); anything else is text without time.</summary>
    public static LogLine Parse(string entry) => LogEntry.Read(Encoding.UTF8.GetBytes(entry), 0).ToLine();

    /// <summary>The simple form has no severity: a status message says it, else the text does.</summary>
    internal static string GuessSeverity(string text)
    {
        if (text.StartsWith("STATMSG", StringComparison.Ordinal) && StatusSeverity().Match(text) is { Success: true } status)
        {
            return status.Groups[1].Value switch { "E" => LogSeverities.Error, "W" => LogSeverities.Warning, _ => LogSeverities.Information };
        }

        if (text.StartsWith("ERROR", StringComparison.OrdinalIgnoreCase) || text.StartsWith("Sync failed", StringComparison.OrdinalIgnoreCase))
        {
            return LogSeverities.Error;
        }

        return text.StartsWith("WARNING", StringComparison.OrdinalIgnoreCase) ? LogSeverities.Warning : LogSeverities.Information;
    }

    [GeneratedRegex(@"^STATMSG: ID=\d+ SEV=([EWI])\b", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex StatusSeverity();
}
