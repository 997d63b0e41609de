using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>Does the worker process have the memory that it needs?</summary>
internal static class PoolMemoryRules
{
    /// <summary>A worker this near to its limit is recycled at the next request for more.</summary>
    private const double NearLimitShare = 0.9;

    /// <summary>All that a 32-bit process can address on 64-bit Windows, in KB.</summary>
    private const long AddressableKilobytes = 4L * 1024 * 1024;

    public static IEnumerable<RuleFinding> Limit(RuleContext context)
    {
        if (context.Pool is not { Settings.PrivateMemoryKilobytes: > 0 and var limit })
        {
            yield break;
        }

        var all = context.PoolEvents(WindowsEvents.PrivateMemoryRecycle);
        var changedAt = context.SettingChangedAt(SettingKeys.PrivateMemory);
        var recycles = changedAt is { } at ? [.. all.Where(recycle => recycle.At >= at)] : all;
        var worker = Largest(context);
        var isNear = worker >= limit * NearLimitShare;
        if (recycles.Count == 0 && !isNear)
        {
            if (all.Count > 0)
            {
                yield return AtAnOlderLimit(context, all, limit, changedAt!.Value);
            }

            yield break;
        }

        var isCause = context.IsPoolDown;

        // A limit that is right for the memory of this server is no fault of the settings.
        var isRepairable = context.Drift.Any(comparison => comparison.Setting == SettingKeys.PrivateMemory);
        var playbook = isRepairable ? context.PoolPlaybook(isCause ? PlaybookCatalog.FullRepairId : PlaybookCatalog.PoolOnlyId) : null;
        var recycleText = recycles.Count > 0 ? $"{Wording.Count(recycles.Count, "recycle", "recycles")} {context.EventWindow}" : $"its worker uses {Wording.Size(worker)} now";
        yield return new RuleFinding(
            new Finding
            {
                Id = FindingIds.PoolMemoryLimit,
                Severity = isCause ? Severity.Critical : Severity.Warning,
                Title = "Pool over memory limit",
                Explanation = $"{context.PoolName}'s worker {(recycles.Count > 0 ? "exceeds" : "is close to")} its private memory limit of {Wording.Size(limit)}: {recycleText}. "
                    + (isCause ? "A recycle during a sync ends the sync." : "Syncs aren't failing because of it right now."),
                Evidence = LimitEvidence(context, recycles, worker, limit),
                Since = recycles.Count > 0 ? recycles[^1].At : null,
                Source = Sources.BestPractices,
                Playbook = playbook,
                NextStep = playbook is not null ? null
                    : isRepairable ? ReadingRules.RepairConfigurationFirst
                    : "The limit is what this server's memory allows. Give the server more memory, or make the catalogue smaller: decline superseded updates and unselect products.",
                IsCause = isCause,
                Weight = context.IsPoolDown ? Weights.ReasonOfStoppedPool : Weights.MemoryLimit,
            },
            $"{context.PoolName} exceeds its {Wording.Size(limit)} private memory limit; {recycleText}");
    }

    public static IEnumerable<RuleFinding> AddressSpace(RuleContext context)
    {
        if (!IsAddressSpaceShort(context, out var worker, out var crashes))
        {
            yield break;
        }

        var isCause = context.IsPoolDown;
        yield return new RuleFinding(
            new Finding
            {
                Id = FindingIds.PoolAddressSpace,
                Severity = isCause ? Severity.Critical : Severity.Warning,
                Title = "32-bit worker out of address space",
                Explanation = $"{context.PoolName}'s worker is a 32-bit process and can address at most 4 GB, but the cache of this server's catalogue needs more. No memory setting of the pool changes that.",
                Evidence =
                [
                    context.SettingEvidence(SettingKeys.Enable32BitAppOnWin64),
                    .. worker > 0 ? [context.PoolEvidence("Private memory of the worker", Wording.Size(worker))] : (Evidence[])[],
                    .. crashes.Count > 0 ? [RuleContext.EventEvidence(crashes, "Worker ended unexpectedly")] : (Evidence[])[],
                ],
                Since = crashes.Count > 0 ? crashes[^1].At : null,
                Source = Sources.BestPractices,
                NextStep = $"Set \"Enable 32-bit applications\" to False for {context.PoolName}: undo the repair that set it, or change it in IIS Manager. The guide's baseline asks for True, so use the Microsoft baseline on this server.",
                IsCause = isCause,
                Weight = context.IsPoolDown ? Weights.ReasonOfStoppedPool : Weights.AddressSpace,
            },
            $"{context.PoolName}'s 32-bit worker fills the 4 GB it can address");
    }

