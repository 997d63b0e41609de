using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Rules;

/// <summary>One synchronization as a person counts it: what WSUS says of it, and what Configuration Manager says of the same one.</summary>
/// <param name="Run">WSUS's run; Configuration Manager's own where WSUS has none for that time.</param>
/// <param name="ConfigMgrRun">Configuration Manager's run of the same time; null where there is none.</param>
internal sealed record SyncAttempt(SyncRun Run, SyncRun? ConfigMgrRun)
{
    public SyncResult Result => Run.Result;

    /// <summary>Good for those who wait for updates: an import into the site that failed leaves them where they were, however well WSUS did.</summary>
    public bool IsGood => Result is SyncResult.Succeeded && ConfigMgrRun?.Result is not (SyncResult.Failed or SyncResult.Cancelled);

    /// <summary>The reason that either of them names; Configuration Manager's log still says it where WSUS hides it.</summary>
    public SyncFailureKind Failure => SyncFailure.Classify(Run) is var kind and not SyncFailureKind.Unnamed
        ? kind
        : Result is not SyncResult.Succeeded && ConfigMgrRun is { } other ? SyncFailure.Classify(other) : SyncFailureKind.Unnamed;

    /// <summary>The run whose error names the reason, or has any text.</summary>
    public SyncRun Telling => SyncFailure.Classify(Run) is SyncFailureKind.Unnamed && ConfigMgrRun is { } other
        && (SyncFailure.Classify(other) is not SyncFailureKind.Unnamed || Run.ErrorText.Length == 0)
        ? other
        : Run;

    public DateTimeOffset EndedOrStartedAt => Run.EndedAt ?? Run.StartedAt;
}

/// <summary>The recent synchronizations of a server, each counted once, newest first.</summary>
/// <remarks>
/// WSUS and Configuration Manager both tell of a synchronization that Configuration Manager asked for. WSUS's view counts; a run of Configuration
/// Manager that overlaps none of WSUS counts by itself, because WSUS keeps no record of a synchronization that it could not even be asked for.
/// </remarks>
internal sealed class SyncAttempts
{
    /// <summary>How many synchronizations the screens show, and the rules judge.</summary>
    public const int JudgedCount = 14;

    /// <summary>Configuration Manager asks first and hears of the end later; both clocks are the same server's.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>
    /// WSUS keeps no end of a run that died with it: such a run looks as if it went on for ever, and must not hide what Configuration Manager tells of later.
    /// </summary>
    private static readonly TimeSpan LongestRunWithoutEnd = TimeSpan.FromHours(4);

    /// <summary>Older ones change no judgement, and pairing all of a month would cost more than it tells.</summary>
    private const int PairedRuns = 400;

    private SyncAttempts(IReadOnlyList<SyncAttempt> attempts, IReadOnlyList<SyncRun> configMgrRuns)
    {
        Running = attempts.FirstOrDefault(attempt => attempt.Result is SyncResult.Running);
        Ended = [.. attempts.Where(attempt => attempt.Result is not SyncResult.Running)];
        Streak = [.. Ended.TakeWhile(attempt => attempt.Result is not SyncResult.Succeeded)];
        LastSuccess = Ended.FirstOrDefault(attempt => attempt.Result is SyncResult.Succeeded);
        ConfigMgrRuns = configMgrRuns;
    }

    public SyncAttempt? Running { get; }

    /// <summary>Newest first, without the one that runs.</summary>
    public IReadOnlyList<SyncAttempt> Ended { get; }

    /// <summary>The newest ones, up to the last that succeeded.</summary>
    public IReadOnlyList<SyncAttempt> Streak { get; }

    public SyncAttempt? LastSuccess { get; }

    /// <summary>Configuration Manager's own view, newest first, with those that WSUS tells of too.</summary>
    public IReadOnlyList<SyncRun> ConfigMgrRuns { get; }

    public static SyncAttempts From(IReadOnlyList<SyncRun> runs, DateTimeOffset now)
    {
        var sorted = runs.OrderByDescending(run => run.StartedAt).Take(PairedRuns).ToList();
        var configMgr = sorted.Where(run => run.Source is SyncSource.ConfigMgr).ToList();
        var own = sorted.Where(run => run.Source is not SyncSource.ConfigMgr).ToList();
        var alone = new HashSet<SyncRun>(configMgr, ReferenceEqualityComparer.Instance);
        var attempts = new List<SyncAttempt>(sorted.Count);
        foreach (var run in own)
        {
            SyncRun? companion = null;
            foreach (var other in configMgr.Where(other => Overlap(run, other, now)))
            {
                alone.Remove(other);
                companion ??= other;
            }

            attempts.Add(new SyncAttempt(run, companion));
        }

        attempts.AddRange(alone.Select(run => new SyncAttempt(run, null)));

        return new SyncAttempts([.. attempts.OrderByDescending(attempt => attempt.Run.StartedAt)], configMgr);
    }

    private static bool Overlap(SyncRun run, SyncRun other, DateTimeOffset now) =>
        other.StartedAt - Tolerance <= End(run, now) && run.StartedAt <= End(other, now) + Tolerance;

    private static DateTimeOffset End(SyncRun run, DateTimeOffset now)
    {
        if (run.EndedAt is { } endedAt)
        {
            return endedAt;
        }

        var latest = run.StartedAt + LongestRunWithoutEnd;

        return run.Result is not SyncResult.Running || now < run.StartedAt ? run.StartedAt : now < latest ? now : latest;
    }
}
