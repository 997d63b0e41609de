using WsusDashboard.Agent;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;
using WsusDashboard.Simulator.Edges;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Model.Events;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Edges;

/// <summary>The database answers while the pool, and with it WSUS, does not; what the agent reads from it is what WSUS would have said.</summary>
public sealed class SusdbTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PoolStopped_HistoryAndCountsComeFromSusdb()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.PoolStopped));
        bench.Run(TimeSpan.FromSeconds(2));
        var edges = SimulatedEdges.For(bench.Model, bench.Files, wsusPort: 8530, certificate: null);
        var reader = new SusdbReader(new WsusRegistry(edges.Registry, new AgentOptions()), edges.Susdb);

        Assert.Equal(WebAnswer.Unavailable, bench.Model.Answer);
        var counts = await reader.ReadCountsAsync(Token);
        var runs = await reader.ReadHistoryAsync(DateTimeOffset.UnixEpoch, Token);

        Assert.Equal((bench.Model.WsusUpdates, bench.Model.Profile.Computers), ((int)counts.Updates, (int)counts.Computers));
        var rows = bench.Model.ReadHistory();
        Assert.Equal(rows.Count(row => row.IsStart), runs.Count);
        Assert.Equal("wsus-" + rows.Last(row => row.IsStart).InstanceId.ToString("N"), runs[^1].Id);
        Assert.Equal(rows.Count(row => row.EventId == WsusEventRow.Failed), runs.Count(run => run.Result == SyncResult.Failed));
    }

    [Fact]
    public void ServiceThatStops_LeavesAnEventThatNamesItAsData()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.PoolStopped));
        bench.Model.StopService(ServiceNames.WsusService);

        Assert.True(bench.RunUntil(() => bench.Model.ReadServiceState(ServiceNames.WsusService) == ServiceState.Stopped, TimeSpan.FromMinutes(2)));

        var written = bench.Model.Remember().Events[^1];
        Assert.Equal((WindowsEvents.ServiceChangedState, ServiceNames.WsusService, ServiceState.Stopped), (written.EventId, written.Subject, written.Entered));
    }
}
