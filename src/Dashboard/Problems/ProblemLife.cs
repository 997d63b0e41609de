using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>
/// The life of a cause on a server: suspected, open, being repaired, unproven, resolved, reopened. Pure, and without a memory of its own: all that a step
/// needs is in the course, which is a row. So it makes no difference whether one dashboard looks all the time or each look is another one's.
/// </summary>
internal static class ProblemLife
{
    /// <summary>What is gone again sooner than this was no problem.</summary>
    public static readonly TimeSpan OpensAfter = TimeSpan.FromMinutes(1);

    /// <summary>Two good readings, this far apart and none bad between them, resolve a problem.</summary>
    public static readonly TimeSpan ResolvesAfter = TimeSpan.FromMinutes(10);

    /// <summary>The same cause on the same server within this time is the same problem.</summary>
    public static readonly TimeSpan ReopensWithin = TimeSpan.FromHours(6);

    public static readonly TimeSpan FlapsWithin = TimeSpan.FromHours(6);

    /// <summary>A problem that comes back more often than this within <see cref="FlapsWithin"/> is flapping.</summary>
    public const int MostReopenings = 3;

    /// <summary>So many of the newest reopenings are kept.</summary>
    public const int KeptReopenings = 8;

    /// <summary>One step.</summary>
    /// <param name="before">As it was left, not past (<see cref="ProblemCourse.IsPast"/>); null where there is none.</param>
    /// <param name="serverId">The server.</param>
    /// <param name="reading">What is seen now.</param>
    public static ProblemStep Next(ProblemCourse? before, int serverId, CauseReading reading)
    {
        if (!reading.IsTold)
        {
            return new(before, []);
        }

        var moments = new List<ProblemMoment>();
        var course = before?.SetBack(reading);
        var after = reading.RepairId is { } repairId ? InRepair(course, serverId, reading, repairId, moments) : OutOfRepair(course, serverId, reading, moments);
        return new(after, moments);
    }

    /// <summary>While a repair goes on, what it addresses waits for its end, and nothing is taken for gone.</summary>
    private static ProblemCourse? InRepair(ProblemCourse? before, int serverId, CauseReading reading, string repairId, List<ProblemMoment> moments)
    {
        var isAwaitingItsEnd = before is { State: ProblemState.BeingRepaired } || (reading.IsAddressed && before is { IsOpen: true });
        var course = reading.Standing is { } standing && !isAwaitingItsEnd ? Bad(before, serverId, standing, reading, moments) : before;
        if (course is not { IsOpen: true } || !reading.IsAddressed || (course.State is ProblemState.BeingRepaired && course.RepairId == repairId))
        {
            return course;
        }

        moments.Add(new(ProblemEventKind.RepairBegan, repairId));
        return course with
        {
            State = ProblemState.BeingRepaired,
            StateSince = Earlier(reading.RepairSince, reading.Now),
            RepairId = repairId,
            GoodSince = null,
            GoodReadAt = null,
            MilderSince = null,
            IsCalm = false,
        };
    }

    private static ProblemCourse? OutOfRepair(ProblemCourse? before, int serverId, CauseReading reading, List<ProblemMoment> moments)
    {
        var course = before;
        if (course is { State: ProblemState.BeingRepaired })
        {
            moments.Add(new(ProblemEventKind.RepairEnded, course.RepairId ?? ""));
            course = course with { State = ProblemState.Unproven, StateSince = reading.Now };
        }

        // What was read before the end of a repair tells how it was before, or in the middle.
        return reading.ReadAt < reading.RepairEndedAt && course is { State: ProblemState.Unproven } ? course
            : reading.Standing is { } standing ? Bad(course, serverId, standing, reading, moments)
            : Good(course, reading, moments);
    }

    private static ProblemCourse Bad(ProblemCourse? course, int serverId, StandingCause standing, CauseReading reading, List<ProblemMoment> moments)
    {
        if (course is null)
        {
            var seen = new ProblemCourse
            {
                ServerId = serverId,
                CauseId = standing.Id,
                Title = standing.Title,
                Severity = standing.Severity,
                Playbook = standing.Playbook,
                State = ProblemState.Suspected,
                StateSince = reading.Now,
                SuspectedAt = reading.Now,
                Since = Earlier(standing.Since, reading.Now),
            };
            return Confirm(seen, reading, moments);
        }

        return course.State switch
        {
            ProblemState.Suspected => Confirm(See(course, standing, reading.Now) with { Severity = standing.Severity }, reading, moments),
            ProblemState.Resolved => Return(course, standing, reading, moments),
            _ => GoOn(course, standing, reading, moments),
        };
    }

    /// <summary>Seen for long enough, or known to be so for longer.</summary>
    private static ProblemCourse Confirm(ProblemCourse course, CauseReading reading, List<ProblemMoment> moments)
    {
        if (reading.Now - course.Since < OpensAfter)
        {
            return course;
        }

        moments.Add(new(ProblemEventKind.Opened));
        return course with { State = ProblemState.Open, StateSince = reading.Now, OpenedAt = reading.Now, SuspectedAt = null };
    }

