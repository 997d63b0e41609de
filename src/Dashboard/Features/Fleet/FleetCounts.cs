using WsusDashboard.Shared.Rules;

namespace WsusDashboard.Dashboard.Features.Fleet;

/// <summary>Servers by health.</summary>
public sealed record FleetCounts
{
    public required HealthCount Critical { get; init; }
    public required HealthCount Warning { get; init; }
    public required HealthCount Healthy { get; init; }
    public required HealthCount Unreachable { get; init; }
    public required HealthCount Unknown { get; init; }

    public int Total => Critical.Count + Warning.Count + Healthy.Count + Unreachable.Count + Unknown.Count;
}

/// <summary>How many servers have a health.</summary>
/// <param name="Health">The health.</param>
/// <param name="Count">Servers.</param>
/// <param name="Since">UTC time since which the first of them has it; null where there is none.</param>
public sealed record HealthCount(Health Health, int Count, DateTimeOffset? Since);

/// <summary>A server and the age of its last good synchronization.</summary>
/// <param name="LastGoodSyncAt">UTC; null where none is known.</param>
public sealed record LastGood(int ServerId, string Name, DateTimeOffset? LastGoodSyncAt);

/// <summary>A cause, and how many servers have it now.</summary>
public sealed record CauseCount(string Id, string Title, int Servers);

/// <summary>A site, and how many servers it has.</summary>
public sealed record SiteCount(string Site, int Servers);
