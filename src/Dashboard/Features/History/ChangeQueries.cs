using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>What changed since a moment, and when a person last looked.</summary>
internal sealed class ChangeQueries(IDbContextFactory<DashboardContext> contexts, TimeProvider timeProvider, Caller caller)
{
    /// <summary>Most entries of each list.</summary>
    public const int MaximumEntries = 200;

    /// <summary>The one reader of a dashboard without sign-in.</summary>
    public const string Everyone = "everyone";

    /// <summary>How a server stood at the moment is looked for in this time before it.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(60);

    public async Task<ChangesSince> GetAsync(HistoryFilter filter, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = timeProvider.GetUtcNow();
        var servers = await ScopedServers.LoadAsync(context, filter, caller.ScopeOf(Permission.View), cancellationToken);
        var tally = new ChangeCounts(servers.All.Count, since.ToUnixTimeSeconds());
        await SyncRunScan.ReadAsync(context, servers, since - LookBack, now.AddMinutes(1), tally, cancellationToken);
        var causes = await context.SyncCauses.AsNoTracking().ToDictionaryAsync(cause => cause.Id, cancellationToken);
        var courses = servers.All.Select((server, index) => (Server: server, Course: tally.Of(index))).ToList();
        List<FailingServer> failing = [.. courses
            .Where(entry => entry.Course.FailingSince >= since.ToUnixTimeSeconds())
            .Select(entry => ToFailing(entry.Server, entry.Course, causes.GetValueOrDefault(entry.Course.Cause)))
            .OrderByDescending(server => server.At)
            .Take(MaximumEntries)];
        var begun = await ReadProblemsAsync(context, servers, open => open.State != ProblemState.Suspected && open.State != ProblemState.Resolved && open.OpenedAt >= since.UtcDateTime, course => course.OpenedAt, cancellationToken);
        return new()
        {
            Since = since,
            Until = now,
            NewFailures = failing,
            Recovered = [.. courses
                .Where(entry => entry.Course is { WasBad: true, FailingSince: < 0, FirstGoodAfter: >= 0 })
                .Select(entry => new RecoveredServer(entry.Server.Id, entry.Server.Name, entry.Server.Site, ToTime(entry.Course.FirstGoodAfter)!.Value, ToTime(entry.Course.WasFailingSince)))
                .OrderByDescending(server => server.At)
                .Take(MaximumEntries)],
            StillFailing = courses.Count(entry => entry.Course.FailingSince >= 0 && entry.Course.FailingSince < since.ToUnixTimeSeconds()),
            Drifted = await ReadDriftAsync(context, servers, since.UtcDateTime, cancellationToken),
            Repairs = await ReadRepairsAsync(context, servers, since.UtcDateTime, cancellationToken),

            // What makes the synchronizations of a server fail stands among the failures already, and a silent agent among the silent ones.
            NewProblems = [.. begun.Where(problem => problem.CauseId != FindingIds.AgentUnreachable && !failing.Exists(server => server.ServerId == problem.ServerId && server.CauseId == problem.CauseId))],
            ResolvedProblems = await ReadProblemsAsync(context, servers, over => over.State == ProblemState.Resolved && over.ResolvedAt >= since.UtcDateTime, course => course.ResolvedAt, cancellationToken),
            Silent = await ReadSilentAsync(context, servers, since.UtcDateTime, cancellationToken),
        };
    }

    /// <summary>When a person last looked; null = never.</summary>
    public async Task<DateTimeOffset?> GetLastLookAsync(string userId, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return (await context.LastLooks.AsNoTracking().Where(look => look.UserId == userId).Select(look => (DateTime?)look.At).FirstOrDefaultAsync(cancellationToken)).ToOffset();
    }

    /// <summary>Says that a person has seen everything up to a moment. An earlier moment than the known one changes nothing.</summary>
    public async Task SetLastLookAsync(string userId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var look = await context.LastLooks.FirstOrDefaultAsync(entity => entity.UserId == userId, cancellationToken);
        if (look is null)
        {
            context.LastLooks.Add(new() { UserId = userId, At = at.UtcDateTime });
        }
        else if (look.At < at.UtcDateTime)
        {
            look.At = at.UtcDateTime;
        }

        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>It fails now, so its cause is what every page names for it now.</summary>
    private static FailingServer ToFailing(ScopedServer server, ServerCourse course, SyncCauseEntity? cause) =>
        new(server.Id, server.Name, server.Site, ToTime(course.FailingSince)!.Value, course.FailuresInARow, ToTime(course.LastGood) ?? server.LastGoodSyncAt.ToOffset(), server.CauseId ?? cause?.CauseId, server.CauseTitle ?? cause?.Title);

    private static DateTimeOffset? ToTime(long seconds) => seconds < 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds);

