using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Simulator.Model.Events;

/// <summary>What WSUS writes to the Application log (wsus.md, 5.1).</summary>
internal static class WsusEvents
{
    // With the pool down, the health check finds each of its web services not working, one event each.
    private static readonly (int Id, string Service)[] WebServices =
    [
        (12002, "Reporting Web Service"), (12012, "API Remoting Web Service"), (12022, "Client Web Service"),
        (12032, "Server Synchronization Web Service"), (12042, "SimpleAuth Web Service"), (12052, "DSS Authentication Web Service"),
    ];

    public static void Ended(EventJournal events, SyncResult result, DateTimeOffset at, string reason)
    {
        switch (result)
        {
            case SyncResult.Succeeded:
                events.WriteWsus(WsusEventRow.Succeeded, EventLevel.Information, at, "Synchronization completed successfully.");
                break;
            case SyncResult.Failed:
                events.WriteWsus(WsusEventRow.Failed, EventLevel.Error, at, $"Synchronization failed. Reason: {reason}.");
                events.WriteWsus(WindowsEvents.CatalogSyncFailed, EventLevel.Error, at, "The last catalog synchronization attempt was unsuccessful.");
                break;
            default:
                events.WriteWsus(WsusEventRow.Cancelled, EventLevel.Warning, at, "Synchronization was canceled.");
                break;
        }
    }

    public static void WebServicesDown(EventJournal events, DateTimeOffset at)
    {
        foreach (var (id, service) in WebServices)
        {
            events.WriteWsus(id, EventLevel.Error, at, $"The {service} is not working.");
        }
    }
}
