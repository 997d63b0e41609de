using System.Runtime.Versioning;
using System.Security.Principal;

namespace WsusDashboard.Agent.Windows.Setup;

/// <summary>The account that a process runs as.</summary>
/// <param name="Name">DOMAIN\name on Windows.</param>
/// <param name="IsAdministrator">True where its rights are those of an administrator now; false in a prompt that is not elevated.</param>
/// <param name="IsLocalSystem">The account NT AUTHORITY\SYSTEM.</param>
/// <param name="GroupIds">Security identifiers of its groups: names are translated, identifiers are not.</param>
public sealed record AccountReading(string Name, bool IsAdministrator, bool IsLocalSystem, IReadOnlyList<string> GroupIds);

/// <summary>Reads the account of this process.</summary>
internal static class ProcessAccount
{
    public static AccountReading Read() => OperatingSystem.IsWindows()
        ? ReadWindows()
        : new AccountReading(Environment.UserName, Environment.IsPrivilegedProcess, false, []);

    [SupportedOSPlatform("windows")]
    private static AccountReading ReadWindows()
    {
        using var identity = WindowsIdentity.GetCurrent();
        return new AccountReading(
            identity.Name,
            new WindowsPrincipal(identity).IsInRole(WindowsBuiltInRole.Administrator),
            identity.IsSystem,
            [.. (identity.Groups ?? []).Select(group => group.Value)]);
    }
}
