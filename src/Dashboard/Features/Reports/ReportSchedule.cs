using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.Reports;

/// <summary>Which periods are over and due. Only the newest of each kind: after a long outage nobody wants a pile of old reports.</summary>
internal static class ReportSchedule
{
    private const int Days = 7;

    public static IReadOnlyList<(ReportKind Kind, HistoryRange Range)> Due(ReportOptions options, TimeZoneInfo zone, DateTimeOffset now)
    {
        // The day that counts begins at the hour of the options.
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime.AddHours(-options.Hour));
        List<(ReportKind, HistoryRange)> due = [];
        if (options.Weekly)
        {
            var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % Days));
            due.Add((ReportKind.Weekly, new(monday.AddDays(-Days), monday.AddDays(-1), zone)));
        }

        if (options.PatchTuesday)
        {
            var tuesday = PatchTuesday.LastBefore(now);
            var over = tuesday.Day.AddDays(Days) <= today ? tuesday : tuesday.Previous();
            due.Add((ReportKind.PatchTuesday, new(over.Day, over.Day.AddDays(Days - 1), zone)));
        }

        return due;
    }
}
