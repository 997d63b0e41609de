using System.Runtime.Versioning;
using System.Security;
using Microsoft.Win32;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>HKEY_LOCAL_MACHINE, 64-bit view, read only.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsRegistry : IRegistry
{
    public object? Read(string key, string name)
    {
        try
        {
            using var machine = RegistryKey.OpenBaseKey(RegistryHive.LocalMachine, RegistryView.Registry64);
            using var opened = machine.OpenSubKey(key, writable: false);
            return opened?.GetValue(name);
        }
        catch (Exception exception) when (exception is SecurityException or UnauthorizedAccessException or IOException)
        {
            throw WindowsFailures.Translate($@"Registry value HKEY_LOCAL_MACHINE\{key}, {name}, couldn't be read", exception);
        }
    }

    public bool HasKey(string key)
    {
        try
        {
            using var machine = RegistryKey.OpenBaseKey(RegistryHive.LocalMachine, RegistryView.Registry64);
            using var opened = machine.OpenSubKey(key, writable: false);
            return opened is not null;
        }
        catch (Exception exception) when (exception is SecurityException or UnauthorizedAccessException or IOException)
        {
            throw WindowsFailures.Translate($@"Registry key HKEY_LOCAL_MACHINE\{key} couldn't be read", exception);
        }
    }
}
