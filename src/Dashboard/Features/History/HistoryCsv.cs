using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>The numbers of each chart as a table.</summary>
internal static class HistoryCsv
{
    private static readonly string[] WeekDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    public static CsvTable Days(SyncStatistics statistics) => new(
        "synchronizations-by-day",
        ["day", "from_utc", "to_utc", "succeeded", "cancelled", "failed", "unknown", "running", "failure_rate", "failure_rate_7_days"],
        statistics.Days.Zip(statistics.Rates, (day, rate) => new object?[] { day.Day, day.From, day.To, day.Succeeded, day.Cancelled, day.Failed, day.Unknown, day.Running, rate.Rate, rate.RateOfSevenDays }));

    public static CsvTable Causes(SyncStatistics statistics) => new(
        "causes",
        ["cause", "title", "count"],
        statistics.Causes.Select(cause => new object?[] { cause.Id, cause.Title, cause.Count }).Append(["", "no known cause", statistics.WithoutKnownCause]));

    public static CsvTable Sites(SyncStatistics statistics) => new(
        "sites",
        ["site", "servers", "succeeded", "cancelled", "failed", "failure_rate"],
        statistics.Sites.Select(site => new object?[] { site.Site, site.Servers, site.Counts.Succeeded, site.Counts.Cancelled, site.Counts.Failed, site.Counts.FailureRate }));

    public static CsvTable Hours(SyncStatistics statistics) => new(
        "hours-of-the-week",
        ["weekday", "hour", "succeeded", "cancelled", "failed", "failure_rate"],
        statistics.HoursOfWeek.Select(cell => new object?[] { WeekDays[cell.Day], cell.Hour, cell.Counts.Succeeded, cell.Counts.Cancelled, cell.Counts.Failed, cell.Counts.FailureRate }));

    public static CsvTable Durations(SyncStatistics statistics) => new(
        "durations-by-day",
        ["day", "median_seconds", "percentile_90_seconds", "succeeded"],
        statistics.Durations.Days.Select(day => new object?[] { day.Day, day.Median, day.Percentile90, day.Count }));

    public static CsvTable DurationClasses(SyncStatistics statistics) => new(
        "durations",
        ["from_seconds", "to_seconds", "succeeded", "cancelled", "failed"],
        statistics.Durations.Classes.Select(length => new object?[] { length.From, length.To, length.Succeeded, length.Cancelled, length.Failed }));

    public static CsvTable Repairs(SyncStatistics statistics) => new(
        "time-to-repair",
        ["month", "mean_seconds", "count"],
        statistics.Repairs.Months.Select(month => new object?[] { month.First, month.Mean, month.Count }));

    public static CsvTable Gaps(SyncStatistics statistics) => new(
        "longest-gaps",
        ["server", "from_utc", "to_utc", "seconds"],
        statistics.LongestGaps.Select(gap => new object?[] { gap.ServerName, gap.From, gap.To, gap.Length }));

    /// <summary>One row a server and day: a spreadsheet makes its own strip of it.</summary>
    public static CsvTable Strip(DayStrip strip) => new(
        "servers-by-day",
        ["server", "site", "day", "succeeded", "cancelled", "failed", "unknown", "running", "reading_history"],
        strip.Rows.Items.SelectMany(row => row.Cells.Select((cell, day) => new object?[] { row.ServerName, row.Site, strip.Days[day], cell.Succeeded, cell.Cancelled, cell.Failed, cell.Unknown, cell.Running, row.IsReadingHistory })));

    public static CsvTable LastGood(Paged<LastGoodSync> servers) => new(
        "last-good-synchronizations",
        ["server", "site", "at_utc", "days_ago", "reading_history"],
        servers.Items.Select(server => new object?[] { server.ServerName, server.Site, server.At, server.DaysAgo, server.IsReadingHistory }));

