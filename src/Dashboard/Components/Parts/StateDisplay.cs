using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Components.Parts;

/// <summary>How much of a person's attention a state asks for.</summary>
public enum Tone
{
    /// <summary>Nothing to do; grey.</summary>
    Quiet = 0,

    /// <summary>As it should be.</summary>
    Good = 1,

    /// <summary>Something goes on.</summary>
    Busy = 2,

    /// <summary>Look at it soon.</summary>
    Warning = 3,

    /// <summary>Look at it now.</summary>
    Bad = 4,
}

/// <summary>Shape, word and tone of a state: one table for the whole product, so that the same state looks the same everywhere.</summary>
public sealed record StateDisplay(string Icon, string Word, Tone Tone, bool Spins = false)
{
    public static StateDisplay Unknown { get; } = new("none", "Unknown", Tone.Quiet);

    /// <summary>A repair goes on: neither good nor bad.</summary>
    public static StateDisplay BeingRepaired { get; } = new("wrench", "Being repaired", Tone.Busy);

    /// <summary>What is not there yet says nothing.</summary>
    public static StateDisplay ReadingHistory { get; } = new("spin", "Reading history", Tone.Busy, true);

    /// <summary>Its agent is not listened to.</summary>
    public static StateDisplay Quarantined { get; } = new("stop", "In quarantine", Tone.Bad);

    /// <summary>What it says can't be assessed: neither good nor bad, and nothing to rely on.</summary>
    public static StateDisplay NotAssessable { get; } = new("warn", "Not assessable", Tone.Warning);

    /// <summary>What is going on with a server, else its health; that nothing new is known of it comes first.</summary>
    public static StateDisplay Of(LiveServer server) => server switch
    {
        { Condition: ServerCondition.Quarantined } => Quarantined,
        { Condition: ServerCondition.NotAssessable } => NotAssessable,
        { Status.Health: Health.Unreachable } => Of(Health.Unreachable),
        { IsBeingRepaired: true } => BeingRepaired,
        { Condition: ServerCondition.ReadingHistory, Status.Health: Health.Unknown } => ReadingHistory,
        _ => Of(server.Status.Health),
    };

    public static StateDisplay Of(ProblemState state) => state switch
    {
        ProblemState.Open => new("cross", "Open", Tone.Bad),
        ProblemState.BeingRepaired => BeingRepaired,
        ProblemState.Unproven => new("clock", "Not proven yet", Tone.Busy),
        ProblemState.Resolved => new("check", "Resolved", Tone.Good),
        _ => new("dots", "Suspected", Tone.Quiet),
    };

    public string ToneClass => Tone switch
    {
        Tone.Good => "tone-good",
        Tone.Busy => "tone-busy",
        Tone.Warning => "tone-warning",
        Tone.Bad => "tone-bad",
        _ => "tone-quiet",
    };

    public static StateDisplay Of(Health health) => health switch
    {
        Health.Healthy => new("check", "Healthy", Tone.Good),
        Health.Warning => new("warn", "Warning", Tone.Warning),
        Health.Critical => new("cross", "Critical", Tone.Bad),
        Health.Unreachable => new("none", "No answer", Tone.Bad),
        _ => new("dots", "Waiting for data", Tone.Quiet),
    };

    public static StateDisplay Of(Severity severity) => severity switch
    {
        Severity.Critical => new("cross", "Critical", Tone.Bad),
        Severity.Warning => new("warn", "Warning", Tone.Warning),
        _ => new("info", "Information", Tone.Quiet),
    };

    public static StateDisplay Of(PoolState state) => state switch
    {
        PoolState.Started => new("play", "Started", Tone.Good),
        PoolState.Stopped => new("stop", "Stopped", Tone.Bad),
        PoolState.Starting => new("spin", "Starting", Tone.Busy, true),
        PoolState.Stopping => new("spin", "Stopping", Tone.Busy, true),
        _ => Unknown,
    };

    /// <summary>A stopped service is bad only where it should run automatically.</summary>
    public static StateDisplay Of(ServiceState state, ServiceStartType startType) => state switch
    {
        ServiceState.Running => new("play", "Running", Tone.Good),
        ServiceState.Stopped => new("stop", "Stopped", startType is ServiceStartType.Automatic or ServiceStartType.AutomaticDelayed ? Tone.Bad : Tone.Quiet),
        ServiceState.StartPending => new("spin", "Starting", Tone.Busy, true),
        ServiceState.StopPending => new("spin", "Stopping", Tone.Busy, true),
        ServiceState.ContinuePending => new("spin", "Continuing", Tone.Busy, true),
        ServiceState.PausePending => new("spin", "Pausing", Tone.Busy, true),
        ServiceState.Paused => new("stop", "Paused", Tone.Warning),
        ServiceState.NotInstalled => new("none", "Not installed", Tone.Quiet),
        _ => Unknown,
    };

    /// <summary>An answer of WSUS to a client; where it was not asked, why.</summary>
    public static StateDisplay Of(EndpointState endpoint) => endpoint switch
    {
        { Skipped: SkipReason.PoolStopped } => new("stop", "Pool stopped (503)", Tone.Bad),
        { Skipped: SkipReason.PoolIdle } => new("none", "Not asked: pool idle", Tone.Quiet),
        { IsFailing: false, Answer: { } answer } => new("check", answer.Words, Tone.Good),
        { Class: AnswerClass.Refused, Answer: { } answer } => new("warn", answer.Words, Tone.Warning),
        { Answer: { } answer } => new("cross", Capitalized(answer.Words), Tone.Bad),
        _ => Unknown,
    };

    public static StateDisplay Of(SyncResult result) => result switch
    {
        SyncResult.Succeeded => new("check", "Succeeded", Tone.Good),
        SyncResult.Failed => new("cross", "Failed", Tone.Bad),
        SyncResult.Cancelled => new("cancel", "Cancelled", Tone.Warning),
        SyncResult.Running => new("spin", "Running", Tone.Busy, true),
        _ => new("none", "Ended without a result", Tone.Quiet),
    };

    public static StateDisplay Of(RepairState state) => state switch
    {
        RepairState.Running => new("spin", "Running", Tone.Busy, true),
        RepairState.WaitingForApproval => new("clock", "Waiting for approval", Tone.Warning),
        RepairState.Succeeded => new("check", "Succeeded", Tone.Good),
        RepairState.Failed => new("cross", "Failed", Tone.Bad),
        RepairState.Cancelled => new("cancel", "Stopped on request", Tone.Warning),
        RepairState.NotProven => new("warn", "Not proven", Tone.Warning),
        RepairState.RolledBack => new("back", "Rolled back", Tone.Warning),
        _ => Unknown,
    };

    public static StateDisplay Of(StepState state) => state switch
    {
        StepState.Running => new("spin", "Running", Tone.Busy, true),
        StepState.Done => new("check", "Done", Tone.Good),
        StepState.Failed => new("cross", "Failed", Tone.Bad),
        StepState.Skipped => new("skip", "Skipped", Tone.Quiet),
        StepState.NotRun => new("none", "Not run", Tone.Quiet),
        _ => new("circle", "Waiting", Tone.Quiet),
    };

    private static string Capitalized(string words) => char.ToUpperInvariant(words[0]) + words[1..];
}
