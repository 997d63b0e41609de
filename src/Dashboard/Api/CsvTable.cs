using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace WsusDashboard.Dashboard.Api;

/// <summary>A table as a CSV file (RFC 4180): UTF-8, times in UTC (ISO 8601), durations in seconds, numbers with a point.</summary>
/// <param name="Name">Name of the file, without its ending.</param>
/// <param name="Columns">The header.</param>
/// <param name="Rows">As many values as there are columns; null = an empty field.</param>
internal sealed record CsvTable(string Name, IReadOnlyList<string> Columns, IEnumerable<object?[]> Rows)
{
    public PushStreamHttpResult ToResult() => TypedResults.Stream(WriteAsync, "text/csv; charset=utf-8", $"{Name}.csv");

    /// <summary>A text that a spreadsheet would take for a formula gets an apostrophe: names and messages come from other machines.</summary>
    public static string Quote(string text)
    {
        var harmless = text.Length > 0 && text[0] is ('=' or '+' or '-' or '@' or '\t' or '\r') ? "'" + text : text;
        return harmless.AsSpan().IndexOfAny("\",\r\n") < 0 ? harmless : $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    public static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    private static string Format(object? value) => value switch
    {
        null => "",
        string text => Quote(text),
        DateTimeOffset time => Time(time),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeSpan span => ((long)span.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("0.####", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        Enum word => word.ToString(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Quote(value.ToString() ?? ""),
    };

    private async Task WriteAsync(Stream destination)
    {
        await using var writer = new StreamWriter(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', Columns));
        foreach (var row in Rows)
        {
            await writer.WriteLineAsync(string.Join(',', row.Select(Format)));
        }
    }
}
