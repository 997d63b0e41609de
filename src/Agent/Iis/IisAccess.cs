using System.Runtime.InteropServices;
using Microsoft.Web.Administration;
using WsusDashboard.Agent.Windows;
#if IIS_EMULATED
using WsusDashboard.Shared.Snapshots;
#endif

namespace WsusDashboard.Agent.Iis;

/// <summary>Makes <see cref="ServerManager"/> objects: on Windows for the server's own IIS, in an emulated build for the file that the options name.</summary>
public sealed class IisAccess(AgentOptions options, IRegistry registry)
{
    /// <summary>What IIS refused since this was made.</summary>
    public IisRefusals Refusals { get; } = new();

    /// <summary>Opens the configuration as it is now; an instance does not see later changes, so take a new one a read.</summary>
    /// <exception cref="EdgeException">There is no IIS that this agent may touch.</exception>
    public ServerManager Open()
    {
#if IIS_EMULATED
        _ = registry;
        if (options.ApplicationHostConfig.Length == 0)
        {
            throw new EdgeException(ReadFailure.OnlyOnWindows, "IIS can be read only on Windows. This build works on the file set in Agent:ApplicationHostConfig, and none is set.");
        }

        return File.Exists(options.ApplicationHostConfig)
            ? new ServerManager(options.ApplicationHostConfig)
            : throw new EdgeException(ReadFailure.NotFound, $"There is no file {options.ApplicationHostConfig} (Agent:ApplicationHostConfig).");
#else
        _ = options;
        return new ServerManager();
#endif
    }

    /// <summary>False where the server has no web server role: a state, not an error.</summary>
    public bool IsInstalled()
    {
#if IIS_EMULATED
        return true;
#else
        return registry.Read(@"SOFTWARE\Microsoft\InetStp", "MajorVersion") is not null;
#endif
    }

    /// <summary>State and workers come from the service WAS; while it is stopped (iisreset does that) the settings are still there to be read.</summary>
    internal T WhileActivated<T>(string call, Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (COMException exception)
        {
            Refusals.Record(call, exception);
            return otherwise;
        }
    }
}
