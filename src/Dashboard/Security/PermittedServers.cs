using WsusDashboard.Dashboard.Features;
using WsusDashboard.Dashboard.Ingest;

namespace WsusDashboard.Dashboard.Security;

/// <summary>The servers that the caller may do something with. Whatever reaches an agent has passed through here.</summary>
internal sealed class PermittedServers(FleetIngest ingest, Caller caller)
{
    public Caller Caller => caller;

    /// <summary>The server; NotFound where there is none or it may not be seen, Forbidden where it may be seen only.</summary>
    public Outcome<ServerIdentity> Find(int serverId, Permission permission)
    {
        var missing = $"There is no server {serverId}.";
        return ingest.Find(serverId)?.Identity is not { } server ? new NotFound(missing)
            : caller.Refusal(permission, server.Site, missing) is { } refusal ? refusal
            : server;
    }
}
