using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Doctor.Probes.Connections;

/// <summary>Windows' loopback check: a server's sign-in to itself is refused under any name but localhost and its own, unless the registry lists the name or turns the check off.</summary>
internal static class LoopbackCheck
{
    private const string LsaKey = @"SYSTEM\CurrentControlSet\Control\Lsa";

    /// <summary>What to do about a refused sign-in under this name; null where the check does not stand in the way, or cannot be looked at.</summary>
    public static string? Advise(IRegistry registry, string host)
    {
        try
        {
            var isOff = WmiValues.Number(registry.Read(LsaKey, "DisableLoopbackCheck")) == 1;
            var listed = registry.Read($@"{LsaKey}\MSV1_0", "BackConnectionHostNames") as string[] ?? [];
            return isOff || string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || listed.Contains(host, StringComparer.OrdinalIgnoreCase)
                ? null
                : $@"Windows' loopback check is on, and {host} isn't in BackConnectionHostNames: add it (REG_MULTI_SZ in HKEY_LOCAL_MACHINE\{LsaKey}\MSV1_0) and restart the server.";
        }
        catch (EdgeException)
        {
            return null;
        }
    }
}
