using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Repairs.Planning;

/// <summary>Resolves a playbook against this server, read just now. Changes nothing.</summary>
internal sealed class Planner(IServerAccess server, LocalPolicy policy, AgentOptions options, TimeProvider timeProvider)
{
    private static readonly StepKind[] PoolSteps = [StepKind.SaveSettings, StepKind.ApplySettings, StepKind.RestartPool, StepKind.TrySettings, StepKind.ResetIis];

    public string ComputerName => server.Current.Agent.ComputerName;

    /// <param name="playbook">The playbook.</param>
    /// <param name="chosenBaseline">The baseline; without effect where the playbook applies none.</param>
    /// <param name="includeRisky">True: with the settings that this server may not bear, because a person asked for them.</param>
    /// <param name="occupiedBy">What goes on on this server at present, or null.</param>
    /// <param name="cancellationToken">Ends the readings.</param>
    public async Task<(Plan Plan, PlanFacts Facts)> PlanAsync(
        Playbook playbook, Baseline chosenBaseline, bool includeRisky, string? occupiedBy, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        var snapshot = server.Current;
        var bounds = ServerBounds.Of(snapshot);
        var baseline = playbook.AppliesBaseline ? Bound(chosenBaseline, includeRisky, snapshot, bounds) : null;
        var inForce = policy.Read(snapshot.Iis.Value?.WsusPoolName);
        var facts = PlanFacts.Of(playbook, baseline, snapshot, inForce);
        var draft = Draft(playbook, baseline, snapshot);
        var usualSync = ReadUsualSyncDuration();
        var steps = playbook.Steps.Select((step, index) => Resolve(step, index + 1, draft, baseline?.Baseline, snapshot, usualSync)).ToArray();

        return (new Plan
        {
            Id = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N"),
            ComputerName = snapshot.Agent.ComputerName,
            Playbook = playbook.Id,
            Baseline = baseline?.Baseline.Id ?? "",
            Fingerprint = facts.Fingerprint,
            CreatedAt = timeProvider.GetUtcNow(),
            PoolName = snapshot.Iis.Value?.WsusPool?.Name ?? "",
            PoolStateBefore = draft.PoolState,
            Steps = steps,
            Changes = draft.Changes,
            Deviations = baseline?.Deviations ?? [],
            IncludesRisky = baseline?.Deviations.Any(deviation => deviation.IsIncluded) ?? false,
            Warnings = Warnings(baseline, bounds, snapshot, steps),
            Interruptions = [.. steps.Where(step => !step.WillBeSkipped && step.Interrupts.Length > 0).Select(step => $"{step.Title}: {step.Interrupts}.")],
            Refusal = (inForce.RefusePlaybook(playbook.Id) is { } notAllowed ? $"{snapshot.Agent.ComputerName}: {notAllowed}" : PlanRefusal.Of(steps, snapshot, inForce, occupiedBy)) ?? "",
        }, facts);
    }

    private static BoundedBaseline Bound(Baseline baseline, bool includeRisky, Snapshot snapshot, ServerBounds bounds) =>
        snapshot.Iis.Value?.WsusPool is { } pool ? RiskySettings.Bound(baseline, pool.Settings, bounds, includeRisky) : new BoundedBaseline(baseline, []);

