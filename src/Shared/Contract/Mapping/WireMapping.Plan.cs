using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.Plan ToWire(this Plan plan) => new()
    {
        Id = plan.Id,
        ComputerName = plan.ComputerName,
        Playbook = plan.Playbook,
        Baseline = plan.Baseline,
        Fingerprint = plan.Fingerprint,
        CreatedAt = ToTimestamp(plan.CreatedAt),
        PoolName = plan.PoolName,
        Steps = { plan.Steps.Select(ToWire) },
        Changes = { plan.Changes.Select(ToWire) },
        Warnings = { plan.Warnings },
        Interruptions = { plan.Interruptions },
        Refusal = plan.Refusal,
        PoolStateBefore = (Wire.PoolState)plan.PoolStateBefore,
        Deviations = { plan.Deviations.Select(ToWire) },
        IncludesRisky = plan.IncludesRisky,
    };

    public static Plan ToDomain(this Wire.Plan plan) => new()
    {
        Id = plan.Id,
        ComputerName = plan.ComputerName,
        Playbook = plan.Playbook,
        Baseline = plan.Baseline,
        Fingerprint = plan.Fingerprint,
        CreatedAt = ToTimeOrDefault(plan.CreatedAt),
        PoolName = plan.PoolName,
        Steps = Map(plan.Steps, ToDomain),
        Changes = Map(plan.Changes, ToDomain),
        Warnings = Copy(plan.Warnings),
        Interruptions = Copy(plan.Interruptions),
        Refusal = plan.Refusal,
        PoolStateBefore = ToKnown<PoolState>((int)plan.PoolStateBefore),
        Deviations = Map(plan.Deviations, ToDomain),
        IncludesRisky = plan.IncludesRisky,
    };

    public static Wire.SettingDeviation ToWire(this SettingDeviation deviation) => new()
    {
        Setting = deviation.Setting,
        Wanted = deviation.Wanted,
        Planned = deviation.Planned,
        Reason = deviation.Reason,
        Source = deviation.Source,
        Included = deviation.IsIncluded,
    };

    public static SettingDeviation ToDomain(this Wire.SettingDeviation deviation) => new()
    {
        Setting = deviation.Setting,
        Wanted = deviation.Wanted,
        Planned = deviation.Planned,
        Reason = deviation.Reason,
        Source = deviation.Source,
        IsIncluded = deviation.Included,
    };

    public static Wire.PlanStep ToWire(this PlanStep step) => new()
    {
        Number = step.Number,
        Kind = (Wire.StepKind)step.Kind,
        Title = step.Title,
        Target = step.Target,
        Detail = step.Detail,
        WillBeSkipped = step.WillBeSkipped,
        Interrupts = step.Interrupts,
        ExpectedDuration = ToDuration(step.ExpectedDuration),
        TimeLimit = ToDuration(step.TimeLimit),
    };

    public static PlanStep ToDomain(this Wire.PlanStep step) => new()
    {
        Number = step.Number,
        Kind = ToKnown<StepKind>((int)step.Kind),
        Title = step.Title,
        Target = step.Target,
        Detail = step.Detail,
        WillBeSkipped = step.WillBeSkipped,
        Interrupts = step.Interrupts,
        ExpectedDuration = ToSpanOrZero(step.ExpectedDuration),
        TimeLimit = ToSpanOrZero(step.TimeLimit),
    };

    public static Wire.SettingChange ToWire(this SettingChange change) => new()
    {
        Setting = change.Setting,
        Before = change.Before,
        After = change.After,
        Reason = change.Reason,
        Source = change.Source,
    };

    public static SettingChange ToDomain(this Wire.SettingChange change) => new()
    {
        Setting = change.Setting,
        Before = change.Before,
        After = change.After,
        Reason = change.Reason,
        Source = change.Source,
    };
}
