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
        ReadFailure.TimedOut => $"{area} didn't answer in time. Try again when the server is less busy; until then the agent shows the last value with its age.",
        ReadFailure.NotFound => Absence(area),
        ReadFailure.Malformed => $"{area} gave an answer the agent doesn't understand. {Report}",
        ReadFailure.Fault => $"{area} returned an error of its own: see its logs. {Report}",
        _ => Report,
    };

    private static string Rights(string area) => area switch
    {
        ProbeAreas.Wsus => "Local System needs no more rights: if the agent runs as that, check the name it connects to (see above). Any other account must be in the local group WSUS Administrators.",
        ProbeAreas.ConfigMgr => "Run the agent as Local System on the site server, or give its account the role Read-only Analyst in Configuration Manager and read access to the log folder.",
        ProbeAreas.Events => "Run the agent as Local System, or add its account to the local group Event Log Readers.",
        ProbeAreas.Agent => "Run this command as an administrator: the agent's folder is closed to everyone else.",
        _ => "Run this command from an elevated prompt, and the agent as Local System or as an administrator.",
    };

    private static string Availability(string area) => area switch
    {
        ProbeAreas.Wsus => "Check WSUS's pool and the services W3SVC and WsusService: \"check\" shows what's wrong with them.",
        ProbeAreas.ConfigMgr or ProbeAreas.Windows => "Check that the service Winmgmt is running. \"winmgmt /verifyrepository\" tests the WMI repository.",
        _ => "Check that the service behind it is running.",
    };

    private static string Absence(string area) => area switch
    {
        ProbeAreas.Wsus => @"Compare HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Update Services\Server\Setup with a working server; Agent:WsusHost overrides the name.",
        ProbeAreas.ConfigMgr => "Check that this is the site server. If the registry doesn't name the log folder, set Agent:ConfigMgrLogDirectory.",
        _ => Report,
    };
}
