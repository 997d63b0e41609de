using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Agents.Outside;

/// <summary>
/// What the dashboard asks of the WSUS of one server. The agent says which endpoints it was answered by, by which name and at which port; where the questions
/// go is decided here: to the host that the server was paired at and to no other, and for the paths of this build alone, whatever an agent says. An agent that connects itself only says where its server is, so nothing is asked there. Pure.
/// </summary>
internal static class OutsideQuestions
{
    /// <summary>Empty where the agent does not answer, has no WSUS, or left the pool alone because a question would wake it.</summary>
    public static IReadOnlyList<ProbeTarget> Of(LiveServer server) =>
        server is { Link.State: LinkState.Up, Snapshot.Client: { Status: SectionStatus.Ok, Value: { } client } } && !OutboundAddress.Is(server.Address) && Uri.TryCreate(server.Address, UriKind.Absolute, out var agent)
            ? [.. ClientEndpoints.OfClients.Select(endpoint => Of(client.Find(endpoint), agent.DnsSafeHost)).OfType<ProbeTarget>()]
            : [];

    private static ProbeTarget? Of(EndpointState? own, string host)
    {
        if (own is not { Skipped: SkipReason.None, Answer: not null }
            || !Uri.TryCreate(own.Address, UriKind.Absolute, out var asked)
            || (asked.Scheme != Uri.UriSchemeHttp && asked.Scheme != Uri.UriSchemeHttps)
            || asked.Port is < 1 or > 65535)
        {
            return null;
        }

        // A name that means "this computer" means another one here.
        var name = asked.IsLoopback ? host : asked.DnsSafeHost;
        return new ProbeTarget(own.Endpoint, new UriBuilder(asked.Scheme, name, asked.Port, ClientEndpoints.PathOf(own.Endpoint)).Uri, host);
    }
}
