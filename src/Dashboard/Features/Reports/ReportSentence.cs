using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Features.Reports;

/// <summary>A report in one sentence: how many servers got updates, and what needs someone.</summary>
internal static class ReportSentence
{
    public static string Of(ReportContent content)
    {
        if (content.Servers.Count == 0)
        {
            return "There are no servers to report on.";
        }

        var synced = content.Servers.Count(server => server.Succeeded > 0);
        var syncs = content.Syncs.Ended == 0
            ? $"No sync ended on {Wording.Count(content.Servers.Count, "server")}"
            : $"{Wording.Number(synced)} of {Wording.Count(content.Servers.Count, "server")} synced successfully, and {Wording.Number(content.Syncs.Bad)} of {Wording.Count(content.Syncs.Ended, "sync", "syncs")} failed or were cancelled";
        var problems = content.OpenProblemCount == 0 ? "nothing is open" : $"{Wording.Count(content.OpenProblemCount, "problem")} {(content.OpenProblemCount == 1 ? "is" : "are")} open";
        return $"{syncs}; {problems}.";
    }
}
