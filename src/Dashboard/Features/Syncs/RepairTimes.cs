using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Features.Syncs;

/// <summary>How long servers stayed without a good synchronization: read once, in order, without keeping the rows.</summary>
internal sealed class RepairTimes(DashboardContext context)
{
    private readonly List<TimeSpan> _repairs = [];
    private SyncGap? _longest;

    public async Task<(SyncGap? LongestGap, TimeSpan? Mean, int Count)> ReadAsync(IQueryable<SyncRunEntity> runs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var servers = await context.Servers.AsNoTracking()
            .Select(server => new KnownServer(server.Id, server.Name, server.Status.LastGoodSyncAt))
            .ToDictionaryAsync(server => server.Id, cancellationToken);
        var ordered = runs
            .Where(run => run.Result == SyncResult.Succeeded || run.Result == SyncResult.Failed || run.Result == SyncResult.Cancelled)

            // The sum keeps SQLite from reading all runs in the order of another index: sorting the range is six times faster.
            .OrderBy(run => run.ServerId + 0)
            .ThenBy(run => run.StartedAt)
            .Select(run => new { run.ServerId, run.StartedAt, run.EndedAt, run.Result });
        var server = 0;
        DateTimeOffset? lastGood = null;
        DateTimeOffset? failingSince = null;
        await foreach (var run in ordered.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (run.ServerId != server)
            {
                Close(servers.GetValueOrDefault(server), lastGood, failingSince, now);
                (server, lastGood, failingSince) = (run.ServerId, null, null);
            }

            var at = (run.EndedAt ?? run.StartedAt).ToOffset();
            if (run.Result != SyncResult.Succeeded)
            {
                failingSince ??= at;
                continue;
            }

            if (failingSince is { } since)
            {
                _repairs.Add(at - since);
                failingSince = null;
            }

            if (lastGood is { } good)
            {
                Consider(new(server, servers.GetValueOrDefault(server)?.Name ?? "", good, at, at - good));
            }

            lastGood = at;
        }

        Close(servers.GetValueOrDefault(server), lastGood, failingSince, now);
        TimeSpan? mean = _repairs.Count == 0 ? null : TimeSpan.FromTicks((long)_repairs.Average(span => span.Ticks));
        return (_longest, mean, _repairs.Count);
    }

    /// <summary>The gap that goes on: from the last good one in the range, else from the last known, else from the first failure.</summary>
    private void Close(KnownServer? server, DateTimeOffset? lastGood, DateTimeOffset? failingSince, DateTimeOffset now)
    {
        if (server is not null && (lastGood ?? server.LastGoodSyncAt.ToOffset() ?? failingSince) is { } from)
        {
            Consider(new(server.Id, server.Name, from, null, now - from));
        }
    }

    private void Consider(SyncGap gap) => _longest = _longest is null || gap.Length > _longest.Length ? gap : _longest;

    private sealed record KnownServer(int Id, string Name, DateTime? LastGoodSyncAt);
}
