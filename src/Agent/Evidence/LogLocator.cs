using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Agent.Evidence;

/// <summary>One log that may say why a synchronization did not succeed.</summary>
/// <param name="Name">As in <see cref="Shared.Syncs.LoggedLine.Log"/>.</param>
/// <param name="Path">The file; it need not exist.</param>
internal sealed record LogLocation(string Name, string Path);

/// <summary>Where the logs are that tell of a synchronization: a closed list, found from the registry and from Windows.</summary>
internal sealed class LogLocator(ConfigMgrFolder folder, IRegistry registry)
{
    public const string SoftwareDistribution = "SoftwareDistribution";
    public const string HttpErrors = "HTTPERR";

    /// <summary>The logs of Configuration Manager, of WSUS and of HTTP.sys, as far as this server has them.</summary>
    public IReadOnlyList<LogLocation> FindAll() => [.. Find(ConfigMgrLogs), .. Find(WsusLog), .. Find(HttpLog)];

    /// <summary>A registry or a folder that refuses takes its own logs away, not the others.</summary>
    private static List<LogLocation> Find(Func<IEnumerable<LogLocation>> places)
    {
        try
        {
            return [.. places()];
        }
        catch (Exception exception) when (exception is EdgeException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private IEnumerable<LogLocation> ConfigMgrLogs() =>
        LogNames.All.Select(name => (Name: name, Path: folder.FindLog(name))).Where(log => log.Path is not null).Select(log => new LogLocation(log.Name, log.Path!));

    private IEnumerable<LogLocation> WsusLog() => registry.Read(WsusRegistry.SetupKey, "TargetDir") is string { Length: > 0 } target
        ? [new LogLocation(SoftwareDistribution, Path.Combine(target, "LogFiles", "SoftwareDistribution.log"))]
        : [];

    private static IEnumerable<LogLocation> HttpLog()
    {
        var system = Environment.GetFolderPath(Environment.SpecialFolder.System);
        var directory = Path.Combine(system, "LogFiles", "HTTPERR");

        return system.Length > 0 && Directory.Exists(directory) && FindNewest(Directory.EnumerateFiles(directory, "httperr*.log")) is { } newest
            ? [new LogLocation(HttpErrors, newest)]
            : [];
    }

    /// <summary>HTTP.sys numbers its files: httperr10.log comes after httperr9.log. The time of a file that is being written is not to be relied upon.</summary>
    internal static string? FindNewest(IEnumerable<string> files) => files.OrderBy(file => file.Length).ThenBy(file => file, StringComparer.OrdinalIgnoreCase).LastOrDefault();
}
