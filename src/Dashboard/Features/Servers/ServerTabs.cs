namespace WsusDashboard.Dashboard.Features.Servers;

/// <summary>A part of the page of one server. Each has an address.</summary>
public enum ServerTab
{
    Overview = 0,
    Syncs = 1,
    Settings = 2,
    Services = 3,
    Clients = 4,
    Log = 5,
    Repairs = 6,
    About = 7,
    Posture = 8,
}

/// <summary>The tabs of a server's page and the last part of their addresses.</summary>
internal static class ServerTabs
{
    /// <summary>The repair that lies over the page: it is no tab, and leaves the one below as it was.</summary>
    public const string RepairPart = "repair";

    public static IReadOnlyList<(ServerTab Tab, string Name, string? Part)> All { get; } =
    [
        (ServerTab.Overview, "Overview", null),
        (ServerTab.Syncs, "Syncs", "syncs"),
        (ServerTab.Settings, "Settings", "settings"),
        (ServerTab.Services, "Services and pools", "services"),
        (ServerTab.Clients, "Clients", "clients"),
        (ServerTab.Posture, "Posture", "posture"),
        (ServerTab.Log, "Log", "log"),
        (ServerTab.Repairs, "Repairs", "repairs"),
        (ServerTab.About, "About", "about"),
    ];

    /// <summary>The tab at a path; null where it is no tab of this server's page.</summary>
    public static ServerTab? Find(int serverId, string path) =>
        PartOf(serverId, path) is not { } part ? null : All.Where(tab => (tab.Part ?? "") == part).Select(tab => (ServerTab?)tab.Tab).FirstOrDefault();

    /// <summary>True where the path is this server's page, with or without a repair over it.</summary>
    public static bool Covers(int serverId, string path) => PartOf(serverId, path) == RepairPart || Find(serverId, path) is not null;

    /// <summary>What stands behind the server's own path; null where the path is another one.</summary>
    private static string? PartOf(int serverId, string path)
    {
        var own = Kernel.Links.Server(serverId);
        return path == own ? "" : path.StartsWith(own + "/", StringComparison.Ordinal) ? path[(own.Length + 1)..] : null;
    }
}
