using System.Globalization;
using System.Text;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>Synchronizations as CSV (RFC 4180).</summary>
internal sealed class SyncCsv(Stream destination) : IAsyncDisposable
{
    public const int MaximumRows = 100_000;

    private static readonly string[] Columns = ["server", "site", "source", "trigger", "started_utc", "ended_utc", "duration_seconds", "result", "error_code", "error_text", "updates_changed", "cause", "counted"];

    private readonly StreamWriter _writer = new(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };

    public Task WriteHeaderAsync() => _writer.WriteLineAsync(string.Join(',', Columns));

    public Task WriteAsync(SyncRow row) => _writer.WriteLineAsync(string.Join(',',
        Quote(row.ServerName),
        Quote(row.Site),
        row.Run.Source.ToString(),
        row.Run.Trigger.ToString(),
        Time(row.Run.StartedAt),
        Time(row.Run.EndedAt),
        row.Run.Duration is { } duration ? ((long)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture) : "",
        row.Run.Result.ToString(),
        row.Run.ErrorCode.ToString(CultureInfo.InvariantCulture),
        Quote(row.Run.ErrorText),
        row.Run.UpdatesChanged?.ToString(CultureInfo.InvariantCulture) ?? "",
        Quote(row.CauseTitle ?? ""),
        row.IsCounted ? "true" : "false"));

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private static string Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A text that a spreadsheet would take for a formula gets an apostrophe: names and messages come from other machines.</summary>
    private static string Quote(string text)
    {
        var harmless = text.Length > 0 && text[0] is ('=' or '+' or '-' or '@' or '\t' or '\r') ? "'" + text : text;
        return harmless.AsSpan().IndexOfAny("\",\r\n") < 0 ? harmless : $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
