using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Repairs;

/// <summary>What a run wrote down before it changed anything.</summary>
internal sealed record SavedSettings
{
    public required string PoolName { get; init; }
    public required PoolSettings Settings { get; init; }
    public PoolState PoolState { get; init; }
    public int ApplicationCount { get; init; }
    public IReadOnlyList<ServiceStatus> Services { get; init; } = [];
    public DateTimeOffset SavedAt { get; init; }
}
