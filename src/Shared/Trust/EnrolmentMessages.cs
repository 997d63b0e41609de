namespace WsusDashboard.Shared.Trust;

/// <summary>What an agent sends to register itself: POST /enrol as JSON, over TLS with its own key, to the hub whose key the token pins.</summary>
/// <param name="TokenId">Which token.</param>
/// <param name="Secret">Its secret; only the pinned hub gets it.</param>
/// <param name="AgentId">32 hexadecimal digits.</param>
/// <param name="ComputerName">The server's name.</param>
/// <param name="AgentVersion">Version of the agent.</param>
/// <param name="Port">Port on which the agent answers hubs, 1 to 65535; 0 = on none: it opens the connection itself (<see cref="OutboundProtocol"/>).</param>
/// <param name="Hosts">Names under which the hub may find it, best first; at most 5.</param>
public sealed record EnrolmentRequest(string TokenId, string Secret, string AgentId, string ComputerName, string AgentVersion, int Port, IReadOnlyList<string> Hosts)
{
    /// <summary>Where a hub takes it.</summary>
    public const string Path = "/enrol";

    /// <summary>Most names of one request.</summary>
    public const int MaximumHosts = 5;

    /// <summary>Without the secret, for a log.</summary>
    public override string ToString() => $"enrolment of {ComputerName} with token {TokenId}";
}

/// <summary>What the hub answers.</summary>
/// <param name="HubId">32 hexadecimal digits; empty where it was refused.</param>
/// <param name="HubName">Its name.</param>
/// <param name="IsAdmitted">True: the server is watched from now on. False: an administrator has to admit it.</param>
/// <param name="MayRetry">True where the same request may succeed later.</param>
/// <param name="Message">For a person.</param>
public sealed record EnrolmentAnswer(string HubId, string HubName, bool IsAdmitted, bool MayRetry, string Message);
