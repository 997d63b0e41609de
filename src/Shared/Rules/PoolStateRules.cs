using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>Is the pool there, does it run, and does WSUS stand on it?</summary>
internal static class PoolStateRules
{
    public static IEnumerable<RuleFinding> Missing(RuleContext context)
    {
        if (context.Snapshot.Iis is not { Status: SectionStatus.Ok, Value: { } iis } || context.Pool is not null || !(context.HasWsus || iis.WsusPoolName is not null))
        {
            yield break;
        }

        yield return new RuleFinding(
            new Finding
            {
                Id = FindingIds.PoolMissing,
                Severity = Severity.Critical,
                Title = "Pool missing",
                Explanation = $"WSUS is installed, but its application pool {context.PoolName} doesn't exist, so clients, the WSUS console and Configuration Manager can't reach WSUS.",
                Evidence = [context.PoolEvidence("Application pools", iis.Pools.Count == 0 ? "none" : Wording.List([.. iis.Pools.Select(pool => pool.Name)]))],
                Since = context.ChangedTo(StateSubjects.Pool(context.PoolName), "Removed"),
                Source = Sources.Guide,
                NextStep = "Run \"wsusutil.exe postinstall\" on the server to re-create the pool and its applications. Then repair the settings.",
                IsCause = true,
                Weight = Weights.PoolMissing,
            },
            $"its application pool {context.PoolName} doesn't exist",
            "WSUS can't be reached");
    }

    public static IEnumerable<RuleFinding> Stopped(RuleContext context)
    {
        if (!context.IsPoolDown && !context.IsPoolRestarting)
        {
            yield break;
        }

        yield return new RuleFinding(
            new Finding
            {
                Id = FindingIds.PoolStopped,
                Severity = Severity.Critical,
                Title = "Pool stopped",
                Explanation = $"{context.PoolName} {(context.For(context.StoppedAt) is { Length: > 0 } duration ? $"has been stopped{duration}" : "is stopped")}. Every request to WSUS gets a 503, so nothing can sync and no client can scan.",
                Evidence =
                [
                    context.PoolStateEvidence(),
                    .. WsusSilence(context),
                ],
                Since = context.StoppedAt ?? context.ChangedTo(StateSubjects.Pool(context.PoolName), nameof(PoolState.Stopped), nameof(PoolState.Stopping)),
                Source = Sources.Guide,
                Playbook = context.PoolPlaybook(PlaybookCatalog.FullRepairId),
                NextStep = context.PoolPlaybook(PlaybookCatalog.FullRepairId) is null ? ReadingRules.RepairConfigurationFirst : null,
                IsCause = true,
                Weight = Weights.PoolStopped,
            },
            $"{context.PoolName} is stopped",
            "WSUS can't sync");
    }

    public static IEnumerable<RuleFinding> RapidFail(RuleContext context)
    {
        var disabled = context.PoolEvents(WindowsEvents.PoolDisabled);
        if (disabled.Count == 0 || (!context.IsPoolDown && context.Syncs.LastSuccess?.EndedOrStartedAt >= disabled[0].At))
        {
            yield break;
        }

        var crashes = context.PoolEvents(WindowsEvents.WorkerDied);
        var isCause = context.IsPoolDown;
        var changedAt = isCause ? null : OlderSettings.ChangedAfter(context, disabled[0].At);
        yield return new RuleFinding(
            new Finding
            {
                Id = FindingIds.PoolRapidFail,
                Severity = isCause ? Severity.Critical : changedAt is null ? Severity.Warning : Severity.Information,
                Title = isCause ? "Pool disabled by rapid-fail protection" : "Pool was disabled by rapid-fail protection",
                Explanation = $"IIS disabled {context.PoolName} {Wording.Ago(disabled[0].At, context.Now)} because its worker kept failing"
                    + (isCause ? ". Starting it without fixing the cause only makes it fail again."
                        : changedAt is { } at ? $"; it's running again. {OlderSettings.Say(at)}"
                        : "; it's running again, but what made it fail may still be there."),
                SettingsChangedAt = changedAt,
                Since = isCause ? context.StoppedAt ?? disabled[0].At : disabled[^1].At,
                Evidence =
                [
                    RuleContext.EventEvidence(disabled, $"{context.PoolName} disabled"),
                    .. crashes.Count > 0 ? [RuleContext.EventEvidence(crashes, "Worker ended unexpectedly")] : (Evidence[])[],
                    context.PoolStateEvidence(isCause ? EvidenceDirection.For : EvidenceDirection.Against),
                ],
                Source = Sources.RapidFail,
                Playbook = isCause ? context.PoolPlaybook(PlaybookCatalog.FullRepairId) : null,
                NextStep = isCause ? null : context.Drift.Count > 0 ? "Watch the next sync, and repair the pool's settings: they differ from the baseline." : "Watch the next sync.",
                IsCause = isCause,
                Weight = Weights.RapidFail,
            },
            $"rapid-fail protection disabled {context.PoolName}",
            "WSUS can't sync");
    }

