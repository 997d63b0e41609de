using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Hubs;

/// <summary>One message of the fleet's stream.</summary>
/// <param name="IsSnapshot">True for the first, and where another fleet took its place: all servers as they are; else only what changed.</param>
/// <param name="Changed">Servers that changed or came, as GET servers shows them.</param>
/// <param name="Removed">Ids of servers that went.</param>
public sealed record FleetMessage(bool IsSnapshot, IReadOnlyList<ServerJson> Changed, IReadOnlyList<int> Removed);

/// <summary>One message of the stream of problems.</summary>
/// <param name="IsSnapshot">True for the first: all problems that are open, being repaired or unproven.</param>
/// <param name="Changed">Problems that came, changed or were resolved, as GET problems shows them.</param>
/// <param name="Removed">Ids of problems that went: into another one, with their servers, or out of sight.</param>
public sealed record ProblemsMessage(bool IsSnapshot, IReadOnlyList<ProblemView> Changed, IReadOnlyList<long> Removed);

/// <summary>
/// The live stream for clients outside the browser: call the streaming method "Watch" for servers, "WatchProblems" for problems. A slow client gets fewer and newer messages, never a backlog.
/// The pages do not come through here: they read the same live state in the process.
/// </summary>
[Needs(Permission.View)]
internal sealed class FleetHub(VisibleServers live, VisibleProblems problems) : Hub
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

    /// <summary>All open problems (or those of a site's servers), then every change, at most ten messages a second.</summary>
    public async IAsyncEnumerable<ProblemsMessage> WatchProblems(string? site, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var subscription = problems.Subscribe();
        var open = problems.GetOpen(site);
        var told = open.Select(problem => problem.Id).ToHashSet();
        yield return new(true, open, []);
        await foreach (var ids in subscription.ReadAsync(cancellationToken))
        {
            List<ProblemView> changed = [];
            List<long> removed = [];
            foreach (var id in ids.Order())
            {
                var problem = problems.Find(id, site);
                var wasTold = told.Remove(id);
                if (problem is { State: not ProblemState.Resolved })
                {
                    told.Add(id);
                    changed.Add(problem);
                }
                else if (wasTold && problem is not null)
                {
                    changed.Add(problem);
                }
                else if (wasTold)
                {
                    // Only what was told can go: an id that this caller never saw would say that there is something.
                    removed.Add(id);
                }
            }

            if (changed.Count + removed.Count > 0)
            {
                yield return new(false, changed, removed);
            }
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
