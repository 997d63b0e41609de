using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Iis;

/// <summary>Reads the application pools and which of them serves WSUS.</summary>
internal sealed class IisCollector(IisReader reader, AgentOptions options) : ICollector
{
    public string SectionName => SectionNames.Iis;

    public TimeSpan IdleInterval => options.StateInterval;

    public TimeSpan Timeout => TimeSpan.FromSeconds(30);

    public async Task<Reading> CollectAsync(ReadDepth depth, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } state
            ? Reading.Ok(state)
            : Reading.NotInstalled("The web server role (IIS) isn't installed on this server.");
}
