using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Features.History;

/// <summary>Reads the samples of one server in the grain that a range needs. Minutes that are not rolled up yet are added on the way.</summary>
internal sealed class SampleReader(DashboardContext context, DashboardOptions options, DateTimeOffset now)
{
    /// <summary>The finest grain that is still kept for the start of the range and has not more than this many times the points that are wanted.</summary>
    private const int UnitsPerPoint = 5;

    public SampleGrain GrainFor(DateTimeOffset from, DateTimeOffset to, int maximumPoints)
    {
        var units = (to - from).TotalMinutes / maximumPoints / UnitsPerPoint;
        if (units <= Grains.MinutesOf(SampleGrain.Minute) && from > now.AddDays(-options.Retention.MinuteSampleDays))
        {
            return SampleGrain.Minute;
        }

        return units <= Grains.MinutesOf(SampleGrain.Hour) && from > now.AddDays(-options.Retention.HourSampleDays) ? SampleGrain.Hour : SampleGrain.Day;
    }

    /// <summary>At most as many points as are wanted; neighbours are merged where there are more.</summary>
    public async Task<IReadOnlyList<SamplePoint>> ReadAsync(int serverId, SampleGrain grain, DateTimeOffset from, DateTimeOffset to, int maximumPoints, CancellationToken cancellationToken) =>
        [.. (await ReadMergedAsync(serverId, grain, from, to, maximumPoints, cancellationToken)).Select(merged => ToPoint(merged.At, merged.Length, merged.Span))];

    /// <summary>The same with all that is kept: each span with its start and its length.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset At, TimeSpan Length, SampleSpan Span)>> ReadMergedAsync(int serverId, SampleGrain grain, DateTimeOffset from, DateTimeOffset to, int maximumPoints, CancellationToken cancellationToken)
    {
        var spans = await ReadSpansAsync(serverId, grain, from, to, cancellationToken);
        var (first, last) = (Grains.UnitOf(grain, from.UtcDateTime), Grains.UnitOf(grain, to.UtcDateTime));
        var merged = Math.Max(1, (last - first + maximumPoints) / maximumPoints);
        var length = TimeSpan.FromMinutes((double)Grains.MinutesOf(grain) * merged);
        return [.. spans
            .GroupBy(span => (span.Unit - first) / merged)
            .Select(group => (Grains.StartOf(grain, first + (group.Key * merged)).ToOffset(), length, group.Count() == 1 ? group.First() : SampleSpan.Merge(group.First().Unit, [.. group])))];
    }

    /// <summary>The spans of a range, in the order of time.</summary>
    public async Task<IReadOnlyList<SampleSpan>> ReadSpansAsync(int serverId, SampleGrain grain, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var (first, last) = (Grains.UnitOf(grain, from.UtcDateTime), Grains.UnitOf(grain, to.UtcDateTime.AddTicks(-1)));
        var found = await LoadAsync(serverId, grain, first, last, cancellationToken);
        if (grain != SampleGrain.Minute)
        {
            await AddDueAsync(serverId, grain, found, cancellationToken);
        }

        return [.. found.Values.Where(span => span.Unit >= first && span.Unit <= last)];
    }

    private async Task<SortedDictionary<int, SampleSpan>> LoadAsync(int serverId, SampleGrain grain, int first, int last, CancellationToken cancellationToken)
    {
        var (firstChunk, lastChunk) = (Grains.ChunkOf(grain, first), Grains.ChunkOf(grain, last));
        var chunks = await context.SampleChunks.AsNoTracking()
            .Where(chunk => chunk.ServerId == serverId && chunk.Grain == grain && chunk.StartHour >= firstChunk && chunk.StartHour <= lastChunk)
            .Select(chunk => chunk.Data)
            .ToListAsync(cancellationToken);
        var found = new SortedDictionary<int, SampleSpan>();
        foreach (var span in chunks.SelectMany(PackedSamples.Unpack))
        {
            found[span.Unit] = span;
        }

        return found;
    }

    private async Task AddDueAsync(int serverId, SampleGrain grain, SortedDictionary<int, SampleSpan> found, CancellationToken cancellationToken)
    {
        var due = await context.SampleChunks.AsNoTracking()
            .Where(chunk => chunk.ServerId == serverId && chunk.Grain == SampleGrain.Minute && chunk.RollupDue == 1)
            .OrderBy(chunk => chunk.StartHour)
            .ToListAsync(cancellationToken);
        var hours = due.Select(chunk => SampleSpan.Merge(chunk.StartHour, PackedSamples.Unpack(chunk.Data))).ToList();
        if (grain == SampleGrain.Hour)
        {
            hours.ForEach(hour => found[hour.Unit] = hour);
            return;
        }

        foreach (var day in hours.GroupBy(hour => hour.Unit / 24))
        {
            var known = await LoadAsync(serverId, SampleGrain.Hour, day.Key * 24, (day.Key * 24) + 23, cancellationToken);
            day.ToList().ForEach(hour => known[hour.Unit] = hour);
            found[day.Key] = SampleSpan.Merge(day.Key, [.. known.Values]);
        }
    }

    private static SamplePoint ToPoint(DateTimeOffset at, TimeSpan length, SampleSpan span) => new(
        at,
        length,
        span.Samples,
        span.WorkerMinimum,
        span.WorkerMean,
        span.WorkerMaximum,
        span.Limit,
        span.QueuedMaximum,
        span.Rejected,
        span.Updates,
        span.ConfigMgrUpdates,
        span.AgentMemoryMaximum);
}
