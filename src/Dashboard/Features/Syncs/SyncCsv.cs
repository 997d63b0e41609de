using System.Globalization;
using System.Text;
using WsusDashboard.Dashboard.Api;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>Synchronizations as CSV (RFC 4180).</summary>
internal sealed class SyncCsv(Stream destination) : IAsyncDisposable
{
    public const int MaximumRows = 100_000;

    private static readonly string[] Columns = ["server", "site", "source", "trigger", "started_utc", "ended_utc", "duration_seconds", "result", "error_code", "error_text", "updates_changed", "cause", "counted", "repair", "repair_trace"];

    private readonly StreamWriter _writer = new(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };

    public Task WriteHeaderAsync() => _writer.WriteLineAsync(string.Join(',', Columns.Select(CsvTable.Quote)));

    public Task WriteAsync(SyncRow row) => _writer.WriteLineAsync(string.Join(',',
        CsvTable.Quote(row.ServerName),
        CsvTable.Quote(row.Site),
        CsvTable.Quote(row.Run.Source.ToString()),
        CsvTable.Quote(row.Run.Trigger.ToString()),
        CsvTable.Time(row.Run.StartedAt),
        CsvTable.Time(row.Run.EndedAt),
        row.Run.Duration is { } duration ? ((long)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture) : "",
        CsvTable.Quote(row.Run.Result.ToString()),
        row.Run.ErrorCode.ToString(CultureInfo.InvariantCulture),
        CsvTable.Quote(row.Run.ErrorText),
        row.Run.UpdatesChanged?.ToString(CultureInfo.InvariantCulture) ?? "",
        CsvTable.Quote(row.CauseTitle ?? ""),
        row.IsCounted ? "true" : "false",
        CsvTable.Quote(row.RepairId ?? ""),
        CsvTable.Quote(row.RepairTrace.ToString())));

    public ValueTask DisposeAsync() => _writer.DisposeAsync();
}
