using System.Runtime.Versioning;
using System.ServiceProcess;
using WsusDashboard.Agent.Windows.Setup;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>The service control manager through ServiceController; account and delayed start from the registry.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsServiceControl(IRegistry registry) : IServiceControl
{
    public Task<ServiceStatus> ReadAsync(string name, CancellationToken cancellationToken) =>
        WindowsFailures.CallAsync($"Service {name} couldn't be read", () => Read(name), cancellationToken);

    public Task StartAsync(string name, CancellationToken cancellationToken) => WindowsFailures.CallAsync(
        $"Service {name} couldn't be started",
        () =>
        {
            using var controller = new ServiceController(name);
            controller.Start();
            return true;
        },
        cancellationToken);

    public Task StopAsync(string name, CancellationToken cancellationToken) => WindowsFailures.CallAsync(
        $"Service {name} couldn't be stopped",
        () =>
        {
            using var controller = new ServiceController(name);
            controller.Stop(stopDependentServices: false);
            return true;
        },
        cancellationToken);

    public Task SetStartTypeAsync(string name, ServiceStartType startType, CancellationToken cancellationToken) => WindowsFailures.CallAsync(
        $"Startup type of service {name} couldn't be changed",
        () =>
        {
            ServiceDatabase.SetStartType(name, startType);
            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<string>> ReadRunningDependentsAsync(string name, CancellationToken cancellationToken) =>
        WindowsFailures.CallAsync($"Dependents of service {name} couldn't be read", () => ReadRunningDependents(name), cancellationToken);

    private static IReadOnlyList<string> ReadRunningDependents(string name)
    {
        using var controller = new ServiceController(name);

        // EnumDependentServices lists indirect dependents too, in reverse start order: the order in which they must be stopped.
        var dependents = controller.DependentServices;
        try
        {
            return [.. dependents.Where(dependent => dependent.Status != ServiceControllerStatus.Stopped).Select(dependent => dependent.ServiceName)];
        }
        finally
        {
            foreach (var dependent in dependents)
            {
                dependent.Dispose();
            }
        }
    }

    private ServiceStatus Read(string name)
    {
        using var controller = new ServiceController(name);
        try
        {
            return new ServiceStatus
            {
                Name = name,
                DisplayName = controller.DisplayName,
                State = Map(controller.Status),
                StartType = Map(controller.StartType, name),
                Account = ReadSetting(name, "ObjectName") as string ?? "",
            };
        }
        catch (InvalidOperationException exception) when (WindowsFailures.IsServiceMissing(exception))
        {
            return new ServiceStatus { Name = name, State = ServiceState.NotInstalled };
        }
    }

    /// <summary>Null where the registry refuses: the state of the service is worth more than what stands beside it.</summary>
    private object? ReadSetting(string service, string name)
    {
        try
        {
            return registry.Read(ServiceKey(service), name);
        }
        catch (EdgeException)
        {
            return null;
        }
    }

    private ServiceStartType Map(ServiceStartMode mode, string name) => mode switch
    {
        ServiceStartMode.Boot => ServiceStartType.Boot,
        ServiceStartMode.System => ServiceStartType.System,
        ServiceStartMode.Automatic when ReadSetting(name, "DelayedAutostart") is int and not 0 => ServiceStartType.AutomaticDelayed,
        ServiceStartMode.Automatic => ServiceStartType.Automatic,
        ServiceStartMode.Manual => ServiceStartType.Manual,
        ServiceStartMode.Disabled => ServiceStartType.Disabled,
        _ => ServiceStartType.Unknown,
    };

    private static ServiceState Map(ServiceControllerStatus status) => status switch
    {
        ServiceControllerStatus.Stopped => ServiceState.Stopped,
        ServiceControllerStatus.StartPending => ServiceState.StartPending,
        ServiceControllerStatus.StopPending => ServiceState.StopPending,
        ServiceControllerStatus.Running => ServiceState.Running,
        ServiceControllerStatus.ContinuePending => ServiceState.ContinuePending,
        ServiceControllerStatus.PausePending => ServiceState.PausePending,
        ServiceControllerStatus.Paused => ServiceState.Paused,
        _ => ServiceState.Unknown,
    };

    private static string ServiceKey(string name) => $@"SYSTEM\CurrentControlSet\Services\{name}";
}
