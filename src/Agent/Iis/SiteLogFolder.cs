using System.Runtime.InteropServices;
using WsusDashboard.Agent.Wsus;

namespace WsusDashboard.Agent.Iis;

/// <summary>Where IIS writes the log of WSUS's site.</summary>
public sealed class SiteLogFolder(IisAccess access, WsusRegistry registry)
{
    /// <summary>The folder with the site's files; null where IIS or the site is not there, is not understood, or writes to another computer.</summary>
    /// <exception cref="Windows.EdgeException">The registry or IIS refuses.</exception>
    public string? Find()
    {
        if (!access.IsInstalled() || registry.FindSiteId() is not { } siteId)
        {
            return null;
        }

        try
        {
            using var manager = access.Open();
            var directory = Environment.ExpandEnvironmentVariables(manager.Sites.FirstOrDefault(site => site.Id == siteId)?.LogFile.Directory ?? "");
            return IsOnLocalDrive(directory) ? Path.Combine(directory, FormattableString.Invariant($"W3SVC{siteId}")) : null;
        }
        catch (Exception exception) when (exception is COMException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            access.Refusals.Record("log folder of a site", exception);
            throw IisFailures.Translate("The log folder of WSUS's site couldn't be read from IIS", exception);
        }
    }

    /// <summary>The agent runs as SYSTEM: it follows no path that leads to another computer or to a device.</summary>
    internal static bool IsOnLocalDrive(string path) =>
        OperatingSystem.IsWindows() ? path is [>= 'A' and <= 'Z' or >= 'a' and <= 'z', ':', '\\', ..] : path.StartsWith('/');
}
