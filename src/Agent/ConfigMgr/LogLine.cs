using System.Text;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>One entry of a log of Configuration Manager.</summary>
public sealed record LogLine
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
        var status = new TextScanner(text, StringComparison.Ordinal);
        if (status.Take(SyncLogMarkers.MessageStart) && status.TakeNumber(out _) && status.Take(" SEV="))
        {
            return status.TakeWhile(TextScanner.IsOfAWord) switch { "E" => LogSeverities.Error, "W" => LogSeverities.Warning, _ => LogSeverities.Information };
        }

        if (text.StartsWith("ERROR", StringComparison.OrdinalIgnoreCase) || text.StartsWith("Sync failed", StringComparison.OrdinalIgnoreCase))
        {
            return LogSeverities.Error;
        }

        return text.StartsWith("WARNING", StringComparison.OrdinalIgnoreCase) ? LogSeverities.Warning : LogSeverities.Information;
    }
}
