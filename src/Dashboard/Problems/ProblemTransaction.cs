using System.Globalization;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Problems;

/// <summary>
/// Carries out decisions in one transaction: on the rows, and on a copy of the problems in memory that takes the place of the one before once the rows are
/// stored. All of it or nothing.
/// </summary>
/// <param name="context">The database.</param>
/// <param name="problems">What was known before.</param>
/// <param name="now">UTC.</param>
/// <param name="check">Throws where another dashboard decides on problems now; called in the transaction.</param>
internal sealed class ProblemTransaction(DashboardContext context, ProblemSet problems, DateTimeOffset now, Func<DashboardContext, CancellationToken, Task>? check = null)
{
    private readonly TriageEnds _ends = new(context);
    private Dictionary<int, string> _sites = [];

    /// <summary>The problems with what was decided.</summary>
    public ProblemSet Problems { get; } = problems.Copy();

    /// <summary>Servers whose problems have changed.</summary>
    public HashSet<int> Servers { get; } = [];

    /// <summary>Problems that have changed, or went into another one.</summary>
    public HashSet<long> Changed { get; } = [];

    /// <summary>Problems of which something ended that people had decided about them.</summary>
    public IReadOnlyCollection<long> Ended => _ends.Changed;

    public async Task StoreAsync(IReadOnlyList<ProblemDecision> decisions, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (check is not null)
        {
            await check(context, cancellationToken);
        }

        // A server that was removed meanwhile takes its problems with it.
        var ids = decisions.Select(decision => decision.ServerId).Distinct().ToList();
        _sites = await context.Servers.Where(server => ids.Contains(server.Id)).ToDictionaryAsync(server => server.Id, server => server.Site, cancellationToken);
        foreach (var decision in decisions.Where(decision => _sites.ContainsKey(decision.ServerId)))
        {
            await (decision switch
            {
                CourseDecision course => TakeAsync(course, cancellationToken),
                MergeDecision merge => MergeAsync(merge, cancellationToken),
                _ => throw new ArgumentOutOfRangeException(nameof(decisions), decision, null),
            });
            Servers.Add(decision.ServerId);
        }

        await transaction.CommitAsync(cancellationToken);
        Problems.Forget(now);
    }

    private async Task TakeAsync(CourseDecision decision, CancellationToken cancellationToken)
    {
        var before = FindCurrent(decision.Before);
        if (decision.After is not { } after)
        {
            await RemoveAsync(before!, cancellationToken);
            return;
        }

        // What it was merged with a moment ago may have begun before it.
        after = before?.Course.Since < after.Since ? after with { Since = before.Course.Since } : after;
        if (decision.Moments.Any(moment => moment.Kind is ProblemEventKind.Opened))
        {
            after = after with { Since = await ProblemSince.FindAsync(context, after, cancellationToken) };
        }

        var (problem, moved) = await PlaceAsync(before, decision.Group, after, cancellationToken);
        var member = new ProblemMember(problem.Id, after);
        await PutAsync(before, member, cancellationToken);
        if (moved is not null)
        {
            await EndAsync(moved, problem.Id, cancellationToken);
        }

        await NameAsync(problem, member, cancellationToken);
        List<ProblemMoment> moments = moved is not null && after.IsOpen ? [.. decision.Moments, MergedFrom(moved)] : [.. decision.Moments];
        if (await _ends.ApplyAsync(problem, _sites[after.ServerId], decision.Moments, HasJoined(problem, before, decision.Moments), cancellationToken) is { } ended)
        {
            moments.Add(ended);
        }

        context.ProblemEvents.AddRange(moments.Select(moment => ProblemRows.ToEvent(member, moment, now)));
        await context.SaveChangesAsync(cancellationToken);
        Changed.Add(problem.Id);
    }

