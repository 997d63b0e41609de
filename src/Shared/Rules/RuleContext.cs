using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Rules;

/// <summary>A rule: looks at one server and says what it concludes, or nothing.</summary>
internal delegate IEnumerable<RuleFinding> FindingRule(RuleContext context);

/// <summary>One observation, with what several rules ask of it worked out once.</summary>
internal sealed class RuleContext
{
    /// <summary>An error text of the last three synchronizations counts; one that is older may speak of a trouble that is over.</summary>
    private const int TellingAttempts = 3;

    private const int FewestAttemptsToJudge = 5;
    private const int LongestErrorText = 240;
    private static readonly TimeSpan EventMemory = TimeSpan.FromHours(24);
    private static readonly TimeSpan BeforeStop = TimeSpan.FromHours(1);

    /// <summary>At its own start an agent sees every state for the first time; that moment says nothing about the state.</summary>
    private static readonly TimeSpan AgentStart = TimeSpan.FromMinutes(2);

    /// <summary>A worker that ends this soon after it asked to be recycled ended because of that.</summary>
    private static readonly TimeSpan RecycleToEnd = TimeSpan.FromMinutes(1);

    private bool? _hasOutsideCause;

    public RuleContext(Observation observation, Snapshot snapshot)
    {
        Observation = observation;
        Snapshot = snapshot;
        Repair = RepairTraces.FindCurrent(observation);
        Syncs = SyncAttempts.From(observation.RecentSyncs, observation.Now);
        Pool = snapshot.Iis.Value?.WsusPool;
        Bounds = ServerBounds.Of(snapshot);
        Drift = Pool is null ? [] : [.. BaselineComparer.Compare(Pool.Settings, RiskySettings.Bound(observation.Baseline, Pool.Settings, Bounds)).Where(comparison => comparison.IsDrifted)];
        StoppedAt = FindStoppedAt();
        EventsSince = FindEventsSince();
        (Question, Explained, Causes) = Explain();
    }

    public Observation Observation { get; }

    public Snapshot Snapshot { get; }

    public DateTimeOffset Now => Observation.Now;

    public SyncAttempts Syncs { get; }

    /// <summary>The pool that serves WSUS, as last read; null where there is none.</summary>
    public AppPool? Pool { get; }

    public string PoolName => Pool?.Name ?? Snapshot.Iis.Value?.WsusPoolName ?? "WsusPool";

    /// <summary>The repair that goes on, or ended a moment ago; null where none does.</summary>
    public RepairPeriod? Repair { get; }

    /// <summary>The pool is down because the repair restarts it: a state of the repair, which says nothing about the pool.</summary>
    public bool IsPoolRestarting => Pool is { State: PoolState.Stopped or PoolState.Stopping } pool && pool.StateSince >= Repair?.StartedAt;

    public bool IsPoolDown => Pool?.State is PoolState.Stopped or PoolState.Stopping && !IsPoolRestarting;

    /// <summary>What the site says of this server's software update point; null where that is not known. A site lists all its update points.</summary>
    public SupSyncStatus? OwnUpdatePoint => Snapshot.ConfigMgr.Value?.SoftwareUpdatePoints switch
    {
        null => null,
        [var only] => only,
        var points => points.FirstOrDefault(point => IsThisServer(point.ServerName)),
    };

    /// <summary>What the server can bear.</summary>
    public ServerBounds Bounds { get; }

    /// <summary>The settings that do not satisfy what the baseline asks for and this server can bear.</summary>
    public IReadOnlyList<SettingComparison> Drift { get; }

    /// <summary>True where the pool runs, WSUS does not answer through it, and its 32-bit workers cannot load a compression library.</summary>
    public bool IsLibraryBreaking => Pool is { State: PoolState.Started, Settings.Enable32BitAppOnWin64: true }
        && Snapshot.Wsus is { Status: SectionStatus.Unreadable, Failure: not ReadFailure.AccessDenied }
        && Bounds.CompressionSchemes.Any(scheme => scheme.Breaks32BitWorkers);

    /// <summary>What the causes answer.</summary>
    public CauseQuestion Question { get; }

    /// <summary>The synchronization that the causes explain; null where there is nothing to explain.</summary>
    public SyncAttempt? Explained { get; }

    /// <summary>The ranked causes; empty where there is nothing to explain.</summary>
    public IReadOnlyList<RankedCause> Causes { get; }

    /// <summary>The first cause, where the evidence names one.</summary>
    public RankedCause? NamedCause => Causes is [{ Confidence: not CauseConfidence.Possible } first, ..] && first.Id != FindingIds.UnknownCause ? first : null;

