using System.Globalization;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.Posture;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Reports;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.Reports;

/// <summary>Puts the numbers of a report into words.</summary>
internal static class ReportDocuments
{
    /// <summary>Servers that the text names; the CSV file has all.</summary>
    private const int ShownServers = 100;

    public static ReportDocument Of(long id, ReportContent content)
    {
        var zone = TimeZones.Find(content.ZoneId) ?? TimeZoneInfo.Utc;
        var sections = new List<ReportSection?>
        {
            Releases(content, zone), Syncs(content), Causes(content), Gaps(content, zone), Problems(content, zone), Repairs(content, zone), Ends(content), Drift(content), Decisions(content, zone), Servers(content, zone),
        };
        return new(
            $"{Title(content.Kind)} of {Whose(content.Site)}",
            $"{Day(content.First)} to {Day(content.Last)}, {(zone.Id == "UTC" ? "UTC" : $"time zone {content.ZoneId}")}",
            content.Sentence,
            [.. sections.OfType<ReportSection>()],
            string.Create(CultureInfo.InvariantCulture, $"WsusDashboard, report {id}, made {Wording.Time(content.MadeAt)}"));
    }

    public static string Title(ReportKind kind) => kind switch
    {
        ReportKind.Weekly => "Weekly report",
        ReportKind.PatchTuesday => "Patch Tuesday report",
        _ => "Report",
    };

    public static string Whose(string? site) => site switch
    {
        null => "the whole fleet",
        "" => "servers without a site",
        _ => $"site {site}",
    };

    private static ReportSection? Releases(ReportContent content, TimeZoneInfo zone) => content.Releases.Count == 0 ? null : new(
        "After Patch Tuesday",
        $"{Wording.Number(content.Releases.Sum(site => site.Synced))} of {Wording.Count(content.Releases.Sum(site => site.Servers), "server")} had a successful sync that started after the release.",
        Table([new("Site", 2), new("Servers", 1, true), new("Synced", 1, true), new("All synced at", 2)], content.Releases, site => [Site(site.Site), Wording.Number(site.Servers), Wording.Number(site.Synced), Time(site.CompleteAt, zone)]));

    private static ReportSection Syncs(ReportContent content)
    {
        var (now, before) = (content.Syncs, content.SyncsBefore);
        return new("Syncs", now.Ended == 0
            ? "No sync ended in this period."
            : $"{Wording.Count(now.Ended, "sync", "syncs")} ended: {Wording.Number(now.Succeeded)} succeeded, {Wording.Number(now.Failed)} failed, {Wording.Number(now.Cancelled)} were cancelled. "
                + $"The failure rate was {Wording.Percent(now.FailureRate)}; in the period before it was {(before.Ended == 0 ? "not known" : Wording.Percent(before.FailureRate))}.");
    }

    private static ReportSection Causes(ReportContent content) => new(
        "Causes of failed syncs",
        content.Syncs.Bad == 0 ? "No sync failed or was cancelled."
            : content.WithoutKnownCause == 0 ? "Each has a cause." : $"{Wording.Count(content.WithoutKnownCause, "sync", "syncs")} failed without a known cause.",
        Table([new("Cause", 4), new("Syncs", 1, true)], content.Causes, cause => [cause.Title, Wording.Number(cause.Count)]));

    private static ReportSection Gaps(ReportContent content, TimeZoneInfo zone) => new(
        "Longest times without a successful sync",
        content.Gaps.Count == 0 ? "No server went from one successful sync to another in this period." : "From one successful sync to the next, or until now.",
        Table([new("Server", 2), new("From", 2), new("To", 2), new("Length", 1, true)], content.Gaps, gap => [gap.ServerName, Time(gap.From, zone), gap.To is null ? "still going on" : Time(gap.To, zone), Wording.LargestUnit(gap.Length)]));

    private static ReportSection Problems(ReportContent content, TimeZoneInfo zone) => new(
        "Problems",
        $"{Wording.Number(content.ProblemsOpened)} began and {Wording.Number(content.ProblemsResolved)} were resolved in this period; {Wording.Number(content.OpenProblemCount)} {(content.OpenProblemCount == 1 ? "is" : "are")} open.",
        Table([new("Server", 2), new("Problem", 4), new("Severity"), new("Since", 2)], content.Problems, problem => [problem.ServerName, problem.Title, problem.Severity.ToString(), Time(problem.Since, zone)], content.OpenProblemCount - content.Problems.Count));

    private static ReportSection Repairs(ReportContent content, TimeZoneInfo zone)
    {
        var helped = content.Repairs.Count(repair => repair.Verdict == RepairVerdict.Helped);
        return new(
            "Repairs",
            content.RepairCount == 0 ? "No repair was started." : $"{Wording.Count(content.RepairCount, "repair was", "repairs were")} started; {Wording.Number(helped)} {(helped == 1 ? "is" : "are")} known to have helped.",
            Table([new("Server", 2), new("Repair", 2), new("Started", 2), new("By", 1.5), new("Result", 1.5), new("Did it help?", 4)], content.Repairs, repair =>
                [repair.ServerName, RepairLabels.Playbook(repair.Playbook), Time(repair.StartedAt, zone), repair.RequestedBy, Words(repair.State.ToString()), repair.Effect.Length == 0 ? "Nothing to compare yet" : repair.Effect], content.RepairCount - content.Repairs.Count));
    }

