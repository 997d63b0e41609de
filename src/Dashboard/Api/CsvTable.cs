using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace WsusDashboard.Dashboard.Api;

/// <summary>A table as a CSV file (RFC 4180): UTF-8, every text quoted, times in UTC (ISO 8601), durations in seconds, numbers with a point.</summary>
/// <param name="Name">Name of the file, without its ending.</param>
/// <param name="Columns">The header.</param>
/// <param name="Rows">As many values as there are columns; null = an empty field.</param>
internal sealed record CsvTable(string Name, IReadOnlyList<string> Columns, IEnumerable<object?[]> Rows)
{
    /// <summary>What begins a formula, also in full width; tab and CR make some programs look at what follows.</summary>
    private static readonly SearchValues<char> FormulaBeginnings = SearchValues.Create("=+-@\t\r＝＋－＠");

    private static readonly SearchValues<char> CellEnds = SearchValues.Create(";\t\r\n");

    public PushStreamHttpResult ToResult() => TypedResults.Stream(WriteAsync, "text/csv; charset=utf-8", $"{Name}.csv");

    /// <summary>The whole file, for what is sent or kept.</summary>
    public async Task<byte[]> ToBytesAsync()
    {
        using var stream = new MemoryStream();
        await WriteAsync(stream);
        return stream.ToArray();
    }

    /// <summary>
    /// A text as a quoted field. Where a spreadsheet would take the beginning of a cell for a formula, that gets an apostrophe: names and messages come from other machines. A cell also begins
    /// behind a semicolon, a tab and a line break, for a spreadsheet that is set to separate there.
    /// </summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        var begins = true;
        foreach (var character in text)
        {
            if (begins && FormulaBeginnings.Contains(character))
            {
                quoted.Append('\'');
            }

            quoted.Append(character == '"' ? "\"\"" : character.ToString());
            begins = CellEnds.Contains(character) || (begins && (char.IsWhiteSpace(character) || character == '"'));
        }

        return quoted.Append('"').ToString();
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
        Enum word => Quote(word.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Quote(value.ToString() ?? ""),
    };

    private async Task WriteAsync(Stream destination)
    {
        await using var writer = new StreamWriter(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', Columns.Select(Quote)));
        foreach (var row in Rows)
        {
            await writer.WriteLineAsync(string.Join(',', row.Select(Format)));
        }
    }
}