    /// <summary>True where the evidence names a cause that no repair of the pool can help, or where the error lies plainly outside the pool.</summary>
    public bool HasOutsideCause => _hasOutsideCause ??= NamedCause is { } cause
        ? !FindingIds.PoolCauses.Contains(cause.Id) && cause.Playbook is not PlaybookCatalog.FullRepairId
        : Explained is { } attempt && CauseEngine.PointsElsewhere(CaseOf(attempt, Question));

    /// <summary>WSUS's own syncs succeed; the one that is explained is the site's, which failed.</summary>
    public bool IsSiteAlone => Syncs.Streak.Count == 0 && Question is CauseQuestion.RunFailed && Explained is { Run.Source: SyncSource.ConfigMgr };

    /// <summary>Since when the running pool runs, where that was seen; what happened before it started says little about the pool as it is now.</summary>
    public DateTimeOffset? PoolRunsSince => Pool is { State: PoolState.Started } pool ? Seen(pool.StateSince) : null;

    /// <summary>True where the newest synchronization ended before the pool was started again: whether it helped is not known yet.</summary>
    public bool IsPoolStartedSinceLastSync => Syncs.Streak.Count > 0 && PoolRunsSince > Syncs.Streak[0].EndedOrStartedAt;

    /// <summary>When the pool was last started or had a setting changed, where that was after the newest synchronization, which did not succeed: what that one tells of the pool is over. Null else.</summary>
    public DateTimeOffset? PoolRenewedAt => Syncs.Streak.Count > 0 && Latest(PoolRunsSince, SettingsChangedAt) is { } at && at > Syncs.Streak[0].EndedOrStartedAt ? at : null;

    /// <summary>When a setting of the pool was last changed; null where nobody saw a change.</summary>
    public DateTimeOffset? SettingsChangedAt => FindChange(StateSubjects.Setting(PoolName, ""), isPrefix: true);

    /// <summary>When one setting of the pool was last changed; null where nobody saw a change.</summary>
    public DateTimeOffset? SettingChangedAt(string key) => FindChange(StateSubjects.Setting(PoolName, key), isPrefix: false);

    /// <summary>The newest of some moments; null where all are.</summary>
    public static DateTimeOffset? Latest(params ReadOnlySpan<DateTimeOffset?> moments)
    {
        DateTimeOffset? latest = null;
        foreach (var moment in moments)
        {
            latest = latest is null || moment > latest ? moment ?? latest : latest;
        }

        return latest;
    }

    /// <summary>The oldest of some moments; null where all are.</summary>
    public static DateTimeOffset? Earliest(params ReadOnlySpan<DateTimeOffset?> moments)
    {
        DateTimeOffset? earliest = null;
        foreach (var moment in moments)
        {
            earliest = earliest is null || moment < earliest ? moment ?? earliest : earliest;
        }

        return earliest;
    }

    /// <summary>When a state began that is still so, by the newest change into it; null where nobody saw that.</summary>
    public DateTimeOffset? ChangedTo(string subject, params string[] states) =>
        Observation.Changes.Where(change => change.Change.Subject == subject).MaxBy(change => change.At) is { } newest && states.Contains(newest.Change.To) ? newest.At : null;

    /// <summary>Since when synchronizations have not succeeded: the end of the oldest of the newest ones that failed in a row. Null where the newest is good.</summary>
    public DateTimeOffset? FailingSince => Syncs.Streak.Count > 0 ? Syncs.Streak[^1].EndedOrStartedAt : null;

    /// <summary>Since when synchronizations fail for one cause: as far back as those in a row have that cause, or none that was ever named.</summary>
    public DateTimeOffset? FailingSinceFor(string causeId) =>
        Syncs.Streak.TakeWhile(attempt => Observation.RunCauses.GetValueOrDefault(attempt.Run.Id) is not { } named || named == causeId || named == FindingIds.UnknownCause).LastOrDefault()?.EndedOrStartedAt
            ?? Explained?.EndedOrStartedAt;

    /// <summary>Unexpected ends of the worker (WAS 5009) that the private memory limit does not explain, of the pool as it runs now; newest first.</summary>
    public IReadOnlyList<WindowsEvent> UnexplainedCrashes()
    {
        var recycles = PoolEvents(WindowsEvents.PrivateMemoryRecycle);

        return [.. PoolEvents(WindowsEvents.WorkerDied).Where(crash => !(crash.At < PoolRunsSince) && !recycles.Any(recycle => (crash.At - recycle.At).Duration() <= RecycleToEnd))];
    }

    /// <summary>When the pool stopped: from the event log, else as the agent saw it; null while it runs, or where neither is known.</summary>
    public DateTimeOffset? StoppedAt { get; }

    /// <summary>Windows events before this moment are history.</summary>
    public DateTimeOffset EventsSince { get; }

