namespace WsusDashboard.Agent.Security;

/// <summary>Who calls, as far as it is proved.</summary>
/// <param name="Kind">What was proved.</param>
/// <param name="Hub">The paired hub; null for anybody else.</param>
/// <param name="Pin">Pin of the key that was shown over TLS; empty without TLS.</param>
/// <param name="From">Network address, or <see cref="Here"/>.</param>
internal sealed record AgentCaller(CallerKind Kind, PairedHub? Hub, string Pin, string From)
{
    /// <summary>Where a local request comes from, in the audit.</summary>
    public const string Here = "this server";

    /// <summary>For the audit.</summary>
    public string HubName => Hub?.Name ?? "";

    /// <summary>The caller that the access check has found.</summary>
    public static AgentCaller Of(HttpContext context) =>
        context.Features.Get<AgentCaller>() ?? throw new InvalidOperationException("The request did not pass the access check.");
}

/// <summary>What a caller has proved.</summary>
internal enum CallerKind
{
    /// <summary>Nothing.</summary>
    Unknown = 0,

    /// <summary>That it holds a key, which no paired hub has.</summary>
    Stranger = 1,

    /// <summary>That it holds the key of a paired hub.</summary>
    Hub = 2,

    /// <summary>That the system lets it use the agent's local channel: an administrator of this server, or the service's account.</summary>
    Local = 3,

    /// <summary>That it runs on this server: it came in by the port for metrics, which is on loopback.</summary>
    Metrics = 4,
}

/// <summary>A hub as it presents itself.</summary>
internal sealed record HubName(string Id, string Name);
