using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.AgentInfo ToWire(this AgentInfo info) => new()
    {
        AgentId = info.AgentId,
        ComputerName = info.ComputerName,
        FullyQualifiedName = info.FullyQualifiedName,
        AgentVersion = info.AgentVersion,
        ProtocolVersion = info.ProtocolVersion,
        OperatingSystem = info.OperatingSystem,
        Roles = { info.Roles },
        Policy = info.Policy.ToWire(),
        SequenceEpoch = info.SequenceEpoch,
        LastSequence = info.LastSequence,
        StartedAt = ToTimestamp(info.StartedAt),
        Waiting = { info.Waiting.Select(ToWire) },
        Problems = { info.Problems },
    };

    public static AgentInfo ToDomain(this Wire.AgentInfo info) => new()
    {
        AgentId = info.AgentId,
        ComputerName = info.ComputerName,
        FullyQualifiedName = info.FullyQualifiedName,
        AgentVersion = info.AgentVersion,
        ProtocolVersion = info.ProtocolVersion,
        OperatingSystem = info.OperatingSystem,
        Roles = Copy(info.Roles),
        Policy = info.Policy?.ToDomain() ?? UnknownPolicy,
        SequenceEpoch = info.SequenceEpoch,
        LastSequence = info.LastSequence,
        StartedAt = ToTimeOrDefault(info.StartedAt),
        Waiting = Map(info.Waiting, ToDomain),
        Problems = Copy(info.Problems),
    };

    public static Wire.Approval ToWire(this WaitingCommand waiting) => new()
    {
        Id = waiting.Id,
        What = waiting.What,
        Person = waiting.Person,
        HubName = waiting.HubName,
        AskedAt = ToTimestamp(waiting.AskedAt),
        ExpiresAt = ToTimestamp(waiting.ExpiresAt),
        RepairId = waiting.RepairId,
    };

    public static WaitingCommand ToDomain(this Wire.Approval waiting) =>
        new(waiting.Id, waiting.What, waiting.Person, waiting.HubName, ToTimeOrDefault(waiting.AskedAt), ToTimeOrDefault(waiting.ExpiresAt), waiting.RepairId);

    public static Wire.AgentPolicy ToWire(this AgentPolicy policy) => new()
    {
        Mode = (Wire.PolicyMode)policy.Mode,
        AllowedServices = { policy.AllowedServices },
        AllowedPools = { policy.AllowedPools },
        AllowedPlaybooks = { policy.AllowedPlaybooks },
        Hours = { policy.Hours },
        NeedsLocalApproval = policy.NeedsLocalApproval,
        NeedsApprovalFor = { policy.NeedsApprovalFor },
        Source = policy.Source,
        Problem = policy.Problem,
        Path = policy.Path,
        ChangedAt = ToTimestamp(policy.ChangedAt),
        Closed = policy.Closed,
        KeepAnyway = policy.KeepAnyway,
        Allowances = { policy.Allowances.Select(ToWire) },
    };

    /// <summary>A mode that this build does not know counts as monitor-only: what is not understood is not allowed.</summary>
    public static AgentPolicy ToDomain(this Wire.AgentPolicy policy) => new()
    {
        Mode = ToKnown((int)policy.Mode, PolicyMode.MonitorOnly),
        AllowedServices = Copy(policy.AllowedServices),
        AllowedPools = Copy(policy.AllowedPools),
        AllowedPlaybooks = Copy(policy.AllowedPlaybooks),
        Hours = Copy(policy.Hours),
        NeedsLocalApproval = policy.NeedsLocalApproval,
        NeedsApprovalFor = Copy(policy.NeedsApprovalFor),
        Source = policy.Source,
        Problem = policy.Problem,
        Path = policy.Path,
        ChangedAt = ToTime(policy.ChangedAt),
        Closed = policy.Closed,
        KeepAnyway = policy.KeepAnyway,
        Allowances = Map(policy.Allowances, ToDomain),
    };

    public static Wire.CommandAllowance ToWire(this CommandAllowance allowance) => new()
    {
        Kind = (Wire.PacedCommand)allowance.Kind,
        Limit = allowance.Limit,
        Used = allowance.Used,
        WindowHours = allowance.WindowHours,
        NextFreeAt = ToTimestamp(allowance.NextFreeAt),
    };

    public static CommandAllowance ToDomain(this Wire.CommandAllowance allowance) =>
        new(ToKnown<PacedCommand>((int)allowance.Kind), allowance.Limit, allowance.Used, allowance.WindowHours, ToTime(allowance.NextFreeAt));

    private static AgentPolicy UnknownPolicy => new() { Mode = PolicyMode.MonitorOnly, Source = "" };
}
