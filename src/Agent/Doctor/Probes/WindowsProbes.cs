using System.Globalization;
using System.Runtime.InteropServices;
using WsusDashboard.Agent.Host;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Setup;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Doctor.Probes;

/// <summary>The system itself: its build, WMI, the account of this command.</summary>
internal sealed class WindowsProbes(IRegistry registry, IWmi wmi, TimeProvider timeProvider, Func<AccountReading> readAccount)
{
    private const string VersionKey = @"SOFTWARE\Microsoft\Windows NT\CurrentVersion";

    /// <summary>Windows Server 2016, the oldest that the agent is made for.</summary>
    private const int OldestBuild = 14393;

    public IEnumerable<Probe> All() =>
    [
        new(ProbeAreas.Windows, "build", _ => Task.FromResult(ReadBuild())),
        new(ProbeAreas.Windows, "account and rights", _ => Task.FromResult(JudgeAccount(readAccount()))),
        new(ProbeAreas.Windows, @"WMI, root\cimv2", ReadWmiAsync),
        new(ProbeAreas.Windows, "installed updates", ReadUpdatesAsync) { Limit = TimeSpan.FromSeconds(20) },
    ];

    internal ProbeOutcome JudgeAccount(AccountReading account)
    {
        var groups = IsMemberOfWsusAdministrators(account) ? ", member of WSUS Administrators" : "";
        if (account.IsLocalSystem)
        {
            return ProbeOutcome.Works($"{account.Name} (Local System){groups}", account);
        }

        return account.IsAdministrator
            ? ProbeOutcome.Works($"{account.Name}, administrator{groups}", account)
            : ProbeOutcome.Attention(
                $"{account.Name}, not an administrator{groups}",
                "This account has no access to services, IIS and the agent's own folder, so tests below may fail here although they work for the agent. Run the doctor from an elevated prompt.",
                account);
    }

    private bool IsMemberOfWsusAdministrators(AccountReading account)
    {
        try
        {
            return registry.Read(WsusRegistry.SetupKey, "WsusAdministratorsSid") is string group && account.GroupIds.Contains(group, StringComparer.OrdinalIgnoreCase);
        }
        catch (EdgeException)
        {
            return false;
        }
    }

    private ProbeOutcome ReadBuild()
    {
        var number = WmiValues.Number(registry.Read(VersionKey, "CurrentBuildNumber"));
        if (number is null)
        {
            return ProbeOutcome.Attention($"not in the registry; .NET reports {RuntimeInformation.OSDescription}", "The agent wasn't made for a Windows version without CurrentBuildNumber.");
        }

        var name = registry.Read(VersionKey, "ProductName") as string ?? "Windows";
        var release = registry.Read(VersionKey, "DisplayVersion") is string display ? " " + display : "";
        var revision = WmiValues.Number(registry.Read(VersionKey, "UBR")) is { } ubr ? string.Create(CultureInfo.InvariantCulture, $".{ubr}") : "";
        var text = string.Create(CultureInfo.InvariantCulture, $"{name}{release}, build {number}{revision}, language {Language()}");
        return number < OldestBuild
            ? ProbeOutcome.Attention(text, "The agent is made for Windows Server 2016 (build 14393) and later.")
            : ProbeOutcome.Works(text);
    }

    private static string Language() => CultureInfo.InstalledUICulture.Name is { Length: > 0 } name ? name : "not set";

    private async Task<ProbeOutcome> ReadUpdatesAsync(CancellationToken cancellationToken)
    {
        var updates = await new InstalledUpdatesReader(wmi, timeProvider).QueryAsync(cancellationToken);
        return ProbeOutcome.Works($"{Wording.Count(updates.Count, "update", "updates")} in the last 14 days", updates);
    }

    private async Task<ProbeOutcome> ReadWmiAsync(CancellationToken cancellationToken)
    {
        var rows = await wmi.QueryAsync(@"root\cimv2", "SELECT Caption, TotalVisibleMemorySize, FreePhysicalMemory, LastBootUpTime FROM Win32_OperatingSystem", cancellationToken);
        if (rows.Count == 0)
        {
            return ProbeOutcome.Refused(ReadFailure.NotFound, "WMI has no row of Win32_OperatingSystem.", ProbeAdvice.For(ProbeAreas.Windows, ReadFailure.Unavailable));
        }

        var total = Wording.Size(WmiValues.Number(rows[0]["TotalVisibleMemorySize"]) ?? 0);
        var free = Wording.Size(WmiValues.Number(rows[0]["FreePhysicalMemory"]) ?? 0);
        var booted = WmiValues.Time(rows[0]["LastBootUpTime"]) is { } at ? $", booted {Wording.Time(at)}" : "";
        return ProbeOutcome.Works($"{WmiValues.Text(rows[0]["Caption"]).Trim()}, {free} of {total} memory free{booted}");
    }
}
