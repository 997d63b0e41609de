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
    public bool HasWsus { get; init; } = true;

    /// <summary>Where the site's WSUS is, if it is not on this server.</summary>
    public IReadOnlyList<string> RemoteUpdatePoints { get; init; } = [];
    public TimeSpan PoolRestartWait { get; init; }
    public TimeSpan TrialTimeLimit { get; init; }
    public TimeSpan ServiceTimeLimit { get; init; }
}
