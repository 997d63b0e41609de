using System.ComponentModel;
using System.Runtime.InteropServices;

namespace WsusDashboard.StandInService;

/// <summary>
/// Registers services with what they depend on, by the call that sc.exe makes: the sc.exe of Wine 8 writes rubbish after "depend=".
/// </summary>
internal static partial class ServiceRegistration
{
    private const uint AllAccess = 0xF003F;
    private const uint ServiceAllAccess = 0xF01FF;
    private const uint OwnProcess = 0x10;
    private const uint NormalError = 1;

    /// <param name="file">One line a service: name;startup;what it depends on, with commas;display name.</param>
    public static void RegisterAll(string file)
    {
        var manager = Checked(OpenSCManagerW(null, null, AllAccess), "The service control manager");
        foreach (var line in File.ReadAllLines(file).Where(line => line.Length > 0))
        {
            var parts = line.Split(';');
            var (name, startup, dependencies, displayName) = (parts[0], parts[1], parts[2], parts[3]);
            var service = Checked(
                CreateServiceW(
                    manager,
                    name,
                    displayName,
                    ServiceAllAccess,
                    OwnProcess,
                    startup == "automatic" ? 2u : 3u,
                    NormalError,
                    $"\"{Environment.ProcessPath}\" run {name}",
                    null,
                    0,
                    dependencies.Length == 0 ? null : dependencies.Replace(',', '\0') + "\0\0",
                    null,
                    null),
                name);
            CloseServiceHandle(service);
        }

        CloseServiceHandle(manager);
    }

    private static nint Checked(nint handle, string what) => handle != 0 ? handle : throw new InvalidOperationException(what, new Win32Exception());

    [LibraryImport("advapi32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint OpenSCManagerW(string? machineName, string? databaseName, uint desiredAccess);

    [LibraryImport("advapi32.dll", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial nint CreateServiceW(
        nint manager,
        string serviceName,
        string displayName,
        uint desiredAccess,
        uint serviceType,
        uint startType,
        uint errorControl,
        string binaryPathName,
        string? loadOrderGroup,
        nint tagId,
        string? dependencies,
        string? serviceStartName,
        string? password);

    [LibraryImport("advapi32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CloseServiceHandle(nint handle);
}
