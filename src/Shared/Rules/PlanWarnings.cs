using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>What is risky about a baseline on one server. Warnings inform; they forbid nothing.</summary>
public static class PlanWarnings
{
    /// <summary>24 GB: what the cache of about 17,000 updates may take while it is built (KB 4490414); about 14 GB afterwards.</summary>
    private const long CacheBuildKilobytes = 24L * 1024 * 1024;

    /// <summary>What a 32-bit process can address on 64-bit Windows, less what fragmented heaps leave unused.</summary>
    private const long AddressableKilobytes = 4L * 1024 * 1024 * 9 / 10;

    /// <summary>One sentence or two each, with its source; empty where nothing is risky.</summary>
    /// <param name="pool">The pool as it is now.</param>
    /// <param name="baseline">What would be applied.</param>
    /// <param name="host">The computer; null where it is not known.</param>
    public static IReadOnlyList<string> For(AppPool pool, Baseline baseline, HostState? host)
    {
        var after = BaselineComparer.Apply(pool.Settings, baseline);
        var warnings = new List<string>();
        if (after.Enable32BitAppOnWin64)
        {
            warnings.Add(ThirtyTwoBit(pool, baseline));
        }

        if (after.PrivateMemoryKilobytes == 0 && NoLimit(after, host) is { } warning)
        {
            warnings.Add(warning);
        }

        return warnings;
    }

    private static string ThirtyTwoBit(AppPool pool, Baseline baseline)
    {
        var worker = pool.Workers.Count > 0 ? pool.Workers.Max(item => item.PrivateKilobytes) : null;
        var use = worker switch
        {
            null => "how much memory this server's worker uses isn't known right now",
            > AddressableKilobytes => $"this server's worker uses {Wording.Size(worker.Value)} now and would keep crashing",
            { } kilobytes => $"this server's worker uses {Wording.Size(kilobytes)} now",
        };
        var asked = baseline.Settings.FirstOrDefault(setting => setting.Setting == SettingKeys.Enable32BitAppOnWin64);
        var who = asked is null ? $"{pool.Name} already has this setting; this baseline doesn't change it" : $"The setting comes from: {asked.Source}";

        return $"32-bit: a 32-bit worker can address at most 4 GB; {use}. WSUS's cache may need up to 24 GB while it builds (Microsoft, WSUS best practices, KB 4490414). {who}.";
    }

    private static string? NoLimit(PoolSettings after, HostState? host)
    {
        const string Need = "the worker may take up to 24 GB while the cache for about 17,000 updates builds, and about 14 GB afterwards (Microsoft, WSUS best practices, KB 4490414)";
        if (host is not { TotalMemoryKilobytes: > 0 and var total })
        {
            return $"No private memory limit: {Need}. How much memory this server has isn't known.";
        }

        return total >= CacheBuildKilobytes
            ? null
            : $"No private memory limit: {Need}. This server has {Wording.Size(total)}{(after.Enable32BitAppOnWin64 ? "; a 32-bit worker can use at most 4 GB of it" : ", so other services may run short")}.";
    }
}
