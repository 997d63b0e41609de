using System.Net.Security;

namespace WsusDashboard.Shared.Trust;

/// <summary>What a hub answers to an agent that has opened the connection: one byte behind the handshake, before anything else.</summary>
public enum OutboundAnswer : byte
{
    /// <summary>No answer of this protocol.</summary>
    None = 0,

    /// <summary>The hub keeps the connection. From now on it speaks HTTP/2 there as the client, and the agent is the server.</summary>
    Taken = 1,

    /// <summary>The hub watches no server with this key, and closes the connection.</summary>
    Unknown = 2,

    /// <summary>The hub is starting and closes the connection; it's tried again soon.</summary>
    NotReady = 3,
}

/// <summary>
/// The reverse connection: the agent dials the hub's port for agents over TLS, each side shows its own key, and the hub then calls the agent's API over that connection. The
/// handshake names the protocol (ALPN), so the same port also serves enrolment.
/// </summary>
public static class OutboundProtocol
{
    /// <summary>Most addresses under which one hub may be dialled: one for each of its dashboards.</summary>
    public const int MaximumAddresses = 10;

    /// <summary>Length of the hub's answer.</summary>
    public const int AnswerBytes = 1;

    /// <summary>The protocol in the handshake.</summary>
    public static SslApplicationProtocol Protocol { get; } = new("wsus-agent/1");
}
