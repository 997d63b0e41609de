namespace WsusDashboard.Agent.Security.Local;

/// <summary>Marks a connection that came through the local channel: the system has let in nobody but administrators and the service's account.</summary>
internal sealed record LocalConnection
{
    public static LocalConnection Mark { get; } = new();
}