    /// <summary>Among the last 14 ended synchronizations there are successes, and more failures than those.</summary>
    public bool IsSuccessOccasional
    {
        get
        {
            var judged = Syncs.Ended.Take(SyncAttempts.JudgedCount).ToList();
            var succeeded = judged.Count(attempt => attempt.Result is SyncResult.Succeeded);

            return judged.Count >= FewestAttemptsToJudge && succeeded > 0 && succeeded < judged.Count - succeeded;
        }
    }

    /// <summary>True while synchronizations do not work on this server: the last one did not succeed, or only now and then one does.</summary>
    public bool SyncsFail => Syncs.Streak.Count > 0 || (IsSuccessOccasional && Drift.Count > 0);

    /// <summary>WSUS is on this server, as far as anything that was read tells.</summary>
    public bool HasWsus => Snapshot.Wsus.Status is SectionStatus.Ok
        || Snapshot.Agent.Roles.Contains(Contract.ServerRoles.Wsus)
        || Snapshot.Services.Value?.Find(ServiceNames.WsusService) is { State: not (ServiceState.NotInstalled or ServiceState.Unknown) };

    /// <summary>The playbook, unless the file that it would change cannot be read.</summary>
    public string? PoolPlaybook(string playbook) => Snapshot.Iis.Status is SectionStatus.Unreadable ? null : playbook;

    /// <summary>Events of WAS with this id that name the pool and are not history; newest first.</summary>
    public IReadOnlyList<WindowsEvent> PoolEvents(int eventId) =>
        Snapshot.Events.Value is not { } events
            ? []
            : [.. events.Recent.Where(windowsEvent => IsPoolEvent(windowsEvent, eventId) && windowsEvent.At >= EventsSince).OrderByDescending(windowsEvent => windowsEvent.At)];

    public static Evidence EventEvidence(IReadOnlyList<WindowsEvent> events, string what) => new(
        what,
        events.Count == 1 ? "once" : $"{Wording.Number(events.Count)} times",
        $"System log, WAS {Wording.Number(events[0].EventId).Replace(",", "", StringComparison.Ordinal)}",
        events[0].At);

    public Evidence PoolEvidence(string what, string value, EvidenceDirection speaks = EvidenceDirection.For) => new(what, value, "IIS", Snapshot.Iis.ReadAt, speaks);

    public Evidence PoolStateEvidence(EvidenceDirection speaks = EvidenceDirection.For) => PoolEvidence($"State of {PoolName}", Pool?.State.ToString() ?? "missing", speaks);

    public Evidence SettingEvidence(string key, EvidenceDirection speaks = EvidenceDirection.For)
    {
        var definition = PoolSettingCatalog.Find(key)!;

        return PoolEvidence($"{definition.Label} of {PoolName}", definition.Describe(definition.Read(Pool!.Settings)), speaks);
    }

    public static Evidence AttemptEvidence(SyncAttempt attempt)
    {
        var run = attempt.Telling;
        var text = run.ErrorText.Length > LongestErrorText ? string.Concat(run.ErrorText.AsSpan(0, LongestErrorText), "…") : run.ErrorText;
        var after = attempt.Run.Duration is { } duration ? $" after {Wording.Duration(duration)}" : "";

        return new Evidence(
            $"Sync of {Wording.Time(attempt.Run.StartedAt)}",
            $"{ResultWord(attempt.Result)}{after}{(text.Length > 0 ? ": " + text : "")}",
            run.Source is SyncSource.ConfigMgr ? "wsyncmgr.log" : "WSUS history",
            attempt.EndedOrStartedAt);
    }

    public static string ResultWord(SyncResult result) => result is SyncResult.Unknown ? "ended without a result" : result.ToString();

    /// <summary>"in the last 24 h", or since when the window of events reaches back further; "before it stopped" for a stopped pool.</summary>
    public string EventWindow => IsPoolDown ? "before it stopped" : $"in the last {Wording.Duration(Now - EventsSince)}";

    /// <summary>" for 3 h"; empty where the beginning was not seen.</summary>
    public string For(DateTimeOffset? since) => Seen(since) is { } at ? $" for {Wording.Duration(Now - at)}" : "";

    /// <summary>The beginning of a state; null where the agent merely began to look then.</summary>
    public DateTimeOffset? Seen(DateTimeOffset? since) => since is { } at && (at - Snapshot.Agent.StartedAt).Duration() >= AgentStart ? at : null;

