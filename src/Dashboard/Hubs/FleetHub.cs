using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Hubs;

/// <summary>One message of the fleet's stream.</summary>
/// <param name="IsSnapshot">True for the first, and where another fleet took its place: all servers as they are; else only what changed.</param>
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

    /// <summary>All servers (or those of a site), then every change, at most ten messages a second.</summary>
    public async IAsyncEnumerable<FleetMessage> Watch(string? site, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var subscription = live.Subscribe(string.IsNullOrEmpty(site) ? null : server => server.Site == site);
        yield return new(true, ToJson(subscription.Snapshot), []);
        await foreach (var changes in subscription.ReadAsync(cancellationToken))
        {
            yield return new(changes.IsReset, ToJson(changes.Changed), changes.Removed);
        }
    }

    private static List<ServerJson> ToJson(IReadOnlyList<LiveServer> servers) => [.. servers.Select(ServerJson.From)];
}

/// <summary>SignalR for outside clients.</summary>
internal static class HubRegistration
{
    private const int MaximumMessageBytes = 32 * 1024;

    public static IServiceCollection AddHubs(this IServiceCollection services)
    {
        services.AddSignalR(options => options.MaximumReceiveMessageSize = MaximumMessageBytes)
            .AddHubOptions<FleetHub>(options => options.AddFilter<HubCallers>())
            .AddJsonProtocol(options => Api.JsonEnums.Configure(options.PayloadSerializerOptions));
        return services;
    }
}
