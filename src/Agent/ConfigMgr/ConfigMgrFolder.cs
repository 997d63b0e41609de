using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Where Configuration Manager keeps its logs on this server.</summary>
public sealed class ConfigMgrFolder(IRegistry registry, AgentOptions options)
{
    private const string SetupKey = @"SOFTWARE\Microsoft\SMS\Setup";

    /// <summary>The folder of the logs; null where Configuration Manager is not installed.</summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public string? FindLogs()
    {
        if (options.ConfigMgrLogDirectory.Length > 0)
        {
            return options.ConfigMgrLogDirectory;
        }

        return registry.Read(SetupKey, "Installation Directory") is string { Length: > 0 } folder ? Path.Combine(folder, "Logs") : null;
    }
}
