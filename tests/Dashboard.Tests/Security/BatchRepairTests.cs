using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Account;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>A repair of several servers: who may start it, after which proof, and what is left alone.</summary>
public sealed class BatchRepairTests : IAsyncLifetime
{
    private static readonly Grant FleetOperator = new(Role.Operator, SiteScope.WholeFleet);

    private readonly TempFolder _folder = new();
    private readonly Channel<string> _started = Channel.CreateUnbounded<string>();
    private FakeAgent _first = null!;
    private FakeAgent _second = null!;
    private TestDashboard _dashboard = null!;

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder, options =>
        {
            options.SignIn.AttemptsPerMinute = 1000;
            options.RepairsAtOnce = 1;
        });
        _first = await AgentAsync("a");
        _second = await AgentAsync("b");
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Start_SessionThatDidNotConfirm_IsRefusedAndNoAgentIsAskedUntilThePasswordIsGiven()
    {
        var servers = await AddServersAsync();
        await using var circuit = await CircuitAsync(FleetOperator);
        var repairs = circuit.ServiceProvider.GetRequiredService<BatchRepairService>();
        var confirming = circuit.ServiceProvider.GetRequiredService<ConfirmationService>();
        var batch = await PlannedAsync(repairs, servers);

        var refused = await repairs.StartAsync(batch.Id, new("because", "CHG-1"), TestContext.Current.CancellationToken);
        var wrong = await confirming.ConfirmAsync("not my password at all", TestContext.Current.CancellationToken);
        var stillRefused = await repairs.StartAsync(batch.Id, Purpose.None, TestContext.Current.CancellationToken);
        Assert.IsType<Forbidden>(refused.Failure);
        Assert.Contains("2 servers", refused.Failure.Message, StringComparison.Ordinal);
        Assert.IsType<Invalid>(wrong.Failure);
        Assert.IsType<Forbidden>(stillRefused.Failure);
        Assert.False(_started.Reader.TryPeek(out _));

        Assert.True((await confirming.ConfirmAsync(TestPeople.Password, TestContext.Current.CancellationToken)).IsSuccess);
        Assert.True((await repairs.StartAsync(batch.Id, new("because", "CHG-1"), TestContext.Current.CancellationToken)).IsSuccess);

        batch = await EndedAsync(repairs, batch.Id);
        Assert.All(batch.Servers, item => Assert.Equal(BatchServerState.Succeeded, item.State));
        Assert.IsType<Conflict>((await repairs.StartAsync(batch.Id, Purpose.None, TestContext.Current.CancellationToken)).Failure);
    }

    [Fact]
    public async Task Start_OneServerOnly_NeedsNoConfirmation()
    {
        var servers = await AddServersAsync();
        await using var circuit = await CircuitAsync(FleetOperator);
        var repairs = circuit.ServiceProvider.GetRequiredService<BatchRepairService>();
        var batch = await PlannedAsync(repairs, [servers[0]]);

        Assert.True((await repairs.StartAsync(batch.Id, Purpose.None, TestContext.Current.CancellationToken)).IsSuccess);

        await EndedAsync(repairs, batch.Id);
    }

    [Fact]
    public async Task Plan_ViewerOrAnotherSite_IsRefused()
    {
        var servers = await AddServersAsync();
        await using var viewer = await CircuitAsync(new Grant(Role.Viewer, SiteScope.WholeFleet), "viewer");
        await using var elsewhere = await CircuitAsync(new Grant(Role.Operator, SiteScope.Of("ZRH")), "elsewhere");
        await using var mixed = await CircuitAsync(new Grant(Role.Operator, SiteScope.Of("BRN")), "mixed");
        var other = await AddServerAsync(_second.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "ZRH-1", "ZRH");

        Assert.IsType<Forbidden>((await PlanAsync(viewer, servers)).Failure);
        Assert.IsType<NotFound>((await PlanAsync(elsewhere, servers)).Failure);
        Assert.IsType<NotFound>((await PlanAsync(mixed, [.. servers, other])).Failure);
        Assert.IsType<Invalid>((await PlanAsync(mixed, [.. Enumerable.Range(1, 51)])).Failure);
    }

    [Fact]
    public async Task Find_SomebodyElsesBatch_IsNotThere()
    {
        var servers = await AddServersAsync();
        await using var owner = await CircuitAsync(FleetOperator, "owner");
        await using var other = await CircuitAsync(FleetOperator, "other");
        var batch = await PlannedAsync(owner.ServiceProvider.GetRequiredService<BatchRepairService>(), servers);
        var others = other.ServiceProvider.GetRequiredService<BatchRepairService>();

        Assert.Null(await others.FindAsync(batch.Id, TestContext.Current.CancellationToken));
        Assert.IsType<NotFound>((await others.StartAsync(batch.Id, Purpose.None, TestContext.Current.CancellationToken)).Failure);
        Assert.IsType<NotFound>((await others.StopAsync(batch.Id, TestContext.Current.CancellationToken)).Failure);
    }

    [Fact]
    public async Task Stop_WhileTheFirstRuns_LeavesTheSecondAsItIs()
    {
        var servers = await AddServersAsync();
        _first.Verbs.Start = _second.Verbs.Start = _ => Started(RunState.Running);
        await using var circuit = await CircuitAsync(FleetOperator);
        var repairs = circuit.ServiceProvider.GetRequiredService<BatchRepairService>();
        var batch = await PlannedAsync(repairs, servers);
        await circuit.ServiceProvider.GetRequiredService<ConfirmationService>().ConfirmAsync(TestPeople.Password, TestContext.Current.CancellationToken);
        await repairs.StartAsync(batch.Id, Purpose.None, TestContext.Current.CancellationToken);
        await UntilAsync(repairs, batch.Id, known => known.Servers.Any(item => item.RunId is not null));

        var stopped = await repairs.StopAsync(batch.Id, TestContext.Current.CancellationToken);

        Assert.Equal([BatchServerState.Running, BatchServerState.Stopped], stopped.Value!.Servers.Select(item => item.State).Order());
        Assert.True(_started.Reader.TryRead(out _));
        Assert.False(_started.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Run_WhoseOwnerLosesTheRole_StartsNothingMore()
    {
        var servers = await AddServersAsync();
        using var gate = new ManualResetEventSlim();
        await using var circuit = await CircuitAsync(FleetOperator);
        var repairs = circuit.ServiceProvider.GetRequiredService<BatchRepairService>();
        var batch = await PlannedAsync(repairs, servers);
        await circuit.ServiceProvider.GetRequiredService<ConfirmationService>().ConfirmAsync(TestPeople.Password, TestContext.Current.CancellationToken);
        Func<Shared.Contract.V1.StartRepairRequest, RepairRun> start = _ =>
        {
            gate.Wait(Eventually.Limit, TestContext.Current.CancellationToken);
            return Started(RunState.Succeeded);
        };
        _first.Verbs.Start = _second.Verbs.Start = start;
        await repairs.StartAsync(batch.Id, Purpose.None, TestContext.Current.CancellationToken);
        await using (var scope = _dashboard.Services.CreateOwnScope())
        {
            await scope.ServiceProvider.GetRequiredService<SecurityContext>().Grants.ExecuteUpdateAsync(update => update.SetProperty(grant => grant.Role, Role.Viewer), TestContext.Current.CancellationToken);
        }

        await _dashboard.Get<AccessCache>().ReloadAsync(TestContext.Current.CancellationToken);
        gate.Set();

        // To its owner it is not there any more.
        batch = await UntilAsync(token => _dashboard.Get<BatchRepairStore>().WatchAsync(batch.Id, token), known => known.HasEnded);
        Assert.Contains(batch.Servers, item => item.State == BatchServerState.Failed && item.Message.Contains(nameof(Role.Operator), StringComparison.Ordinal));
        Assert.True(_started.Reader.Count <= 1);
    }

    [Fact]
    public async Task Api_Token_PlansLooksAndStartsOnceWithinTheMinutesOfAConfirmation()
    {
        var servers = await AddServersAsync();
        var person = await _dashboard.AddPersonAsync("script", FleetOperator);
        var (token, _) = await _dashboard.AddTokenAsync(person);
        var (otherToken, _) = await _dashboard.AddTokenAsync(person);
        using var client = _dashboard.Client(token);
        using var other = _dashboard.Client(otherToken);

        using var planned = await client.PostAsJsonAsync(new Uri("/api/v1/repairs/batch/plan", UriKind.Relative), new { servers, playbook = "full-repair" }, TestContext.Current.CancellationToken);
        var address = planned.Headers.Location!;
        await Eventually.Async(() => client.GetFromJsonAsync<JsonElement>(address, TestContext.Current.CancellationToken), answer => !answer.GetProperty("isPlanning").GetBoolean());
        using var stolen = await other.PostAsJsonAsync(new Uri($"{address}/start", UriKind.Relative), new { }, TestContext.Current.CancellationToken);
        using var started = await client.PostAsJsonAsync(new Uri($"{address}/start", UriKind.Relative), new { reason = "night", ticket = "CHG-7" }, TestContext.Current.CancellationToken);
        using var again = await client.PostAsJsonAsync(new Uri($"{address}/start", UriKind.Relative), new { }, TestContext.Current.CancellationToken);
        using var wrong = await client.PostAsJsonAsync(new Uri("/api/v1/repairs/batch/plan", UriKind.Relative), new { servers = new object[] { "1", 2 }, playbook = "full-repair" }, TestContext.Current.CancellationToken);

        Assert.Equal(202, (int)planned.StatusCode);
        Assert.Equal(404, (int)stolen.StatusCode);
        Assert.Equal(202, (int)started.StatusCode);
        Assert.Equal(409, (int)again.StatusCode);
        Assert.Equal(400, (int)wrong.StatusCode);
        await Eventually.Async(() => client.GetFromJsonAsync<JsonElement>(address, TestContext.Current.CancellationToken), answer => answer.GetProperty("hasEnded").GetBoolean());
    }

    [Fact]
    public void Start_TokenLongAfterItsPlans_IsRefused()
    {
        var planned = Clock.Start;
        RepairBatchServer Server(int id, DateTimeOffset since) => new(id, "s", "BRN", BatchServerState.Planned, since, null, "", null);
        var batch = new RepairBatch { Id = "b", Playbook = "full-repair", Servers = [Server(1, planned.AddMinutes(-3)), Server(2, planned)] };

        Assert.True(batch.IsPlannedWithin(TimeSpan.FromMinutes(5), planned.AddMinutes(4)));
        Assert.False(batch.IsPlannedWithin(TimeSpan.FromMinutes(5), planned.AddMinutes(5)));
    }

    private static Task<Outcome<RepairBatch>> PlanAsync(AsyncServiceScope circuit, IReadOnlyList<int> servers) =>
        circuit.ServiceProvider.GetRequiredService<BatchRepairService>().PlanAsync(servers, "full-repair", null, TestContext.Current.CancellationToken);

    private static async Task<RepairBatch> PlannedAsync(BatchRepairService repairs, IReadOnlyList<int> servers)
    {
        var planned = await repairs.PlanAsync(servers, "full-repair", null, TestContext.Current.CancellationToken);
        Assert.True(planned.IsSuccess, planned.Failure?.Message);
        var batch = await UntilAsync(repairs, planned.Value.Id, known => !known.IsPlanning);
        Assert.Equal(servers.Count, batch.Startable);
        return batch;
    }

    private static Task<RepairBatch> EndedAsync(BatchRepairService repairs, string batch) => UntilAsync(repairs, batch, known => known.HasEnded);

    private static Task<RepairBatch> UntilAsync(BatchRepairService repairs, string batch, Func<RepairBatch, bool> condition) => UntilAsync(token => repairs.WatchAsync(batch, token), condition);

    private static async Task<RepairBatch> UntilAsync(Func<CancellationToken, IAsyncEnumerable<RepairBatch>> watch, Func<RepairBatch, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Eventually.Limit);
        await foreach (var known in watch(limit.Token))
        {
            if (condition(known))
            {
                return known;
            }
        }

        throw new InvalidOperationException("The batch is not there any more.");
    }

    private RepairRun Started(RunState state)
    {
        var id = $"run-{Guid.NewGuid():N}";
        Assert.True(_started.Writer.TryWrite(id));
        return Samples.Run(id, state);
    }

    private async Task<FakeAgent> AgentAsync(string fingerprint)
    {
        var agent = await FakeAgent.StartAsync();
        agent.Verbs.Plan = _ => Samples.Plan(fingerprint);
        agent.Verbs.Start = _ => Started(RunState.Succeeded);
        return agent;
    }

    private async Task<IReadOnlyList<int>> AddServersAsync() => [await AddServerAsync(_first.Address, "BRN-1", "BRN"), await AddServerAsync(_second.Address, "BRN-2", "BRN")];

    private async Task<int> AddServerAsync(string address, string name, string site)
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var added = await scope.ServiceProvider.GetRequiredService<ServerService>().AddAsync(new() { Name = name, Address = address, Site = site }, TestContext.Current.CancellationToken);
        Assert.True(added.IsSuccess, added.Failure?.Message);
        await _dashboard.PairAsync(added.Value.Id);
        return added.Value.Id;
    }

    /// <summary>What a circuit of a person is to the services: a scope whose caller is that session.</summary>
    private async Task<AsyncServiceScope> CircuitAsync(Grant grant, string name = "operator")
    {
        var person = await _dashboard.AddPersonAsync(name, grant);
        var session = $"session-{name}";
        await using (var own = _dashboard.Services.CreateOwnScope())
        {
            var context = own.ServiceProvider.GetRequiredService<SecurityContext>();
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            context.Sessions.Add(new() { Id = session, PersonId = person, CreatedAt = now, LastSeenAt = now });
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        await _dashboard.Get<AccessCache>().ReloadAsync(TestContext.Current.CancellationToken);
        var scope = _dashboard.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(new(CallerKind.Session, person, session, "127.0.0.1"));
        return scope;
    }
}
