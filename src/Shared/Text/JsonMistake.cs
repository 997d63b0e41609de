using System.Globalization;
using System.Text.Json;

namespace WsusDashboard.Shared.Text;

/// <summary>Where a JSON text goes wrong, for a person: the reader's own words speak of its types and of bytes.</summary>
public static class JsonMistake
{
    /// <summary>As a part of a sentence, for example "it can't be read as JSON at line 3, column 12". Line and column count from 1; the column counts bytes, which are letters in all but names.</summary>
    /// <param name="exception">What the reader threw.</param>
    public static string Describe(JsonException exception) => exception is { LineNumber: { } line, BytePositionInLine: { } position }
        ? string.Create(CultureInfo.InvariantCulture, $"it can't be read as JSON at line {line + 1}, column {position + 1}")
        : "it can't be read as JSON";
}
