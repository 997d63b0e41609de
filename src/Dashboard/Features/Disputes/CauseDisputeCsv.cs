using System.Globalization;
using System.Text;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.Disputes;

/// <summary>Disputed causes as CSV (RFC 4180): one row each, lists inside a cell separated by " | ".</summary>
internal static class CauseDisputeCsv
{
    private const string Separator = " | ";

    private static readonly string[] Columns = ["id", "day", "product_version", "cause", "confidence", "actual_cause", "source", "result", "error_numbers", "causes", "evidence_for", "evidence_against", "lines", "good_syncs_compared"];

    public static async Task WriteAsync(IAsyncEnumerable<ExportedDispute> rows, bool withComments, Stream destination)
    {
        await using var writer = new StreamWriter(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" };
        await writer.WriteLineAsync(string.Join(',', Columns.Concat(withComments ? ["comment"] : []).Select(CsvTable.Quote)));
        await foreach (var row in rows)
        {
            string[] cells =
            [
                row.Id.ToString(CultureInfo.InvariantCulture),
                row.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                row.ProductVersion,
                row.Cause,
                row.Confidence.ToString(),
                row.ActualCause ?? "",
                row.Case.Source.ToString(),
                row.Case.Result.ToString(),
                string.Join(Separator, row.Case.ErrorNumbers),
                string.Join(Separator, row.Case.Causes.Select(cause => $"{cause.Cause} {cause.Confidence}")),
                string.Join(Separator, Evidence(row, EvidenceDirection.For)),
                string.Join(Separator, Evidence(row, EvidenceDirection.Against)),
                string.Join(Separator, row.Case.Lines.Select(line => $"{line.Log}: {line.Text} ({line.GoodRuns.ToString(CultureInfo.InvariantCulture)})")),
                row.Case.GoodRunsRead.ToString(CultureInfo.InvariantCulture),
            ];
            await writer.WriteLineAsync(string.Join(',', cells.Concat(withComments ? [row.Comment ?? ""] : []).Select(CsvTable.Quote)));
        }
    }

    private static IEnumerable<string> Evidence(ExportedDispute row, EvidenceDirection direction) => row.Case.Evidence.Where(evidence => evidence.Speaks == direction).Select(evidence => $"{evidence.Cause} {evidence.Id}");
}
