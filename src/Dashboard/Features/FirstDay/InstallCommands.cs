using System.Net;
using System.Net.NetworkInformation;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.FirstDay;

/// <summary>What to type on a server so that its agent comes to this dashboard. Pure, but for this computer's name.</summary>
internal static class InstallCommands
{
    private const string InstalledProgram = @"C:\Program Files\WsusDashboard Agent\WsusDashboard.Agent.exe";

    /// <summary>Where agents find this dashboard; null where it has no port for them.</summary>
    /// <param name="options">The dashboard's.</param>
    /// <param name="ownAddress">What it tells agents of its own address; empty where it tells none.</param>
    /// <param name="browserHost">The host that the browser asked: servers reach it by the same name, unless it is this computer only.</param>
    public static string? HubAddress(DashboardOptions options, string ownAddress, string browserHost)
    {
        if (options.EnrolmentPort == 0)
        {
            return null;
        }

        if (ownAddress.Length > 0)
        {
            return ownAddress;
        }

        var isHere = browserHost.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(browserHost.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
        return $"https://{(isHere ? ThisComputer() : browserHost)}:{options.EnrolmentPort}";
    }

    /// <summary>One line for a PowerShell window of an administrator, in the folder with the package; null for <paramref name="package"/> where it was unpacked already.</summary>
    public static string ByHand(string hubAddress, string token, string? package)
    {
        var install = $"install --hub {hubAddress} --enrolment-token {token}";
        return package is null
            ? $".\\WsusDashboard.Agent.exe {install}"
            : $"Expand-Archive .\\{package} $env:ProgramFiles; & \"$env:ProgramFiles\\{Path.GetFileNameWithoutExtension(package)}\\WsusDashboard.Agent.exe\" {install}";
    }

    /// <summary>The program of a Configuration Manager application, or a start-up script of a group policy.</summary>
    public static string Unattended(string hubAddress, string token) => $"\"{InstalledProgram}\" install --quiet --hub {hubAddress} --enrolment-token {token}";

    private static string ThisComputer()
    {
        var network = IPGlobalProperties.GetIPGlobalProperties();
        return network.DomainName.Length > 0 ? $"{network.HostName}.{network.DomainName}" : network.HostName;
    }
}
