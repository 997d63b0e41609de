using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Shared.Snapshots;

/// <summary>State of a Windows service; NotInstalled is ours, the others are those of the service control manager.</summary>
public enum ServiceState
{
    Unknown = 0,
    NotInstalled = 1,
    Stopped = 2,
    StartPending = 3,
    StopPending = 4,
    Running = 5,
    ContinuePending = 6,
    PausePending = 7,
    Paused = 8,
}

/// <summary>Startup type of a Windows service.</summary>
public enum ServiceStartType
{
    Unknown = 0,
    Boot = 1,
    System = 2,
    Automatic = 3,
    AutomaticDelayed = 4,
    Manual = 5,
    Disabled = 6,
}

/// <summary>The services that the product watches.</summary>
public sealed record ServicesState
{
    public ValueList<ServiceStatus> Services { get; init; } = [];

    /// <summary>The service with this name (not case-sensitive), or null.</summary>
    public ServiceStatus? Find(string name) => Services.FirstOrDefault(service => string.Equals(service.Name, name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>One Windows service.</summary>
public sealed record ServiceStatus
{
    /// <summary>The short name, for example "SMS_EXECUTIVE".</summary>
    public required string Name { get; init; }

    public string DisplayName { get; init; } = "";

    public ServiceState State { get; init; }

    public ServiceStartType StartType { get; init; }

    /// <summary>The account it logs on as.</summary>
    public string Account { get; init; } = "";

    /// <summary>UTC time since which the agent has seen this state.</summary>
    public DateTimeOffset? StateSince { get; init; }

    /// <summary>Why the state is Unknown, for a person; empty where it is known.</summary>
    public string Problem { get; init; } = "";
}

/// <summary>Names of the services that matter to WSUS and Configuration Manager (configmgr.md, section 4).</summary>
public static class ServiceNames
{
    public const string SiteComponentManager = "SMS_SITE_COMPONENT_MANAGER";
    public const string SmsExecutive = "SMS_EXECUTIVE";
    public const string NotificationServer = "SMS_NOTIFICATION_SERVER";
    public const string SmsAgentHost = "CcmExec";
    public const string WsusService = "WsusService";
    public const string WorldWideWeb = "W3SVC";
    public const string ProcessActivation = "WAS";

    /// <summary>The startup type that a service should have: the guide's for Configuration Manager, Windows's own for the others.</summary>
    public static ServiceStartType UsualStartType(string name) =>
        name is ProcessActivation or NotificationServer ? ServiceStartType.Manual : ServiceStartType.Automatic;

    /// <summary>All that an agent watches, in the order a page shows them.</summary>
    public static IReadOnlyList<string> Watched { get; } =
        [WsusService, WorldWideWeb, ProcessActivation, SiteComponentManager, SmsExecutive, NotificationServer, SmsAgentHost];
}
