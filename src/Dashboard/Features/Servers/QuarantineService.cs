using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;

namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>Ends the quarantine of an agent before its time is over.</summary>
internal sealed class QuarantineService(AgentQuarantines quarantines, FleetIngest ingest, ServerWatcher watch, AuditTrail audit, StorageHealth health)
{
    /// <summary>Listens to the agent again at once. Failures: NotFound, Forbidden, Conflict (it is in none), Unavailable (database).</summary>
    public async Task<Outcome<Done>> ReleaseAsync(int serverId)
    {
        var missing = $"There is no server {serverId}.";
        if (ingest.FindIdentity(serverId) is not { } server)
        {
            return new NotFound(missing);
        }

        if (audit.Caller.Refusal(Permission.ManageServers, server.Site, missing) is { } refusal)
        {
            return refusal;
        }

        var reason = quarantines.Find(serverId)?.Reason;
        try
        {
            if (!await quarantines.ReleaseAsync(serverId))
            {
                return new Conflict($"{server.Name} isn't in quarantine.");
            }
        }
        catch (Exception exception) when (StorageFault.Of(exception) != StorageProblem.None)
        {
            health.ReportFailure(StorageFault.Of(exception));
            return new Unavailable($"The release couldn't be stored: after a restart {server.Name} would be in quarantine again. {health.Current.Message}");
        }

        await watch.AgainAsync(serverId);
        await audit.WriteAsync(new() { What = "server.release", ServerId = serverId, ServerName = server.Name, Site = server.Site, Before = reason ?? "", Outcome = "done" });
        return Done.Instance;
    }
}
