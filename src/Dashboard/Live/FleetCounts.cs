using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Live;

/// <summary>Servers by health.</summary>
public sealed record FleetCounts
{
    public required HealthCount Critical { get; init; }
    public required HealthCount Warning { get; init; }
    public required HealthCount Healthy { get; init; }
    public required HealthCount Unreachable { get; init; }
    public required HealthCount Unknown { get; init; }

    /// <summary>Servers that a repair is at work on; they are not among those of a health.</summary>
    public int BeingRepaired { get; init; }

    /// <summary>Servers whose history is being read; they are among those of their health, too.</summary>
    public int ReadingHistory { get; init; }

    /// <summary>Servers whose agents aren't listened to for a time; they are among those of their health, too.</summary>
    public int Quarantined { get; init; }

    /// <summary>Servers that can't be assessed; they are among those of their health, too.</summary>
    public int NotAssessable { get; init; }

    /// <summary>Counts the servers that are given.</summary>
    public static FleetCounts Of(IReadOnlyList<LiveServer> fleet)
    {
        var byHealth = fleet.Where(server => !server.IsBeingRepaired).ToLookup(server => server.Status.Health, server => server.Status.HealthSince);
        return new()
        {
            Critical = Count(Health.Critical),
            Warning = Count(Health.Warning),
            Healthy = Count(Health.Healthy),
            Unreachable = Count(Health.Unreachable),
            Unknown = Count(Health.Unknown),
            BeingRepaired = fleet.Count(server => server.IsBeingRepaired),
            ReadingHistory = fleet.Count(server => server.Condition == ServerCondition.ReadingHistory),
            Quarantined = fleet.Count(server => server.Condition == ServerCondition.Quarantined),
            NotAssessable = fleet.Count(server => server.Condition == ServerCondition.NotAssessable),
        };

        HealthCount Count(Health health) => new(health, byHealth[health].Count(), byHealth[health].Min());
    }

    public int Total => Critical.Count + Warning.Count + Healthy.Count + Unreachable.Count + Unknown.Count + BeingRepaired;
}

/// <summary>How many servers have a health.</summary>
/// <param name="Health">The health.</param>
/// <param name="Count">Servers.</param>
/// <param name="Since">UTC time since which the first of them has it; null where there is none.</param>
public sealed record HealthCount(Health Health, int Count, DateTimeOffset? Since);

/// <summary>A server and the age of its last good synchronization.</summary>
/// <param name="LastGoodSyncAt">UTC; null where none is known.</param>
/// <param name="IsReadingHistory">True while its history is being read: it may be known in a moment.</param>
public sealed record LastGood(int ServerId, string Name, DateTimeOffset? LastGoodSyncAt, bool IsReadingHistory = false)
{
    /// <summary>The servers whose last good synchronization is oldest; those without any come first.</summary>
    public static ValueList<LastGood> Worst(IReadOnlyList<LiveServer> fleet, int count) =>
    [
        .. fleet.OrderBy(server => server.Status.LastGoodSyncAt).ThenBy(server => server.Name, StringComparer.OrdinalIgnoreCase).Take(count)
            .Select(server => new LastGood(server.Id, server.Name, server.Status.LastGoodSyncAt, server.Condition == ServerCondition.ReadingHistory)),
    ];
}

/// <summary>A cause, and how many servers have it now.</summary>
public sealed record CauseCount(string Id, string Title, int Servers)
{
    /// <summary>The most frequent first.</summary>
    public static ValueList<CauseCount> Of(IReadOnlyList<LiveServer> fleet) =>
    [
        .. fleet.Where(server => server.Status.CauseId is not null).GroupBy(server => server.Status.CauseId!)
            .Select(group => new CauseCount(group.Key, group.Min(server => server.Status.CauseTitle) ?? group.Key, group.Count()))
            .OrderByDescending(cause => cause.Servers).ThenBy(cause => cause.Id, StringComparer.Ordinal),
    ];
}

/// <summary>A site, and how many servers it has.</summary>
public sealed record SiteCount(string Site, int Servers)
{
    public static ValueList<SiteCount> Of(IReadOnlyList<LiveServer> fleet) =>
        [.. fleet.CountBy(server => server.Site).Select(site => new SiteCount(site.Key, site.Value)).OrderBy(site => site.Site, StringComparer.Ordinal)];
}
