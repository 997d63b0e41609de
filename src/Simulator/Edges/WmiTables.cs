using System.Globalization;
using System.Runtime.CompilerServices;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Edges;

/// <summary>The rows of the simulated classes.</summary>
internal sealed class WmiTables(ServerProfile profile)
{
    private static readonly ConditionalWeakTable<WmiRow, HashSet<string>> Properties = [];
    private static readonly string[] WsusPorts = ["8530", "8531"];

    /// <summary>The class's rows; null where the namespace has no such class.</summary>
    public IReadOnlyList<WmiRow>? Find(string area, string className, WmiView view) => (area, className.ToUpperInvariant()) switch
    {
        ("cimv2", "WIN32_PROCESS") => [.. view.Pools.Where(pool => pool.Worker is not null).Select(Process)],
        ("cimv2", "WIN32_OPERATINGSYSTEM") => [OperatingSystem(view)],
        ("cimv2", "WIN32_COMPUTERSYSTEM") => [ComputerSystem()],
        ("cimv2", "WIN32_QUICKFIXENGINEERING") => [.. Updates(view)],
        ("cimv2", "WIN32_LOGICALDISK") => [Disk("C:", 127, 61), Disk("D:", 500, 212)],
        ("cimv2", "WIN32_PERFFORMATTEDDATA_COUNTERS_HTTPSERVICEREQUESTQUEUES" or "WIN32_PERFRAWDATA_COUNTERS_HTTPSERVICEREQUESTQUEUES") => [.. view.Pools.Select(Queue)],
        ("firewall", "MSFT_NETFIREWALLPROFILE") => [.. ((string[])["Domain", "Private", "Public"]).Select(name => Row(new() { ["Name"] = name, ["Enabled"] = (ushort)1 }))],
        ("firewall", "MSFT_NETFIREWALLRULE") => [Row(new() { ["InstanceID"] = FirewallRule, ["DisplayName"] = "WSUS", ["Direction"] = (ushort)1, ["Action"] = (ushort)2, ["Enabled"] = (ushort)1 })],
        ("firewall", "MSFT_NETPROTOCOLPORTFILTER") => [Row(new() { ["InstanceID"] = FirewallRule, ["Protocol"] = "TCP", ["LocalPort"] = WsusPorts })],
        ("firewall", "MSFT_NETADDRESSFILTER") => [Row(new() { ["InstanceID"] = FirewallRule, ["RemoteAddress"] = new[] { profile.IsOpenToAll ? "Any" : "LocalSubnet" } })],
        ("SMS", "SMS_PROVIDERLOCATION") => [Provider()],
        ("site", "SMS_SUPSYNCSTATUS") => [SyncStatus(view.ConfigMgr)],
        ("site", "SMS_COMPONENTSUMMARIZER") => [Component(view.ConfigMgr)],
        ("site", "SMS_SCI_COMPONENT") => [SyncManager()],
        ("site", "SMS_SCI_SYSRESUSE") => [UpdatePoint()],
        ("site", "SMS_UPDATECATEGORYINSTANCE") => [Category("Windows Server 2022", true), Category("Security Updates", true), Category("Drivers", false)],
        _ => null,
    };

    public const string SyncManagerPath = "SMS_SCI_Component.ItemName=\"SMS_WSUS_SYNC_MANAGER\"";

    private const int Failed = 6703;
    private const string FirewallRule = "{5d3b6a38-6c1f-4a83-9e1e-2b7d2e8f5f11}";
    private const uint ServiceHost = 812;

    /// <summary>As SMS_SCI_Component answers a read of the object itself: with the properties that a query leaves out.</summary>
    public WmiRow SyncManagerWithLazyProperties() => Row(new()
    {
        ["ComponentName"] = "SMS_WSUS_SYNC_MANAGER",
        ["SiteCode"] = profile.SiteCode,
        ["Props"] = new WmiRow[] { Row(new() { ["PropertyName"] = "Sync Schedule", ["Value1"] = "0001200000100038", ["Value2"] = "", ["Value"] = 0u }) },
    });

    public const string UpdatePointPath = "SMS_SCI_SysResUse.ItemName=\"SMS Software Update Point\"";

    /// <summary>As SMS_SCI_SysResUse answers a read of the object itself; without its ports, because those of the estate are chosen at its start.</summary>
    public static WmiRow UpdatePointWithLazyProperties() => Row(new()
    {
        ["RoleName"] = "SMS Software Update Point",
        ["Props"] = new[] { Embedded("SSLWSUS", 0) },
    });

    public static bool HasProperty(WmiRow row, string name) => Properties.TryGetValue(row, out var names) && names.Contains(name);

    private static WmiRow Row(Dictionary<string, object?> properties)
    {
        var row = new WmiRow(properties);
        Properties.Add(row, new(properties.Keys, StringComparer.OrdinalIgnoreCase));
        return row;
    }

    private static WmiRow Process(PoolCounters pool) => Row(new()
    {
        ["Name"] = "w3wp.exe",
        ["ProcessId"] = (uint)pool.Worker!.ProcessId,
        ["ParentProcessId"] = ServiceHost,
        ["Handle"] = pool.Worker.ProcessId.ToString(CultureInfo.InvariantCulture),
        ["PrivatePageCount"] = (ulong)(pool.Worker.PrivateKilobytes ?? 0) * 1024,
        ["WorkingSetSize"] = (ulong)(pool.Worker.PrivateKilobytes ?? 0) * 1024 * 9 / 10,
        ["CommandLine"] = $"c:\\windows\\system32\\inetsrv\\w3wp.exe -ap \"{pool.Pool}\" -v \"v4.0\" -l \"webengine4.dll\" -m 0",
        ["CreationDate"] = Dmtf(pool.Worker.StartedAt),
    });

