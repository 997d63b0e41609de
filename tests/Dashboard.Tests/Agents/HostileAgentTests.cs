using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Tests.Agents;

/// <summary>An agent in foreign hands: what it says is cut, or it isn't listened to. The other servers go on.</summary>
public sealed class HostileAgentTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_NameWithControlCharacters_PutsTheAgentIntoQuarantineWithItsReason()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();

        watch.SendSnapshot(snapshot => snapshot.Agent.ComputerName = HostileAgent.Trickery);

        var server = await dashboard.UntilAsync(id, candidate => candidate.Condition == ServerCondition.Quarantined && candidate.Status.Sentence.Contains("quarantine", StringComparison.Ordinal));
        Assert.Contains("snapshot.agent.computer_name", server.Link.Error, StringComparison.Ordinal);
        Assert.Null(server.Snapshot);
        var json = await dashboard.Http.GetFromJsonAsync<JsonElement>($"/api/v1/servers/{id}", Token);
        Assert.Equal(("quarantined", "quarantined"), (json.GetProperty("condition").GetString(), json.GetProperty("link").GetProperty("state").GetString()));
        Assert.Equal(server.Link.Error, json.GetProperty("link").GetProperty("error").GetString());
        Assert.NotEqual(JsonValueKind.Null, json.GetProperty("link").GetProperty("since").ValueKind);
        var row = await Eventually.Async(() => QuarantineAsync(dashboard), found => found is not null);
        Assert.Equal((id, server.Link.Error), (row!.ServerId, row.Reason));
        Assert.Equal(AgentQuarantines.Length, row.Until - row.Since);
    }

    [Fact]
    public async Task Quarantine_WhileItLasts_NothingIsAskedOfTheAgent()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await QuarantinedAsync(agent, dashboard);
        var asked = 0;
        agent.Verbs.Plan = _ =>
        {
            Interlocked.Increment(ref asked);
            return Samples.Plan();
        };

        var (status, _, _) = await dashboard.PostAsync($"/api/v1/servers/{id}/plan", new { playbook = "full-repair" });

        Assert.NotEqual(200, status);
        Assert.Equal(0, asked);
        Assert.False(agent.HasWatch);
    }

    [Fact]
    public async Task Quarantine_ReleasedByAPerson_WatchesAgainAndIsAudited()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await QuarantinedAsync(agent, dashboard);

        using var released = await dashboard.Http.DeleteAsync(new Uri($"/api/v1/servers/{id}/quarantine", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.NoContent, released.StatusCode);
        (await agent.NextWatchAsync()).Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        await dashboard.UntilAsync(id, server => server.Link.State == LinkState.Up && server.Condition != ServerCondition.Quarantined);
        Assert.Null(await QuarantineAsync(dashboard));
        var audit = await dashboard.Http.GetFromJsonAsync<JsonElement>("/api/v1/audit?what=server.release", Token);
        Assert.Equal(1, audit.GetProperty("total").GetInt32());
        using var again = await dashboard.Http.DeleteAsync(new Uri($"/api/v1/servers/{id}/quarantine", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Quarantine_AgentIsPairedAgain_IsOver()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await QuarantinedAsync(agent, dashboard);

        await dashboard.PairAsync(id);

        (await agent.NextWatchAsync()).Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        await dashboard.UntilAsync(id, server => server.Link.State == LinkState.Up);
        Assert.Null(await QuarantineAsync(dashboard));
    }

    [Fact]
    public async Task Quarantine_DashboardStartsAgain_LastsUntilItsTimeIsOver()
    {
        await using var agent = await FakeAgent.StartAsync();
        int id;
        await using (var dashboard = await TestDashboard.StartAsync(_folder))
        {
            id = await QuarantinedAsync(agent, dashboard);
            await Eventually.Async(() => QuarantineAsync(dashboard), row => row is not null);
        }

        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var restarted = await TestDashboard.StartAsync(_folder, clock: clock);
        await UntilAsync(restarted, clock, id, server => server.Condition == ServerCondition.Quarantined);
        Assert.False(agent.HasWatch);

        clock.Advance(AgentQuarantines.Length + TimeSpan.FromSeconds(1));
        (await agent.NextWatchAsync()).Send(Samples.Snapshot(clock.GetUtcNow()));
        await UntilAsync(restarted, clock, id, server => server.Link.State == LinkState.Up);
    }

    [Fact]
    public async Task Budget_DashboardStartsAgain_GoesOnWhereTheDayWas()
    {
        await using var agent = await FakeAgent.StartAsync();
        int id;
        await using (var dashboard = await TestDashboard.StartAsync(_folder))
        {
            id = await dashboard.AddServerAsync(agent.Address);
            var watch = await agent.NextWatchAsync();
            watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
            watch.Send(Samples.ChangeEvent(1, "first"));
            await dashboard.StoredAsync(id, 1);
            Assert.Equal(1, await dashboard.ReadAsync(context => context.LinkCursors.Select(cursor => cursor.EventsOfDay).SingleAsync(Token)));
            await dashboard.ReadAsync(context => context.LinkCursors.ExecuteUpdateAsync(set => set.SetProperty(cursor => cursor.EventsOfDay, AgentBudget.EventsOfADay), Token));
        }

        await using var restarted = await TestDashboard.StartAsync(_folder);
        var next = await agent.NextWatchAsync();
        next.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        next.Send(Samples.ChangeEvent(2, "one too many"));

        await restarted.UntilAsync(id, server => server.Condition == ServerCondition.Quarantined);
    }

    [Fact]
    public async Task Watch_EvidenceLineOfYearOne_LosesItsTimeAndTheRowIsAssessed()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        watch.Send(Samples.SyncEvent(1, HostileAgent.FailedRun("wsus-1")));

        watch.SendEvidence(2, "wsus-1", (HostileAgent.YearOne, "Sync failed: 407"), (new Timestamp { Seconds = long.MaxValue }, "Sync failed: 407"));

        await dashboard.StoredAsync(id, 2);
        var server = await dashboard.UntilAsync(id, candidate => candidate.Status.LastSyncResult == SyncResult.Failed && candidate.Link.State == LinkState.Up);
        Assert.Null(server.NotAssessableSince);
        var message = await dashboard.ReadAsync(context => context.RunEvidence.Select(row => row.Message).SingleAsync(Token));
        Assert.All(Wire.RunEvidence.Parser.ParseFrom(message).Lines, line => Assert.Null(line.At));
    }

    [Fact]
    public async Task Watch_EventOfYearOne_IsReplacedByOneThatSaysSo()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));

        watch.SendEvent(Samples.SyncEvent(1, HostileAgent.FailedRun("wsus-1")), wire => wire.SyncRun.StartedAt = HostileAgent.YearOne);
        watch.Send(Samples.ChangeEvent(2, "Stopped"));

        await dashboard.StoredAsync(id, 2);
        Assert.Equal(0, await dashboard.ReadAsync(context => context.SyncRuns.CountAsync(Token)));
        var said = await dashboard.ReadAsync(context => context.StateChanges.Where(change => change.Subject == "history").Select(change => change.Detail).SingleAsync(Token));
        Assert.Contains("event.sync_run.started_at", said, StringComparison.Ordinal);
        Assert.Equal(LinkState.Up, dashboard.Live.Find(id)!.Link.State);
    }

    [Fact]
    public async Task Watch_DamagedEventsWithoutEnd_PutTheAgentIntoQuarantine()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));

        for (var sequence = 1; sequence <= AgentBorder.MostReplacedOfAnHour + 1; sequence++)
        {
            watch.SendEvent(Samples.ChangeEvent(sequence, "Stopped"), wire => wire.At = HostileAgent.YearOne);
        }

        await dashboard.UntilAsync(id, server => server.Condition == ServerCondition.Quarantined);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task Watch_SequenceThatIsNone_PutsTheAgentIntoQuarantine(long sequence)
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));

        watch.SendEvent(Samples.ChangeEvent(1, "Stopped"), wire => wire.Sequence = sequence);

        var server = await dashboard.UntilAsync(id, candidate => candidate.Condition == ServerCondition.Quarantined);
        Assert.Contains("event.sequence", server.Link.Error, StringComparison.Ordinal);
        Assert.Equal(0, dashboard.Writer.GetCursor(id).Sequence);
    }

    [Fact]
    public async Task Watch_FourMegabytesInOneLine_IsCutAndTheOtherServersGoOn()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var other = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var otherId = await dashboard.AddServerAsync(other.Address, "BRN-WSUS03");
        var (watch, otherWatch) = (await agent.NextWatchAsync(), await other.NextWatchAsync());
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        watch.Send(Samples.SyncEvent(1, HostileAgent.FailedRun("wsus-1")));

        // Each of these made an expression look at the whole text again from every place in it.
        watch.SendEvidence(2, "wsus-1", (null, string.Concat("Attempting connection to WSUS server: ", new string(',', 4_000_000))), (null, new string(' ', 1_000_000)), (null, string.Concat(Enumerable.Repeat("Uss", 1_000_000))));
        otherWatch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow(), pool: PoolState.Stopped));

        await dashboard.UntilAsync(otherId, server => server.Status.Health == Health.Critical);
        await dashboard.StoredAsync(id, 2);
        var message = await dashboard.ReadAsync(context => context.RunEvidence.Select(row => row.Message).SingleAsync(Token));
        Assert.All(Wire.RunEvidence.Parser.ParseFrom(message).Lines, line => Assert.InRange(line.Text.Length, 1, 1_000));
    }

    [Fact]
    public async Task Watch_HundredAndFiftyOpenRepairs_AreNotKept()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));

        for (var number = 1; number <= 150; number++)
        {
            watch.Send(new AgentEvent { Sequence = number, At = TimeProvider.System.GetUtcNow(), Repair = HostileAgent.OpenRun($"run-{number}", 20_000) });
        }

        var server = await dashboard.UntilAsync(id, candidate => candidate.Condition == ServerCondition.Quarantined);
        Assert.Contains($"{ContractLimits.MaximumOpenRuns} open repairs", server.Link.Error, StringComparison.Ordinal);
        await dashboard.StoredAsync(id, 1);
        Assert.InRange(await dashboard.ReadAsync(context => context.Repairs.CountAsync(Token)), 1, ContractLimits.MaximumOpenRuns);
    }

    [Fact]
    public async Task Watch_RepairOfThreeMegabytes_IsNotStored()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));

        watch.Send(new AgentEvent { Sequence = 1, At = TimeProvider.System.GetUtcNow(), Repair = HostileAgent.OpenRun("run-1", 3_000_000) });

        await dashboard.StoredAsync(id, 1);
        Assert.Equal(0, await dashboard.ReadAsync(context => context.Repairs.CountAsync(Token)));
        Assert.Null(dashboard.Live.Find(id)!.ActiveRepair);
    }

    [Fact]
    public async Task Watch_ErrorTextsOfMegabytes_ListsStayShort()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        const int runs = 15;
        for (var number = 1; number <= runs; number++)
        {
            var run = Samples.Sync($"wsus-{number}", TimeProvider.System.GetUtcNow().AddHours(-number), SyncResult.Failed);
            watch.Send(Samples.SyncEvent(number, run with { ErrorText = HostileAgent.Trickery + new string('x', 1_000_000) }));
        }

        await dashboard.StoredAsync(id, runs);
        foreach (var path in new[] { $"/api/v1/servers/{id}/syncs?pageSize=200", "/api/v1/servers?pageSize=200", $"/api/v1/servers/{id}", $"/api/v1/servers/{id}/timeline" })
        {
            var text = await dashboard.Http.GetStringAsync(new Uri(path, UriKind.Relative), Token);
            Assert.InRange(text.Length, 1, 200_000);
            Assert.DoesNotContain("202e", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain('\u202E', text);
        }
    }

    [Fact]
    public async Task Watch_MessageLargerThanAny_PutsTheAgentIntoQuarantine()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();

        watch.SendEvidence(1, "wsus-1", (null, new string('x', ContractLimits.MaximumMessageBytes + 1)));

        var server = await dashboard.UntilAsync(id, candidate => candidate.Condition == ServerCondition.Quarantined);
        Assert.Contains("8 MB", server.Link.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_MoreBytesThanAMinuteHas_PutsTheAgentIntoQuarantine()
    {
        await using var agent = await FakeAgent.StartAsync();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var dashboard = await TestDashboard.StartAsync(_folder, clock: clock);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        var pools = Enumerable.Range(0, 1_000).Select(number => new Wire.AppPool { Name = new string('x', 250), Workers = { Enumerable.Range(1, 60).Select(worker => new Wire.PoolWorker { ProcessId = worker, PrivateKilobytes = 1_000_000_000 }) } }).ToList();

        for (var number = 0; number < 90; number++)
        {
            watch.Send(new Wire.WatchMessage { Section = new() { Name = SectionNames.Iis, Revision = number, Iis = new() { Pools = { pools } } } });
        }

        await UntilAsync(dashboard, clock, id, server => server.Condition == ServerCondition.Quarantined);
        Assert.Contains("64 MB in a minute", dashboard.Live.Find(id)!.Link.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_PlanWithTrickery_IsShownWithoutIt()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        (await agent.NextWatchAsync()).Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        await dashboard.UntilAsync(id, server => server.Link.State == LinkState.Up);
        agent.Verbs.Plan = _ => Samples.Plan() with { Warnings = [HostileAgent.Trickery + new string('x', 100_000)], Steps = [.. Enumerable.Range(1, 5_000).Select(number => new PlanStep { Number = number, Title = "Save settings" })] };

        var (status, body, _) = await dashboard.PostAsync($"/api/v1/servers/{id}/plan", new { playbook = "full-repair" });

        Assert.Equal(200, status);
        Assert.InRange(body.ToString().Length, 1, 100_000);
        Assert.DoesNotContain('\u202E', body.ToString());
        Assert.Equal(ServerCondition.Watched, dashboard.Live.Find(id)!.Condition);
    }

    [Fact]
    public async Task Ask_AnswerThatBreaksTheContract_FailsAndPutsTheAgentIntoQuarantine()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var dashboard = await TestDashboard.StartAsync(_folder);
        var id = await dashboard.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(TimeProvider.System.GetUtcNow()));
        await dashboard.UntilAsync(id, server => server.Link.State == LinkState.Up);
        agent.Verbs.Plan = _ => Samples.Plan(fingerprint: new string('f', 1_000));

        var (status, _, _) = await dashboard.PostAsync($"/api/v1/servers/{id}/plan", new { playbook = "full-repair" });
        watch.SendHeartbeat();

        Assert.InRange(status, 400, 503);
        var server = await dashboard.UntilAsync(id, candidate => candidate.Condition == ServerCondition.Quarantined);
        Assert.Contains("fingerprint", server.Link.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<Dashboard.Data.Entities.AgentQuarantineEntity?> QuarantineAsync(TestDashboard dashboard) =>
        dashboard.ReadAsync(context => context.AgentQuarantines.AsNoTracking().SingleOrDefaultAsync(Token));

    /// <summary>Waits while the dashboard's clock goes on slowly: much slower than any of its limits.</summary>
    private static Task UntilAsync(TestDashboard dashboard, FakeTimeProvider clock, int id, Func<LiveServer, bool> condition) => Eventually.TrueAsync(() =>
    {
        clock.Advance(TimeSpan.FromMilliseconds(5));
        return dashboard.Live.Find(id) is { } server && condition(server);
    });

    private static async Task<int> QuarantinedAsync(FakeAgent agent, TestDashboard dashboard)
    {
        var id = await dashboard.AddServerAsync(agent.Address);
        (await agent.NextWatchAsync()).SendSnapshot(snapshot => snapshot.Agent.AgentId = new string('a', 200));
        await dashboard.UntilAsync(id, server => server.Condition == ServerCondition.Quarantined);
        return id;
    }
}