    // The readings go on at once; a WSUS that does not answer costs its own deadline and nothing else. Whether this is a site server and how much memory
    // it has does not change by itself, so that is read only where nobody knows it yet: a plan made in the first second of an agent would look changed in the next.
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StepTimes.ReadLimit, timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await Task.WhenAll(
                server.RefreshAsync(SectionNames.Iis, linked.Token),
                server.RefreshAsync(SectionNames.Services, linked.Token),
                server.RefreshAsync(SectionNames.Wsus, linked.Token),
                server.Current.Host.Status == SectionStatus.Pending ? server.RefreshAsync(SectionNames.Host, linked.Token) : Task.CompletedTask,
                server.Current.ConfigMgr.Status == SectionStatus.Pending ? server.RefreshAsync(SectionNames.ConfigMgr, linked.Token) : Task.CompletedTask);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var snapshot = server.Current;
            if (snapshot.Iis.Status == SectionStatus.Pending || snapshot.Services.Status == SectionStatus.Pending)
            {
                throw new CommandException(
                    CommandFailure.Unavailable,
                    $"{snapshot.Agent.ComputerName}: IIS or the services couldn't be read within {StepTimes.ReadLimit.TotalSeconds:0} s. Nothing was changed; try again.");
            }
        }
    }

    private PlanDraft Draft(Playbook playbook, BoundedBaseline? baseline, Snapshot snapshot)
    {
        var pool = snapshot.Iis.Value?.WsusPool;
        return new PlanDraft
        {
            PoolName = pool?.Name ?? LocalPolicy.DefaultPoolName,
            PoolState = pool?.State ?? PoolState.Unknown,
            Changes = [.. pool is null || baseline is null ? [] : PoolChanges(pool.Settings, baseline), .. StartTypeChanges(playbook, snapshot)],
            SiteNames = snapshot.Iis.Value?.SiteNames ?? [],
            HasConfigMgr = snapshot.ConfigMgr.Status is SectionStatus.Ok or SectionStatus.Unreadable,
            HasWsus = snapshot.Wsus.Status is not SectionStatus.NotInstalled,
            RemoteUpdatePoints = RemoteUpdatePoints.Of(snapshot),
            PoolRestartWait = options.PoolRestartWait,
            TrialTimeLimit = options.TrialTimeLimit,
            ServiceTimeLimit = options.ServiceTimeLimit,
        };
    }

    private static SettingChange[] PoolChanges(PoolSettings settings, BoundedBaseline baseline) =>
    [
        .. BaselineComparer.Compare(settings, baseline).Where(comparison => comparison.IsDrifted).Select(comparison => new SettingChange
        {
            Setting = comparison.Setting,
            Before = comparison.Current,
            After = comparison.Target,
            Reason = comparison.Recommendation.Reason,
            Source = comparison.Recommendation.Source,
        }),
    ];

    private static SettingChange[] StartTypeChanges(Playbook playbook, Snapshot snapshot) =>
    [
        .. playbook.Steps.Where(step => IsStartTypeDue(step, snapshot)).Select(step => new SettingChange
        {
            Setting = ServiceSettings.StartTypeOf(step.Target),
            Before = $"{ServiceStartType.Disabled}",
            After = $"{ServiceNames.UsualStartType(step.Target)}",
            Reason = "Windows never starts a Disabled service.",
            Source = "WSUS and Configuration Manager repair guide, services",
        }),
    ];

    private static bool IsStartTypeDue(PlaybookStep step, Snapshot snapshot) => step.Kind == StepKind.SetStartType
        && snapshot.Services.Value?.Find(step.Target) is { State: not ServiceState.NotInstalled, StartType: ServiceStartType.Disabled };

    private PlanStep Resolve(PlaybookStep step, int number, PlanDraft draft, Baseline? baseline, Snapshot snapshot, TimeSpan? usualSync)
    {
        var service = snapshot.Services.Value?.Find(step.Target);
        var isMissing = step.Target.Length > 0 && service?.State == ServiceState.NotInstalled;

        // The half of the repair that is about WSUS acts where WSUS is.
        var isElsewhere = draft.RemoteUpdatePoints.Count > 0 && (PoolSteps.Contains(step.Kind) || string.Equals(step.Target, ServiceNames.WsusService, StringComparison.OrdinalIgnoreCase));
        var isAsWanted = step.Kind == StepKind.SetStartType && service is not null && !IsStartTypeDue(step, snapshot);
        var isSkipped = isMissing || isElsewhere || isAsWanted
            || (step.Kind is StepKind.ApplySettings or StepKind.TrySettings && draft.Changes.Count == 0)
            || (step.Kind == StepKind.VerifyWsus && snapshot.Wsus.Status == SectionStatus.NotInstalled);
        return new PlanStep
        {
            Number = number,
            Kind = step.Kind,
            Title = StepText.Title(step, draft.PoolName, baseline),
            Target = PoolSteps.Contains(step.Kind) ? draft.PoolName : step.Target,
            Detail = isElsewhere ? $"The site's WSUS is on {Wording.List(draft.RemoteUpdatePoints)}. Repair it there; this step is skipped here."
                : isMissing ? $"{step.Target} isn't installed on this server, so this step is skipped."
                : isAsWanted ? $"The startup type of {step.Target} is {service!.StartType}, so this step is skipped."
                : StepText.Detail(step, draft),
            WillBeSkipped = isSkipped,
            Interrupts = isSkipped ? "" : StepText.Interrupts(step, draft),
            ExpectedDuration = StepTimes.Expected(step.Kind, step.Target, service?.State ?? ServiceState.Unknown, options, usualSync),
            TimeLimit = StepTimes.Limit(step.Kind, options),
        };
    }

    private static List<string> Warnings(BoundedBaseline? baseline, ServerBounds bounds, Snapshot snapshot, IReadOnlyList<PlanStep> steps)
    {
        var warnings = new List<string>();
        if (baseline is not null && snapshot.Iis.Value?.WsusPool is { } pool)
        {
            warnings.AddRange(PlanWarnings.For(pool, baseline, bounds));
        }

        foreach (var step in steps.Where(step => step is { WillBeSkipped: false, Kind: StepKind.RestartService or StepKind.StartServiceIfStopped }))
        {
            var isEnabledHere = steps.Any(other => other is { WillBeSkipped: false, Kind: StepKind.SetStartType } && other.Target == step.Target);
            if (!isEnabledHere && snapshot.Services.Value?.Find(step.Target) is { StartType: ServiceStartType.Disabled })
            {
                warnings.Add($"{step.Target} has the startup type Disabled: Windows will refuse to start it, and the repair will stop there. Set it to Automatic or Manual first.");
            }
        }

        if (snapshot.Wsus.Value is { IsSynchronizing: true } && steps.Any(step => step.Kind is StepKind.RestartPool or StepKind.ResetIis or StepKind.RestartService))
        {
            warnings.Add("A sync is running; this repair's restarts may cancel it. The repair starts a new one afterwards.");
        }

        return warnings;
    }

    private TimeSpan? ReadUsualSyncDuration()
    {
        try
        {
            var runs = server.ListKnownSyncRuns(timeProvider.GetUtcNow() - TimeSpan.FromDays(14));
            var durations = runs
                .Where(run => run is { Source: SyncSource.Wsus, Result: SyncResult.Succeeded, Duration: not null })
                .Select(run => run.Duration!.Value).Order().ToArray();
            return durations.Length == 0 ? null : durations[durations.Length / 2];
        }
        catch (EdgeException)
        {
            // Only an estimate hangs on it.
            return null;
        }
    }
}
