using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.BatchRepairs;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>Two servers on one SUSDB, a third on one of its own: what shares a database is never repaired two at once.</summary>
public sealed class RepairExclusionTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly Channel<string> _started = Channel.CreateUnbounded<string>();
    private readonly List<FakeAgent> _agents = [];
    private readonly List<FakeWatch> _watches = [];
    private readonly List<int> _servers = [];
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder, options => options.RepairsAtOnce = 3);
        await AddAsync("BRN-1", "SQL01");
        await AddAsync("BRN-2", @"sql01.corp.example");
        await AddAsync("BRN-3", "SQL02");
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        foreach (var agent in _agents)
        {
            await agent.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Batch_TwoThatShareADatabase_AreRepairedOneAfterTheOtherAndTheThirdMeanwhile()
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var repairs = scope.ServiceProvider.GetRequiredService<BatchRepairService>();
        var planned = await repairs.PlanAsync(_servers, "full-repair", null, Token);
        await UntilAsync(planned.Value!.Id, batch => !batch.IsPlanning);
        Assert.True((await repairs.StartAsync(planned.Value.Id, Purpose.None, Token)).IsSuccess);

        var waiting = await UntilAsync(planned.Value.Id, batch => batch.Servers.Count(server => server.RepairId is not null) == 2 && batch.Servers.Any(server => server is { State: BatchServerState.Waiting, Message.Length: > 0 }));
        var first = waiting.Servers.Single(server => server.RepairId is not null && server.ServerId != _servers[2]);
        var second = waiting.Servers.Single(server => server.State == BatchServerState.Waiting);
        Assert.Equal(2, _started.Reader.Count);
        Assert.Contains(first.ServerName, second.Message, StringComparison.Ordinal);

        End(first.ServerId, first.RepairId!);
        var next = await UntilAsync(planned.Value.Id, batch => batch.Servers.Single(server => server.ServerId == second.ServerId).RepairId is not null);

        Assert.Equal(BatchServerState.Succeeded, next.Servers.Single(server => server.ServerId == first.ServerId).State);
        Assert.Equal("", next.Servers.Single(server => server.ServerId == second.ServerId).Message);
        Assert.Equal(3, _started.Reader.Count);
    }

    [Fact]
    public async Task Start_WhileTheOtherIsBeingRepaired_IsRefusedWithItsNameAndNothingIsSent()
    {
        await using var scope = _dashboard.Services.CreateOwnScope();
        var repairs = scope.ServiceProvider.GetRequiredService<RepairService>();
        var running = await repairs.StartAsync(_servers[0], Samples.Plan(), Purpose.None, Token);

        var refused = await repairs.StartAsync(_servers[1], Samples.Plan(), Purpose.None, Token);
        var undo = await repairs.UndoAsync(running.Value!.Id, Purpose.None, Token);

        Assert.Contains("BRN-1", Assert.IsType<Occupied>(refused.Failure).Message, StringComparison.Ordinal);
        Assert.Equal(1, _started.Reader.Count);

        // Its own repair is not in the way of what is asked of the same server; there the agent decides.
        Assert.IsNotType<Occupied>(undo.Failure);
        var (status, _, _) = await _dashboard.PostAsync(TestDashboard.Path("/api/v1/servers/{0}/repairs", _servers[1]), new { playbook = "full-repair" });
        Assert.Equal(409, status);
    }

    [Fact]
    public async Task Start_BothAtOnce_StartsOne()
    {
        using var gate = new ManualResetEventSlim();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _agents[0].Verbs.Start = _ =>
        {
            asked.SetResult();
            gate.Wait(Eventually.Limit, Token);
            return Started("first");
        };
        await using var scope = _dashboard.Services.CreateOwnScope();
        var repairs = scope.ServiceProvider.GetRequiredService<RepairService>();

        // The answer of the first is still on its way, so that nobody has told of a repair yet.
        var first = repairs.StartAsync(_servers[0], Samples.Plan(), Purpose.None, Token);
        await asked.Task.WaitAsync(Eventually.Limit, Token);
        var second = await repairs.StartAsync(_servers[1], Samples.Plan(), Purpose.None, Token);
        gate.Set();

        Assert.IsType<Occupied>(second.Failure);
        Assert.True((await first).IsSuccess);
    }

    [Fact]
    public async Task Start_OtherServerOfASiteThatMayNotBeSeen_HasNoName()
    {
        var hidden = await AddAsync("ZRH-9", "SQL02", "ZRH");
        var person = await _dashboard.AddPersonAsync("brn", new Grant(Role.Operator, SiteScope.Of("BRN")));
        var (token, _) = await _dashboard.AddTokenAsync(person);
        await using (var scope = _dashboard.Services.CreateOwnScope())
        {
            Assert.True((await scope.ServiceProvider.GetRequiredService<RepairService>().StartAsync(hidden, Samples.Plan(), Purpose.None, Token)).IsSuccess);
        }

        using var client = _dashboard.Client(token);
        using var body = new StringContent("""{"playbook":"full-repair"}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(TestDashboard.Path("/api/v1/servers/{0}/repairs", _servers[2]), UriKind.Relative), body, Token);

        Assert.Equal(409, (int)answer.StatusCode);
        Assert.DoesNotContain("ZRH", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_SiteAndItsRemoteUpdatePoint_RepairsTheUpdatePointFirst()
    {
        var site = await AddAsync("BRN-SITE", "");
        var point = await AddAsync("BRN-SUP", "");
        var snapshot = Samples.Snapshot(TimeProvider.System.GetUtcNow(), "BRN-SITE");
        _watches[_servers.IndexOf(site)].Send(snapshot with
        {
            Wsus = new() { Name = SectionNames.Wsus, Status = SectionStatus.NotInstalled, AttemptedAt = snapshot.Wsus.AttemptedAt },
            Services = snapshot.Services with { Value = new() { Services = [.. snapshot.Services.Value!.Services.Where(service => service.Name != ServiceNames.WsusService)] } },
            ConfigMgr = snapshot.ConfigMgr with { Status = SectionStatus.Ok, Value = new() { SiteCode = "BRN", SoftwareUpdatePoints = [new() { ServerName = "BRN-SUP" }] } },
        });
        await _dashboard.UntilAsync(site, server => server.Snapshot?.ConfigMgr.Value is not null);
        await using var scope = _dashboard.Services.CreateOwnScope();
        var repairs = scope.ServiceProvider.GetRequiredService<BatchRepairService>();

        var planned = await repairs.PlanAsync([site, point], "full-repair", null, Token);
        var batch = await UntilAsync(planned.Value!.Id, known => !known.IsPlanning);
        Assert.True((await repairs.StartAsync(batch.Id, Purpose.None, Token)).IsSuccess);
        var first = await UntilAsync(batch.Id, known => known.Servers.Any(server => server.RepairId is not null));
        End(point, first.Servers.Single(server => server.ServerId == point).RepairId!);
        await UntilAsync(batch.Id, known => known.Servers.Single(server => server.ServerId == site).RepairId is not null);

        Assert.All(batch.Servers, server => Assert.Single(server.Plan!.Warnings, warning => warning.Contains(server.ServerId == site ? "BRN-SUP" : "BRN-SITE", StringComparison.Ordinal)));
        Assert.Null(first.Servers.Single(server => server.ServerId == site).RepairId);
        List<string> started = [];
        while (_started.Reader.TryRead(out var id))
        {
            started.Add(id);
        }

        Assert.Equal(["run-BRN-SUP", "run-BRN-SITE"], started);
    }

    private async Task<int> AddAsync(string name, string database, string site = "BRN")
    {
        var agent = await FakeAgent.StartAsync();
        _agents.Add(agent);
        agent.Verbs.Info = () => Samples.Agent(name);
        agent.Verbs.Plan = _ => Samples.Plan() with { Id = Guid.NewGuid().ToString("N") };
        agent.Verbs.Start = _ => Started($"run-{name}");
        var id = await _dashboard.AddServerAsync(agent.Address, name, site);
        _servers.Add(id);
        var watch = await agent.NextWatchAsync();
        _watches.Add(watch);
        var snapshot = Samples.Snapshot(TimeProvider.System.GetUtcNow(), name);
        watch.Send(snapshot with { Wsus = snapshot.Wsus with { Value = snapshot.Wsus.Value! with { DatabaseServer = database } } });
        await _dashboard.UntilAsync(id, server => server.Snapshot?.Wsus.Value?.DatabaseServer == database);
        return id;
    }

    private Repair Started(string id)
    {
        Assert.True(_started.Writer.TryWrite(id));
        return Samples.Run(id);
    }

    private void End(int serverId, string repairId) => _watches[_servers.IndexOf(serverId)].Send(
        new AgentEvent { Sequence = 1, At = Clock.Start, Repair = Samples.Run(repairId, RepairState.Succeeded, revision: 9) });

    private async Task<RepairBatch> UntilAsync(string id, Func<RepairBatch, bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Eventually.Limit);
        RepairBatch? last = null;
        try
        {
            await foreach (var batch in _dashboard.Get<BatchRepairStore>().WatchAsync(id, limit.Token))
            {
                last = batch;
                if (condition(batch))
                {
                    return batch;
                }
            }
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            // Said below, with what was seen last.
        }

        throw new InvalidOperationException($"The batch doesn't come to that: {string.Join("; ", last?.Servers.Select(server => $"{server.ServerName} {server.State} {server.RepairId} {server.Message}") ?? ["it is not there"])}");
    }
}
