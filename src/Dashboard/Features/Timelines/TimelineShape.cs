namespace WsusDashboard.Dashboard.Features.Timelines;

/// <summary>How much room a timeline takes; sizes are pixels.</summary>
internal sealed record TimelineShape
{
    /// <summary>The page of a timeline: all of it.</summary>
    public static TimelineShape Full { get; } = new()
    {
        Lanes = TimelineLanes.All,
        LaneHeight = 26,
        Top = 30,
        HasTopAxis = true,
        Gap = 34,
        MemoryHeight = 110,
        MemoryParts = 4,
        RequestsHeight = 80,
    };

    /// <summary>A server's first page: what fits beside the rest of it.</summary>
    public static TimelineShape Compact { get; } = new()
    {
        Lanes = [TimelineLane.Syncs, TimelineLane.Repairs, TimelineLane.Pool],
        LaneHeight = 16,
        Top = 4,
        HasTopAxis = false,
        Gap = 24,
        MemoryHeight = 56,
        MemoryParts = 2,
        RequestsHeight = 30,
    };

    /// <summary>The first rows, top to bottom: a row's number is its place.</summary>
    public required IReadOnlyList<TimelineLane> Lanes { get; init; }

    public required int LaneHeight { get; init; }

    public required int Top { get; init; }

    /// <summary>True where the time is written above the rows, too.</summary>
    public required bool HasTopAxis { get; init; }

    public required int Gap { get; init; }

    public required int MemoryHeight { get; init; }

    /// <summary>Least parts of the axis of memory.</summary>
    public required int MemoryParts { get; init; }

    public required int RequestsHeight { get; init; }

    public int LanesHeight => Lanes.Count * LaneHeight;

    public int MemoryTop => Top + LanesHeight + Gap;

    public int RequestsTop => MemoryTop + MemoryHeight + Gap;

    public int Height => RequestsTop + RequestsHeight + (HasTopAxis ? 34 : 24);
}
