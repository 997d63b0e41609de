using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Baselines;

/// <summary>A baseline as it is right for one server: what the server may not bear is replaced.</summary>
/// <param name="Baseline">What counts on this server.</param>
/// <param name="Deviations">Where it differs from what was recommended, and why.</param>
public sealed record BoundedBaseline(Baseline Baseline, IReadOnlyList<SettingDeviation> Deviations)
{
    public SettingDeviation? FindDeviation(string setting) => Deviations.FirstOrDefault(deviation => deviation.Setting == setting);
}

/// <summary>Which recommended settings a server may not bear, and what is right for it instead. Pure.</summary>
/// <remarks>
/// Two settings can take a WSUS down that still works: "Enable 32-bit applications" beside a compression library that only a 64-bit worker can load
/// (windows.md, care.md 7), and no memory limit where the server has not the memory. What is in force and works is never replaced: a 32-bit pool through which
/// WSUS answers has shown that it can load the library, and a pool without a limit keeps having none.
/// </remarks>
public static class RiskySettings
{
    private const string LibrarySource = "docs.lextudio.com, IIS 7 and WSUS on Windows Server x64; Microsoft, IIS status 500.19 with 0x8007007e";
    private const string LibraryHint = "To allow 32-bit workers, give the scheme the precondition bitness64, or remove the scheme.";

    /// <summary>The baseline for this server.</summary>
    /// <param name="baseline">What is recommended.</param>
    /// <param name="settings">The pool as it is set now.</param>
    /// <param name="bounds">What the server can bear.</param>
    /// <param name="includeRisky">True where a person asked for the risky values all the same: nothing is replaced, and the deviations say what may happen.</param>
    public static BoundedBaseline Bound(Baseline baseline, PoolSettings settings, ServerBounds bounds, bool includeRisky = false)
    {
        var bitness = ReplaceBitness(baseline, settings, bounds, includeRisky);
        var willBe32Bit = (bitness?.Deviation.Planned ?? Wanted(baseline, SettingKeys.Enable32BitAppOnWin64) ?? BooleanFormat.Write(settings.Enable32BitAppOnWin64)) == BooleanFormat.True;
        Replacement?[] found = [bitness, ReplaceMemoryLimit(baseline, settings, bounds, willBe32Bit, includeRisky)];
        var replacements = found.OfType<Replacement>().ToList();
        if (replacements.Count == 0)
        {
            return new BoundedBaseline(baseline, []);
        }

        var recommendations = baseline.Settings.ToList();
        foreach (var replacement in replacements.Where(replacement => !replacement.Deviation.IsIncluded))
        {
            var index = recommendations.FindIndex(recommendation => recommendation.Setting == replacement.Deviation.Setting);
            if (index < 0)
            {
                recommendations.Add(replacement.Recommendation);
            }
            else
            {
                recommendations[index] = replacement.Recommendation;
            }
        }

        return new BoundedBaseline(baseline with { Settings = recommendations }, [.. replacements.Select(replacement => replacement.Deviation)]);
    }

    /// <summary>Why 32-bit workers of this server cannot load a compression library; null where they can, or where that is not known.</summary>
    public static string? ExplainLibrary(ServerBounds bounds)
    {
        var breaking = bounds.CompressionSchemes.Where(scheme => scheme.Breaks32BitWorkers).ToList();

        return breaking.Count == 0 ? null
            : $"IIS loads the compression {(breaking.Count == 1 ? "library" : "libraries")} {Wording.List([.. breaking.Select(scheme => $"{scheme.Library} (scheme {scheme.Name})")])} into every worker, and a 32-bit worker can't load {(breaking.Count == 1 ? "it" : "them")}. "
                + $"Such a worker would answer every request with 500.19 (0x8007007e). {LibraryHint}";
    }