    private static ReportSection Ends(ReportContent content)
    {
        var within = content.Ends.Where(end => end.DaysLeft >= 0).CountBy(end => end.Notice).ToDictionary();
        var over = content.Ends.Count(end => end.DaysLeft < 0);
        return new(
            "Certificates and end of support",
            content.Ends.Count == 0 ? "Nothing ends within 180 days, as far as is known."
                : $"Over: {over}. Within 30 days: {within.GetValueOrDefault(PostureNotice.Within30Days)}. Within 90 days: {within.GetValueOrDefault(PostureNotice.Within90Days)}. Within 180 days: {within.GetValueOrDefault(PostureNotice.Within180Days)}.",
            Table([new("What", 3), new("Ends", 1.5), new("Days left", 1, true), new("Notice", 1.5), new("Servers", 3)], content.Ends, end =>
                [end.Kind == PostureKind.Certificate ? "Certificate of WSUS's site" : $"Support for {end.Name}", Day(DateOnly.FromDateTime(end.Ends.UtcDateTime)), Wording.Number(end.DaysLeft), end.DaysLeft < 0 ? "over" : Notice(end.Notice), Names(end)]));
    }

    private static ReportSection Drift(ReportContent content)
    {
        var drifted = content.Servers.Where(server => server.Drift > 0).OrderByDescending(server => server.Drift).ToList();
        var unknown = content.Servers.Count(server => server.Drift is null);
        return new(
            "Settings that differ from the baseline",
            (drifted.Count == 0 ? "No known difference." : $"{Wording.Count(drifted.Count, "server differs", "servers differ")} from its baseline.") + (unknown == 0 ? "" : $" Not known for {Wording.Number(unknown)}."),
            Table([new("Server", 3), new("Site", 2), new("Settings", 1, true)], drifted, server => [server.Name, Site(server.Site), Wording.Number(server.Drift)]));
    }

    private static ReportSection Decisions(ReportContent content, TimeZoneInfo zone) => new(
        "Who acknowledged what",
        content.DecisionCount == 0 ? "Nobody acknowledged, assigned, silenced or accepted anything." : $"{Wording.Count(content.DecisionCount, "decision")}.",
        Table([new("When", 2), new("Who", 1.5), new("Decision", 1.5), new("What", 3), new("Server", 2), new("Until", 2), new("Reason", 3)], content.Decisions, decision =>
            [Time(decision.At, zone), decision.Who, decision.What, decision.Subject, decision.ServerName, Time(decision.Until, zone), decision.Text], content.DecisionCount - content.Decisions.Count));

    private static ReportSection Servers(ReportContent content, TimeZoneInfo zone) => new(
        "Servers",
        content.Servers.Count == 0 ? "None." : "Those with the fewest successful syncs first.",
        Table(
            [new("Server", 2.5), new("Site", 1.5), new("Succeeded", 1.2, true), new("Failed", 1, true), new("Cancelled", 1.2, true), new("Last success", 2.2), new("Problems", 1.2, true)],
            content.Servers.OrderBy(server => server.Succeeded),
            server => [server.Name, Site(server.Site), Wording.Number(server.Succeeded), Wording.Number(server.Failed), Wording.Number(server.Cancelled), Time(server.LastGoodSyncAt, zone), Wording.Number(server.OpenProblems)]));

    private static ReportTable? Table<T>(IReadOnlyList<ReportColumn> columns, IEnumerable<T> items, Func<T, IReadOnlyList<string>> cells, int leftOff = 0)
    {
        var all = items.ToList();
        return all.Count == 0 ? null : new(columns, [.. all.Take(ShownServers).Select(cells)], leftOff + Math.Max(0, all.Count - ShownServers));
    }

    private static string Names(ReportEnd end) => string.Join(", ", end.Names) + (end.Servers > end.Names.Count ? $" and {Wording.Number(end.Servers - end.Names.Count)} more" : "");

    private static string Notice(PostureNotice notice) => notice switch
    {
        PostureNotice.Within30Days => "within 30 days",
        PostureNotice.Within90Days => "within 90 days",
        _ => "within 180 days",
    };

    /// <summary>"RolledBack" as "rolled back".</summary>
    private static string Words(string name) => string.Concat(name.Select((letter, index) => index > 0 && char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));

    private static string Site(string site) => site.Length == 0 ? "(no site)" : site;

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset? at, TimeZoneInfo zone) => at is { } known ? TimeZoneInfo.ConvertTime(known, zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "–";
}
