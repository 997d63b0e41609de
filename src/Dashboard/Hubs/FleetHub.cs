using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using WsusDashboard.Dashboard.Features.Fleet;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Hubs;

/// <summary>One message of the fleet's stream.</summary>
/// <param name="IsSnapshot">True for the first: all servers as they are; then only what changed.</param>
/// <param name="Changed">Servers that changed or came, as GET servers shows them.</param>
/// <param name="Removed">Ids of servers that went.</param>
public sealed record FleetMessage(bool IsSnapshot, IReadOnlyList<ServerJson> Changed, IReadOnlyList<int> Removed);

/// <summary>
/// The live stream for clients outside the browser: call the streaming method "Watch". A slow client gets fewer and newer messages, never a backlog.
/// The pages do not come through here: they read the same live state in the process.
/// </summary>
[Needs(Permission.View)]
internal sealed class FleetHub(VisibleServers live) : Hub
{
    public const string Path = "/hubs/fleet";

    /// <summary>All servers (or those of a site), then every change, at most four messages a second.</summary>
    public async IAsyncEnumerable<FleetMessage> Watch(string? site, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var subscription = live.Subscribe(string.IsNullOrEmpty(site) ? null : server => server.Site == site);
        yield return new(true, ToJson(subscription.Snapshot), []);
        await foreach (var changes in subscription.ReadAsync(cancellationToken))
        {
            yield return new(false, ToJson(changes.Changed), changes.Removed);
        }
    }

    private static List<ServerJson> ToJson(IReadOnlyList<ServerLive> servers) => [.. servers.Select(server => ServerJson.From(FleetService.ToRow(server)))];
}

/// <summary>SignalR for outside clients.</summary>
internal static class HubRegistration
{
    private const int MaximumMessageBytes = 32 * 1024;

    public static IServiceCollection AddHubs(this IServiceCollection services)
    {
        services.AddSignalR(options => options.MaximumReceiveMessageSize = MaximumMessageBytes)
            .AddJsonProtocol(options => Api.Words.Configure(options.PayloadSerializerOptions));
        return services;
    }
}
