using System.Reflection;

namespace WsusDashboard.Dashboard.Cluster;

/// <summary>This process among the dashboards of its database.</summary>
/// <param name="name">For a person.</param>
/// <param name="address">Where people reach it, once it listens.</param>
internal sealed class DashboardInstance(string name, Func<string> address)
{
    /// <summary>Another one at each start: what the process before it held is not this one's.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    public string Name => name;

    public string Version { get; } = typeof(DashboardInstance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public string Address => address();
}
