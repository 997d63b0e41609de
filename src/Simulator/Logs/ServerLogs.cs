using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Logs;

/// <summary>What a synchronization of one server leaves in its logs.</summary>
internal sealed class ServerLogs
{
    private readonly ComponentLog _configuration;

    /// <param name="profile">The server.</param>
    /// <param name="directory">Where Configuration Manager writes its logs.</param>
    /// <param name="web">HTTPERR and the log of WSUS's site.</param>
    /// <param name="maximumBytes">At which a log of Configuration Manager rolls over.</param>
    public ServerLogs(ServerProfile profile, string directory, WebLogs web, long maximumBytes = ComponentLog.DefaultMaximumBytes)
    {
        SyncManager = new(directory, "wsyncmgr", "SMS_WSUS_SYNC_MANAGER", profile.WritesFullLogForm, maximumBytes);
        _configuration = new(directory, "WCM", "SMS_WSUS_CONFIGURATION_MANAGER", profile.WritesFullLogForm, maximumBytes);
        Configuration = new(profile, _configuration);
        Web = web;
    }

    /// <summary>wsyncmgr.log.</summary>
    public ComponentLog SyncManager { get; }

    /// <summary>WCM.log.</summary>
    public ConfigurationLogLines Configuration { get; }

    /// <summary>HTTPERR and the log of WSUS's site.</summary>
    public WebLogs Web { get; }

    public void Flush()
    {
        SyncManager.Flush();
        _configuration.Flush();
        Web.Flush();
    }

    /// <summary>Makes the current logs of Configuration Manager the old ones.</summary>
    public void RollOver()
    {
        SyncManager.RollOver();
        _configuration.RollOver();
    }
}