    public static IEnumerable<RuleFinding> WorkerDies(RuleContext context)
    {
        var crashes = context.UnexplainedCrashes();
        if (crashes.Count == 0 || IsAddressSpaceShort(context, out _, out _) || context.Syncs.LastSuccess?.EndedOrStartedAt >= crashes[0].At)
        {
            yield break;
        }

        var isCause = context.IsPoolDown;
        var changedAt = isCause ? null : OlderSettings.ChangedAfter(context, crashes[0].At);
        yield return new RuleFinding(
            new Finding
            {
                Id = FindingIds.PoolWorkerDies,
                Severity = isCause ? Severity.Critical : changedAt is null ? Severity.Warning : Severity.Information,
                Title = "Worker process ends unexpectedly",
                Explanation = $"{context.PoolName}'s worker process ended unexpectedly {Wording.Count(crashes.Count, "time", "times")} {context.EventWindow}, and the memory limit doesn't explain it."
                    + (changedAt is { } at ? " " + OlderSettings.Say(at) : ""),
                SettingsChangedAt = changedAt,
                Since = crashes[^1].At,
                Evidence = [RuleContext.EventEvidence(crashes, "Worker ended unexpectedly"), context.PoolStateEvidence(context.IsPoolDown ? EvidenceDirection.For : EvidenceDirection.Against)],
                Source = Sources.WorkerEnded,
                Playbook = context.Drift.Count > 0 ? context.PoolPlaybook(isCause ? PlaybookCatalog.FullRepairId : PlaybookCatalog.PoolOnlyId) : null,
                NextStep = context.Drift.Count > 0 ? null : "Check the Application log for the w3wp.exe error around that time; the pool's settings already match the baseline.",
                IsCause = isCause,
                Weight = Weights.WorkerDies,
            },
            $"{context.PoolName}'s worker process ends unexpectedly; {Wording.Count(crashes.Count, "time", "times")} {context.EventWindow}");
    }

    /// <summary>Whether the limit that is set now is high enough, nobody has seen yet.</summary>
    private static RuleFinding AtAnOlderLimit(RuleContext context, IReadOnlyList<WindowsEvent> recycles, long limit, DateTimeOffset changedAt) => new(new Finding
    {
        Id = FindingIds.PoolMemoryLimit,
        Severity = Severity.Information,
        Title = "Pool was over its previous memory limit",
        Explanation = $"{context.PoolName}'s worker exceeded its previous private memory limit: {Wording.Count(recycles.Count, "recycle", "recycles")} {context.EventWindow}, none with the current limit of {Wording.Size(limit)}. {OlderSettings.Say(changedAt)}",
        Evidence = [context.SettingEvidence(SettingKeys.PrivateMemory, EvidenceDirection.Against), RuleContext.EventEvidence(recycles, "Worker recycled at its previous private memory limit")],
        Source = Sources.BestPractices,
        SettingsChangedAt = changedAt,
        Since = recycles[^1].At,
        Weight = Weights.MemoryLimit,
    });

    private static List<Evidence> LimitEvidence(RuleContext context, IReadOnlyList<WindowsEvent> recycles, long worker, long limit)
    {
        List<Evidence> evidence = [context.SettingEvidence(SettingKeys.PrivateMemory)];
        if (recycles.Count > 0)
        {
            evidence.Add(RuleContext.EventEvidence(recycles, "Worker recycled at its private memory limit"));
        }

        if (worker > 0)
        {
            evidence.Add(context.PoolEvidence("Private memory of the worker", Wording.Size(worker), worker >= limit * NearLimitShare || recycles.Count > 0 ? EvidenceDirection.For : EvidenceDirection.Against));
        }

        if (context.HasOutsideCause)
        {
            evidence.Add(RuleContext.AttemptEvidence(context.Explained!) with { Speaks = EvidenceDirection.Against });
        }

        return evidence;
    }

    private static bool IsAddressSpaceShort(RuleContext context, out long worker, out IReadOnlyList<WindowsEvent> crashes)
    {
        worker = Largest(context);
        var changedAt = context.SettingChangedAt(SettingKeys.Enable32BitAppOnWin64);
        crashes = [.. context.UnexplainedCrashes().Where(crash => !(crash.At < changedAt))];
        if (context.Pool is not { Settings.Enable32BitAppOnWin64: true } pool)
        {
            return false;
        }

        var isLimited = pool.Settings.PrivateMemoryKilobytes is > 0 and < AddressableKilobytes;
        var isOver = context.Syncs.LastSuccess?.EndedOrStartedAt is not { } success || crashes.Count == 0 || crashes[0].At > success;

        return !isLimited && (worker >= AddressableKilobytes * NearLimitShare || (crashes.Count > 0 && isOver));
    }

    private static long Largest(RuleContext context) => context.Pool is { Workers.Count: > 0 } pool ? pool.Workers.Max(worker => worker.PrivateKilobytes ?? 0) : 0;
}
