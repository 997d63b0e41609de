using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Reports;
using WsusDashboard.Dashboard.Reports;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.EvidencePacks;

/// <summary>The PDF of an evidence pack: what was asked for, what was done and changed, what came of it, and who wrote it down. Times are UTC, as in the audit.</summary>
internal static class EvidenceDocuments
{
    /// <summary>Audit entries that the PDF names; audit.json has all.</summary>
    private const int ShownEntries = 300;

    public static ReportDocument OfRepair(RepairDetail detail, RepairEffect? effect, AuditExtract extract)
    {
        var repair = detail.Repair;
        return new(
            $"Repair of {detail.ServerName}",
            $"{RepairLabels.Title(repair.Playbook, repair.UndoOf)}, {Wording.Time(repair.StartedAt)} to {(repair.EndedAt is { } ended ? Wording.Time(ended) : "now")}",
            repair.Sentence.Length > 0 ? repair.Sentence : $"The repair ended as {repair.State}.",
            [
                new("What was asked for", $"{repair.RequestedBy} started it. Reason: {(repair.Reason.Length > 0 ? repair.Reason : "none given")}. Ticket: {(repair.Ticket.Length > 0 ? repair.Ticket : "none")}. Repair {repair.Id}, plan {repair.PlanFingerprint}."),
                new("Settings that were changed", repair.Changes.Count == 0 ? "None." : $"{Wording.Count(repair.Changes.Count, "setting")}.", Table([new("Setting", 2), new("Before"), new("After")], repair.Changes, change =>
                    [RepairLabels.Setting(change.Setting), RepairLabels.Value(change.Setting, change.Before), RepairLabels.Value(change.Setting, change.After)])),
                new("Steps", $"{Wording.Count(repair.Steps.Count, "step")}.", Table([new("No.", 0.5, true), new("Step", 2.5), new("State"), new("Ended", 1.5), new("Result", 4)], repair.Steps, step =>
                    [Wording.Number(step.Number), step.Title, step.State.ToString(), step.EndedAt is { } at ? Wording.Time(at) : "–", string.Join(" ", step.ReadBack.Prepend(step.Message))])),
                new("Whether it helped", effect is null ? "There is nothing to compare yet." : effect.Sentence),
                Audit(extract),
            ],
            Footer);
    }

    public static ReportDocument OfMonth(ReportContent content, AuditExtract extract)
    {
        var report = ReportDocuments.Of(0, content);
        return report with { Title = $"Evidence for {ReportDocuments.Whose(content.Site)}", Sections = [.. report.Sections, Audit(extract)], Footer = Footer };
    }

    private static string Footer => $"WsusDashboard evidence. Check the pack with {EvidenceVerification.Switch} FILE.";

    private static ReportSection Audit(AuditExtract extract) => new(
        "Audit",
        extract.Entries.Count == 0 ? "No entries." : $"{Wording.Count(extract.Entries.Count, "entry", "entries")}, number {extract.Entries[0].Sequence} to {extract.Entries[^1].Sequence}; {EvidenceFiles.Audit} has their hashes.",
        Table([new("No.", 0.7, true), new("When", 1.8), new("Who", 1.5), new("What", 1.5), new("Server", 1.5), new("Detail", 3), new("Outcome", 1.5)], extract.Entries, row =>
            [Wording.Number(row.Sequence), Wording.Time(row.At), row.Who, row.What, row.ServerName, row.Detail, row.Outcome]));

    private static ReportTable? Table<T>(IReadOnlyList<ReportColumn> columns, IReadOnlyList<T> items, Func<T, IReadOnlyList<string>> cells) =>
        items.Count == 0 ? null : new(columns, [.. items.Take(ShownEntries).Select(cells)], Math.Max(0, items.Count - ShownEntries));
}
