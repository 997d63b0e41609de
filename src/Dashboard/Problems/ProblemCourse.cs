using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Collections;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>One cause on one server, from when it was true until it is gone: what <see cref="ProblemLife"/> works on, and what a row keeps. Immutable.</summary>
internal sealed record ProblemCourse
{
    public required int ServerId { get; init; }

    public required string CauseId { get; init; }

    public required string Title { get; init; }

    public required Severity Severity { get; init; }

    public required ProblemState State { get; init; }

    /// <summary>UTC; since when it is in this state, as this dashboard saw it.</summary>
    public required DateTimeOffset StateSince { get; init; }

    /// <summary>UTC; since when it is so on the server. It never moves to a later time.</summary>
    public required DateTimeOffset Since { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    public string? Playbook { get; init; }

    public string? RepairId { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public DateTimeOffset? GoneAt { get; init; }

    public DateTimeOffset? SuspectedAt { get; init; }

    public DateTimeOffset? GoodSince { get; init; }

    public DateTimeOffset? GoodReadAt { get; init; }

    public DateTimeOffset? MilderSince { get; init; }

    public bool IsCalm { get; init; }

    public int ReopeningCount { get; init; }

    /// <summary>Newest last, at most <see cref="ProblemLife.KeptReopenings"/>.</summary>
    public ValueList<DateTimeOffset> Reopenings { get; init; } = [];

    /// <summary>It is there, and shown.</summary>
    public bool IsOpen => State is ProblemState.Open or ProblemState.BeingRepaired or ProblemState.Unproven;

    /// <summary>It was resolved so long ago that the same cause would be another problem.</summary>
    public bool IsPast(DateTimeOffset now) => State is ProblemState.Resolved && now - ResolvedAt > ProblemLife.ReopensWithin;

    /// <summary>It came back more often than three times in six hours.</summary>
    public bool IsFlapping(DateTimeOffset now) => Reopenings.Count(at => now - at <= ProblemLife.FlapsWithin) > ProblemLife.MostReopenings;

    /// <summary>
    /// The course where a clock was set back meanwhile: what is being waited for begins anew, instead of waiting until the clock is there again. A wait that
    /// begins anew is never too short.
    /// </summary>
    public ProblemCourse SetBack(CauseReading reading)
    {
        var isGoodAhead = GoodSince > reading.Now || GoodReadAt > reading.ReadAt;
        return this with
        {
            GoodSince = isGoodAhead ? reading.Now : GoodSince,
            GoodReadAt = isGoodAhead ? reading.ReadAt : GoodReadAt,
            MilderSince = MilderSince > reading.Now ? reading.Now : MilderSince,
            SuspectedAt = SuspectedAt > reading.Now ? reading.Now : SuspectedAt,
            ResolvedAt = ResolvedAt > reading.Now ? reading.Now : ResolvedAt,
        };
    }

    public ServerProblem ToLive(long problemId, ProblemKind kind, DateTimeOffset now) => new(problemId, CauseId, Title, Severity, State, Since, RepairId, IsFlapping(now), kind);
}

/// <summary>A moment in the life of a problem.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Detail">The repair's id, the cause's earlier name; empty where there is nothing to say.</param>
internal sealed record ProblemMoment(ProblemEventKind Kind, string Detail = "");

/// <summary>A cause that stands on a server.</summary>
/// <param name="Id">One of <see cref="FindingIds"/>.</param>
/// <param name="Since">UTC; since when it is so, as the evidence tells; null where nothing does.</param>
/// <param name="Playbook">Id of the playbook that helps; null where none does.</param>
internal sealed record StandingCause(string Id, string Title, Severity Severity, DateTimeOffset? Since, string? Playbook)
{
    /// <summary>A finding that explains why synchronizations fail.</summary>
    public bool IsCause { get; init; }
}

/// <summary>One look at one cause on one server.</summary>
internal sealed record CauseReading
{
    /// <summary>UTC, of this dashboard's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>UTC, of the server's clock: when the source was read that tells of this cause. Null where it was not.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>False where the look tells nothing: the agent does not answer, the source could not be read, or the history is not here yet.</summary>
    public bool IsTold { get; init; }

    /// <summary>Null where the cause is not there.</summary>
    public StandingCause? Standing { get; init; }

    /// <summary>Something was done about it, and the synchronization that proves it has not ended yet.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>The repair that goes on; null while none does.</summary>
    public string? RepairId { get; init; }

    /// <summary>UTC, of the server's clock: since when that repair goes on.</summary>
    public DateTimeOffset? RepairSince { get; init; }

    /// <summary>True where that repair carries out what helps against this cause.</summary>
    public bool IsAddressed { get; init; }

    /// <summary>UTC, of the server's clock: when the last repair ended; null where none is known.</summary>
    public DateTimeOffset? RepairEndedAt { get; init; }
}

/// <summary>What a look made of a problem.</summary>
/// <param name="After">Null where there is none any more, or not yet.</param>
/// <param name="Moments">In the order of time.</param>
internal sealed record ProblemStep(ProblemCourse? After, IReadOnlyList<ProblemMoment> Moments);
