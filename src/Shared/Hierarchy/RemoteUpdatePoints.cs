using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Hierarchy;

/// <summary>Sites whose WSUS is on another server: SMS_EXECUTIVE and wsyncmgr.log are on the one, WSUS and its pool on the other. Pure.</summary>
public static class RemoteUpdatePoints
{
    /// <summary>Names of the site's update points, where this server is the site's and has no WSUS of its own; empty otherwise.</summary>
    public static IReadOnlyList<string> Of(Snapshot snapshot) => snapshot.ConfigMgr.Value is not { SiteCode.Length: > 0 } site || HasWsus(snapshot)
        ? []
        : [
            .. site.SoftwareUpdatePoints
                .Where(point => point.SiteCode.Length == 0 || string.Equals(point.SiteCode, site.SiteCode, StringComparison.OrdinalIgnoreCase))
                .Select(point => point.ServerName.Trim())
                .Where(name => name.Length > 0 && !IsNamed(name, snapshot.Agent.FullyQualifiedName, snapshot.Agent.ComputerName))
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];

    /// <summary>True where a name is that of a server; the short name of a server decides only against a short name, or where the full one is not known.</summary>
    public static bool IsNamed(string name, string fullyQualifiedName, string computerName)
    {
        var isFull = name.Contains('.', StringComparison.Ordinal);
        return isFull && fullyQualifiedName.Length > 0
            ? string.Equals(name, fullyQualifiedName, StringComparison.OrdinalIgnoreCase)
            : computerName.Length > 0 && string.Equals(name.Split('.')[0], computerName, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The console of WSUS, which a site server needs for a remote update point, brings keys of the registry but no service.</summary>
    private static bool HasWsus(Snapshot snapshot) => snapshot.Services.Value?.Find(ServiceNames.WsusService) is { State: not ServiceState.Unknown } service
        ? service.State != ServiceState.NotInstalled
        : snapshot.Wsus.Status != SectionStatus.NotInstalled;
}
