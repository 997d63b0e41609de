using System.Globalization;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Configuration;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Edges;

/// <summary>The registry values that WSUS, Configuration Manager and Windows keep (wsus.md, 2.1; configmgr.md, 2a and 5).</summary>
internal sealed class SimulatedRegistry : IRegistry
{
    private readonly Dictionary<string, object> _values = new(StringComparer.OrdinalIgnoreCase);
    private string? _refused;

    public SimulatedRegistry(ServerProfile profile, ServerFiles files, int wsusPort)
    {
        AddWindows(profile, files);
        AddWsus(profile, files, wsusPort);
        if (profile.IsSiteServer)
        {
            AddConfigMgr(profile, files);
        }

        if (profile.IsSiteServer || profile.IsReplica)
        {
            Set(@"SOFTWARE\Microsoft\SMS\Mobile Client", "AssignedSiteCode", profile.SiteCode);
        }
    }

    public object? Read(string key, string name)
    {
        var wanted = Name(key.Trim('\\'), name);
        return wanted == _refused
            ? throw new EdgeException(ReadFailure.AccessDenied, $@"Registry value HKEY_LOCAL_MACHINE\{key}, {name}, couldn't be read: access is denied (Windows error 5).")
            : _values.GetValueOrDefault(wanted);
    }

    public bool HasKey(string key) => _values.Keys.Any(name => name.StartsWith(key.Trim('\\') + "\n", StringComparison.OrdinalIgnoreCase) || name.StartsWith(key.Trim('\\') + "\\", StringComparison.OrdinalIgnoreCase));

    private static string Name(string key, string name) => $"{key}\n{name}";

    private void Set(string key, string name, object value) => _values[Name(key, name)] = value;

    private void AddWindows(ServerProfile profile, ServerFiles files)
    {
        const string Version = @"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
        var build = profile.Windows.Build.ToString(CultureInfo.InvariantCulture);
        Set(Version, "ProductName", profile.Windows.Name);
        Set(Version, "EditionID", "ServerStandard");
        Set(Version, "InstallationType", "Server");
        Set(Version, "CurrentBuildNumber", build);
        Set(Version, "CurrentBuild", build);
        if (profile.Windows.Revision is { } revision)
        {
            Set(Version, "UBR", revision);
        }
        else
        {
            _refused = Name(Version, "UBR");
        }

        Set(@"SYSTEM\CurrentControlSet\Services\HTTP\Parameters", "ErrorLoggingDir", files.HttpLogDirectory);
        Set(@"SOFTWARE\Microsoft\InetStp", "MajorVersion", 10);
        Set(@"SOFTWARE\Microsoft\InetStp", "VersionString", "Version 10.0");
        const string Network = @"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";
        Set(Network, "Hostname", profile.Name);
        Set(Network, "NV Hostname", profile.Name);
        Set(Network, "Domain", profile.Domain);
    }

    private void AddWsus(ServerProfile profile, ServerFiles files, int wsusPort)
    {
        const string Setup = @"SOFTWARE\Microsoft\Update Services\Server\Setup";
        Set(Setup, "PortNumber", wsusPort);
        Set(Setup, "UsingSSL", profile.CertificateDays is null ? 0 : 1);
        Set(Setup, "IISTargetWebSiteIndex", ApplicationHostTemplate.WsusSiteId);
        Set(Setup, "SqlServerName", "MICROSOFT##WID");
        Set(Setup, "SqlDatabaseName", "SUSDB");
        Set(Setup, "SqlAuthenticationMode", "WindowsAuthentication");
        Set(Setup, "ContentDir", @"D:\WSUS");
        Set(Setup, "TargetDir", files.WsusDirectory);
        Set(Setup, "VersionString", Wire.WsusReplyWriter.ServerVersion);
        Set(Setup, "EnableRemoting", 1);
        Set(Setup, "ServerCertificateName", profile.FullyQualifiedName);
        Set(Setup + @"\Installed Role Services", "UpdateServices-Services", 2);
        Set(Setup + @"\Installed Role Services", "UpdateServices-WidDatabase", 2);
    }

    private void AddConfigMgr(ServerProfile profile, ServerFiles files)
    {
        Set(@"SOFTWARE\Microsoft\SMS\Identification", "Site Code", profile.SiteCode);
        Set(@"SOFTWARE\Microsoft\SMS\Identification", "Server", profile.FullyQualifiedName);
        Set(@"SOFTWARE\Microsoft\SMS\Setup", "Installation Directory", files.Root);
        Set(@"SOFTWARE\Microsoft\SMS\Setup", "Full Version", profile.ConfigMgrVersion);
        Set(@"SOFTWARE\Microsoft\SMS\COMPONENTS\SMS_WSUS_CONTROL_MANAGER", "Installation State", "Installed");
        const string Tracing = @"SOFTWARE\Microsoft\SMS\Tracing\SMS_WSUS_SYNC_MANAGER";
        Set(Tracing, "TraceFilename", Path.Combine(files.LogDirectory, "wsyncmgr.log"));
        Set(Tracing, "MaxFileSize", (int)Logs.ComponentLog.DefaultMaximumBytes);
        Set(Tracing, "LoggingLevel", 1);
    }
}
