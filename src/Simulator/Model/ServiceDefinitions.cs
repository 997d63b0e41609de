using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Model;

/// <summary>Which services a simulated server has (configmgr.md, section 4; accounts and startup types: guide.md).</summary>
internal static class ServiceDefinitions
{
    private const string LocalSystem = "LocalSystem";
    private const string NetworkService = @"NT AUTHORITY\NetworkService";

    public static IReadOnlyList<ServiceDefinition> For(ServerProfile profile)
    {
        List<ServiceDefinition> services =
        [
            new(ServiceNames.ProcessActivation, "Windows Process Activation Service", ServiceStartType.Manual, LocalSystem, 1.5, 2),
            new(ServiceNames.WorldWideWeb, "World Wide Web Publishing Service", ServiceStartType.Automatic, LocalSystem, 1.5, 2, ServiceNames.ProcessActivation),
            new(ServiceNames.WsusService, "WSUS Service", ServiceStartType.Automatic, NetworkService, 3, 4),
        ];
        if (profile.IsSiteServer)
        {
            // SMS_EXECUTIVE ends its threads one by one: the slowest stop of all.
            services.AddRange(
            [
                new(ServiceNames.SiteComponentManager, "SMS_SITE_COMPONENT_MANAGER", ServiceStartType.Automatic, LocalSystem, 3, 4),
                new(ServiceNames.SmsExecutive, "SMS_EXECUTIVE", ServiceStartType.Automatic, LocalSystem, 5, 12),
                new(ServiceNames.NotificationServer, "SMS_NOTIFICATION_SERVER", ServiceStartType.Manual, NetworkService, 2, 3),
                new("SMS_SITE_VSS_WRITER", "SMS_SITE_VSS_WRITER", ServiceStartType.Automatic, LocalSystem, 2, 2),
            ]);
        }

        if (profile.IsSiteServer || profile.IsReplica)
        {
            services.Add(new(ServiceNames.SmsAgentHost, "SMS Agent Host", ServiceStartType.Automatic, LocalSystem, 4, 4));
        }

        return services;
    }
}