    private static ProblemCourse GoOn(ProblemCourse course, StandingCause standing, CauseReading reading, List<ProblemMoment> moments)
    {
        var after = See(course, standing, reading.Now) with { GoodSince = null, GoodReadAt = null, IsCalm = false };
        if (course.IsCalm)
        {
            after = Count(after, reading.Now);
        }

        if (course.State is ProblemState.Unproven)
        {
            moments.Add(new(ProblemEventKind.StillThere, course.RepairId ?? ""));
            after = after with { State = ProblemState.Open, StateSince = reading.Now };
        }

        if (standing.Severity > course.Severity)
        {
            moments.Add(new(ProblemEventKind.Worsened));
            return after with { Severity = standing.Severity, MilderSince = null };
        }

        // It is milder once it has been so for as long as resolving takes: else each swing back would be a worsening.
        var milderSince = standing.Severity < course.Severity ? course.MilderSince ?? reading.Now : (DateTimeOffset?)null;
        return reading.Now - milderSince >= ResolvesAfter ? after with { Severity = standing.Severity, MilderSince = null } : after with { MilderSince = milderSince };
    }

    /// <summary>The same cause again, not long after it was resolved.</summary>
    private static ProblemCourse Return(ProblemCourse course, StandingCause standing, CauseReading reading, List<ProblemMoment> moments)
    {
        var suspectedAt = course.SuspectedAt ?? reading.Now;
        var began = standing.Since > course.GoneAt ? Earlier(standing.Since, suspectedAt) : suspectedAt;
        if (reading.Now - began < OpensAfter)
        {
            return course with { SuspectedAt = suspectedAt };
        }

        moments.Add(new(ProblemEventKind.Reopened));
        var after = Count(See(course, standing, reading.Now), reading.Now) with
        {
            State = ProblemState.Open,
            StateSince = reading.Now,
            Severity = standing.Severity,
            ResolvedAt = null,
            GoneAt = null,
            SuspectedAt = null,
        };
        if (after.IsFlapping(reading.Now) && !course.IsFlapping(reading.Now))
        {
            moments.Add(new(ProblemEventKind.Flapping));
        }

        return after;
    }

    private static ProblemCourse? Good(ProblemCourse? course, CauseReading reading, List<ProblemMoment> moments) =>
        course is null or { State: ProblemState.Suspected } ? null
        : course.State is ProblemState.Resolved ? course with { SuspectedAt = null }
        : reading.IsAwaited ? Await(course, reading, moments)
        : Recover(course, reading, moments);

    private static ProblemCourse Await(ProblemCourse course, CauseReading reading, List<ProblemMoment> moments)
    {
        var after = course with { GoodSince = null, GoodReadAt = null, MilderSince = null, IsCalm = false };
        if (course.State is ProblemState.Unproven)
        {
            return after;
        }

        moments.Add(new(ProblemEventKind.Awaited));
        return after with { State = ProblemState.Unproven, StateSince = reading.Now };
    }

    private static ProblemCourse Recover(ProblemCourse course, CauseReading reading, List<ProblemMoment> moments)
    {
        if (course.GoodSince is not { } goodSince)
        {
            return course with { GoodSince = reading.Now, GoodReadAt = reading.ReadAt, MilderSince = null };
        }

        // The second reading has to be one: looking at the first again proves nothing.
        if (reading.Now - goodSince < ResolvesAfter || !(reading.ReadAt > course.GoodReadAt))
        {
            return course;
        }

        if (course.IsFlapping(reading.Now))
        {
            return course with { IsCalm = true };
        }

        moments.Add(new(ProblemEventKind.Resolved));
        return course with
        {
            State = ProblemState.Resolved,
            StateSince = reading.Now,
            ResolvedAt = reading.Now,
            GoneAt = goodSince,
            GoodSince = null,
            GoodReadAt = null,
            MilderSince = null,
            IsCalm = false,
        };
    }

    private static ProblemCourse See(ProblemCourse course, StandingCause standing, DateTimeOffset now) => course with
    {
        Title = standing.Title,
        Playbook = standing.Playbook ?? course.Playbook,
        Since = Earlier(standing.Since < course.Since ? standing.Since : course.Since, now),
    };

    private static ProblemCourse Count(ProblemCourse course, DateTimeOffset now) => course with
    {
        ReopeningCount = course.ReopeningCount + 1,
        Reopenings = [.. course.Reopenings.TakeLast(KeptReopenings - 1), now],
    };

    /// <summary>A clock of a server that is ahead must not make a problem begin tomorrow.</summary>
    private static DateTimeOffset Earlier(DateTimeOffset? known, DateTimeOffset now) => known is { } at && at < now ? at : now;
}