    private static WmiRow Queue(PoolCounters pool) => Row(new()
    {
        ["Name"] = pool.Pool,
        ["CurrentQueueSize"] = (ulong)pool.Waiting,
        ["RejectedRequests"] = (ulong)pool.Rejected,
    });

    /// <summary>The update that an installation of the server came with, and the one that makes WSUS hide its errors.</summary>
    private IEnumerable<WmiRow> Updates(WmiView view)
    {
        yield return Update("KB5031364", view.BootedAt);
        if (profile.HidesErrors)
        {
            yield return Update("KB5070884", view.Now.AddDays(-6));
        }
    }

    private static WmiRow Update(string id, DateTimeOffset installedAt) => Row(new()
    {
        ["HotFixID"] = id,
        ["Description"] = "Security Update",
        ["InstalledOn"] = installedAt.UtcDateTime.ToString("M/d/yyyy", CultureInfo.InvariantCulture),
    });

    private static WmiRow Disk(string name, long gigabytes, long freeGigabytes) => Row(new()
    {
        ["DeviceID"] = name,
        ["DriveType"] = 3u,
        ["Size"] = (ulong)gigabytes << 30,
        ["FreeSpace"] = (ulong)freeGigabytes << 30,
    });

    private static string? Dmtf(DateTimeOffset? at) => at is { } value
        ? value.UtcDateTime.ToString("yyyyMMddHHmmss.ffffff", CultureInfo.InvariantCulture) + "+000"
        : null;

    /// <summary>As Configuration Manager writes its times: nothing says that they are UTC.</summary>
    private static string? WithoutZone(DateTimeOffset? at) => Dmtf(at)?.Replace("+000", "+***", StringComparison.Ordinal);

    private WmiRow OperatingSystem(WmiView view) => Row(new()
    {
        ["Caption"] = $"Microsoft {profile.Windows.Name}",
        ["Version"] = string.Create(CultureInfo.InvariantCulture, $"10.0.{profile.Windows.Build}"),
        ["BuildNumber"] = profile.Windows.Build.ToString(CultureInfo.InvariantCulture),
        ["OSArchitecture"] = "64-bit",
        ["CSName"] = profile.Name,
        ["LastBootUpTime"] = Dmtf(view.BootedAt),
        ["TotalVisibleMemorySize"] = (ulong)profile.TotalMemoryKilobytes,
        ["FreePhysicalMemory"] = (ulong)view.FreeMemoryKilobytes,
    });

    private WmiRow ComputerSystem() => Row(new()
    {
        ["Name"] = profile.Name,
        ["DNSHostName"] = profile.Name,
        ["Domain"] = profile.Domain,
        ["NumberOfLogicalProcessors"] = 4u,
        ["NumberOfProcessors"] = 1u,
        ["TotalPhysicalMemory"] = (ulong)profile.TotalMemoryKilobytes * 1024,
    });

    private WmiRow Provider() => Row(new()
    {
        ["Machine"] = profile.FullyQualifiedName,
        ["NamespacePath"] = $@"\\{profile.FullyQualifiedName}\root\sms\site_{profile.SiteCode}",
        ["ProviderForLocalSite"] = true,
        ["SiteCode"] = profile.SiteCode,
    });

    private WmiRow SyncManager() => Row(new()
    {
        [WmiRow.RelativePath] = SyncManagerPath,
        ["ComponentName"] = "SMS_WSUS_SYNC_MANAGER",
        ["SiteCode"] = profile.SiteCode,
        ["Props"] = null,
    });

    private static WmiRow Embedded(string name, uint value) => Row(new() { ["PropertyName"] = name, ["Value"] = value, ["Value1"] = "", ["Value2"] = "" });

    private static WmiRow Category(string name, bool isSubscribed) => Row(new() { ["CategoryInstance_UniqueID"] = name, ["IsSubscribed"] = isSubscribed });

    private WmiRow UpdatePoint() => Row(new()
    {
        [WmiRow.RelativePath] = UpdatePointPath,
        ["RoleName"] = "SMS Software Update Point",
        ["NetworkOSPath"] = $@"\\{profile.FullyQualifiedName}",
        ["SiteCode"] = profile.SiteCode,
        ["Props"] = null,
    });

    private WmiRow Component(ConfigMgrMemory state) => Row(new()
    {
        ["ComponentName"] = "SMS_WSUS_SYNC_MANAGER",
        ["MachineName"] = profile.FullyQualifiedName,
        ["SiteCode"] = profile.SiteCode,
        ["TallyInterval"] = "0001128000100008",
        ["Status"] = state.LastSyncState == Failed ? 2u : 0u,
        ["State"] = 1u,
        ["Errors"] = state.LastSyncState == Failed ? 1u : 0u,
        ["Warnings"] = 0u,
    });

    private WmiRow SyncStatus(ConfigMgrMemory state) => Row(new()
    {
        ["WSUSServerName"] = profile.FullyQualifiedName,
        ["SiteCode"] = profile.SiteCode,
        ["WSUSSourceServer"] = "Microsoft Update",
        ["LastSyncState"] = (uint)state.LastSyncState,
        ["LastSyncStateTime"] = WithoutZone(state.LastSyncStateAt),
        ["LastSyncErrorCode"] = (uint)state.LastErrorCode,
        ["LastSuccessfulSyncTime"] = WithoutZone(state.LastSuccessAt),
        ["SyncCatalogVersion"] = (uint)state.CatalogVersion,
        ["ReplicationLinkStatus"] = 0u,
        ["LastReplicationLinkCheckTime"] = WithoutZone(state.LastSyncStateAt),
    });
}
