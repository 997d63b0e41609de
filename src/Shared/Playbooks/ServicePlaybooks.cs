using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Playbooks;

/// <summary>Which playbook brings a stopped service back.</summary>
internal static class ServicePlaybooks
{
    private static readonly string[] WsusServices = [ServiceNames.ProcessActivation, ServiceNames.WorldWideWeb, ServiceNames.WsusService];

    /// <summary>The lightest playbook that starts the service; null where one that it must start is Disabled and no playbook changes that.</summary>
    public static string? For(ServicesState? services, string name)
    {
        var needed = WsusServices.Contains(name) ? WsusServices : [name];
        var disabled = needed.Where(service => services?.Find(service) is { StartType: ServiceStartType.Disabled }).ToList();

        return disabled.Count > 0 ? disabled.TrueForAll(CanBeEnabled) ? PlaybookCatalog.RestoreStartupId : null
            : needed == WsusServices ? PlaybookCatalog.StartWsusId
            : name == ServiceNames.SmsExecutive ? PlaybookCatalog.StartSmsExecutiveId
            : PlaybookCatalog.RestartServicesId;
    }

    private static bool CanBeEnabled(string service) => PlaybookCatalog.RestoreStartup.Steps.Any(step => step.Kind is StepKind.SetStartType && step.Target == service);
}
