using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.History;

namespace WsusDashboard.Dashboard.Features.Clients;

/// <summary>How WSUS of one server answered clients over a time. Each list is in the order of time.</summary>
public sealed record ClientHistory
{
    public required int ServerId { get; init; }

    public required string ServerName { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>UTC, exclusive.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>At most as many as were asked for.</summary>
    public required IReadOnlyList<ClientPoint> Points { get; init; }

    /// <summary>How fine the samples are that the points were made of.</summary>
    public required SampleGrain Grain { get; init; }

    /// <summary>When an endpoint began to answer otherwise, the agent or the dashboard: the newest <see cref="ClientHistoryQueries.MaximumChanges"/>.</summary>
    public required IReadOnlyList<TimelineChange> Changes { get; init; }
}

/// <summary>A span of time. Times are the mean, in milliseconds, as the samples keep them: tens below 100, above that two digits; null = no answer, or not asked.</summary>
/// <param name="At">UTC start.</param>
/// <param name="Length">Of the span.</param>
/// <param name="Minutes">Minutes that were measured in it.</param>
/// <param name="Slowest">The slowest answer that a client got.</param>
/// <param name="FailingMinutes">Minutes in which a client did not get what it needs; null = nobody asked.</param>
public sealed record ClientPoint(
    DateTimeOffset At,
    TimeSpan Length,
    int Minutes,
    long? ClientWebService,
    long? SimpleAuthWebService,
    long? Content,
    long? ReportingWebService,
    long? ApiRemoting30,
    long? Slowest,
    long? FailingMinutes);
