namespace WsusDashboard.Dashboard.Agents.Outbound;

/// <summary>The agent opens the connection itself, and hasn't.</summary>
internal sealed class OutboundAbsentException()
    : IOException("its agent isn't connected to this dashboard. \"WsusDashboard.Agent hubs\" on the server says why");