    /// <summary>Every list in one table, in the order of time.</summary>
    public static CsvTable Changes(ChangesSince changes) => new(
        "changes",
        ["at_utc", "kind", "server", "site", "what", "from", "to", "by"],
        changes.NewFailures.Select(entry => (entry.At, Row: new object?[] { entry.At, "new failure", entry.ServerName, entry.Site, entry.CauseTitle ?? "no known cause", "", entry.Failures, "" }))
            .Concat(changes.Recovered.Select(entry => (entry.At, Row: new object?[] { entry.At, "recovered", entry.ServerName, entry.Site, "", entry.FailedSince, "", "" })))
            .Concat(changes.Drifted.Select(entry => (entry.At, Row: new object?[] { entry.At, "setting", entry.ServerName, entry.Site, entry.Setting, entry.From, entry.To, entry.By })))
            .Concat(changes.Repairs.Select(entry => (At: entry.EndedAt, Row: new object?[] { entry.EndedAt, "repair", entry.ServerName, entry.Site, $"{(entry.UndoOf.Length > 0 ? "undo" : entry.Playbook)}: {entry.Sentence}", entry.UndoOf, entry.State, entry.RequestedBy })))
            .Concat(changes.NewProblems.Select(entry => (entry.At, Row: new object?[] { entry.At, "new problem", entry.ServerName, entry.Site, entry.Title, "", entry.Severity, "" })))
            .Concat(changes.ResolvedProblems.Select(entry => (entry.At, Row: new object?[] { entry.At, "problem resolved", entry.ServerName, entry.Site, entry.Title, "", "", "" })))
            .Concat(changes.Silent.Select(entry => (At: entry.Since, Row: new object?[] { entry.Since, "no answer", entry.ServerName, entry.Site, "", "", "", "" })))
            .OrderByDescending(entry => entry.At)
            .Select(entry => entry.Row));

    public static CsvTable PatchTuesday(PatchTuesdayBoard board) => new(
        "patch-tuesday",
        ["site", "server", "ready_before", "last_good_before_utc", "synced_at_utc", "failed_since", "health"],
        board.Sites.SelectMany(site => site.Servers.Select(server => new object?[] { site.Site, server.ServerName, server.IsReady, server.LastGoodAt, server.SyncedAt, server.FailedSince, server.Health })));

    /// <summary>Every lane in one table, in the order of time.</summary>
    public static CsvTable Timeline(Timeline timeline) => new(
        $"timeline-{timeline.ServerName}",
        ["at_utc", "kind", "subject", "from", "to", "detail", "by", "value"],
        timeline.Syncs.Select(sync => (At: sync.StartedAt, Row: new object?[] { sync.StartedAt, "sync", sync.Source, sync.StartedAt, sync.EndedAt, sync.CauseTitle, "", sync.Result }))
            .Concat(timeline.Changes.Select(change => (change.At, Row: new object?[] { change.At, change.Kind, change.Subject, change.From, change.To, change.Detail, change.By, "" })))
            .Concat(timeline.Events.Select(item => (item.At, Row: new object?[] { item.At, "event", $"{item.Provider} {item.EventId}", "", "", item.Message, "", item.Kind })))
            .Concat(timeline.Repairs.Select(repair => (At: repair.StartedAt, Row: new object?[] { repair.StartedAt, "repair", repair.Playbook, repair.StartedAt, repair.EndedAt, repair.Sentence, repair.RequestedBy, repair.State })))
            .Concat(timeline.PatchTuesdays.Select(tuesday => (At: tuesday.ReleasedAt, Row: new object?[] { tuesday.ReleasedAt, "patch tuesday", "", "", "", "", "", "" })))
            .Concat(timeline.Samples.Select(point => (point.At, Row: new object?[] { point.At, "sample", "worker, limit (KB); queue; 503", point.WorkerMean, point.Limit, point.QueuedMaximum, "", point.Rejected })))
            .OrderBy(entry => entry.At)
            .Select(entry => entry.Row));
}
