namespace WsusDashboard.Agent.Security.Local;

/// <summary>Marks a connection that came in by the port for metrics, which listens on loopback alone: whoever is there runs on this server, and has proved nothing else.</summary>
internal sealed record MetricsConnection
{
    public static MetricsConnection Mark { get; } = new();
}