    private (CauseQuestion, SyncAttempt?, IReadOnlyList<RankedCause>) Explain()
    {
        if (Syncs.Streak.Count > 0)
        {
            var newest = CauseEngine.Rank(CaseOf(Syncs.Streak[0], CauseQuestion.RunFailed));
            if (newest[0].Id != FindingIds.UnknownCause)
            {
                return (CauseQuestion.RunFailed, Syncs.Streak[0], newest);
            }

            // The one before may still have its error text.
            foreach (var attempt in Syncs.Streak.Take(TellingAttempts).Skip(1).Where(attempt => attempt.Failure is not SyncFailureKind.Unnamed))
            {
                if (CauseEngine.Rank(CaseOf(attempt, CauseQuestion.RunFailed)) is { } ranked && ranked[0].Id != FindingIds.UnknownCause)
                {
                    return (CauseQuestion.RunFailed, attempt, ranked);
                }
            }

            return (CauseQuestion.RunFailed, Syncs.Streak[0], newest);
        }

        if (SyncsFail && Syncs.Ended.FirstOrDefault(attempt => attempt.Result is SyncResult.Failed or SyncResult.Cancelled) is { } failed)
        {
            return (CauseQuestion.RunFailed, failed, CauseEngine.Rank(CaseOf(failed, CauseQuestion.RunFailed)));
        }

        // WSUS succeeded; what the site did with it is a failure of its own.
        if (Syncs.ConfigMgrRuns.FirstOrDefault(run => run.Result is not SyncResult.Running) is { Result: SyncResult.Failed or SyncResult.Cancelled } ofSite)
        {
            var attempt = new SyncAttempt(ofSite, Syncs.Ended.FirstOrDefault(ended => ended.ConfigMgrRun == ofSite)?.Run);

            return (CauseQuestion.RunFailed, attempt, CauseEngine.Rank(CaseOf(attempt, CauseQuestion.RunFailed)));
        }

        return Syncs.LastSuccess is not { } success ? (CauseQuestion.RunFailed, null, [])
            : Snapshot.ConfigMgr.Value is { SoftwareUpdateCount: 0 } or { SoftwareUpdateCount: > 0, Settings.ExpiredUpdates: > 0 } ? ExplainAlone(success, CauseQuestion.UpdatesMissing)
            : Snapshot.ConfigMgr.Value?.HasSyncSchedule == false && Now - success.EndedOrStartedAt > SyncRules.OverdueWithoutAttempt ? ExplainAlone(success, CauseQuestion.NoRun)
            : (CauseQuestion.RunFailed, null, []);
    }

    /// <summary>Where no run failed only a cause that is named is worth a word.</summary>
    private (CauseQuestion, SyncAttempt?, IReadOnlyList<RankedCause>) ExplainAlone(SyncAttempt attempt, CauseQuestion question) =>
        CauseEngine.Rank(CaseOf(attempt, question)) is { } ranked && ranked[0].Id != FindingIds.UnknownCause ? (question, attempt, ranked) : (question, null, []);

    private SyncRunContext CaseOf(SyncAttempt attempt, CauseQuestion question) =>
        SyncRunContext.Of(Observation, Snapshot, attempt.Run, attempt.ConfigMgrRun) with { Question = question };

    private bool IsThisServer(string name) =>
        name.Length > 0 && (string.Equals(name, Snapshot.Agent.FullyQualifiedName, StringComparison.OrdinalIgnoreCase)
            || string.Equals(name.Split('.')[0], Snapshot.Agent.ComputerName, StringComparison.OrdinalIgnoreCase));

    private bool IsPoolEvent(WindowsEvent windowsEvent, int eventId) =>
        windowsEvent.EventId == eventId && windowsEvent.Provider == WindowsEvents.WasProvider && windowsEvent.Names(PoolName);

    private DateTimeOffset? FindChange(string subject, bool isPrefix) => Observation.Changes
        .Where(change => isPrefix ? change.Change.Subject.StartsWith(subject, StringComparison.Ordinal) : change.Change.Subject == subject)
        .Max(change => (DateTimeOffset?)change.At);

    private DateTimeOffset? FindStoppedAt()
    {
        if (IsPoolRestarting)
        {
            return Pool!.StateSince;
        }

        if (!IsPoolDown)
        {
            return null;
        }

        var disabledAt = Snapshot.Events.Value?.Recent.Where(windowsEvent => IsPoolEvent(windowsEvent, WindowsEvents.PoolDisabled)).Max(windowsEvent => (DateTimeOffset?)windowsEvent.At);
        var seenAt = Seen(Pool!.StateSince);

        // The agent sees a stop seconds after the log tells it; an event long before belongs to an earlier stop.
        return seenAt is not null && disabledAt < seenAt - BeforeStop ? seenAt : disabledAt ?? seenAt;
    }

    private DateTimeOffset FindEventsSince()
    {
        var since = Now - EventMemory;
        if (Syncs.Streak.Count > 0 && Syncs.Streak[0].Run.StartedAt < since)
        {
            since = Syncs.Streak[0].Run.StartedAt;
        }

        return StoppedAt - BeforeStop < since ? StoppedAt!.Value - BeforeStop : since;
    }
}
