using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs.Planning;

/// <summary>What the texts of a plan speak about.</summary>
internal sealed record PlanDraft
{
    public required string PoolName { get; init; }
    public PoolState PoolState { get; init; }
    public IReadOnlyList<SettingChange> Changes { get; init; } = [];
    public IReadOnlyList<string> SiteNames { get; init; } = [];
    public bool HasConfigMgr { get; init; }
    public TimeSpan PoolRestartWait { get; init; }
    public TimeSpan ServiceTimeLimit { get; init; }
}
