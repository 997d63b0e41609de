using System.Net;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Agent.Api;

/// <summary>/metrics of this server, from the last snapshot: no request asks WSUS, IIS or Windows.</summary>
internal static class MetricsEndpoint
{
    public const string Path = "/metrics";

    /// <summary>A handler of a request, not a delegate to be bound: see MapAgentApi.</summary>
    public static Task WriteAsync(HttpContext context)
    {
        // A name that a web page chose for this computer's address is none of its own.
        var host = context.Request.Host.Host;
        if (!string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) && !(IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)) && context.Features.Get<Security.Local.MetricsConnection>() is not null)
        {
            throw new CommandException(CommandFailure.Refused, "Metrics are given to programs that ask localhost for them.");
        }

        var (snapshot, clock) = (context.RequestServices.GetRequiredService<SnapshotStore>().Current, context.RequestServices.GetRequiredService<TimeProvider>());
        var text = new PrometheusText();
        text.Gauge("wsus_agent_memory_bytes", "Memory of the agent.", snapshot.Host.Value?.AgentMemoryKilobytes * 1024d);
        SnapshotMetrics.Write(text, snapshot, clock.GetUtcNow(), []);
        context.Response.ContentType = PrometheusText.ContentType;
        return context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }
}
