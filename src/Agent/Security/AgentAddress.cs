using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace WsusDashboard.Agent.Security;

/// <summary>The address that the agent listens on for hubs, with the port that was really taken.</summary>
public sealed class AgentAddress(IServer server)
{
    /// <summary>For example https://127.0.0.1:5101; null before the agent has started.</summary>
    public Uri? Current => server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(address => address.StartsWith(Uri.UriSchemeHttps, StringComparison.Ordinal)) is { } address ? new Uri(address) : null;
}
