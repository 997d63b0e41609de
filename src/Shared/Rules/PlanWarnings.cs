using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>What is risky about the settings that a plan leaves a pool with. Warnings inform; they forbid nothing.</summary>
public static class PlanWarnings
{
    /// <summary>What a 32-bit process can address on 64-bit Windows, less what fragmented heaps leave unused.</summary>
    private const long AddressableKilobytes = 4L * 1024 * 1024 * 9 / 10;

    private const string Need = "the worker may take up to 24 GB while the cache for about 17,000 updates builds, and about 14 GB afterwards (Microsoft, WSUS best practices, KB 4490414)";

    /// <summary>One sentence or two each, with its source; empty where nothing is risky.</summary>
    /// <param name="pool">The pool as it is now.</param>
    /// <param name="baseline">What would be applied.</param>
    /// <param name="bounds">What the server can bear.</param>
    public static IReadOnlyList<string> For(AppPool pool, BoundedBaseline baseline, ServerBounds bounds)
    {
        var after = BaselineComparer.Apply(pool.Settings, baseline.Baseline);
        var warnings = new List<string>(baseline.Deviations.Where(deviation => deviation.IsIncluded).Select(deviation => $"Included although it isn't safe on this server: {deviation.Reason} ({deviation.Source})."));
        if (after.Enable32BitAppOnWin64)
        {
            warnings.Add(ThirtyTwoBit(pool, baseline.Baseline));
        }

        // Where somebody included it, the first warning says this already.
        var isSaid = baseline.FindDeviation(SettingKeys.PrivateMemory) is { IsIncluded: true };
        if (after.PrivateMemoryKilobytes == 0 && !isSaid && NoLimit(after, bounds) is { } warning)
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
            null => "it isn't known how much this server's worker uses now",
            > AddressableKilobytes => $"this server's worker uses {Wording.Size(worker.Value)} now and would keep crashing",
            { } kilobytes => $"this server's worker uses {Wording.Size(kilobytes)} now",
        };
        var asked = baseline.Settings.FirstOrDefault(setting => setting.Setting == SettingKeys.Enable32BitAppOnWin64);
        var who = asked is null ? $"{pool.Name} already has this setting; this baseline doesn't change it" : $"The setting comes from: {asked.Source}";

        return $"32-bit: a 32-bit worker can address at most 4 GB; {use}. WSUS's cache may need up to 24 GB while it builds (Microsoft, WSUS best practices, KB 4490414). {who}.";
    }

    private static string? NoLimit(PoolSettings after, ServerBounds bounds) => WorkerMemoryLimit.For(bounds, after.Enable32BitAppOnWin64) switch
    {
        null => $"No private memory limit: {Need}. This server's total memory isn't known.",
        { IsNeeded: true } limit => $"No private memory limit: {limit.Arithmetic} Other services may run short. ({WorkerMemoryLimit.Source})",
        _ => null,
    };
}
