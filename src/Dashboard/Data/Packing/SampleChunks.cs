using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Entities;

namespace WsusDashboard.Dashboard.Data.Packing;

/// <summary>Writes chunks of samples and rolls them up. A unit that comes twice is one unit, so nothing is counted twice.</summary>
internal static class SampleChunks
{
    /// <summary>Puts minutes of several servers into their chunks, without saving.</summary>
    public static async Task AddMinutesAsync(DashboardContext context, IReadOnlyDictionary<int, IReadOnlyList<SampleSpan>> minutes, CancellationToken cancellationToken)
    {
        var byChunk = minutes
            .SelectMany(server => server.Value.Select(span => (ServerId: server.Key, Chunk: Grains.ChunkOf(SampleGrain.Minute, span.Unit), Span: span)))
            .GroupBy(entry => entry.Chunk, entry => (entry.ServerId, entry.Span));
        foreach (var chunk in byChunk)
        {
            var (startHour, servers) = (chunk.Key, chunk.Select(entry => entry.ServerId).Distinct().ToArray());
            var known = await LoadAsync(context, SampleGrain.Minute, startHour, servers, cancellationToken);
            foreach (var server in chunk.GroupBy(entry => entry.ServerId, entry => entry.Span))
            {
                var entity = Merge(context, known, (server.Key, SampleGrain.Minute, startHour), server);
                entity.RollupDue = 1;
            }
        }
    }

    /// <summary>Rolls up the oldest chunks of minutes that are due and whose hour is over: into their hours, and those into their days. Done again it makes the same.</summary>
    /// <returns>How many chunks were rolled up.</returns>
    public static async Task<int> RollUpAsync(DashboardContext context, int beforeHour, int maximum, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var due = await context.SampleChunks
            .Where(chunk => chunk.RollupDue == 1 && chunk.Grain == SampleGrain.Minute && chunk.StartHour < beforeHour)
            .OrderBy(chunk => chunk.StartHour)
            .Take(maximum)
            .ToListAsync(cancellationToken);
        foreach (var day in due.GroupBy(chunk => Grains.ChunkOf(SampleGrain.Hour, chunk.StartHour)))
        {
            var servers = day.Select(chunk => chunk.ServerId).Distinct().ToArray();
            var hours = await LoadAsync(context, SampleGrain.Hour, day.Key, servers, cancellationToken);
            var days = await LoadAsync(context, SampleGrain.Day, Grains.ChunkOf(SampleGrain.Day, day.Key / 24), servers, cancellationToken);
            foreach (var server in day.GroupBy(chunk => chunk.ServerId))
            {
                var spans = server.Select(chunk => SampleSpan.Merge(chunk.StartHour, PackedSamples.Unpack(chunk.Data)));
                var ofDay = Merge(context, hours, (server.Key, SampleGrain.Hour, day.Key), spans);
                var whole = SampleSpan.Merge(day.Key / 24, PackedSamples.Unpack(ofDay.Data));
                Merge(context, days, (server.Key, SampleGrain.Day, Grains.ChunkOf(SampleGrain.Day, day.Key / 24)), [whole]);
                server.ToList().ForEach(chunk => chunk.RollupDue = 0);
            }

            // The next day may be in the same month.
            await context.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return due.Count;
    }

    private static async Task<Dictionary<int, SampleChunkEntity>> LoadAsync(DashboardContext context, SampleGrain grain, int startHour, int[] servers, CancellationToken cancellationToken) =>
        await context.SampleChunks
            .Where(chunk => chunk.Grain == grain && chunk.StartHour == startHour && servers.Contains(chunk.ServerId))
            .ToDictionaryAsync(chunk => chunk.ServerId, cancellationToken);

    private static SampleChunkEntity Merge(DashboardContext context, Dictionary<int, SampleChunkEntity> known, (int ServerId, SampleGrain Grain, int StartHour) key, IEnumerable<SampleSpan> spans)
    {
        var byUnit = new SortedDictionary<int, SampleSpan>();
        if (known.TryGetValue(key.ServerId, out var entity))
        {
            PackedSamples.Unpack(entity.Data).ForEach(span => byUnit[span.Unit] = span);
        }
        else
        {
            entity = new() { ServerId = key.ServerId, Grain = key.Grain, StartHour = key.StartHour, Data = [] };
            known.Add(key.ServerId, entity);
            context.SampleChunks.Add(entity);
        }

        foreach (var span in spans)
        {
            byUnit[span.Unit] = span;
        }

        entity.Data = PackedSamples.Pack(byUnit.Values);
        return entity;
    }
}
