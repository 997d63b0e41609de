namespace WsusDashboard.Dashboard.Live;

/// <summary>Who opens the connection between the dashboard and an agent.</summary>
public enum AgentConnection
{
    /// <summary>The dashboard connects to the agent's address.</summary>
    Inbound = 0,

    /// <summary>The agent connects to the dashboard's port for agents; its server listens on no port.</summary>
    Outbound = 1,
}
