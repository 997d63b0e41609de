using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Shared.Repairs;

/// <summary>What a synchronization has to do with a repair.</summary>
public enum RepairTrace
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The repair asked for it, to prove itself.</summary>
    Started = 1,

    /// <summary>It ended, without success, because of what the repair stopped or restarted.</summary>
    Interrupted = 2,
}

/// <summary>The time of one repair on its server, and what it leaves behind there: what it causes is no failure of the server.</summary>
public sealed record RepairPeriod
{
    /// <summary>WSUS and the agent share a clock, but WSUS rounds the times of its history.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(3);

    /// <summary>Windows and WSUS write down a little later what a restart ended.</summary>
    private static readonly TimeSpan AfterInterruption = TimeSpan.FromMinutes(2);

    /// <summary>A run without an end is taken to have been cut off by the repair where it began at most this long before.</summary>
    private static readonly TimeSpan LongestUnended = TimeSpan.FromHours(1);

    public required string RepairId { get; init; }

    /// <summary>Id of its playbook; empty for an undo, which cures nothing.</summary>
    public string Playbook { get; init; } = "";

    public string RequestedBy { get; init; } = "";

    /// <summary>UTC; its first step began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>UTC; null while it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>UTC; its first step began that stops or restarts something. Null before that.</summary>
    public DateTimeOffset? InterruptsFrom { get; init; }

    /// <summary>UTC; the last of these steps ended. Null while one goes on.</summary>
    public DateTimeOffset? InterruptsUntil { get; init; }

    /// <summary>UTC; it asked for its own synchronization. Null before that.</summary>
    public DateTimeOffset? AsksSyncAt { get; init; }

    public bool IsOpen => EndedAt is null;

    /// <summary>Null where nothing of the repair has begun: it waits for an approval, or never got one.</summary>
    public static RepairPeriod? Of(Repair run)
    {
        var begun = run.Steps.Where(step => step.State is StepState.Running or StepState.Done or StepState.Failed).ToList();
        if (run.State is RepairState.WaitingForApproval || (begun.Count == 0 && run.State is not RepairState.Running))
        {
            return null;
        }

        var interrupting = begun.FindAll(step => Interrupts(step.Kind));
        return new RepairPeriod
        {
            RepairId = run.Id,
            Playbook = run.UndoOf.Length > 0 ? "" : run.Playbook,
            RequestedBy = run.RequestedBy,
            StartedAt = begun.Min(step => step.StartedAt) ?? run.StartedAt,
            EndedAt = run.IsOpen ? null : run.EndedAt ?? run.StartedAt,
            InterruptsFrom = interrupting.Count == 0 ? null : interrupting.Min(step => step.StartedAt) ?? run.StartedAt,
            InterruptsUntil = interrupting.Count == 0 || interrupting.Exists(step => step.State is StepState.Running) ? null : interrupting.Max(step => step.EndedAt) ?? run.EndedAt,
            AsksSyncAt = begun.Find(step => step.Kind is StepKind.StartSync) is { } start ? start.StartedAt ?? run.StartedAt : null,
        };
    }

    /// <summary>True where what happened at a moment may be the doing of the repair: something was being stopped or restarted.</summary>
    public bool Covers(DateTimeOffset at) => at >= InterruptsFrom - ClockSlack && !(at > (InterruptsUntil ?? EndedAt) + AfterInterruption);

    /// <summary>What a synchronization has to do with this repair.</summary>
    public RepairTrace TraceOf(SyncRun run) =>
        run.StartedAt >= AsksSyncAt - ClockSlack && !(run.StartedAt > EndedAt) ? RepairTrace.Started
        : run.Result is (SyncResult.Failed or SyncResult.Cancelled or SyncResult.Unknown) && IsCutOff(run) ? RepairTrace.Interrupted
        : RepairTrace.None;

    private bool IsCutOff(SyncRun run) => run.EndedAt is { } endedAt
        ? Covers(endedAt)
        : run.StartedAt >= InterruptsFrom - LongestUnended && !(run.StartedAt > (InterruptsUntil ?? EndedAt));

    /// <summary>Only these end something that runs, or let settings decide whether it runs on; all others read, write down, start what is stopped, or synchronize.</summary>
    private static bool Interrupts(StepKind kind) =>
        kind is StepKind.ApplySettings or StepKind.RestartPool or StepKind.TrySettings or StepKind.ResetIis or StepKind.RestartService or StepKind.RestoreSettings;
}

/// <summary>Looks for what a synchronization has to do with the repairs of its server.</summary>
public static class RepairPeriods
{
    /// <summary>The repair that started or cut off a synchronization; null where none did.</summary>
    public static (RepairPeriod Repair, RepairTrace Trace)? FindBehind(this IEnumerable<RepairPeriod> periods, SyncRun run)
    {
        foreach (var period in periods)
        {
            if (period.TraceOf(run) is var trace and not RepairTrace.None)
            {
                return (period, trace);
            }
        }

        return null;
    }

    /// <summary>
    /// True where a synchronization counts in streaks, charts and causes: one that a repair cut off does not, and of those that a repair started only the good
    /// ones do, because the updates are there then, whoever asked for them.
    /// </summary>
    public static bool Counts(RepairTrace trace, SyncResult result) => trace switch
    {
        RepairTrace.None => true,
        RepairTrace.Started => result is SyncResult.Succeeded or SyncResult.Running,
        _ => false,
    };
}
