using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Demo;

/// <summary>The table of servers that the demo prints.</summary>
internal static class ServerTable
{
    public static IEnumerable<string> Lines(IReadOnlyList<SimulatedServer> servers)
    {
        string[] heads = ["server", "site", "scenario", "agent"];
        var rows = servers.Select(server => new[] { server.Name, server.Site, server.Scenario.Describe(), (server.ConnectsItself ? "connects itself" : server.HubAddress.GetLeftPart(UriPartial.Authority)) + (server.IsAgentRunning ? "" : " (down)") }).ToList();
        var widths = Enumerable.Range(0, heads.Length).Select(column => rows.Prepend(heads).Max(row => row[column].Length)).ToArray();
        return rows.Prepend(heads).Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
