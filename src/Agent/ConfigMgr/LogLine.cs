using System.Globalization;
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

    /// <summary>Beginning of an entry in the full form; it may go on over several lines.</summary>
    internal const string FullFormStart = "<![LOG[";

    /// <summary>End of the text of an entry in the full form.</summary>
    internal const string FullFormEnd = "]LOG]!>";

    /// <summary>Reads one entry, in whichever of the two forms it is (configmgr.md, 5a); anything else is text without time.</summary>
    public static LogLine Parse(string entry)
    {
        // A mark of byte order may stand at the start of any line that a set-up program wrote.
        var text = entry.Trim('\uFEFF', '\r', '\n');
        if (text.StartsWith(FullFormStart, StringComparison.Ordinal) && FullForm().Match(text) is { Success: true } full)
        {
            return new LogLine
            {
                At = ReadTime(full.Groups["date"].Value, full.Groups["time"].Value, full.Groups["bias"].Value),
                Component = full.Groups["component"].Value,
                Severity = full.Groups["type"].Value switch { "3" => LogSeverities.Error, "2" => LogSeverities.Warning, _ => GuessSeverity(full.Groups["text"].Value) },
                Text = Clean(full.Groups["text"].Value),
            };
        }

        if (SimpleForm().Match(text) is { Success: true } simple)
        {
            return new LogLine
            {
                At = ReadTime(simple.Groups["date"].Value, simple.Groups["time"].Value, simple.Groups["bias"].Value),
                Component = simple.Groups["component"].Value,
                Severity = GuessSeverity(simple.Groups["text"].Value),
                Text = Clean(simple.Groups["text"].Value),
            };
        }

        return new LogLine { Text = Clean(text), Severity = GuessSeverity(text) };
    }

    private static string Clean(string text) => text.Trim().TrimEnd('~').TrimEnd();

    /// <summary>The simple form has no severity: a status message says it, else the text does.</summary>
    private static string GuessSeverity(string text)
    {
        if (StatusSeverity().Match(text) is { Success: true } status)
        {
            return status.Groups[1].Value switch { "E" => LogSeverities.Error, "W" => LogSeverities.Warning, _ => LogSeverities.Information };
        }

        var trimmed = text.TrimStart();
        if (trimmed.StartsWith("ERROR", StringComparison.OrdinalIgnoreCase) || trimmed.StartsWith("Sync failed", StringComparison.OrdinalIgnoreCase))
        {
            return LogSeverities.Error;
        }

        return trimmed.StartsWith("WARNING", StringComparison.OrdinalIgnoreCase) ? LogSeverities.Warning : LogSeverities.Information;
    }

    /// <summary>The bias is what must be added to local time, in minutes, to get UTC.</summary>
    private static DateTimeOffset? ReadTime(string date, string time, string bias)
    {
        // Both forms write month before day, whatever the server's language.
        if (!DateTime.TryParseExact($"{date} {time}", "M-d-yyyy H:mm:ss.FFFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var local))
        {
            return null;
        }

        var minutes = int.TryParse(bias, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= 24 * 60 ? number : 0;
        return local.Year is > 1 and < 9999 ? new DateTimeOffset(local, TimeSpan.Zero).AddMinutes(minutes) : null;
    }

    [GeneratedRegex("""^<!\[LOG\[(?<text>.*)\]LOG\]!><time="(?<time>\d{1,2}:\d{2}:\d{2}(\.\d+)?)(?<bias>[+-]\d+)?" date="(?<date>\d{1,2}-\d{1,2}-\d{4})" component="(?<component>[^"]*)"[^>]*? type="(?<type>\d)"[^>]*>$""", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex FullForm();

    [GeneratedRegex("""^(?<text>.*?)\$\$<(?<component>[^<>]*)><(?<date>\d{1,2}-\d{1,2}-\d{4}) (?<time>\d{1,2}:\d{2}:\d{2}(\.\d+)?)(?<bias>[+-]\d+)?><thread=[^>]*>$""", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex SimpleForm();

    [GeneratedRegex(@"^\s*STATMSG: ID=\d+ SEV=([EWI])\b", RegexOptions.CultureInvariant)]
    private static partial Regex StatusSeverity();
}
