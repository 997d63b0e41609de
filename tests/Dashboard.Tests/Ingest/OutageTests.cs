using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Samples;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Ingest;

/// <summary>The dashboard is away for a week, and dies once more while it catches up: afterwards there is neither hole nor double.</summary>
public sealed class OutageTests : IDisposable
{
    private const int MinutesBefore = 90;
    private const int MinutesOfWeek = 7 * 24 * 60;
    private const int EventsBefore = 10;
    private const int EventsOfWeek = 7 * 3 * 3;

    private readonly TempFolder _folder = new();
    private readonly long _firstMinute = ServerSample.MinuteOf(TimeProvider.System.GetUtcNow()) - MinutesOfWeek - MinutesBefore;

    [Fact]
    public async Task Outage_OfAWeekAndAnotherDeathMeanwhile_LeavesNeitherHoleNorDouble()
    {
        await using var agent = await FakeAgent.StartAsync();
        int id;
        await using (var dashboard = await TestDashboard.StartAsync(_folder))
        {
            id = await dashboard.AddServerAsync(agent.Address);
            await ServeAsync(agent, 0, 0, EventsBefore, MinutesBefore);
            await StoredAsync(dashboard, id, EventsBefore, MinutesBefore);
        }

        // A week passes. The dashboard comes back, and is gone again when it has half of it.
        await using (var dashboard = await TestDashboard.StartAsync(_folder))
        {
            await ServeAsync(agent, EventsBefore, MinutesBefore, EventsBefore + (EventsOfWeek / 2), MinutesBefore + (MinutesOfWeek / 2));
            await StoredAsync(dashboard, id, EventsBefore + (EventsOfWeek / 2), MinutesBefore + (MinutesOfWeek / 2));
        }

        await using var last = await TestDashboard.StartAsync(_folder);
        await ServeAsync(agent, EventsBefore + (EventsOfWeek / 2), MinutesBefore + (MinutesOfWeek / 2), EventsBefore + EventsOfWeek, MinutesBefore + MinutesOfWeek);
        await StoredAsync(last, id, EventsBefore + EventsOfWeek, MinutesBefore + MinutesOfWeek);

        await AssertWholeAsync(last);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Three events a synchronization: it begins, a pool recycles, it ends.</summary>
    private static AgentEvent Event(int sequence)
    {
        var number = (sequence - 1) / 3;
        var run = Samples.Sync($"wsus-{number}", Clock.Start.AddHours(8 * number), (sequence % 3) switch { 1 => SyncResult.Running, _ => SyncResult.Cancelled });
        return sequence % 3 == 2 ? Samples.ChangeEvent(sequence, $"state-{sequence}") : new AgentEvent { Sequence = sequence, At = run.StartedAt, SyncRun = run };
    }

    private Task<(long Sequence, long Minute)> StoredAsync(TestDashboard dashboard, int id, int events, int minutes) => Eventually.Async(
        () => Task.FromResult((dashboard.Writer.GetCursor(id).Sequence, dashboard.Get<SampleWriter>().GetLastMinute(id))),
        stored => stored == (events, _firstMinute + minutes - 1));

    private async Task ServeAsync(FakeAgent agent, int knownEvents, int knownMinutes, int events, int minutes)
    {
        var watch = await agent.NextWatchAsync();
        Assert.Equal(knownEvents, watch.Request.AfterSequence);
        Assert.Equal(knownMinutes == 0 ? 0 : _firstMinute + knownMinutes - 1, watch.Request.SamplesAfter);
        Assert.True(watch.Request.WithSamples);
        watch.Send(Samples.Snapshot(Clock.Start));

        // Some of what the dashboard has comes again, as from an agent that does not trust the cursor.
        for (var sequence = Math.Max(1, knownEvents - 2); sequence <= events; sequence++)
        {
            watch.Send(Event(sequence));
        }

        foreach (var page in Enumerable.Range(Math.Max(0, knownMinutes - 70), minutes - Math.Max(0, knownMinutes - 70)).Chunk(ContractLimits.MaximumSamplesOfMessage))
        {
            watch.Send(page.Select(minute => new ServerSample { Minute = _firstMinute + minute, WorkerKilobytes = minute, RejectedRequests = 1 }));
        }
    }

    private async Task AssertWholeAsync(TestDashboard dashboard)
    {
        var runs = await dashboard.ReadAsync(context => context.SyncRuns.OrderBy(run => run.StartedAt).Select(run => run.RunId).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Enumerable.Range(0, (EventsBefore + EventsOfWeek + 2) / 3).Select(number => $"wsus-{number}"), runs);

        var changes = await dashboard.ReadAsync(context => context.StateChanges.Where(change => change.Subject == "pool:WsusPool").OrderBy(change => change.Id).Select(change => change.To).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Enumerable.Range(1, EventsBefore + EventsOfWeek).Where(sequence => sequence % 3 == 2).Select(sequence => $"state-{sequence}"), changes);
        Assert.False(await dashboard.ReadAsync(context => context.StateChanges.AnyAsync(change => change.Subject == "history", TestContext.Current.CancellationToken)));

        Assert.Equal(Enumerable.Range(0, MinutesBefore + MinutesOfWeek).Select(minute => (int)_firstMinute + minute), (await SpansAsync(dashboard, SampleGrain.Minute)).Select(span => span.Unit));
        await RollUpAsync(dashboard);
        var hours = await SpansAsync(dashboard, SampleGrain.Hour);
        var days = await SpansAsync(dashboard, SampleGrain.Day);
        var rolled = (int)(ServerSample.MinuteOf(TimeProvider.System.GetUtcNow()) / 60 * 60 - _firstMinute);
        Assert.Equal(Math.Min(rolled, MinutesBefore + MinutesOfWeek), hours.Sum(span => span.Samples));
        Assert.Equal(hours.Sum(span => span.Rejected), days.Sum(span => span.Rejected));
        Assert.Equal(hours.Select(span => span.Unit).Distinct().Count(), hours.Count);
    }

    private static Task<string> RollUpAsync(TestDashboard dashboard) =>
        new RollupJob(dashboard.Get<IDbContextFactory<Dashboard.Data.DashboardContext>>(), TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);

    private static Task<List<SampleSpan>> SpansAsync(TestDashboard dashboard, SampleGrain grain) => dashboard.ReadAsync(async context =>
    {
        var chunks = await context.SampleChunks.Where(chunk => chunk.Grain == grain).OrderBy(chunk => chunk.StartHour).Select(chunk => chunk.Data).ToListAsync(TestContext.Current.CancellationToken);
        return chunks.SelectMany(PackedSamples.Unpack).ToList();
    });
}
