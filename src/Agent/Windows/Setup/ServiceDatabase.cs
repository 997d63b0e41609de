using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>Registers services with the service control manager. .NET has no call for it, and sc.exe would be one more program to start.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class ServiceDatabase
{
    private const uint ManagerAccess = 0x0001 | 0x0002; // connect, create service
    private const uint ServiceAccess = 0xF01FF;
    private const uint Connect = 0x0001;
    private const uint ChangeConfiguration = 0x0002;
    private const uint NoChange = 0xFFFFFFFF;
    private const uint OwnProcess = 0x10;
    private const uint AutomaticStart = 2;
    private const uint ManualStart = 3;
    private const uint NoStart = 4;
    private const uint NormalErrorControl = 1;
    private const uint DescriptionInformation = 1;
    private const uint FailureActionsInformation = 2;
    private const uint DelayedStartInformation = 3;
    private const uint FailureFlagInformation = 4;
    private const int RestartAction = 1;
    private const int UnknownInformation = 124;

    /// <summary>Days without a failure after which the waits begin again.</summary>
    private const uint FailureResetSeconds = 24 * 60 * 60;

    /// <summary>Waits before a restart: an agent that fails again and again does not burden its server. The last one is repeated.</summary>
    private static readonly uint[] RestartDelaysMilliseconds = [10_000, 60_000, 300_000];

    public static void Create(ServiceDefinition service, string? password)
    {
        using var manager = Open();
        using var created = Checked(CreateServiceW(
            manager, service.Name, service.DisplayName, ServiceAccess, OwnProcess, AutomaticStart, NormalErrorControl, service.Command, null, 0, null, Account(service), password));
        Describe(created, service);
    }

    public static void Change(ServiceDefinition service, string? password, bool keepsAccount)
    {
        using var manager = Open();
        using var opened = Checked(OpenServiceW(manager, service.Name, ServiceAccess));
        Check(ChangeServiceConfigW(opened, OwnProcess, AutomaticStart, NormalErrorControl, service.Command, null, 0, null, keepsAccount ? null : Account(service), password, service.DisplayName));
        Describe(opened, service);
    }

    public static void Delete(string name)
    {
        using var manager = Open();
        using var opened = Checked(OpenServiceW(manager, name, ServiceAccess));
        Check(DeleteService(opened));
    }

    /// <summary>Changes that one value and asks for no more rights than it takes; whether an automatic start is delayed is another setting, and stays.</summary>
    public static void SetStartType(string name, ServiceStartType startType)
    {
        var value = startType switch
        {
            ServiceStartType.Automatic or ServiceStartType.AutomaticDelayed => AutomaticStart,
            ServiceStartType.Manual => ManualStart,
            ServiceStartType.Disabled => NoStart,
            _ => throw new ArgumentOutOfRangeException(nameof(startType), startType, "Allowed: Automatic, AutomaticDelayed, Manual, Disabled."),
        };
        using var manager = Checked(OpenSCManagerW(null, null, Connect));
        using var opened = Checked(OpenServiceW(manager, name, ChangeConfiguration));
        Check(ChangeServiceConfigW(opened, NoChange, value, NoChange, null, null, 0, null, null, null, null));
    }

    private static string Account(ServiceDefinition service) => service.IsLocalSystem ? ServiceDefinition.LocalSystem : service.Account;

    private static void Describe(ServiceHandle handle, ServiceDefinition service)
    {
        fixed (char* text = service.Description)
        {
            var description = (nint)text;
            Check(ChangeServiceConfig2W(handle, DescriptionInformation, &description));
        }

        var isDelayed = 1;
        CheckKnown(ChangeServiceConfig2W(handle, DelayedStartInformation, &isDelayed));
        var actions = stackalloc ServiceAction[RestartDelaysMilliseconds.Length];
        for (var index = 0; index < RestartDelaysMilliseconds.Length; index++)
        {
            actions[index] = new ServiceAction { Type = RestartAction, DelayMilliseconds = RestartDelaysMilliseconds[index] };
        }

        var failure = new FailureActions { ResetSeconds = FailureResetSeconds, Count = (uint)RestartDelaysMilliseconds.Length, Actions = actions };
        CheckKnown(ChangeServiceConfig2W(handle, FailureActionsInformation, &failure));

        // An end with an error is a failure too, not only a crash.
        var countsErrors = 1;
        CheckKnown(ChangeServiceConfig2W(handle, FailureFlagInformation, &countsErrors));
    }

    private static ServiceHandle Open() => Checked(OpenSCManagerW(null, null, ManagerAccess));

    private static ServiceHandle Checked(ServiceHandle handle) => handle.IsInvalid ? throw new Win32Exception() : handle;

    private static void Check(bool succeeded)
    {
        if (!succeeded)
        {
            throw new Win32Exception();
        }
    }

    // Wine 8 does not know these; every Windows that the agent supports does.
    private static void CheckKnown(bool succeeded)
    {
        if (!succeeded && Marshal.GetLastPInvokeError() != UnknownInformation)
        {
            throw new Win32Exception();
        }
    }

    [LibraryImport("advapi32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial ServiceHandle OpenSCManagerW(string? machineName, string? databaseName, uint access);

    [LibraryImport("advapi32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial ServiceHandle OpenServiceW(ServiceHandle manager, string name, uint access);

    [LibraryImport("advapi32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial ServiceHandle CreateServiceW(
        ServiceHandle manager,
        string name,
        string displayName,
        uint access,
        uint serviceType,
        uint startType,
        uint errorControl,
        string command,
        string? loadOrderGroup,
        nint tag,
        string? dependencies,
        string account,
        string? password);

    [LibraryImport("advapi32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool ChangeServiceConfigW(
        ServiceHandle service,
        uint serviceType,
        uint startType,
        uint errorControl,
        string? command,
        string? loadOrderGroup,
        nint tag,
        string? dependencies,
        string? account,
        string? password,
        string? displayName);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool ChangeServiceConfig2W(ServiceHandle service, uint level, void* information);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool DeleteService(ServiceHandle service);

    [LibraryImport("advapi32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CloseServiceHandle(nint handle);

    [StructLayout(LayoutKind.Sequential)]
    private struct ServiceAction
    {
        public int Type;
        public uint DelayMilliseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FailureActions
    {
        public uint ResetSeconds;
        public nint RebootMessage;
        public nint Command;
        public uint Count;
        public ServiceAction* Actions;
    }

    private sealed class ServiceHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => CloseServiceHandle(handle);
    }
}
