using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.Repair ToWire(this Repair run) => new()
    {
        Id = run.Id,
        PlanFingerprint = run.PlanFingerprint,
        ComputerName = run.ComputerName,
        Playbook = run.Playbook,
        Baseline = run.Baseline,
        PoolName = run.PoolName,
        State = (Wire.RepairState)run.State,
        RequestedBy = run.RequestedBy,
        Reason = run.Reason,
        StartedAt = ToTimestamp(run.StartedAt),
        EndedAt = ToTimestamp(run.EndedAt),
        Steps = { run.Steps.Select(ToWire) },
        Changes = { run.Changes.Select(ToWire) },
        Verification = run.Verification?.ToWire(),
        CancelRequested = run.CancelRequested,
        UndoOf = run.UndoOf,
        UndoneBy = run.UndoneBy,
        CanUndo = run.CanUndo,
        Revision = run.Revision,
        Ticket = run.Ticket,
        Approval = run.Approval?.ToWire(),
        IncludesRisky = run.IncludesRisky,
        Trial = run.Trial?.ToWire(),
        Keep = run.Keep?.ToWire(),
    };

    public static Repair ToDomain(this Wire.Repair run) => new()
    {
        Id = run.Id,
        PlanFingerprint = run.PlanFingerprint,
        ComputerName = run.ComputerName,
        Playbook = run.Playbook,
        Baseline = run.Baseline,
        PoolName = run.PoolName,
        State = ToKnown<RepairState>((int)run.State),
        RequestedBy = run.RequestedBy,
        Reason = run.Reason,
        StartedAt = ToTimeOrDefault(run.StartedAt),
        EndedAt = ToTime(run.EndedAt),
        Steps = Map(run.Steps, ToDomain),
        Changes = Map(run.Changes, ToDomain),
        Verification = run.Verification?.ToDomain(),
        CancelRequested = run.CancelRequested,
        UndoOf = run.UndoOf,
        UndoneBy = run.UndoneBy,
        CanUndo = run.CanUndo,
        Revision = run.Revision,
        Ticket = run.Ticket,
        Approval = run.Approval?.ToDomain(),
        IncludesRisky = run.IncludesRisky,
        Trial = run.Trial?.ToDomain(),
        Keep = run.Keep?.ToDomain(),
    };

    public static Wire.RepairApproval ToWire(this RepairApproval approval) =>
        new() { Id = approval.Id, AskedAt = ToTimestamp(approval.AskedAt), ExpiresAt = ToTimestamp(approval.ExpiresAt), Decision = approval.Decision };

    public static RepairApproval ToDomain(this Wire.RepairApproval approval) =>
        new(approval.Id, ToTimeOrDefault(approval.AskedAt), ToTimeOrDefault(approval.ExpiresAt), approval.Decision);

    public static Wire.Trial ToWire(this Trial trial) => new()
    {
        Endpoints = { trial.Endpoints.Select(ToWire) },
        Verdict = (Wire.TrialVerdict)trial.Verdict,
        Reason = trial.Reason,
    };

    public static Trial ToDomain(this Wire.Trial trial) => new()
    {
        Endpoints = Map(trial.Endpoints, ToDomain),
        Verdict = ToKnown<TrialVerdict>((int)trial.Verdict),
        Reason = trial.Reason,
    };

    public static Wire.EndpointTrial ToWire(this EndpointTrial trial) => new()
    {
        Endpoint = (Wire.ClientEndpoint)trial.Endpoint,
        Before = (Wire.AnswerClass)trial.Before,
        WordsBefore = trial.WordsBefore,
        MedianBefore = ToDuration(trial.MedianBefore),
        After = (Wire.AnswerClass)trial.After,
        WordsAfter = trial.WordsAfter,
        MedianAfter = ToDuration(trial.MedianAfter),
    };

    public static EndpointTrial ToDomain(this Wire.EndpointTrial trial) => new()
    {
        Endpoint = ToKnown<ClientEndpoint>((int)trial.Endpoint),
        Before = ToKnown<AnswerClass>((int)trial.Before),
        WordsBefore = trial.WordsBefore,
        MedianBefore = ToSpan(trial.MedianBefore),
        After = ToKnown<AnswerClass>((int)trial.After),
        WordsAfter = trial.WordsAfter,
        MedianAfter = ToSpan(trial.MedianAfter),
    };

    public static Wire.KeepDecision ToWire(this KeepDecision decision) => new() { By = decision.By, Reason = decision.Reason, At = ToTimestamp(decision.At) };

    public static KeepDecision ToDomain(this Wire.KeepDecision decision) => new(decision.By, decision.Reason, ToTimeOrDefault(decision.At));

    public static Wire.RepairStep ToWire(this RepairStep step) => new()
    {
        Number = step.Number,
        Kind = (Wire.StepKind)step.Kind,
        Title = step.Title,
        Target = step.Target,
        State = (Wire.StepState)step.State,
        StartedAt = ToTimestamp(step.StartedAt),
        EndedAt = ToTimestamp(step.EndedAt),
        Message = step.Message,
        ReadBack = { step.ReadBack },
        Output = step.Output,
        Attempts = step.Attempts,
        ExpectedDuration = ToDuration(step.ExpectedDuration),
        IsRollback = step.IsRollback,
        SkipReason = step.SkipReason,
    };

    public static RepairStep ToDomain(this Wire.RepairStep step) => new()
    {
        Number = step.Number,
        Kind = ToKnown<StepKind>((int)step.Kind),
        Title = step.Title,
        Target = step.Target,
        State = ToKnown<StepState>((int)step.State),
        StartedAt = ToTime(step.StartedAt),
        EndedAt = ToTime(step.EndedAt),
        Message = step.Message,
        ReadBack = Copy(step.ReadBack),
        Output = step.Output,
        Attempts = step.Attempts,
        ExpectedDuration = ToSpanOrZero(step.ExpectedDuration),
        IsRollback = step.IsRollback,
        SkipReason = step.SkipReason,
    };

    public static Wire.Verification ToWire(this Verification verification)
    {
        var wire = new Wire.Verification
        {
            SyncResult = (Wire.SyncResult)verification.SyncResult,
            SyncDuration = ToDuration(verification.SyncDuration),
            ErrorText = verification.ErrorText,
            Succeeded = verification.Succeeded,
            Sentence = verification.Sentence,
        };
        if (verification.UpdatesBefore is { } updatesBefore)
        {
            wire.UpdatesBefore = updatesBefore;
        }

        if (verification.UpdatesAfter is { } updatesAfter)
        {
            wire.UpdatesAfter = updatesAfter;
        }

        if (verification.ConfigMgrUpdatesBefore is { } configMgrBefore)
        {
            wire.ConfigMgrUpdatesBefore = configMgrBefore;
        }

        if (verification.ConfigMgrUpdatesAfter is { } configMgrAfter)
        {
            wire.ConfigMgrUpdatesAfter = configMgrAfter;
        }

        return wire;
    }

    public static Verification ToDomain(this Wire.Verification verification) => new()
    {
        SyncResult = ToKnown<SyncResult>((int)verification.SyncResult),
        SyncDuration = ToSpan(verification.SyncDuration),
        ErrorText = verification.ErrorText,
        UpdatesBefore = verification.HasUpdatesBefore ? verification.UpdatesBefore : null,
        UpdatesAfter = verification.HasUpdatesAfter ? verification.UpdatesAfter : null,
        ConfigMgrUpdatesBefore = verification.HasConfigMgrUpdatesBefore ? verification.ConfigMgrUpdatesBefore : null,
        ConfigMgrUpdatesAfter = verification.HasConfigMgrUpdatesAfter ? verification.ConfigMgrUpdatesAfter : null,
        Succeeded = verification.Succeeded,
        Sentence = verification.Sentence,
    };
}
