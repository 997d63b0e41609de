using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>What to do about an edge that refused, where its own message does not say.</summary>
internal static class ProbeAdvice
{
    private const string Report = "Add --report FILE and attach the file to a bug report.";

    public static string For(string area, ReadFailure failure) => failure switch
    {
        ReadFailure.AccessDenied => Rights(area),
        ReadFailure.Unavailable => Availability(area),
        ReadFailure.TimedOut => $"{area} did not answer in time. Try again when the server is less busy; the agent shows the last value with its age meanwhile.",
        ReadFailure.NotFound => Absence(area),
        ReadFailure.Malformed => $"{area} answered something that the agent does not understand. {Report}",
        ReadFailure.Fault => $"{area} answered with an error of its own: look it up in its own logs. {Report}",
        _ => Report,
    };

    private static string Rights(string area) => area switch
    {
        ProbeAreas.Wsus => "Run the agent as Local System, or add its account to the local group WSUS Administrators.",
        ProbeAreas.ConfigMgr => "Run the agent as Local System on the site server, or give its account the role Read-only Analyst in Configuration Manager and read access to the log folder.",
        ProbeAreas.Events => "Run the agent as Local System, or add its account to the local group Event Log Readers.",
        ProbeAreas.Agent => "Run this command as an administrator: the agent's folder is closed to everybody else.",
        _ => "Run this command from an elevated prompt, and the agent as Local System or as an administrator.",
    };

    private static string Availability(string area) => area switch
    {
        ProbeAreas.Wsus => "Look at the pool of WSUS and at the services W3SVC and WsusService: \"check\" says what is wrong with them.",
        ProbeAreas.ConfigMgr or ProbeAreas.Windows => "Is the service Winmgmt running? \"winmgmt /verifyrepository\" tests the repository of WMI.",
        _ => "Is the service behind it running?",
    };

    private static string Absence(string area) => area switch
    {
        ProbeAreas.Wsus => @"Compare HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Update Services\Server\Setup with a server that works; Agent:WsusHost overrides the name.",
        ProbeAreas.ConfigMgr => "Is this the site server? Agent:ConfigMgrLogDirectory names the folder of the logs where the registry does not.",
        _ => Report,
    };
}
