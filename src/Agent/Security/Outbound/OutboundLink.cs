namespace WsusDashboard.Agent.Security.Outbound;

/// <summary>How the connection of this agent to one address of a hub stands.</summary>
/// <param name="HubId">The hub.</param>
/// <param name="Address">Its port for agents.</param>
/// <param name="IsConnected">True while the hub keeps a connection.</param>
/// <param name="Since">UTC time since which it is so.</param>
/// <param name="Error">Why it is not connected, for a person; empty while it is, and before the first attempt.</param>
/// <param name="Attempts">Attempts that have failed since it was last connected.</param>
/// <param name="NextAttemptAt">UTC time of the next attempt; null while it is connected, or being tried.</param>
internal sealed record OutboundLink(string HubId, Uri Address, bool IsConnected, DateTimeOffset Since, string Error, int Attempts, DateTimeOffset? NextAttemptAt);
