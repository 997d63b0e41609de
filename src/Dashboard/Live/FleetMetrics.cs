using System.Diagnostics.Metrics;
using WsusDashboard.Shared.Telemetry;

namespace WsusDashboard.Dashboard.Live;

/// <summary>Servers by health, and links by state; counted when somebody collects.</summary>
internal sealed class FleetMetrics(LiveFleet live, IMeterFactory meters) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(Instrumentation.Name);
        meter.CreateObservableGauge("wsusdashboard.servers", () => Count("wsusdashboard.health", server => server.Status.Health), "{server}", "Servers by health.");
        meter.CreateObservableGauge("wsusdashboard.agent.links", () => Count("wsusdashboard.link.state", server => server.Link.State), "{link}", "Links to agents by state.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>States without a server count zero: a curve ends at zero, not at its last value.</summary>
    private IEnumerable<Measurement<int>> Count<T>(string attribute, Func<LiveServer, T> of)
        where T : struct, Enum
    {
        var counts = live.GetAll().CountBy(of).ToDictionary();
        return Enum.GetValues<T>().Select(state => new Measurement<int>(counts.GetValueOrDefault(state), KeyValuePair.Create(attribute, (object?)$"{state}".ToLowerInvariant())));
    }
}
