using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Services;

/// <summary>Reads the services that matter to WSUS and Configuration Manager.</summary>
internal sealed class ServicesCollector(IServiceControl services, AgentOptions options) : ICollector
{
    public string SectionName => SectionNames.Services;

    public TimeSpan IdleInterval => options.StateInterval;

    public TimeSpan Timeout => TimeSpan.FromSeconds(20);

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken)
    {
        List<ServiceStatus> statuses = [];
        foreach (var name in ServiceNames.Watched)
        {
            statuses.Add(await services.ReadAsync(name, cancellationToken).ConfigureAwait(false));
        }

        return Reading.Ok(new ServicesState { Services = statuses });
    }
}
