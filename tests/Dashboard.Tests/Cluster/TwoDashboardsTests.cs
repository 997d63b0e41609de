using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Cluster;

/// <summary>Two dashboards on one PostgreSQL database: each server is watched by one, and both show and command it.</summary>
public sealed class TwoDashboardsTests : IAsyncLifetime
{
    private const int AttemptsPerMinute = 6;

    private readonly TempFolder _firstFolder = new();
    private readonly TempFolder _secondFolder = new();
    private readonly string _connectionString;
    private TestDashboard _first = null!;
    private TestDashboard _second = null!;

    public TwoDashboardsTests()
    {
        var (cluster, database) = TestClusters.CreateDatabase();
        _connectionString = cluster.ConnectionString(database);
    }

    [Fact]
    public async Task Server_IsWatchedByOneAndShownByBoth()
    {
        await using var agent = await FakeAgent.StartAsync();
        var id = await _first.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        var (owner, other) = OwnersOf(id);

        watch.Send(Samples.Snapshot(Clock.Start, pool: PoolState.Stopped));
        var shown = await owner.UntilAsync(id, server => server.Status.PoolState == PoolState.Stopped);
        var told = await other.UntilAsync(id, server => server.Status == shown.Status && server.Snapshot is not null);

        Assert.Equal(LinkState.Up, told.Link.State);
        Assert.Equal(shown.Assessment!.Leading!.Id, told.Assessment!.Leading!.Id);
        Assert.False(agent.HasWatch);
        Assert.Null(other.Get<FleetIngest>().Find(id));
        var item = (await other.Http.GetFromJsonAsync<JsonElement>("/api/v1/servers", Token)).GetProperty("items")[0];
        Assert.Equal(("BRN-WSUS02", "critical"), (item.GetProperty("name").GetString(), item.GetProperty("health").GetString()));
    }

    [Fact]
    public async Task Server_EditedAndRemovedAtTheOther_IsFollowedByItsOwner()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var moved = await FakeAgent.StartAsync();
        var id = await _first.AddServerAsync(agent.Address);
        await agent.NextWatchAsync();
        var (owner, other) = OwnersOf(id);

        await using (var scope = other.Services.CreateOwnScope())
        {
            var edited = await scope.ServiceProvider.GetRequiredService<ServerService>().EditAsync(id, new() { Name = "renamed", Address = moved.Address, Site = "LUN" }, Token);
            Assert.True(edited.IsSuccess, edited.Failure?.Message);
        }

        await moved.NextWatchAsync();
        await owner.UntilAsync(id, server => server is { Name: "renamed", Site: "LUN" });
        using var removed = await other.Http.DeleteAsync(new Uri($"/api/v1/servers/{id}", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await Eventually.TrueAsync(() => owner.Live.Find(id) is null && owner.Get<FleetIngest>().Find(id) is null);
        Assert.Null(other.Live.Find(id));
    }

    [Fact]
    public async Task Repair_StartedAtTheOther_IsCarriedOutOnceAndComesInThroughTheOwner()
    {
        await using var agent = await FakeAgent.StartAsync();
        var starts = 0;
        agent.Verbs.Start = _ =>
        {
            Interlocked.Increment(ref starts);
            return Samples.Run();
        };
        var id = await _first.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(Clock.Start, pool: PoolState.Stopped));
        var (owner, other) = OwnersOf(id);
        await other.UntilAsync(id, server => server.Link.State == LinkState.Up && server.Snapshot is not null);

        var (status, _, location) = await other.PostAsync($"/api/v1/servers/{id}/repairs", new { playbook = "full-repair", baseline = "guide", reason = "INC-1" });
        Assert.Equal(202, status);
        var answered = await other.Http.GetFromJsonAsync<JsonElement>(location, Token);
        watch.Send(new Shared.AgentEvent { Sequence = 1, At = Clock.Start, Repair = Samples.Run() });
        await owner.StoredAsync(id, 1);

        Assert.Equal("running", answered.GetProperty("repair").GetProperty("state").GetString());
        Assert.Equal("run-1", (await other.UntilAsync(id, server => server.ActiveRepair is not null)).ActiveRepair!.RepairId);
        Assert.Equal(1, starts);
        Assert.Equal(1, await other.ReadAsync(context => context.Repairs.CountAsync(Token)));
    }