    private static int[] IdsOf(ScopedServers servers) => [.. servers.All.Select(server => server.Id)];

    private static async Task<IReadOnlyList<DriftedSetting>> ReadDriftAsync(DashboardContext context, ScopedServers servers, DateTime since, CancellationToken cancellationToken)
    {
        var ids = IdsOf(servers);
        var changes = await context.StateChanges.AsNoTracking()
            .Where(change => change.At >= since && change.Subject.StartsWith(ChangeSubjects.SettingPrefix) && ids.Contains(change.ServerId))
            .OrderByDescending(change => change.At)
            .Take(MaximumEntries)
            .ToListAsync(cancellationToken);
        if (changes.Count == 0)
        {
            return [];
        }

        var (first, concerned) = (changes[^1].At, changes.Select(change => change.ServerId).Distinct().ToArray());
        var repairs = (await context.Repairs.AsNoTracking()
            .Where(run => concerned.Contains(run.ServerId) && (run.EndedAt == null || run.EndedAt >= first.AddMinutes(-1)))
            .OrderByDescending(run => run.StartedAt)
            .Take(TimelineQueries.MaximumEntries)
            .Select(run => new { run.ServerId, Run = new TimelineRepair(run.RepairId, run.Playbook, run.RequestedBy, run.Reason, run.StartedAt.ToOffset(), run.EndedAt.ToOffset(), run.State, run.Sentence, run.UndoOf) })
            .ToListAsync(cancellationToken)).ToLookup(entry => entry.ServerId, entry => entry.Run);
        return changes.ConvertAll(change =>
        {
            var server = servers.All[servers.IndexOf(change.ServerId)];
            var (kind, name) = ChangeSubjects.Split(change.Subject);
            return new DriftedSetting(server.Id, server.Name, server.Site, change.At.ToOffset(), name, change.From, change.To, ChangeSubjects.FindActor(kind, name, change.At.ToOffset(), repairs[server.Id], []));
        });
    }

    private static async Task<IReadOnlyList<EndedRepair>> ReadRepairsAsync(DashboardContext context, ScopedServers servers, DateTime since, CancellationToken cancellationToken)
    {
        var ids = IdsOf(servers);
        var runs = await context.Repairs.AsNoTracking()
            .Where(run => run.EndedAt >= since && run.State != RepairState.Running && ids.Contains(run.ServerId))
            .OrderByDescending(run => run.EndedAt)
            .Take(MaximumEntries)
            .Select(run => new { run.ServerId, run.RepairId, run.Playbook, run.RequestedBy, run.EndedAt, run.State, run.Sentence, run.UndoOf })
            .ToListAsync(cancellationToken);
        return runs.ConvertAll(run =>
        {
            var server = servers.All[servers.IndexOf(run.ServerId)];
            return new EndedRepair(server.Id, server.Name, server.Site, run.RepairId, run.Playbook, run.RequestedBy, run.EndedAt!.Value.ToOffset(), run.State, run.Sentence) { UndoOf = run.UndoOf };
        });
    }

    private static async Task<IReadOnlyList<ChangedProblem>> ReadProblemsAsync(DashboardContext context, ScopedServers servers, Expression<Func<ProblemServerEntity, bool>> which, Expression<Func<ProblemServerEntity, DateTime?>> when, CancellationToken cancellationToken)
    {
        var ids = IdsOf(servers);
        var courses = await context.ProblemServers.AsNoTracking()
            .Where(course => ids.Contains(course.ServerId))
            .Where(which)
            .OrderByDescending(when)
            .Take(MaximumEntries)
            .ToListAsync(cancellationToken);
        var at = when.Compile();
        return courses.ConvertAll(course =>
        {
            var server = servers.All[servers.IndexOf(course.ServerId)];
            return new ChangedProblem(server.Id, server.Name, server.Site, course.ProblemId, course.CauseId, course.Title, course.Severity, at(course)!.Value.ToOffset());
        });
    }

    private static async Task<IReadOnlyList<SilentServer>> ReadSilentAsync(DashboardContext context, ScopedServers servers, DateTime since, CancellationToken cancellationToken)
    {
        var silent = await context.Servers.AsNoTracking()
            .Where(server => server.Status.Health == Health.Unreachable && server.Status.HealthSince >= since)
            .OrderByDescending(server => server.Status.HealthSince)
            .Select(server => new { server.Id, server.Status.HealthSince })
            .ToListAsync(cancellationToken);
        return [.. silent
            .Where(entry => servers.IndexOf(entry.Id) >= 0)
            .Take(MaximumEntries)
            .Select(entry => new SilentServer(entry.Id, servers.All[servers.IndexOf(entry.Id)].Name, servers.All[servers.IndexOf(entry.Id)].Site, entry.HealthSince!.Value.ToOffset()))];
    }
}
