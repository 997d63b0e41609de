using WsusDashboard.Agent.Windows;
using WsusDashboard.Simulator.Configuration;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Edges;

/// <summary>The registry values that WSUS, Configuration Manager and Windows keep (wsus.md, 2.1; configmgr.md, 2a and 5).</summary>
internal sealed class SimulatedRegistry : IRegistry
{
    private readonly Dictionary<string, object> _values = new(StringComparer.OrdinalIgnoreCase);

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

    public object? Read(string key, string name) => _values.GetValueOrDefault(Name(key.Trim('\\'), name));

    private static string Name(string key, string name) => $"{key}\n{name}";

    private void Set(string key, string name, object value) => _values[Name(key, name)] = value;

    private void AddWindows(ServerProfile profile, ServerFiles files)
    {
        const string Version = @"SOFTWARE\Microsoft\Windows NT\CurrentVersion";
        Set(Version, "ProductName", "Windows Server 2022 Standard");
        Set(Version, "CurrentBuildNumber", "20348");
        Set(Version, "CurrentBuild", "20348");
        Set(Version, "DisplayVersion", "21H2");
        Set(Version, "UBR", profile.HidesErrors ? 4297 : 2849);
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
    }

    private void AddConfigMgr(ServerProfile profile, ServerFiles files)
    {
        Set(@"SOFTWARE\Microsoft\SMS\Identification", "Site Code", profile.SiteCode);
        Set(@"SOFTWARE\Microsoft\SMS\Identification", "Server", profile.FullyQualifiedName);
        Set(@"SOFTWARE\Microsoft\SMS\Setup", "Installation Directory", files.Root);
        Set(@"SOFTWARE\Microsoft\SMS\Setup", "Full Version", "5.00.9128.1000");
        const string Tracing = @"SOFTWARE\Microsoft\SMS\Tracing\SMS_WSUS_SYNC_MANAGER";
        Set(Tracing, "TraceFilename", Path.Combine(files.LogDirectory, "wsyncmgr.log"));
        Set(Tracing, "MaxFileSize", (int)Logs.ComponentLog.DefaultMaximumBytes);
        Set(Tracing, "LoggingLevel", 1);
    }
}
