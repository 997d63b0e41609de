using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Agent.Security.Pairing;

namespace WsusDashboard.Agent.Security.Access;

/// <summary>Whether the agent listens for hubs: with only hubs that it connects to itself, or will once it is enrolled, it needs no port. A hub that was paired with a code has no other way to it.</summary>
internal static class NetworkPort
{
    /// <summary>As things are now in the data folder; the agent keeps to it until it ends.</summary>
    public static bool IsNeeded(AgentOptions options) => IsNeeded(options, HasOrder(options.DataDirectory));

    /// <param name="options">The agent's.</param>
    /// <param name="isEnrolling">A dashboard is waiting to be enrolled with.</param>
    public static bool IsNeeded(AgentOptions options, bool isEnrolling) => options.Listen switch
    {
        AgentOptions.ListenYes => true,
        AgentOptions.ListenNo => false,
        _ => !options.Hub.IsOutbound || IsNeeded(new PairedHubs(options.DataDirectory, NullLogger<PairedHubs>.Instance).All, isEnrolling),
    };

    private static bool IsNeeded(IReadOnlyList<PairedHub> hubs, bool isEnrolling) => hubs.Any(hub => hub.Addresses.Count == 0) || (hubs.Count == 0 && !isEnrolling);

    /// <summary>An order that can't be read is carried out by nobody.</summary>
    private static bool HasOrder(string dataDirectory)
    {
        try
        {
            return EnrolmentFile.TryRead(dataDirectory) is not null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return false;
        }
    }
}