    /// <summary>The pool runs and answers nothing: each worker fails to load a library before it sees a request.</summary>
    public static IEnumerable<RuleFinding> CompressionLibrary(RuleContext context)
    {
        if (!context.IsLibraryBreaking)
        {
            yield break;
        }

        var playbook = context.PoolPlaybook(PlaybookCatalog.PoolOnlyId);
        yield return new RuleFinding(
            new Finding
            {
                Id = FindingIds.PoolCompressionLibrary,
                Severity = Severity.Critical,
                Title = "32-bit pool can't load a library",
                Explanation = $"{context.PoolName} runs 32-bit workers, and IIS makes them load a compression library built for 64-bit workers. They can't, so WSUS answers every request with 500.19. 64-bit workers can.",
                Evidence =
                [
                    context.SettingEvidence(SettingKeys.Enable32BitAppOnWin64),
                    .. context.Bounds.CompressionSchemes.Where(scheme => scheme.Breaks32BitWorkers).Select(scheme => context.PoolEvidence($"Compression scheme {scheme.Name}", scheme.Describe())),
                    new Evidence("WSUS administration service", context.Snapshot.Wsus.Error ?? "doesn't answer", "WSUS", context.Snapshot.Wsus.AttemptedAt),
                ],
                Source = Sources.CompressionLibrary,
                Playbook = playbook,
                NextStep = playbook is null ? ReadingRules.RepairConfigurationFirst : null,
                IsCause = true,
                Weight = Weights.CompressionLibrary,
            },
            $"{context.PoolName}'s 32-bit workers can't load IIS's 64-bit compression library",
            "WSUS can't answer any request");
    }

    public static IEnumerable<RuleFinding> FewApplications(RuleContext context)
    {
        if (context.Pool is not { ApplicationCount: < AppPool.ExpectedWsusApplications and var count } pool || context.Snapshot.Iis.Status is not SectionStatus.Ok)
        {
            yield break;
        }

        yield return new RuleFinding(new Finding
        {
            Id = FindingIds.PoolFewApplications,
            Severity = count == 0 ? Severity.Critical : Severity.Warning,
            Title = count == 0 ? "Pool without applications" : $"Pool has {count} of {AppPool.ExpectedWsusApplications} applications",
            Explanation = $"{pool.Name} has {Wording.Count(count, "application", "applications")} instead of WSUS's {AppPool.ExpectedWsusApplications}. Requests to the others go to another pool or nowhere.",
            Evidence = [context.PoolEvidence($"Applications in {pool.Name}", $"{Wording.Number(count)}, expected {AppPool.ExpectedWsusApplications}")],
            Source = Sources.Guide,
            NextStep = $"Assign the WSUS site's applications to {pool.Name} in IIS Manager, or run \"wsusutil.exe postinstall\" on the server. Restarting the pool doesn't bring them back.",
            Weight = Weights.Symptom + 5,
        });
    }

    private static IEnumerable<Evidence> WsusSilence(RuleContext context)
    {
        if (context.Snapshot.Wsus is { Status: SectionStatus.Unreadable, Failure: ReadFailure.Unavailable } wsus)
        {
            yield return new Evidence("WSUS administration service", wsus.Error ?? "doesn't answer", "WSUS", wsus.AttemptedAt);
        }

        // WSUS checks its own web services; where its pool is down all of them fail together (wsus.md, 5.1).
        var failing = context.Snapshot.Events.Value?.Recent
            .Where(windowsEvent => windowsEvent.Provider == WindowsEvents.WsusProvider && WindowsEvents.WebServicesFailing.Contains(windowsEvent.EventId) && windowsEvent.At >= context.EventsSince)
            .ToList() ?? [];
        if (failing.Count > 0)
        {
            yield return new Evidence("Web services that WSUS itself reports as not working", Wording.Number(failing.DistinctBy(windowsEvent => windowsEvent.EventId).Count()), "Application log", failing.Max(windowsEvent => windowsEvent.At));
        }
    }
}