    [Fact]
    public async Task Repairs_OfTwoServersThatShareADatabase_StartedAtBothDashboardsAtOnce_OneStarts()
    {
        using var gate = new ManualResetEventSlim();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = await FakeAgent.StartAsync();
        await using var tied = await FakeAgent.StartAsync();
        var starts = 0;
        slow.Verbs.Start = _ =>
        {
            asked.SetResult();
            gate.Wait(Eventually.Limit, Token);
            return Samples.Run("first");
        };
        tied.Verbs.Start = _ =>
        {
            Interlocked.Increment(ref starts);
            return Samples.Run("second");
        };
        var ids = new[] { await AddAsync(slow, "BRN-1"), await AddAsync(tied, "BRN-2") };
        await using var here = _first.Services.CreateOwnScope();
        await using var there = _second.Services.CreateOwnScope();

        // The answer of the first is on its way, so that no agent has told of a repair yet.
        var first = here.ServiceProvider.GetRequiredService<RepairService>().StartAsync(ids[0], Samples.Plan(), Purpose.None, Token);
        await asked.Task.WaitAsync(Eventually.Limit, Token);
        var second = await there.ServiceProvider.GetRequiredService<RepairService>().StartAsync(ids[1], Samples.Plan(), Purpose.None, Token);
        gate.Set();

        Assert.IsType<Occupied>(second.Failure);
        Assert.True((await first).IsSuccess);
        Assert.Equal(0, starts);

        async Task<int> AddAsync(FakeAgent agent, string name)
        {
            agent.Verbs.Info = () => Samples.Agent(name);
            var id = await _first.AddServerAsync(agent.Address, name);
            var watch = await agent.NextWatchAsync();
            var snapshot = Samples.Snapshot(TimeProvider.System.GetUtcNow(), name);
            watch.Send(snapshot with { Wsus = snapshot.Wsus with { Value = snapshot.Wsus.Value! with { DatabaseServer = "SQL01" } } });
            await _first.UntilAsync(id, server => server.Snapshot?.Wsus.Value?.DatabaseServer == "SQL01");
            await _second.UntilAsync(id, server => server.Snapshot?.Wsus.Value?.DatabaseServer == "SQL01");
            return id;
        }
    }

    [Fact]
    public async Task Quarantine_OfAnOwnerThatWasReplaced_IsNotStored()
    {
        await using var agent = await FakeAgent.StartAsync();
        var id = await _first.AddServerAsync(agent.Address);
        await agent.NextWatchAsync();
        var (owner, _) = OwnersOf(id);
        await owner.ReadAsync(context => context.Partitions.Where(partition => partition.Id == Partitions.Of(id)).ExecuteUpdateAsync(update => update.SetProperty(partition => partition.Term, partition => partition.Term + 1), Token));

        owner.Get<AgentQuarantines>().Put(id, "test");

        // Reading again has its turn behind the storing, and ends what isn't stored.
        Assert.Equal([id], await owner.Get<AgentQuarantines>().ReadAgainAsync([id], Token));
    }

    [Fact]
    public async Task Owner_IsKilled_TheOtherGoesOnFromTheStoredEventAndDoublesNothing()
    {
        await using var agent = await FakeAgent.StartAsync();
        var id = await _first.AddServerAsync(agent.Address);
        var watch = await agent.NextWatchAsync();
        watch.Send(Samples.Snapshot(Clock.Start));
        watch.Send(Samples.SyncEvent(1, Samples.Sync("wsus-1", Clock.Start, SyncResult.Succeeded)));
        var (owner, other) = OwnersOf(id);
        await owner.StoredAsync(id, 1);

        await owner.KillAsync();
        var again = await agent.NextWatchAsync();
        Assert.Equal((1, "epoch-1"), (again.Request.AfterSequence, again.Request.SequenceEpoch));
        again.Send(Samples.Snapshot(Clock.Start));
        again.Send(Samples.SyncEvent(1, Samples.Sync("wsus-1", Clock.Start, SyncResult.Succeeded)));
        again.Send(Samples.SyncEvent(2, Samples.Sync("wsus-2", Clock.Start.AddHours(1), SyncResult.Succeeded)));
        await other.StoredAsync(id, 2);

        Assert.Equal(["wsus-1", "wsus-2"], await other.ReadAsync(context => context.SyncRuns.OrderBy(run => run.RunId).Select(run => run.RunId).ToListAsync(Token)));
        Assert.Equal(0, await other.ReadAsync(context => context.StateChanges.CountAsync(change => change.Subject == "history", Token)));
        Assert.Equal(Partitions.Count, other.Get<IOwnership>().Owned.Count);
    }

