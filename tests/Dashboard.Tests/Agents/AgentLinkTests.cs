using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Agents;

public sealed class AgentLinkTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Watch_SnapshotAndEvents_BecomeLiveStateAndHistory()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        Assert.Equal((0, ""), (watch.Request.AfterSequence, watch.Request.SequenceEpoch));

        var now = TimeProvider.System.GetUtcNow();
        watch.Send(Samples.Snapshot(now, pool: PoolState.Stopped));
        watch.Send(Samples.SyncEvent(1, Samples.Sync("wsus-1", now.AddHours(-2), SyncResult.Succeeded)));
        watch.Send(Samples.SyncEvent(2, Samples.Sync("wsus-2", now.AddMinutes(-20), SyncResult.Cancelled)));

        var live = await dashboard.UntilAsync(id, server => server.Status.LastSyncResult == SyncResult.Cancelled && server.Assessment is not null);
        Assert.Equal((LinkState.Up, Health.Critical, PoolState.Stopped), (live.Link.State, live.Status.Health, live.Status.PoolState));
        Assert.Equal("pool-stopped", live.Status.CauseId);
        await dashboard.StoredAsync(id, 2);
        var runs = await dashboard.ReadAsync(context => context.SyncRuns.OrderBy(run => run.StartedAt).Select(run => new { run.RunId, run.CauseId }).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["wsus-1", "wsus-2"], runs.Select(run => run.RunId));
    }

    [Fact]
    public async Task Watch_SyncThatFailsNow_IsStoredWithItsCause()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        var now = TimeProvider.System.GetUtcNow();
        var snapshot = Samples.Snapshot(now, pool: PoolState.Stopped);
        var stoppedInTheMiddle = Samples.Pool(PoolState.Stopped) with { StateSince = now.AddMinutes(-8) };
        watch.Send(snapshot with { Iis = snapshot.Iis with { Value = snapshot.Iis.Value! with { Pools = [stoppedInTheMiddle] } } });
        await dashboard.UntilAsync(id, server => server.Status.Health == Health.Critical);
        watch.Send(Samples.SyncEvent(1, Samples.Sync("mecm-1", now.AddMinutes(-11), SyncResult.Failed, SyncSource.ConfigMgr)));
        await dashboard.StoredAsync(id, 1);

        var found = await Eventually.Async(() => dashboard.ReadAsync(context => context.SyncRuns.Select(run => run.CauseId).SingleOrDefaultAsync(TestContext.Current.CancellationToken)), cause => cause is not null);

        Assert.Equal("pool-stopped", found);
    }

    [Fact]
    public async Task Watch_AgentEndsTheStream_ResumesAfterTheLastStoredEventWithoutHolesOrDoubles()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var first = await agent.NextWatchAsync();
        first.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        first.Send(Samples.ChangeEvent(1, "1"));
        first.Send(Samples.ChangeEvent(2, "2"));
        await dashboard.StoredAsync(id, 2);
        first.End();

        var second = await agent.NextWatchAsync();
        Assert.Equal((2, "epoch-1"), (second.Request.AfterSequence, second.Request.SequenceEpoch));
        second.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        second.Send(Samples.ChangeEvent(2, "2"));
        second.Send(Samples.ChangeEvent(3, "3"));
        second.Send(Samples.ChangeEvent(4, "4"));
        await dashboard.StoredAsync(id, 4);

        var stored = await dashboard.ReadAsync(context => context.StateChanges.Where(change => change.Subject == "pool:WsusPool").OrderBy(change => change.Id).Select(change => change.To).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["1", "2", "3", "4"], stored);
    }

    [Fact]
    public async Task Watch_DashboardIsKilledInARepair_TheNextOneTakesItUpFromTheAgentsEvents()
    {
        await using var agent = await FakeAgent.StartAsync();
        int id;
        var killed = await TestDashboard.StartAsync(_folder);
        id = await killed.AddServerAsync(agent.Address);
        var before = await agent.NextWatchAsync();
        before.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        before.Send(new Shared.AgentEvent { Sequence = 1, At = Clock.Start, Repair = Samples.Run(revision: 1) });
        await killed.UntilAsync(id, server => server.ActiveRepair is not null);
        await killed.StoredAsync(id, 1);
        await killed.KillAsync();

        agent.Verbs.Get = request => Samples.Run(request.Id, revision: 2);
        await using var next = await TestDashboard.StartAsync(_folder);
        var restored = await next.UntilAsync(id, server => server.ActiveRepair is not null);
        Assert.Equal("run-1", restored.ActiveRepair!.RepairId);
        var watch = await agent.NextWatchAsync();
        Assert.Equal(1, watch.Request.AfterSequence);
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        watch.Send(new Shared.AgentEvent { Sequence = 2, At = Clock.Start, Repair = Samples.Run(state: RepairState.Succeeded, revision: 7) });
        await next.UntilAsync(id, server => server.ActiveRepair is null);
        await next.StoredAsync(id, 2);

        var stored = await next.ReadAsync(context => context.Repairs.SingleAsync(TestContext.Current.CancellationToken));
        Assert.Equal((RepairState.Succeeded, 7), (stored.State, stored.Revision));
    }

    [Fact]
    public async Task Watch_AgentNoLongerKnowsARepair_ItDoesNotRunForEver()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var first = await agent.NextWatchAsync();
        first.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        first.Send(new Shared.AgentEvent { Sequence = 1, At = Clock.Start, Repair = Samples.Run() });
        await dashboard.UntilAsync(id, server => server.ActiveRepair is not null);
        agent.Verbs.Get = _ => throw new Grpc.Core.RpcException(new(Grpc.Core.StatusCode.NotFound, "no such run"));
        first.End();

        var second = await agent.NextWatchAsync();
        second.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow(), epoch: "epoch-2"));

        await dashboard.UntilAsync(id, server => server.ActiveRepair is null && server.Link.State == LinkState.Up);
    }

    [Fact]
    public async Task Lost_WithinTheGraceTime_KeepsTheLastKnownStateThenBecomesUnreachable()
    {
        var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder, options => options.Agents.UnreachableAfterSeconds = 5);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        watch.Send(Samples.SyncEvent(1, Samples.Sync("wsus-1", TimeProvider.System.GetUtcNow().AddHours(-1), SyncResult.Succeeded)));
        var up = await dashboard.UntilAsync(id, server => server.Link.State == LinkState.Up && server.Status.LastSyncAt is not null);

        await agent.DisposeAsync();

        var lost = await dashboard.UntilAsync(id, server => server.Link.State == LinkState.Connecting);
        Assert.Equal(up.Status.Health, lost.Status.Health);
        var down = await dashboard.UntilAsync(id, server => server.Status.Health == Health.Unreachable);
        Assert.Equal(LinkState.Down, down.Link.State);
        Assert.NotNull(down.Link.Error);
        Assert.Equal(down.Link.LastMessageAt, down.Link.Since);
        Assert.NotNull(down.Snapshot);
    }

    [Fact]
    public async Task Restart_AgentIsSlow_StateOfBeforeStaysUntilItAnswers()
    {
        await using var agent = await FakeAgent.StartAsync();
        int id;
        await using (var first = await TestDashboard.StartAsync(_folder))
        {
            id = await first.AddServerAsync(agent.Address);
            var watch = await agent.NextWatchAsync();
            watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow(), pool: PoolState.Stopped));
            await first.UntilAsync(id, server => server.Status.Health == Health.Critical);

            // A stop has two seconds for what is left, which a busy machine may not keep; the question here is what the next start shows.
            await Eventually.Async(
                () => first.ReadAsync(context => context.Servers.Select(server => server.Status.Health).SingleAsync(TestContext.Current.CancellationToken)),
                health => health == Health.Critical);

            // A number of updates alone is no history: it is stored with the last contact.
            watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow(), pool: PoolState.Stopped, updates: 12_500));
            await first.UntilAsync(id, server => server.Status.Updates == 12_500);
            await first.Get<LastContactWriter>().RecordAsync(_ => true, TestContext.Current.CancellationToken);
        }

        var restartedAt = TimeProvider.System.GetUtcNow().UtcDateTime;
        await using var second = await TestDashboard.StartAsync(_folder);
        var restored = await second.UntilAsync(id, _ => true);

        Assert.Equal((Health.Critical, LinkState.Connecting, 12_500), (restored.Status.Health, restored.Link.State, restored.Status.Updates));
        Assert.Equal(PoolState.Stopped, restored.Snapshot?.Iis.Value?.WsusPool?.State);
        Assert.NotNull(restored.Link.LastMessageAt);
        var changes = await second.ReadAsync(context => context.StateChanges.Where(change => change.Subject == "health").OrderBy(change => change.At).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(nameof(Health.Critical), changes[^1].To);
        Assert.DoesNotContain(changes, change => change.At >= restartedAt);
    }

    [Fact]
    public async Task Start_SeveralServers_FirstContactsAreSpread()
    {
        await using var first = await FakeAgent.StartAsync();
        await using var second = await FakeAgent.StartAsync();
        await using (var before = await TestDashboard.StartAsync(_folder))
        {
            await before.AddServerAsync(first.Address, "first");
            await before.AddServerAsync(second.Address, "second");
            await first.NextWatchAsync();
            await second.NextWatchAsync();
        }

        var clock = new FakeTimeProvider(Clock.Start);
        await using var dashboard = await TestDashboard.StartAsync(_folder, options => options.Agents.StaggerSeconds = 10, clock);
        await first.NextWatchAsync();
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(second.HasWatch);

        clock.Advance(TimeSpan.FromSeconds(0.1));
        await second.NextWatchAsync();
    }

    [Fact]
    public async Task Watch_AgentOfAnOldProtocol_IsIncompatibleAndSaysWhatHelps()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()) with { Agent = Samples.Agent(protocolVersion: 0) });

        var server = await dashboard.UntilAsync(id, candidate => candidate.Link.State == LinkState.Incompatible);

        Assert.NotEqual("", server.Link.Error);
    }

    [Fact]
    public async Task Remove_WhileWatched_EndsTheWatchAndForgetsTheServer()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        await dashboard.UntilAsync(id, server => server.Link.State == LinkState.Up);

        using var response = await dashboard.Http.DeleteAsync(new Uri($"/api/v1/servers/{id}", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.NoContent, response.StatusCode);
        await Eventually.TrueAsync(() => dashboard.Live.Find(id) is null);
        Assert.Equal(0, await dashboard.ReadAsync(context => context.Servers.CountAsync(TestContext.Current.CancellationToken)));
    }

    public void Dispose() => _folder.Dispose();
}
