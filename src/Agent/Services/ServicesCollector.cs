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
        EdgeException? failure = null;
        foreach (var name in ServiceNames.Watched)
        {
            try
            {
                statuses.Add(await services.ReadAsync(name, cancellationToken).ConfigureAwait(false));
            }
            catch (EdgeException exception)
            {
                // Each service has an access list of its own: one that refuses hides no other.
                failure = exception;
                statuses.Add(new ServiceStatus { Name = name, Problem = exception.Message });
            }
        }

        return failure is not null && statuses.TrueForAll(status => status.Problem.Length > 0)
            ? Reading.Unreadable(failure)
            : Reading.Ok(new ServicesState { Services = [.. statuses] });
    }
}
