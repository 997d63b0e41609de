using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Agent.Security.Pairing;

namespace WsusDashboard.Agent.Security.Access;

/// <summary>Whether the agent listens for hubs: with a hub that it connects to itself, or will once it is enrolled, it needs no port.</summary>
internal static class NetworkPort
{
    /// <summary>As things are now in the data folder; the agent keeps to it until it ends.</summary>
    public static bool IsNeeded(AgentOptions options) => options.Listen switch
    {
        AgentOptions.ListenYes => true,
        AgentOptions.ListenNo => false,
        _ => !options.Hub.IsOutbound || !(File.Exists(EnrolmentFile.PathIn(options.DataDirectory)) || HasOutboundHub(options)),
    };

    private static bool HasOutboundHub(AgentOptions options) => new PairedHubs(options.DataDirectory, NullLogger<PairedHubs>.Instance).All.Any(hub => hub.Addresses.Count > 0);
}
