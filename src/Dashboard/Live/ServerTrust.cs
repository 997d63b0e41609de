using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Live;

/// <summary>Whose key a paired server has, and which key of this dashboard its agent knows.</summary>
/// <param name="AgentPin">Pin of the agent's key.</param>
/// <param name="NextAgentPin">Pin of the key that the agent has announced; right as well.</param>
/// <param name="HubPin">Pin of the dashboard's key that the agent knows.</param>
internal sealed record ServerTrust(string AgentPin, string? NextAgentPin, string HubPin)
{
    /// <summary>Null where the server is not paired.</summary>
    public static ServerTrust? Of(ServerEntity server) =>
        server is { AgentPin: { } pin, HubPin: { } hubPin } ? new(pin, server.NextAgentPin, hubPin) : null;

    public bool Accepts(string pin) => KeyPin.AreSame(AgentPin, pin) || KeyPin.AreSame(NextAgentPin, pin);
}

/// <summary>This dashboard does not know the key of the server's agent, so it does not speak to it.</summary>
internal sealed class NotPairedException(string message) : Exception(message);

/// <summary>Another key answers than the one that was paired.</summary>
internal sealed class AgentKeyException(string message) : Exception(message);