    [Fact]
    public async Task Access_TakenAwayAtOne_CountsAtTheOther()
    {
        var person = await _first.AddPersonAsync("ann", new Grant(Role.Viewer, SiteScope.WholeFleet));
        var (text, id) = await _first.AddTokenAsync(person);
        using var client = _second.Client(text);
        await Eventually.Async(() => client.GetAsync(new Uri("/api/v1/servers", UriKind.Relative), Token), answer => answer.StatusCode == HttpStatusCode.OK);

        await using (var context = await _first.Get<IDbContextFactory<SecurityContext>>().CreateDbContextAsync(Token))
        {
            await context.ApiTokens.Where(token => token.Id == id).ExecuteDeleteAsync(Token);
        }

        await _first.Get<AccessCache>().ReloadAsync(Token);

        await Eventually.Async(() => client.GetAsync(new Uri("/api/v1/servers", UriKind.Relative), Token), answer => answer.StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Confirmation_AtOne_CountsAtTheOther()
    {
        _first.Get<Confirmations>().Note("session-1");

        await Eventually.TrueAsync(() => _second.Get<Confirmations>().IsConfirmed("session-1"));
    }

    [Fact]
    public async Task AuthenticatorCode_TriedAtOne_IsUsedUpAtTheOther()
    {
        Assert.True(await _first.Get<AuthenticatorCodes>().TryUseAsync("ann", "123456", Token));

        Assert.False(await _second.Get<AuthenticatorCodes>().TryUseAsync("ann", "123456", Token));
        Assert.True(await _second.Get<AuthenticatorCodes>().TryUseAsync("bob", "123456", Token));
    }

    [Fact]
    public async Task SignInAttempts_AtBoth_CountTogether()
    {
        var answers = new List<HttpStatusCode>();
        for (var attempt = 0; attempt < AttemptsPerMinute + 1; attempt++)
        {
            using var client = (attempt % 2 == 0 ? _first : _second).Client(token: null);
            using var answer = await client.GetAsync(new Uri("/sign-in/link?code=nonsense", UriKind.Relative), Token);
            answers.Add(answer.StatusCode);
        }

        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, answers[..AttemptsPerMinute]);
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
    }

    [Fact]
    public async Task Audit_WrittenByBothAtOnce_IsOneChain()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => (number % 2 == 0 ? _first : _second).Get<AuditLog>().WriteAsync("ann", CallerIdentity.Dashboard, new() { What = "test", Detail = $"entry {number}", Outcome = "done" })));

        var (first, second) = (await _first.Get<AuditVerification>().VerifyAsync(Token), await _second.Get<AuditVerification>().VerifyAsync(Token));

        Assert.True(first.IsIntact, first.Sentence);
        Assert.True(second.IsIntact, second.Sentence);
        Assert.True(first.Checked >= 40);
    }

    [Fact]
    public async Task Ready_OfBoth_SaysWhatTheyOwnAndShould()
    {
        foreach (var dashboard in new[] { _first, _second })
        {
            var said = await Eventually.Async(() => ReadFleetCheckAsync(dashboard), text => text.Contains("0 have no owner", StringComparison.Ordinal));

            AssertText.Tells(said, "32 of 64", "2 dashboards");
        }
    }

    public async ValueTask InitializeAsync()
    {
        _first = await StartAsync(_firstFolder, null);
        var (_, body, _) = await _first.PostAsync("/api/v1/hub/join-tokens", new { });
        _second = await StartAsync(_secondFolder, body.GetProperty("token").GetString());
        await Task.WhenAll(new[] { _first, _second }.Select(dashboard => dashboard.Get<IOwnership>().WhenOwnedAsync(owned => owned.Count == Partitions.Count / 2, Token).WaitAsync(Eventually.Limit, Token)));
    }

    public async ValueTask DisposeAsync()
    {
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        _firstFolder.Dispose();
        _secondFolder.Dispose();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private (TestDashboard Owner, TestDashboard Other) OwnersOf(int serverId) => _first.Get<IOwnership>().Owned.Owns(serverId) ? (_first, _second) : (_second, _first);

    /// <summary>Asked for as by a balancer, whatever its status.</summary>
    private static async Task<string> ReadFleetCheckAsync(TestDashboard dashboard)
    {
        using var answer = await dashboard.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Token);
        var ready = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        return ready.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "fleet").GetProperty("description").GetString()!;
    }

    private Task<TestDashboard> StartAsync(TempFolder folder, string? token) => TestDashboard.StartAsync(folder, options =>
    {
        options.Database.Provider = DatabaseOptions.PostgreSql;
        options.Database.ConnectionString = _connectionString;
        options.SignIn.AttemptsPerMinute = AttemptsPerMinute;
        options.Join.Token = token is null ? Secret.Empty : new(token);
    });
}
