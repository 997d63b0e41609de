using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared;

namespace WsusDashboard.Dashboard.Agents;

/// <summary>The times of a link, and the clock that they are measured with.</summary>
internal sealed record LinkTiming(TimeProvider Clock, Backoff Backoff)
{
    /// <summary>Wait before watching again from the stored cursor, where nothing is wrong with the agent.</summary>
    public static TimeSpan WatchAgainDelay { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A connection over which nothing came for this long is taken for dead.</summary>
    public required TimeSpan Silence { get; init; }

    /// <summary>A server that was lost keeps its last known state for this long.</summary>
    public required TimeSpan UnreachableAfter { get; init; }

    /// <summary>Time for the first message of a Watch, and for the answer to a question.</summary>
    public required TimeSpan Answer { get; init; }

    /// <summary>Time for a verb that changes something.</summary>
    public required TimeSpan Command { get; init; }

    public static LinkTiming From(DashboardOptions options, TimeProvider clock, Backoff backoff) => new(clock, backoff)
    {
        Silence = TimeSpan.FromSeconds(options.Agents.SilenceSeconds),
        UnreachableAfter = TimeSpan.FromSeconds(options.Agents.UnreachableAfterSeconds),
        Answer = TimeSpan.FromSeconds(options.Agents.QueryTimeoutSeconds),
        Command = TimeSpan.FromSeconds(options.Agents.CommandTimeoutSeconds),
    };

    /// <summary>A deadline for gRPC, which measures it with the system's clock whatever ours is.</summary>
    public static DateTime Deadline(TimeSpan span) => TimeProvider.System.GetUtcNow().UtcDateTime + span;
}
