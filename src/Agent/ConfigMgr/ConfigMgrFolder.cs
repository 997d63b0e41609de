using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Agent.ConfigMgr;

/// <summary>Where Configuration Manager is on this server, as the registry says (configmgr.md, 2a).</summary>
public sealed class ConfigMgrFolder(IRegistry registry, AgentOptions options)
{
    private const string SetupKey = @"SOFTWARE\Microsoft\SMS\Setup";
    private const string TracingKey = @"SOFTWARE\Microsoft\SMS\Tracing";
    private const string IdentificationKey = @"SOFTWARE\Microsoft\SMS\Identification";

    /// <summary>The inbox of the synchronization manager; null where Configuration Manager is not installed.</summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public string? FindSyncInbox() => FindInstallation() is { } folder ? Path.Combine(folder, "inboxes", "WSyncMgr.box") : null;

    /// <summary>Code of the site that this server belongs to; null where the registry names none.</summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public string? FindSite() => Text("Site Code");

    /// <summary>Code of the parent site; null at the top. The name of the value is from memory: where it is another, the site counts as top.</summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public string? FindParentSite() => Text("Parent Site Code");

    /// <summary>The folder of the logs; null where Configuration Manager is not installed.</summary>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    public string? FindLogs()
    {
        if (options.ConfigMgrLogDirectory.Length > 0)
        {
            return options.ConfigMgrLogDirectory;
        }

        return FindInstallation() is { } folder ? Path.Combine(folder, "Logs") : null;
    }

    /// <summary>One of the logs of the synchronization; null where this server has none of it.</summary>
    /// <param name="name">One of <see cref="LogNames"/>.</param>
    /// <exception cref="EdgeException">The registry refuses.</exception>
    /// <remarks>
    /// A software update point that is no site server has no installation folder, but its components say where they write: in the key of their tracing. That
    /// key is documented, the name of the value is from memory.
    /// </remarks>
    public string? FindLog(string name)
    {
        if (FindLogs() is { } directory)
        {
            return Path.Combine(directory, name + ".log");
        }

        var component = name switch
        {
            LogNames.SyncManager => "SMS_WSUS_SYNC_MANAGER",
            LogNames.ConfigurationManager => "SMS_WSUS_CONFIGURATION_MANAGER",
            LogNames.ControlManager => "SMS_WSUS_CONTROL_MANAGER",
            _ => throw new ArgumentException($"There is no log \"{name}\".", nameof(name)),
        };
        return registry.Read($@"{TracingKey}\{component}", "TraceFilename") is string { Length: > 0 } file ? file.Trim() : null;
    }

    private string? FindInstallation() => registry.Read(SetupKey, "Installation Directory") is string { Length: > 0 } folder ? folder : null;

    private string? Text(string name) => registry.Read(IdentificationKey, name) is string { Length: > 0 } text ? text.Trim() : null;
}