    private async Task MergeAsync(MergeDecision decision, CancellationToken cancellationToken)
    {
        if (Problems.MembersOf(decision.ServerId).FirstOrDefault(member => member.Course.CauseId == decision.Into && member.Course.State is not ProblemState.Resolved) is not { } target)
        {
            return;
        }

        var own = Problems.Find(decision.Member.ProblemId);
        await RemoveRowAsync(decision.Member, cancellationToken);
        Problems.Replace(FindCurrent(decision.Member), null);
        var since = decision.Member.Course.Since < target.Course.Since ? decision.Member.Course.Since : target.Course.Since;
        var into = target with { Course = target.Course with { Since = since } };
        await PutAsync(target, into, cancellationToken);
        if (own is not null && own.Id != target.ProblemId && Problems.MembersOf(own).Count == 0)
        {
            await EndAsync(own, target.ProblemId, cancellationToken);
        }

        if (own is not null && decision.Member.Course.IsOpen)
        {
            context.ProblemEvents.Add(ProblemRows.ToEvent(into, MergedFrom(own), now));
        }

        await context.SaveChangesAsync(cancellationToken);
        Changed.Add(target.ProblemId);
    }

    /// <summary>The server has come to a problem that others may have had before, and that people may have decided about.</summary>
    private static bool HasJoined(ProblemHeader problem, ProblemMember? before, IReadOnlyList<ProblemMoment> moments) =>
        !problem.IsOwn && (moments.Any(moment => moment.Kind is ProblemEventKind.Opened) || (before is { Course.IsOpen: true } && before.ProblemId != problem.Id));

    /// <summary>As it is after the decisions before this one.</summary>
    private ProblemMember? FindCurrent(ProblemMember? known) => known is null ? null
        : Problems.MembersOf(known.Course.ServerId).FirstOrDefault(member => (member.ProblemId, member.Course.CauseId) == (known.ProblemId, known.Course.CauseId)) ?? known;

    /// <summary>The problem that a course belongs to, and the one that it leaves empty behind it.</summary>
    private async Task<(ProblemHeader Problem, ProblemHeader? Left)> PlaceAsync(ProblemMember? before, ProblemGroup? known, ProblemCourse after, CancellationToken cancellationToken)
    {
        var own = before is null ? null : Problems.Find(before.ProblemId);
        if (known is not { } group || own is { IsOwn: false })
        {
            return (own ?? await AddAsync(new(0, ProblemKind.Server, after.CauseId, after.Title, "", "", null), cancellationToken), null);
        }

        if ((Problems.FindGroup(group.Key) ?? await TakeOverRootAsync(group, after.ServerId, cancellationToken)) is { } shared)
        {
            return (shared, own is not null && own.Id != shared.Id ? own : null);
        }

        var header = new ProblemHeader(own?.Id ?? 0, group.Kind, after.CauseId, after.Title, group.Subject, group.Key, group.RootServerId);
        return (own is null ? await AddAsync(header, cancellationToken) : await SaveAsync(header, cancellationToken), null);
    }

    /// <summary>What comes from an upstream server's own problem goes under that.</summary>
    private async Task<ProblemHeader?> TakeOverRootAsync(ProblemGroup group, int serverId, CancellationToken cancellationToken)
    {
        var root = group.RootServerId is { } rootId && rootId != serverId
            ? Problems.MembersOf(rootId).Where(member => member.Course.IsOpen && !PostureCauses.IsOne(member.Course.CauseId) && Problems.Find(member.ProblemId) is { IsOwn: true }).MaxBy(member => member.Course.Severity)
            : null;
        return root is null || Problems.Find(root.ProblemId) is not { } header
            ? null
            : await SaveAsync(header with { Kind = group.Kind, Subject = group.Subject, GroupKey = group.Key, RootServerId = group.RootServerId }, cancellationToken);
    }

    /// <summary>A problem bears the name of its one cause; one of several servers that of the server that it comes from.</summary>
    private async Task NameAsync(ProblemHeader problem, ProblemMember member, CancellationToken cancellationToken)
    {
        if ((problem.IsOwn || problem.RootServerId == member.Course.ServerId || PostureCauses.IsRenamed(member.Course.CauseId)) && member.Course.State is not ProblemState.Resolved
            && (problem.CauseId, problem.Title) != (member.Course.CauseId, member.Course.Title))
        {
            await SaveAsync(problem with { CauseId = member.Course.CauseId, Title = member.Course.Title }, cancellationToken);
        }
    }

    private async Task<ProblemHeader> AddAsync(ProblemHeader header, CancellationToken cancellationToken)
    {
        var entity = new ProblemEntity { CauseId = header.CauseId, Title = header.Title, CreatedAt = now.UtcDateTime };
        ProblemRows.Copy(header, entity);
        context.Problems.Add(entity);
        await context.SaveChangesAsync(cancellationToken);
        var added = header with { Id = entity.Id };
        Problems.Put(added);
        return added;
    }