    /// <summary>Why it is not known whether 32-bit workers could load the compression libraries; null where it is known.</summary>
    private static string? ExplainUnknownLibrary(ServerBounds bounds)
    {
        var unknown = bounds.CompressionSchemes.Where(scheme => scheme.MayBreak32BitWorkers).ToList();
        var why = bounds.CompressionProblem.Length > 0 ? bounds.CompressionProblem
            : unknown.Count > 0 ? $"{unknown[0].Library} (scheme {unknown[0].Name}): {(unknown[0].Problem.Length > 0 ? unknown[0].Problem : "the agent can't tell what kind of library it is.")}"
            : null;

        return why is null ? null
            : $"WsusDashboard can't tell whether a 32-bit worker can load IIS's compression libraries. A worker that can't would answer every request with 500.19 (0x8007007e). {why.TrimEnd('.')}.";
    }

    private static Replacement? ReplaceBitness(Baseline baseline, PoolSettings settings, ServerBounds bounds, bool includeRisky)
    {
        var wanted = Wanted(baseline, SettingKeys.Enable32BitAppOnWin64);
        var wants32Bit = wanted == BooleanFormat.True;
        var isProven = settings.Enable32BitAppOnWin64 && bounds.IsWsusAnswering;

        // What merely may be dangerous is a reason not to begin it, not one to change what is there.
        var reason = isProven ? null : ExplainLibrary(bounds) ?? (settings.Enable32BitAppOnWin64 ? null : ExplainUnknownLibrary(bounds));
        if (reason is null || !(wants32Bit || settings.Enable32BitAppOnWin64))
        {
            return null;
        }

        if (includeRisky && !wants32Bit)
        {
            return null;
        }

        return new Replacement(
            new SettingDeviation
            {
                Setting = SettingKeys.Enable32BitAppOnWin64,
                Wanted = wanted ?? "",
                Planned = BooleanFormat.Write(includeRisky),
                Reason = reason,
                Source = LibrarySource,
                IsIncluded = includeRisky,
            },
            new BaselineSetting { Setting = SettingKeys.Enable32BitAppOnWin64, Values = [BooleanFormat.False], Reason = reason, Source = LibrarySource });
    }

    private static Replacement? ReplaceMemoryLimit(Baseline baseline, PoolSettings settings, ServerBounds bounds, bool willBe32Bit, bool includeRisky)
    {
        if (Wanted(baseline, SettingKeys.PrivateMemory) is not NumberFormat.Zero || settings.PrivateMemoryKilobytes == 0 || WorkerMemoryLimit.For(bounds, willBe32Bit) is not { IsNeeded: true } limit)
        {
            return null;
        }

        var planned = includeRisky ? 0 : Math.Max(limit.LimitKilobytes, settings.PrivateMemoryKilobytes);
        var why = $"{limit.Arithmetic} With no limit, the worker may take memory that the rest of the server needs.";

        return new Replacement(
            new SettingDeviation
            {
                Setting = SettingKeys.PrivateMemory,
                Wanted = NumberFormat.Zero,
                Planned = NumberFormat.Write(planned),
                Reason = $"The baseline \"{baseline.Name}\" wants no private memory limit; the plan {Say(planned, settings)}. {why}",
                Source = WorkerMemoryLimit.Source,
                IsIncluded = includeRisky,
            },
            new BaselineSetting { Setting = SettingKeys.PrivateMemory, Operator = SettingOperator.AtLeast, Values = [NumberFormat.Write(limit.LimitKilobytes)], Reason = why, Source = WorkerMemoryLimit.Source });
    }

    private static string Say(long plannedKilobytes, PoolSettings settings) =>
        plannedKilobytes == 0 ? "removes the limit too"
        : plannedKilobytes == settings.PrivateMemoryKilobytes ? $"keeps the limit of {Wording.Size(plannedKilobytes)}"
        : $"sets one of {Wording.Size(plannedKilobytes)}";

    private static string? Wanted(Baseline baseline, string setting) => baseline.Settings.FirstOrDefault(recommendation => recommendation.Setting == setting)?.Values[0];

    private sealed record Replacement(SettingDeviation Deviation, BaselineSetting Recommendation);
}
