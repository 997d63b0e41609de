using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>What one look at a server changes about one of its problems.</summary>
internal abstract record ProblemDecision(int ServerId);

/// <summary>A course begins, goes on or ends.</summary>
/// <param name="Before">Null where it begins.</param>
/// <param name="After">Null where it was only suspected, and is gone.</param>
/// <param name="Moments">What happened.</param>
/// <param name="Group">What it has in common with other servers; null where it is the server's own.</param>
internal sealed record CourseDecision(int ServerId, ProblemMember? Before, ProblemCourse? After, IReadOnlyList<ProblemMoment> Moments, ProblemGroup? Group) : ProblemDecision(ServerId);

/// <summary>A problem turned out to be another one that is there already.</summary>
/// <param name="Member">Goes.</param>
/// <param name="Into">The cause that it is part of, on the same server.</param>
internal sealed record MergeDecision(int ServerId, ProblemMember Member, string Into) : ProblemDecision(ServerId);

/// <summary>Decides what a look at a server changes. Pure.</summary>
internal static class ProblemDecisions
{
    /// <summary>Empty where nothing changes, which is nearly always.</summary>
    /// <param name="problems">As the rows have them.</param>
    /// <param name="reading">The look.</param>
    /// <param name="groups">What problems of the fleet have in common; null where no problem of this server can have anything in common.</param>
    /// <param name="now">UTC.</param>
    public static IReadOnlyList<ProblemDecision> Of(ProblemSet problems, ServerReading reading, ProblemGroups? groups, DateTimeOffset now)
    {
        var serverId = reading.Server.Id;
        List<ProblemMember> members = [.. problems.MembersOf(serverId).Where(member => !member.Course.IsPast(now)).OrderBy(member => member.Course.State is ProblemState.Resolved)];
        if (members.Count == 0 && reading.Standing.Count == 0)
        {
            return [];
        }

        var decisions = new List<ProblemDecision>();
        var named = new Dictionary<ProblemMember, ProblemCourse>();
        foreach (var member in members.Where(member => IsSucceeded(member, reading)).ToList())
        {
            var successor = StandingCauses.FindSuccessor(member.Course.CauseId, reading.Standing)!;
            if (members.Exists(other => other != member && CauseOf(other, named) == successor.Id && other.Course.State is not ProblemState.Resolved))
            {
                decisions.Add(new MergeDecision(serverId, member, successor.Id));
                members.Remove(member);
            }
            else
            {
                named[member] = member.Course with { CauseId = successor.Id, Title = successor.Title };
            }
        }

        foreach (var causeId in reading.Standing.Select(cause => cause.Id).Union(members.Select(member => CauseOf(member, named))))
        {
            var member = members.Find(candidate => CauseOf(candidate, named) == causeId);
            var course = member is null ? null : named.GetValueOrDefault(member, member.Course);
            var step = ProblemLife.Next(course, serverId, reading.Of(causeId, course?.Playbook));
            var group = step.After is { State: not ProblemState.Resolved } ? groups?.Find(serverId, causeId) ?? PostureCauses.GroupOf(serverId, causeId) : null;
            IReadOnlyList<ProblemMoment> moments = member is not null && named.ContainsKey(member) && member.Course.IsOpen ? [new(ProblemEventKind.Named, member.Course.CauseId), .. step.Moments] : step.Moments;
            if (step.After != member?.Course || (group is not null && member is not null && problems.Find(member.ProblemId) is { IsOwn: true }))
            {
                decisions.Add(new CourseDecision(serverId, member, step.After, moments, group));
            }
        }

        return decisions;
    }

    private static string CauseOf(ProblemMember member, Dictionary<ProblemMember, ProblemCourse> named) => named.GetValueOrDefault(member, member.Course).CauseId;

    /// <summary>Its own cause does not stand any more, and one stands that it turns out to be.</summary>
    private static bool IsSucceeded(ProblemMember member, ServerReading reading) =>
        member.Course.State is not (ProblemState.Resolved or ProblemState.BeingRepaired)
        && reading.Standing.All(cause => cause.Id != member.Course.CauseId)
        && StandingCauses.FindSuccessor(member.Course.CauseId, reading.Standing) is not null
        && reading.Of(member.Course.CauseId, null).IsTold;
}