    private async Task<ProblemHeader> SaveAsync(ProblemHeader header, CancellationToken cancellationToken)
    {
        if (await context.Problems.FindAsync([header.Id], cancellationToken) is { } entity)
        {
            ProblemRows.Copy(header, entity);
            await context.SaveChangesAsync(cancellationToken);
        }

        Problems.Put(header);
        Changed.Add(header.Id);
        return header;
    }

    /// <summary>Writes the row of a course, under another problem or another cause where those have changed.</summary>
    private async Task PutAsync(ProblemMember? before, ProblemMember after, CancellationToken cancellationToken)
    {
        if (before is not null && (before.ProblemId, before.Course.CauseId) != (after.ProblemId, after.Course.CauseId))
        {
            await RemoveRowAsync(before, cancellationToken);
        }

        var entity = await context.ProblemServers.FindAsync([after.ProblemId, after.Course.ServerId, after.Course.CauseId], cancellationToken);
        if (entity is null)
        {
            entity = new() { ProblemId = after.ProblemId, ServerId = after.Course.ServerId, CauseId = after.Course.CauseId, Title = after.Course.Title };
            context.ProblemServers.Add(entity);
        }
        else if (Problems.MembersOf(after.Course.ServerId).FirstOrDefault(member => member != before && (member.ProblemId, member.Course.CauseId) == (after.ProblemId, after.Course.CauseId)) is { } replaced)
        {
            // The same cause, resolved under the same problem not long ago: it goes on in this one.
            Problems.Replace(replaced, null);
        }

        ProblemRows.Copy(after.Course, entity);
        await context.SaveChangesAsync(cancellationToken);
        Problems.Replace(before ?? after, after);
    }

    /// <summary>Nobody was shown it: it leaves nothing behind.</summary>
    private async Task RemoveAsync(ProblemMember member, CancellationToken cancellationToken)
    {
        await RemoveRowAsync(member, cancellationToken);
        Problems.Replace(member, null);
        if (Problems.Find(member.ProblemId) is { } problem && Problems.MembersOf(problem).Count == 0 && !await context.ProblemServers.AnyAsync(row => row.ProblemId == problem.Id, cancellationToken))
        {
            await context.Problems.Where(row => row.Id == problem.Id).ExecuteDeleteAsync(cancellationToken);
            Problems.Remove(problem.Id);
        }
    }

    private async Task RemoveRowAsync(ProblemMember member, CancellationToken cancellationToken)
    {
        if (await context.ProblemServers.FindAsync([member.ProblemId, member.Course.ServerId, member.Course.CauseId], cancellationToken) is { } entity)
        {
            context.ProblemServers.Remove(entity);
            await context.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>A problem that went into another one: its life goes on there, and its number leads there. One that nobody was shown leaves nothing behind.</summary>
    private async Task EndAsync(ProblemHeader problem, long into, CancellationToken cancellationToken)
    {
        if (Problems.MembersOf(problem).Count > 0 || await context.ProblemServers.AnyAsync(row => row.ProblemId == problem.Id, cancellationToken))
        {
            return;
        }

        if (await context.ProblemEvents.AnyAsync(row => row.ProblemId == problem.Id, cancellationToken))
        {
            await _ends.MergeAsync(problem.Id, into, cancellationToken);
            await context.ProblemEvents.Where(row => row.ProblemId == problem.Id).ExecuteUpdateAsync(update => update.SetProperty(row => row.ProblemId, into), cancellationToken);
            await context.Problems.Where(row => row.Id == problem.Id).ExecuteUpdateAsync(update => update.SetProperty(row => row.MergedInto, into), cancellationToken);
        }
        else
        {
            await context.Problems.Where(row => row.Id == problem.Id).ExecuteDeleteAsync(cancellationToken);
        }

        Problems.Remove(problem.Id);
        Changed.Add(problem.Id);
    }

    private static ProblemMoment MergedFrom(ProblemHeader problem) => new(ProblemEventKind.Merged, problem.Id.ToString(CultureInfo.InvariantCulture));
}
