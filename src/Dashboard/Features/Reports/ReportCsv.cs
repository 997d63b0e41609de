using WsusDashboard.Dashboard.Api;

namespace WsusDashboard.Dashboard.Features.Reports;

/// <summary>The numbers of a report as CSV, one row a server.</summary>
internal static class ReportCsv
{
    public static CsvTable Of(string name, ReportContent content) => new(
        name,
        ["first", "last", "server", "site", "succeeded", "failed", "cancelled", "lastGoodSyncAt", "drift", "openProblems", "repairs", "serverId"],
        content.Servers.Select(server => new object?[] { content.First, content.Last, server.Name, server.Site, server.Succeeded, server.Failed, server.Cancelled, server.LastGoodSyncAt, server.Drift, server.OpenProblems, server.Repairs, server.Id }));
}
