namespace WsusDashboard.Agent.Security.Outbound;

/// <summary>How the connection of this agent to one address of a hub stands.</summary>
/// <param name="HubId">The hub.</param>
/// <param name="Address">Its port for agents.</param>
/// <param name="IsConnected">True while the hub keeps a connection.</param>
/// <param name="Since">UTC time since which it is so.</param>
/// <param name="Error">Why it is not connected, for a person; empty while it is, and before the first attempt.</param>
/// <param name="Attempts">Attempts that have failed since it was last connected.</param>
/// <param name="NextAttemptAt">UTC time of the next attempt; null while it is connected, or being tried.</param>
internal sealed record OutboundLink(string HubId, Uri Address, bool IsConnected, DateTimeOffset Since, string Error, int Attempts, DateTimeOffset? NextAttemptAt)
{
    /// <summary>Someone on this server gave the address.</summary>
    public bool IsGiven { get; init; }

    /// <summary>It is in the list that the hub signed.</summary>
    public bool IsListed { get; init; }

    /// <summary>Another address of the same dashboard, which is connected, so that this one isn't needed; null where it is.</summary>
    public Uri? SameAs { get; init; }

    /// <summary>Where the address comes from, for a person.</summary>
    public string Origin => OriginOf(IsGiven, IsListed);

    /// <summary>Where an address comes from, for a person.</summary>
    public static string OriginOf(bool isGiven, bool isListed) => (isGiven, isListed) switch
    {
        (true, true) => "given here and in the dashboards' signed list",
        (false, true) => "from the dashboards' signed list",
        _ => "given here",
    };
}
