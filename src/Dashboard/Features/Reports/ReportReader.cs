using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Posture;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Dashboard.Features.Reports;

/// <summary>Reads what a report says, as far as the caller may see it.</summary>
internal sealed class ReportReader(
    IDbContextFactory<DashboardContext> contexts,
    HistoryQueries history,
    PatchTuesdayQueries patchTuesdays,
    RepairEffectQueries effects,
    VisibleServers visible,
    TimeProvider timeProvider)
{
    /// <summary>Rows of a list in a report.</summary>
    public const int MostRows = 50;

    /// <summary>Months ahead that hold 180 days.</summary>
    private const int NoticeMonths = 7;

    private static readonly ProblemEventKind[] Decisions = [ProblemEventKind.Acknowledged, ProblemEventKind.Assigned, ProblemEventKind.Silenced];

    public async Task<ReportContent> ReadAsync(ReportScope scope, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var filter = new HistoryFilter { Site = scope.Site };
        var servers = (await visible.LoadAsync(cancellationToken)).Where(server => scope.Site is null || server.Site == scope.Site)
            .OrderBy(server => server.Site, StringComparer.OrdinalIgnoreCase).ThenBy(server => server.Name, StringComparer.OrdinalIgnoreCase).ToList();
        var names = servers.ToDictionary(server => server.Id);
        var statistics = await history.GetSyncsAsync(filter, scope.Range, cancellationToken);
        var calendar = scope.Range.ToCalendar();
        var (from, to) = (calendar.From.UtcDateTime, calendar.To.UtcDateTime);

        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var ids = servers.ConvertAll(server => server.Id);
        var (repairs, repairCounts) = await ReadRepairsAsync(context, names, ids, from, to, cancellationToken);
        var open = servers.SelectMany(server => server.Problems, (server, problem) => new ReportProblem(problem.Id, server.Name, server.Site, problem.Title, problem.Severity, problem.Since)).ToList();
        var (decisions, decisionCount) = await ReadDecisionsAsync(context, names, ids, from, to, cancellationToken);
        var content = new ReportContent
        {
            Kind = scope.Kind,
            Site = scope.Site,
            First = scope.Range.First,
            Last = scope.Range.Last,
            ZoneId = scope.Range.ZoneId,
            MadeAt = now,
            Syncs = statistics.Total,
            SyncsBefore = statistics.Before,
            Servers = await CountAsync(servers, filter, scope.Range, repairCounts, cancellationToken),
            Causes = statistics.Causes,
            WithoutKnownCause = statistics.WithoutKnownCause,
            Gaps = statistics.LongestGaps,
            Repairs = repairs,
            RepairCount = repairCounts.Values.Sum(),
            Problems = [.. open.OrderByDescending(problem => problem.Severity).ThenBy(problem => problem.Since).Take(MostRows)],
            OpenProblemCount = open.Count,
            ProblemsOpened = await context.ProblemServers.CountAsync(row => ids.Contains(row.ServerId) && row.OpenedAt >= from && row.OpenedAt < to, cancellationToken),
            ProblemsResolved = await context.ProblemServers.CountAsync(row => ids.Contains(row.ServerId) && row.ResolvedAt >= from && row.ResolvedAt < to, cancellationToken),
            Ends =
            [
                .. PostureEnd.Of(servers, now, NoticeMonths, withPast: true).Where(end => end.Notice > PostureNotice.Later).Take(MostRows)
                    .Select(end => new ReportEnd(end.Kind, end.Name, end.Ends, end.DaysLeft, end.Notice, end.Servers, [.. end.First.Select(server => server.ServerName)])),
            ],
            Decisions = decisions,
            DecisionCount = decisionCount,
            Releases = scope.Kind == ReportKind.PatchTuesday ? await ReadReleasesAsync(filter, scope.Range.First, cancellationToken) : [],
        };
        return content with { Sentence = ReportSentence.Of(content) };
    }

    private async Task<IReadOnlyList<ReportServer>> CountAsync(List<LiveServer> servers, HistoryFilter filter, HistoryRange range, Dictionary<int, int> repairs, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<int, SyncCounts>();
        for (var page = 1; ; page++)
        {
            var strip = await history.GetStripAsync(filter, range, page, HistoryQueries.MaximumPageSize, cancellationToken);
            foreach (var row in strip.Rows.Items)
            {
                counts[row.ServerId] = SyncCounts.Sum(row.Cells);
            }

            if (page >= strip.Rows.PageCount)
            {
                break;
            }
        }

        return
        [
            .. servers.Select(server =>
            {
                var syncs = counts.GetValueOrDefault(server.Id);
                return new ReportServer(server.Id, server.Name, server.Site, syncs.Succeeded, syncs.Cancelled, syncs.Failed, server.Status.LastGoodSyncAt.ToOffset(), server.Status.DriftCount, server.Problems.Count, repairs.GetValueOrDefault(server.Id));
            }),
        ];
    }

    /// <summary>The newest with their effects, and how many each server had.</summary>
    private async Task<(IReadOnlyList<ReportRepair> Newest, Dictionary<int, int> Counts)> ReadRepairsAsync(DashboardContext context, Dictionary<int, LiveServer> servers, List<int> ids, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        var rows = context.Repairs.AsNoTracking().Where(run => ids.Contains(run.ServerId) && run.StartedAt >= from && run.StartedAt < to);
        var counts = await rows.GroupBy(run => run.ServerId).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, cancellationToken);
        var newest = await rows.OrderByDescending(run => run.StartedAt).ThenBy(run => run.RepairId).Take(MostRows)
            .Select(run => new { run.RepairId, run.ServerId, run.Playbook, run.State, run.RequestedBy, run.StartedAt })
            .ToListAsync(cancellationToken);
        List<ReportRepair> repairs = [];
        foreach (var run in newest)
        {
            var effect = await effects.GetAsync(run.ServerId, run.RepairId, cancellationToken);
            repairs.Add(new(run.RepairId, run.ServerId, servers[run.ServerId].Name, servers[run.ServerId].Site, run.Playbook, run.State, run.RequestedBy, run.StartedAt.ToOffset(), effect?.Verdict, effect?.Sentence ?? ""));
        }

        return (repairs, counts);
    }

    private static async Task<(IReadOnlyList<ReportDecision> Newest, int Count)> ReadDecisionsAsync(DashboardContext context, Dictionary<int, LiveServer> servers, List<int> ids, DateTime from, DateTime to, CancellationToken cancellationToken)
    {
        var events = context.ProblemEvents.AsNoTracking().Where(item => ids.Contains(item.ServerId) && item.At >= from && item.At < to && Decisions.Contains(item.Kind));
        var findings = context.PostureAcknowledgements.AsNoTracking().Where(item => ids.Contains(item.ServerId) && item.At >= from && item.At < to);
        var decided = await events.OrderByDescending(item => item.At).ThenByDescending(item => item.Id).Take(MostRows).ToListAsync(cancellationToken);
        var accepted = await findings.OrderByDescending(item => item.At).ThenBy(item => item.ServerId).ThenBy(item => item.FindingId).Take(MostRows).ToListAsync(cancellationToken);
        var newest = decided
            .Select(item => new ReportDecision(item.At.ToOffset(), item.Who, item.Kind.ToString().ToLowerInvariant(), item.Title, servers[item.ServerId].Name, item.Until.ToOffset(), item.Text))
            .Concat(accepted.Select(item => new ReportDecision(item.At.ToOffset(), item.Who, "accepted", item.FindingId, servers[item.ServerId].Name, item.Until.ToOffset(), item.Reason)))
            .OrderByDescending(item => item.At)
            .Take(MostRows);
        return ([.. newest], await events.CountAsync(cancellationToken) + await findings.CountAsync(cancellationToken));
    }

    private async Task<IReadOnlyList<ReportRelease>> ReadReleasesAsync(HistoryFilter filter, DateOnly tuesday, CancellationToken cancellationToken)
    {
        var board = await patchTuesdays.GetAsync(filter, PatchTuesday.Of(tuesday.Year, tuesday.Month), visible.FindUpstreams(), cancellationToken);
        return [.. board.Sites.Select(site => new ReportRelease(site.Site, site.Servers.Count, site.Synced, site.CompleteAt))];
    }
}
