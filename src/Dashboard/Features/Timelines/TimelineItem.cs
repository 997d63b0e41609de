using WsusDashboard.Dashboard.Components.Parts;

namespace WsusDashboard.Dashboard.Features.Timelines;

/// <summary>The rows of a timeline, top to bottom.</summary>
public enum TimelineLane
{
    Syncs = 0,
    Repairs = 1,
    Pool = 2,
    Services = 3,

    /// <summary>Web services of WSUS that fail, and what Configuration Manager says of a software update point.</summary>
    Errors = 4,

    Settings = 5,

    /// <summary>Times in which the agent did not answer.</summary>
    Agent = 6,
}

/// <summary>Something that happened, or went on for a while.</summary>
/// <param name="To">UTC; null = a moment.</param>
/// <param name="What">One line for a person, without the time.</param>
/// <param name="RunId">The synchronization or the repair; null where it is neither.</param>
public sealed record TimelineItem(TimelineLane Lane, DateTimeOffset From, DateTimeOffset? To, Tone Tone, string What, string? RunId = null)
{
    /// <summary>When a person would say that it happened: a synchronization when it ended, all else when it began.</summary>
    public DateTimeOffset At => Lane == TimelineLane.Syncs ? To ?? From : From;
}

/// <summary>Names of the rows.</summary>
public static class TimelineLanes
{
    public static IReadOnlyList<TimelineLane> All { get; } = Enum.GetValues<TimelineLane>();

    public static string NameOf(TimelineLane lane) => lane switch
    {
        TimelineLane.Syncs => "Syncs",
        TimelineLane.Repairs => "Repairs",
        TimelineLane.Pool => "Pool",
        TimelineLane.Services => "Services",
        TimelineLane.Errors => "Errors",
        TimelineLane.Settings => "Settings",
        TimelineLane.Agent => "Agent",
        _ => throw new ArgumentOutOfRangeException(nameof(lane), lane, null),
    };
}
