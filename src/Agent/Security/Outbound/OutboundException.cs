namespace WsusDashboard.Agent.Security.Outbound;

/// <summary>The agent could not connect to a hub; the message says why, for a person.</summary>
/// <param name="message">Why.</param>
/// <param name="kind">What kind of failure it is.</param>
/// <param name="inner">What was behind it.</param>
internal sealed class OutboundException(string message, OutboundFailure kind, Exception? inner = null) : Exception(message, inner)
{
    public OutboundFailure Kind => kind;
}

/// <summary>How an attempt to connect failed.</summary>
internal enum OutboundFailure
{
    /// <summary>Network, name, proxy, time.</summary>
    Unreachable = 0,

    /// <summary>Another key than the paired hub's is shown there; nothing was sent.</summary>
    WrongKey = 1,

    /// <summary>The hub doesn't watch this server.</summary>
    Refused = 2,

    /// <summary>The hub is starting.</summary>
    NotReady = 3,
}
