using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Shared.Baselines;

/// <summary>What a server can bear, as far as it was read: the facts that make a recommended setting dangerous on it.</summary>
public sealed record ServerBounds
{
    /// <summary>Nothing known: no setting is dangerous, and none is known to be safe.</summary>
    public static ServerBounds Unknown { get; } = new();

    public IReadOnlyList<CompressionScheme> CompressionSchemes { get; init; } = [];

    /// <summary>Why the schemes could not be read; empty where they could.</summary>
    public string CompressionProblem { get; init; } = "";

    /// <summary>True where WSUS answered at the last reading, through the pool as it is set now.</summary>
    public bool IsWsusAnswering { get; init; }

    /// <summary>Physical memory in KB; 0 where unknown.</summary>
    public long TotalMemoryKilobytes { get; init; }

    /// <summary>Updates that are not declined, all of which WSUS may cache; null where unknown, and where there are none: a first synchronization brings them.</summary>
    public long? LiveUpdates { get; init; }

    /// <summary>True where a Configuration Manager site is on the same server and needs its memory.</summary>
    public bool HasConfigMgr { get; init; }

    public static ServerBounds Of(Snapshot snapshot) => new()
    {
        CompressionSchemes = snapshot.Iis.Value?.CompressionSchemes ?? [],
        CompressionProblem = snapshot.Iis.Value?.CompressionProblem ?? "",
        IsWsusAnswering = snapshot.Wsus.Status is SectionStatus.Ok,
        TotalMemoryKilobytes = snapshot.Host.Value?.TotalMemoryKilobytes ?? 0,
        LiveUpdates = snapshot.Wsus.Value?.Counts is { } counts && counts.Updates - counts.Declined is > 0 and var live ? live : null,
        HasConfigMgr = snapshot.ConfigMgr.Status is SectionStatus.Ok or SectionStatus.Unreadable,
    };
}
