using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Account;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>A repair of several servers: who may start it, after which proof, and what is left alone.</summary>
public sealed class BatchRepairTests : BatchRepairSetup
{
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
        Assert.False(StartedRuns.Reader.TryPeek(out _));

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
        var other = await AddServerAsync(Second.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "ZRH-1", "ZRH");

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
        Assert.IsType<NotFound>((await others.CancelAsync(batch.Id, TestContext.Current.CancellationToken)).Failure);
    }

    [Fact]
    public async Task Stop_WhileTheFirstRuns_LeavesTheSecondAsItIs()
    {
        var servers = await AddServersAsync();
        First.Verbs.Start = Second.Verbs.Start = _ => Started(RepairState.Running);
        await using var circuit = await CircuitAsync(FleetOperator);
        var repairs = circuit.ServiceProvider.GetRequiredService<BatchRepairService>();
        var batch = await PlannedAsync(repairs, servers);
        await circuit.ServiceProvider.GetRequiredService<ConfirmationService>().ConfirmAsync(TestPeople.Password, TestContext.Current.CancellationToken);
        await repairs.StartAsync(batch.Id, Purpose.None, TestContext.Current.CancellationToken);
        await UntilAsync(repairs, batch.Id, known => known.Servers.Any(item => item.RepairId is not null));

        var cancelled = await repairs.CancelAsync(batch.Id, TestContext.Current.CancellationToken);

        Assert.Equal([BatchServerState.Running, BatchServerState.Stopped], cancelled.Value!.Servers.Select(item => item.State).Order());
        Assert.True(StartedRuns.Reader.TryRead(out _));
        Assert.False(StartedRuns.Reader.TryRead(out _));
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
        Func<Shared.Contract.V1.StartRepairRequest, Repair> start = _ =>
        {
            gate.Wait(Eventually.Limit, TestContext.Current.CancellationToken);
            return Started(RepairState.Succeeded);
        };
        First.Verbs.Start = Second.Verbs.Start = start;
        await repairs.StartAsync(batch.Id, Purpose.None, TestContext.Current.CancellationToken);
        await using (var scope = Host.Services.CreateOwnScope())
        {
            await scope.ServiceProvider.GetRequiredService<SecurityContext>().Grants.ExecuteUpdateAsync(update => update.SetProperty(grant => grant.Role, Role.Viewer), TestContext.Current.CancellationToken);
        }

        await Host.Get<AccessCache>().ReloadAsync(TestContext.Current.CancellationToken);
        gate.Set();

        // To its owner it is not there any more.
        batch = await UntilAsync(token => Host.Get<BatchRepairStore>().WatchAsync(batch.Id, token), known => known.HasEnded);
        Assert.Contains(batch.Servers, item => item.State == BatchServerState.Failed && item.Message.Contains(nameof(Role.Operator), StringComparison.Ordinal));
        Assert.True(StartedRuns.Reader.Count <= 1);
    }

    [Fact]
    public async Task Api_Token_PlansLooksAndStartsOnceWithinTheMinutesOfAConfirmation()
    {
        var servers = await AddServersAsync();
        var person = await Host.AddPersonAsync("script", FleetOperator);
        var (token, _) = await Host.AddTokenAsync(person);
        var (otherToken, _) = await Host.AddTokenAsync(person);
        using var client = Host.Client(token);
        using var other = Host.Client(otherToken);

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
        RepairBatchServer Server(int id, DateTimeOffset since) => new(id, "s", "BRN", BatchServerState.Planned, since, "full-repair", null, "", null);
        var batch = new RepairBatch { Id = "b", Playbook = "full-repair", Servers = [Server(1, planned.AddMinutes(-3)), Server(2, planned)] };

        Assert.True(batch.IsPlannedWithin(TimeSpan.FromMinutes(5), planned.AddMinutes(4)));
        Assert.False(batch.IsPlannedWithin(TimeSpan.FromMinutes(5), planned.AddMinutes(5)));
    }

    private static Task<Outcome<RepairBatch>> PlanAsync(AsyncServiceScope circuit, IReadOnlyList<int> servers) =>
        circuit.ServiceProvider.GetRequiredService<BatchRepairService>().PlanAsync(servers, "full-repair", null, TestContext.Current.CancellationToken);
}
