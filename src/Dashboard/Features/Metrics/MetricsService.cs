using System.Reflection;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Dashboard.Features.Metrics;

/// <summary>The metrics of the servers that the caller may see, and of the dashboard. All of it is read from memory: a scrape asks neither the database nor an agent.</summary>
internal sealed class MetricsService(LiveFleet live, SyncCounters syncs, Caller caller, TimeProvider timeProvider)
{
    private static readonly string Version = typeof(MetricsService).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public string Write()
    {
        var (scope, now, text) = (caller.ScopeOf(Permission.ReadMetrics), timeProvider.GetUtcNow(), new PrometheusText());
        var counts = syncs.Count(live.GetAll());
        var servers = live.GetAll().Where(server => scope.Permits(server.Site)).OrderBy(server => server.Name, StringComparer.Ordinal).ThenBy(server => server.Id).ToList();
        text.Gauge("wsusdashboard_build_info", "Always 1; the version of this dashboard.", 1, ("version", Version));
        WriteFleet(text, servers);
        foreach (var server in servers)
        {
            ServerMetrics.Write(text, server, counts.GetValueOrDefault(server.Id) ?? new Dictionary<Shared.Syncs.SyncResult, long>(), now);
        }

        return text.ToString();
    }

    private static void WriteFleet(PrometheusText text, List<LiveServer> servers)
    {
        var (health, links) = (servers.CountBy(server => server.Status.Health).ToDictionary(), servers.CountBy(server => server.Link.State).ToDictionary());
        foreach (var possible in Enum.GetValues<Health>())
        {
            text.Gauge("wsusdashboard_servers", "Servers by health.", health.GetValueOrDefault(possible), ("health", PrometheusText.Words(possible.ToString())));
        }

        foreach (var possible in Enum.GetValues<LinkState>())
        {
            text.Gauge("wsusdashboard_agent_links", "Links to agents by state.", links.GetValueOrDefault(possible), ("state", PrometheusText.Words(possible.ToString())));
        }

        // One problem of several servers of a site is one.
        foreach (var problems in servers.SelectMany(server => server.Problems, (server, problem) => (server.Site, problem.Severity, problem.State, problem.Id)).Distinct().GroupBy(problem => (problem.Site, problem.Severity, problem.State)))
        {
            text.Gauge("wsus_problems", "Problems by site, severity and state.", problems.Count(), ("site", problems.Key.Site), ("severity", PrometheusText.Words(problems.Key.Severity.ToString())), ("state", PrometheusText.Words(problems.Key.State.ToString())));
        }
    }
}
