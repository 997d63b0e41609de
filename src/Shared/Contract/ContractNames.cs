using WsusDashboard.Shared.Probing;

namespace WsusDashboard.Shared.Contract;

/// <summary>Verbs of ControlService.</summary>
public static class ServiceVerbs
{
    public const string Start = "start";
    public const string Stop = "stop";
    public const string Restart = "restart";

    public static IReadOnlyList<string> All { get; } = [Start, Stop, Restart];
}

/// <summary>Verbs of ControlPool.</summary>
public static class PoolVerbs
{
    public const string Start = "start";
    public const string Stop = "stop";
    public const string Recycle = "recycle";

    public static IReadOnlyList<string> All { get; } = [Start, Stop, Recycle];
}

/// <summary>Logs that ReadLog opens; each is a file of Configuration Manager (configmgr.md, section 5).</summary>
public static class LogNames
{
    /// <summary>Synchronization of the software update point.</summary>
    public const string SyncManager = "wsyncmgr";

    /// <summary>Configuration of the software update point.</summary>
    public const string ConfigurationManager = "WCM";

    /// <summary>Health of the software update point; it stands on the update point itself.</summary>
    public const string ControlManager = "WSUSCtrl";

    public static IReadOnlyList<string> All { get; } = [SyncManager, ConfigurationManager, ControlManager];
}

/// <summary>Severity of a log line on the wire.</summary>
public static class LogSeverities
{
    public const string Information = "info";
    public const string Warning = "warning";
    public const string Error = "error";

    public static IReadOnlyList<string> All { get; } = [Information, Warning, Error];
}

/// <summary>Roles that an agent may find on its server.</summary>
public static class ServerRoles
{
    public const string Wsus = "wsus";
    public const string ConfigMgrSiteServer = "mecm-site-server";
    public const string ManagementPoint = "management-point";

    public static IReadOnlyList<string> All { get; } = [Wsus, ConfigMgrSiteServer, ManagementPoint];
}

/// <summary>Subjects of a <see cref="StateChange"/>: a kind, a colon, a name.</summary>
public static class StateSubjects
{
    public static string Pool(string poolName) => "pool:" + poolName;

    public static string Service(string serviceName) => "service:" + serviceName;

    public const string SettingPrefix = "setting:";

    public static string Setting(string poolName, string settingKey) => $"{SettingPrefix}{poolName}/{settingKey}";

    /// <summary>The synchronization of WSUS: "CancelRequested" from the request to stop it on, else "Normal".</summary>
    public const string WsusSync = "sync:wsus";

    public static string Section(string sectionName) => "section:" + sectionName;

    /// <summary>How an endpoint answers the agent: a class, or why it was not asked.</summary>
    public static string Client(ClientEndpoint endpoint) => "client:" + endpoint;

    /// <summary>How it answers a dashboard.</summary>
    public static string Outside(ClientEndpoint endpoint) => "outside:" + endpoint;

    /// <summary>What Configuration Manager says of the synchronization of a software update point (6701 to 6708).</summary>
    public static string SoftwareUpdatePoint(string serverName) => "sup:" + serverName;
}
