using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Logs;

/// <summary>The lines that WSUS Configuration Manager writes to WCM.log when it sets WSUS up, in its words (configmgr.md, section 5b). Here it does so before each synchronization, in life every hour.</summary>
internal sealed class ConfigurationLogLines(ServerProfile profile, ComponentLog log)
{
    public void Succeeded(DateTimeOffset at)
    {
        Attempt(at);
        log.Add(at, $"Successfully connected to server: {profile.FullyQualifiedName}, port: 8530, useSSL: False");
        log.Add(at, "Setting new configuration state to 2 (WSUS_CONFIG_SUCCESS)");
    }

    public void Failed(DateTimeOffset at, string reason)
    {
        Attempt(at);
        log.Add(at, $"System.Net.WebException: {reason}.", 3);
        log.Add(at, "Remote configuration failed on WSUS Server.", 3);
        log.Add(at, "Setting new configuration state to 3 (WSUS_CONFIG_FAILED)", 3);
    }

    private void Attempt(DateTimeOffset at) => log.Add(at, $"Attempting connection to WSUS server: {profile.FullyQualifiedName}, port: 8530, useSSL: False");
}
