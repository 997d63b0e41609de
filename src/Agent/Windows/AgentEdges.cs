namespace WsusDashboard.Agent.Windows;

/// <summary>All edges of one server. The simulator brings its own set.</summary>
public sealed record AgentEdges
{
    public required IServiceControl Services { get; init; }
    public required IWmi Wmi { get; init; }
    public required IEventLog EventLog { get; init; }
    public required IRegistry Registry { get; init; }
    public required IProcessRunner Processes { get; init; }
}
