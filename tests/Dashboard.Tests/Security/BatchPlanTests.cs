using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.Account;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>Which servers a batch takes, and which repair each of them gets.</summary>
public sealed class BatchPlanTests : BatchRepairSetup
{
    [Fact]
    public async Task Plan_WithoutAPlaybook_PlansForEachServerWhatCuresItAndLeavesOutTheRest()
    {
        await using var third = await AgentAsync("c");
        IReadOnlyList<int> servers = [.. await AddServersAsync(), await AddServerAsync(third.Address, "BRN-3", "BRN")];
        var (asked, started) = (new ConcurrentDictionary<string, string>(), new ConcurrentDictionary<string, string>());
        Record(First, "BRN-1", asked, started);
        Record(Second, "BRN-2", asked, started);
        Record(third, "BRN-3", asked, started);
        var now = TimeProvider.System.GetUtcNow();
        (await First.NextWatchAsync()).Send(Samples.Snapshot(now, "BRN-1", pool: PoolState.Stopped));
        (await Second.NextWatchAsync()).Send(Samples.WithServiceStopped(now, ServiceNames.SmsExecutive));
        var watch = await third.NextWatchAsync();
        watch.Send(Samples.Snapshot(now, "BRN-3"));
        foreach (var refused in Samples.ProxyRefused(now))
        {
            watch.Send(refused);
        }

        foreach (var server in servers)
        {
            await Host.UntilAsync(server, known => known.Offer.IsCauseNamed);
        }

        string id;
        await using (var circuit = await CircuitAsync(FleetOperator))
        {
            var planned = await circuit.ServiceProvider.GetRequiredService<BatchRepairService>().PlanAsync(servers, null, null, TestContext.Current.CancellationToken);
            Assert.True(planned.IsSuccess, planned.Failure?.Message);
            id = planned.Value.Id;
        }

        var batch = await UntilAsync(token => Host.Get<BatchRepairStore>().WatchAsync(id, token), known => !known.IsPlanning);

        Assert.Null(batch.Playbook);
        Assert.Equal(["full-repair", "start-sms-executive", null], batch.Servers.Select(server => server.Playbook));
        Assert.Equal([BatchServerState.Planned, BatchServerState.Planned, BatchServerState.LeftOut], batch.Servers.Select(server => server.State));
        Assert.Contains("No repair fixes this", batch.Servers[2].Message, StringComparison.Ordinal);
        Assert.Equal(["BRN-1 full-repair", "BRN-2 start-sms-executive"], asked.Select(pair => $"{pair.Key} {pair.Value}").Order());

        // What was shown is what is carried out, also by the dashboard that comes after one that was killed, and whatever the servers' causes are by then.
        await Host.KillAsync();
        Host = await TestDashboard.StartAsync(Folder);
        await using var later = await CircuitAsync(FleetOperator, "operator", isKnown: true);
        await later.ServiceProvider.GetRequiredService<ConfirmationService>().ConfirmAsync(TestPeople.Password, TestContext.Current.CancellationToken);
        var begun = await later.ServiceProvider.GetRequiredService<BatchRepairService>().StartAsync(id, Purpose.None, TestContext.Current.CancellationToken);
        Assert.True(begun.IsSuccess, begun.Failure?.Message);
        batch = await UntilAsync(token => Host.Get<BatchRepairStore>().WatchAsync(id, token), known => known.HasEnded);

        Assert.Equal(["BRN-1 full-repair", "BRN-2 start-sms-executive"], started.Select(pair => $"{pair.Key} {pair.Value}").Order());
        Assert.Equal(BatchServerState.LeftOut, batch.Servers[2].State);
    }

    [Fact]
    public async Task Plan_WithoutServers_TakesThoseThatARepairCuresAndNoOther()
    {
        await using var third = await AgentAsync("c");
        IReadOnlyList<int> servers = [.. await AddServersAsync(), await AddServerAsync(third.Address, "BRN-3", "BRN")];
        var now = TimeProvider.System.GetUtcNow();
        await using var circuit = await CircuitAsync(FleetOperator);
        await using var elsewhere = await CircuitAsync(new Grant(Role.Operator, SiteScope.Of("ZRH")), "elsewhere");
        var repairs = circuit.ServiceProvider.GetRequiredService<BatchRepairService>();
        (await First.NextWatchAsync()).Send(Samples.Snapshot(now, "BRN-1", pool: PoolState.Stopped));
        (await Second.NextWatchAsync()).Send(Samples.Snapshot(now, "BRN-2"));
        var watch = await third.NextWatchAsync();
        watch.Send(Samples.Snapshot(now, "BRN-3"));
        foreach (var refused in Samples.ProxyRefused(now))
        {
            watch.Send(refused);
        }

        await Host.UntilAsync(servers[0], known => known.IsCurable);
        await Host.UntilAsync(servers[2], known => known.Offer.IsCauseNamed);

        var planned = await repairs.PlanAsync(null, null, null, TestContext.Current.CancellationToken);
        var nothing = await elsewhere.ServiceProvider.GetRequiredService<BatchRepairService>().PlanAsync(null, null, null, TestContext.Current.CancellationToken);

        Assert.Equal([(servers[0], "full-repair")], planned.Value!.Servers.Select(server => (server.ServerId, server.Playbook!)));
        Assert.IsType<Conflict>(nothing.Failure);
    }

    [Fact]
    public async Task Plan_WithAPlaybookThatDoesNotCureOneOfThem_LeavesThatOneOut()
    {
        var servers = await AddServersAsync();
        var now = TimeProvider.System.GetUtcNow();
        (await First.NextWatchAsync()).Send(Samples.Snapshot(now, "BRN-1", pool: PoolState.Stopped));
        (await Second.NextWatchAsync()).Send(Samples.WithServiceStopped(now, ServiceNames.SmsExecutive));
        foreach (var server in servers)
        {
            await Host.UntilAsync(server, known => known.Offer.IsCauseNamed);
        }

        await using var circuit = await CircuitAsync(FleetOperator);
        var planned = await circuit.ServiceProvider.GetRequiredService<BatchRepairService>().PlanAsync(servers, "start-sms-executive", null, TestContext.Current.CancellationToken);

        Assert.Equal([null, "start-sms-executive"], planned.Value!.Servers.Select(server => server.Playbook));
        Assert.Equal(BatchServerState.LeftOut, planned.Value.Servers[0].State);
        Assert.Contains("doesn't fix", planned.Value.Servers[0].Message, StringComparison.Ordinal);
    }

    private static void Record(FakeAgent agent, string name, ConcurrentDictionary<string, string> asked, ConcurrentDictionary<string, string> started)
    {
        var start = agent.Verbs.Start;
        agent.Verbs.Plan = request =>
        {
            Assert.True(asked.TryAdd(name, request.Playbook));
            return Samples.Plan(name) with { Id = $"plan-{name}", Playbook = request.Playbook };
        };
        agent.Verbs.Start = request =>
        {
            started.TryAdd(name, request.Playbook);
            return start(request);
        };
    }
}
