using WsusDashboard.Agent.Windows.Setup;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>Picks the edges of the system that the agent runs on.</summary>
public static class EdgeFactory
{
    /// <summary>The real edges on Windows; elsewhere edges that answer every call with "only on Windows".</summary>
    public static AgentEdges Create()
    {
        if (OperatingSystem.IsWindows())
        {
            var registry = new WindowsRegistry();
            return new AgentEdges
            {
                Services = new WindowsServiceControl(registry),
                Wmi = new WindowsWmi(),
                EventLog = new WindowsEventLog(),
                EventLogWriter = new WindowsEventLogWriter(),
                Registry = registry,
                Processes = new WindowsProcessRunner(registry),
                Libraries = new WindowsLibraryFiles(),
            };
        }

        var edges = new OnlyOnWindowsEdges();
        return new AgentEdges { Services = edges, Wmi = edges, EventLog = edges, Registry = edges, Processes = edges, Libraries = edges };
    }

    /// <summary>What the installer works with: only its commands have it, the agent itself does not.</summary>
    public static (IServerSetup Setup, IServiceControl Services) CreateSetup()
    {
        if (!OperatingSystem.IsWindows())
        {
            return (new OnlyOnWindowsSetup(), new OnlyOnWindowsEdges());
        }

        var registry = new WindowsRegistry();
        return (new WindowsServerSetup(registry), new WindowsServiceControl(registry));
    }
}
