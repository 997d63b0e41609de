using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Agent.Evidence;

/// <summary>One log that may say why a synchronization did not succeed.</summary>
/// <param name="Name">As in <see cref="Shared.Syncs.LoggedLine.Log"/>.</param>
/// <param name="Path">The file that is written now; it need not exist.</param>
/// <param name="Older">Files of the time before, newest first; they need not exist.</param>
internal sealed record LogLocation(string Name, string Path, IReadOnlyList<string> Older)
{
    /// <summary>How its lines are read; a new one for each file.</summary>
    public Func<LogForm> CreateForm { get; init; } = () => new PlainLogForm();
}

/// <summary>Where the logs are that tell of a synchronization: a closed list, found from the registry, from IIS and from Windows.</summary>
internal sealed class LogLocator(ConfigMgrFolder folder, IRegistry registry, WsusRegistry wsusRegistry, SiteLogFolder siteLogs)
{
    public const string SoftwareDistribution = "SoftwareDistribution";
    public const string HttpErrors = "HTTPERR";
    public const string WebRequests = "IIS";

    private const string HttpKey = @"SYSTEM\CurrentControlSet\Services\HTTP\Parameters";

    /// <summary>The logs of Configuration Manager, of WSUS, of HTTP.sys and of WSUS's site, as far as this server has them.</summary>
    public IReadOnlyList<LogLocation> FindAll() => [.. Find(ConfigMgrLogs), .. Find(WsusLog), .. Find(HttpLog), .. Find(SiteLog)];

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
        LogNames.All.Select(name => (Name: name, Path: folder.FindLog(name))).Where(log => log.Path is not null).Select(log => new LogLocation(log.Name, log.Path!, [Path.ChangeExtension(log.Path!, ".lo_")]));

    /// <summary>The name of the rolled file is from memory.</summary>
    private IEnumerable<LogLocation> WsusLog() =>
        registry.Read(WsusRegistry.SetupKey, "TargetDir") is string { Length: > 0 } target && Path.Combine(target, "LogFiles", "SoftwareDistribution.log") is var path
            ? [new LogLocation(SoftwareDistribution, path, [path + ".old"])]
            : [];

    /// <summary>HTTP.sys makes a folder HTTPERR in the one that its parameters name (Microsoft, Error logging in HTTP APIs).</summary>
    private IEnumerable<LogLocation> HttpLog()
    {
        var named = registry.Read(HttpKey, "ErrorLoggingDir") as string ?? "";
        var parent = SiteLogFolder.IsOnLocalDrive(named) ? named : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.System), "LogFiles");
        var siteId = wsusRegistry.FindSiteId();
        return FindFiles(HttpErrors, Path.IsPathRooted(parent) ? Path.Combine(parent, "HTTPERR") : "", "httperr*.log", () => new WebLogForm(isOfHttpSys: true, siteId));
    }

    private IEnumerable<LogLocation> SiteLog() => FindFiles(WebRequests, siteLogs.Find() ?? "", "u_ex*.log", () => new WebLogForm(isOfHttpSys: false, siteId: null));

    private static IEnumerable<LogLocation> FindFiles(string name, string directory, string pattern, Func<LogForm> createForm) =>
        directory.Length > 0 && Directory.Exists(directory) && SortNewestFirst(Directory.EnumerateFiles(directory, pattern)) is [var newest, .. var older]
            ? [new LogLocation(name, newest, [.. older.Take(1)]) { CreateForm = createForm }]
            : [];

    /// <summary>
    /// HTTP.sys numbers its files (httperr10.log comes after httperr9.log), IIS names them after the day (u_ex260105.log). The time of a file that is being written is not to be relied upon.
    /// </summary>
    internal static string[] SortNewestFirst(IEnumerable<string> files) => [.. files.OrderByDescending(file => file.Length).ThenByDescending(file => file, StringComparer.OrdinalIgnoreCase)];
}
