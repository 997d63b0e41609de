using System.Globalization;
using System.Text.RegularExpressions;
using WsusDashboard.Agent;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Edges;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Model.Events;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Model;

public sealed class CauseTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private static PoolCounters Queue(ModelBench bench) => bench.Model.ReadWmi().Pools.Single(pool => pool.Pool == WsusWorker.PoolName);

    [Fact]
    public void Sync_StarvedPool_EndsCancelledWithARecycleAndANewWorker()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.StarvedPool));
        bench.Run(TimeSpan.FromSeconds(5));
        var (since, worker, updates) = (bench.Clock.GetUtcNow(), bench.Model.WorkerProcessId, bench.Model.WsusUpdates);

        Assert.True(bench.Model.StartSync());
        bench.Run(TimeSpan.FromSeconds(3));
        Assert.True(bench.RunUntil(() => !bench.Model.IsSynchronizing, Long));
        bench.Run(TimeSpan.FromSeconds(3));

        Assert.Equal(WsusEventRow.Cancelled, bench.LastEnd);
        Assert.Equal(1, bench.CountEvents(WindowsEvents.PrivateMemoryRecycle, since));
        Assert.NotEqual(worker, bench.Model.WorkerProcessId);
        Assert.NotNull(bench.Model.WorkerProcessId);
        Assert.Equal(updates, bench.Model.WsusUpdates);
        Assert.Equal(PoolState.Started, bench.Model.WsusPoolState);
    }

    [Fact]
    public void ConfigMgrSync_StarvedPoolWithGuideSettings_SucceedsAndFills()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.StarvedPool));
        Assert.Equal(0, bench.Model.ConfigMgrUpdates);
        bench.ApplyGuideSettings();
        bench.Run(TimeSpan.FromSeconds(3));
        var started = bench.Clock.GetUtcNow();

        bench.Model.StartConfigMgrSync();
        bench.Run(TimeSpan.FromSeconds(3));
        Assert.True(bench.RunUntil(() => !bench.Model.IsSynchronizing, Long));

        Assert.Equal(WsusEventRow.Succeeded, bench.LastEnd);
        Assert.Equal(bench.Model.Profile.CatalogueSize, bench.Model.WsusUpdates);
        Assert.Equal(bench.Model.Profile.CatalogueSize, bench.Model.ConfigMgrUpdates);
        Assert.InRange(bench.Clock.GetUtcNow() - started, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(125));
        Assert.Contains("STATMSG: ID=6702", bench.Log[^4000..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ConfigMgrSync_RequestFileInTheInbox_IsTakenAndReadsAsMuchAsItAsksFor(bool isFull)
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));
        bench.Run(TimeSpan.FromSeconds(1));
        var registry = new SimulatedRegistry(bench.Model.Profile, bench.Files, 8530);
        var file = new SyncRequestFile(new ConfigMgrFolder(registry, new AgentOptions())).Write(isFull);

        Assert.True(bench.RunUntil(() => bench.Model.IsSynchronizing, TimeSpan.FromSeconds(10)));
        Assert.False(File.Exists(file));
        var total = Math.Min(bench.Model.WsusUpdates, bench.Model.ConfigMgrUpdates);
        Assert.True(bench.RunUntil(() => !bench.Model.IsSynchronizing, Long));

        var updated = int.Parse(Regex.Match(bench.Log, @".*Updated (\d+) items", RegexOptions.Singleline).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.Contains("Found local sync request file", bench.Log[^8000..], StringComparison.Ordinal);
        Assert.Equal(isFull, updated >= total);
    }

    [Fact]
    public void ConfigMgrSync_StarvedPool_Reports6703()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.StarvedPool));

        bench.Model.StartConfigMgrSync();
        bench.Run(TimeSpan.FromSeconds(3));
        Assert.True(bench.RunUntil(() => !bench.Model.IsSynchronizing, Long));

        Assert.Equal(0, bench.Model.ConfigMgrUpdates);
        Assert.Equal(6703, bench.Model.ReadWmi().ConfigMgr.LastSyncState);
        Assert.Contains("STATMSG: ID=6703", bench.Log[^2000..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ConfigMgrSync_ProxyRefusesWithGuideSettings_StillFailsAndWsusMayHideWhy(bool hidesErrors)
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.ProxyRefuses) with { HidesErrors = hidesErrors });
        bench.ApplyGuideSettings();

        bench.Model.StartConfigMgrSync();
        bench.Run(TimeSpan.FromSeconds(3));
        Assert.True(bench.RunUntil(() => !bench.Model.IsSynchronizing, Long));

        var last = bench.Model.ReadHistory()[^1];
        Assert.Equal(WsusEventRow.Failed, last.EventId);
        Assert.Equal(!hidesErrors, last.Text.Contains("(407)", StringComparison.Ordinal));
        Assert.Contains("(407)", bench.Log[^2000..], StringComparison.Ordinal);
    }

    [Fact]
    public void ConfigMgrSync_MicrosoftUpdateAnswersNobody_TimesOut()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy) with { IsMicrosoftDown = true });

        bench.Model.StartConfigMgrSync();
        bench.Run(TimeSpan.FromSeconds(3));
        Assert.True(bench.RunUntil(() => !bench.Model.IsSynchronizing, Long));

        var last = bench.Model.ReadHistory()[^1];
        Assert.Equal((WsusEventRow.Failed, WsusSynchronization.MicrosoftReason), (last.EventId, last.Text));
    }

    [Fact]
    public void StartPool_ScanStormWithDefaults_IsStoppedAgainByRapidFailProtection()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.PoolStopped));
        bench.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(PoolState.Stopped, bench.Model.WsusPoolState);
        Assert.False(bench.Model.StartSync());
        var since = bench.Clock.GetUtcNow();

        bench.Model.StartPool(WsusWorker.PoolName);
        bench.Run(TimeSpan.FromSeconds(2));
        Assert.Equal(PoolState.Started, bench.Model.WsusPoolState);
        Assert.True(bench.RunUntil(() => bench.Model.WsusPoolState == PoolState.Stopped, TimeSpan.FromMinutes(6)));

        Assert.Equal(5, bench.CountEvents(WindowsEvents.WorkerDied, since));
        Assert.Equal(1, bench.CountEvents(WindowsEvents.PoolDisabled, since));
    }

    [Fact]
    public void StartPool_ScanStormWithGuideSettings_StaysStartedAndAnswers()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.PoolStopped));
        bench.ApplyGuideSettings();

        bench.Model.StartPool(WsusWorker.PoolName);
        bench.Run(TimeSpan.FromMinutes(6));

        Assert.Equal(PoolState.Started, bench.Model.WsusPoolState);
        Assert.Equal(WebAnswer.Served, bench.Model.Answer);
    }

    [Fact]
    public void Queue_ScanStormWithDefaultLength_RefusesAndCounts()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.PoolStopped));
        bench.Run(TimeSpan.FromSeconds(1));
        bench.Model.StartPool(WsusWorker.PoolName);
        Assert.Equal(0, Queue(bench).Rejected);

        Assert.True(bench.RunUntil(() => bench.Model.WsusPoolState == PoolState.Started && bench.Model.Answer == WebAnswer.Unavailable, TimeSpan.FromSeconds(30)));
        Assert.Equal(1000, Queue(bench).Waiting);
        bench.Run(TimeSpan.FromSeconds(1));
        Assert.InRange(Queue(bench).Rejected, 50, 200);
    }

    [Fact]
    public void LargeCatalogue_GuideSettings_WorkerDiesAtFourGigabytes()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.LargeCatalogue));
        bench.Run(TimeSpan.FromSeconds(5));
        var since = bench.Clock.GetUtcNow();

        Assert.True(bench.Model.StartSync());
        bench.Run(TimeSpan.FromSeconds(3));
        Assert.True(bench.RunUntil(() => !bench.Model.IsSynchronizing, Long));

        Assert.Equal(WsusEventRow.Cancelled, bench.LastEnd);
        Assert.Equal(1, bench.CountEvents(WindowsEvents.WorkerDied, since));
        Assert.Equal(0, bench.CountEvents(WindowsEvents.PrivateMemoryRecycle, since));
    }

    [Fact]
    public void ExecutiveStopped_UntilItIsStartedAndSynchronized_ConfigMgrShowsNothing()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.ExecutiveStopped));
        bench.Model.StartConfigMgrSync();
        bench.Run(TimeSpan.FromMinutes(3));
        Assert.Equal(0, bench.Model.ConfigMgrUpdates);
        Assert.False(bench.Model.IsSynchronizing);

        bench.Model.StartService(ServiceNames.SmsExecutive);
        Assert.Equal(ServiceState.StartPending, bench.Model.ReadServiceState(ServiceNames.SmsExecutive));
        bench.Run(TimeSpan.FromSeconds(6));
        Assert.Equal(ServiceState.Running, bench.Model.ReadServiceState(ServiceNames.SmsExecutive));
        bench.Model.StartConfigMgrSync();
        bench.Run(TimeSpan.FromSeconds(3));
        Assert.True(bench.RunUntil(() => !bench.Model.IsSynchronizing, Long));

        Assert.Equal(bench.Model.Profile.CatalogueSize, bench.Model.ConfigMgrUpdates);
    }

    [Fact]
    public void ServiceDisabled_CannotBeStartedUntilItsStartupTypeIsChanged()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.ServiceDisabled));
        bench.Run(TimeSpan.FromSeconds(1));
        var refused = Assert.Throws<EdgeException>(() => bench.Model.StartService(ServiceNames.WsusService));
        Assert.Contains("1058", refused.Message, StringComparison.Ordinal);

        bench.Model.SetStartType(ServiceNames.WsusService, ServiceStartType.Automatic);
        bench.Model.StartService(ServiceNames.WsusService);
        bench.Run(TimeSpan.FromSeconds(6));

        Assert.Equal(ServiceState.Running, bench.Model.ReadServiceState(ServiceNames.WsusService));
        Assert.Equal(ServiceStartType.Automatic, bench.Model.Remember().StartTypes[ServiceNames.WsusService]);
    }

    [Fact]
    public void ExecutiveStops_OnAHealthyServer_ConfigMgrShowsNothingAfterAWhile()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));
        bench.Run(TimeSpan.FromSeconds(1));

        bench.Model.StopService(ServiceNames.SmsExecutive);
        bench.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(bench.Model.Profile.CatalogueSize, bench.Model.ConfigMgrUpdates);
        bench.Run(TimeSpan.FromMinutes(5));

        Assert.Equal(0, bench.Model.ConfigMgrUpdates);
    }

    [Fact]
    public void StartSync_WhileOneRuns_ChangesNothing()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Standalone));
        bench.Run(TimeSpan.FromSeconds(2));
        bench.Model.StartSync();
        bench.Run(TimeSpan.FromSeconds(20));
        var starts = bench.Model.ReadHistory().Count(row => row.IsStart);

        bench.Model.StartSync();
        Assert.True(bench.RunUntil(() => !bench.Model.IsSynchronizing, Long));

        Assert.Equal(starts, bench.Model.ReadHistory().Count(row => row.IsStart));
        Assert.Equal(WsusEventRow.Succeeded, bench.LastEnd);
    }

    [Fact]
    public void StopSync_WhileOneRuns_EndsItCancelled()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Standalone));
        bench.Run(TimeSpan.FromSeconds(2));
        bench.Model.StartSync();
        bench.Run(TimeSpan.FromSeconds(20));

        bench.Model.StopSync();
        Assert.Equal(SubscriptionState.CancelRequested, bench.Model.ReadWsus().State);
        bench.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(WsusEventRow.Cancelled, bench.LastEnd);
    }

    [Fact]
    public void Sync_WhileWsusServiceIsStopped_StaysRequested()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Standalone));
        bench.Run(TimeSpan.FromSeconds(2));
        bench.Model.StopService(ServiceNames.WsusService);
        bench.Run(TimeSpan.FromSeconds(5));

        bench.Model.StartSync();
        bench.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(SubscriptionState.RunRequested, bench.Model.ReadWsus().State);

        bench.Model.StartService(ServiceNames.WsusService);
        bench.Run(TimeSpan.FromSeconds(6));
        Assert.Equal(SubscriptionState.Working, bench.Model.ReadWsus().State);
    }

    [Fact]
    public async Task ResetIis_PoolStoppedByRapidFail_StopsAndStartsEverything()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.PoolStopped));
        bench.Run(TimeSpan.FromSeconds(1));

        var reset = bench.Model.ResetIis();
        bench.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(WebAnswer.NoListener, bench.Model.Answer);
        Assert.False(reset.IsCompleted);
        bench.Run(TimeSpan.FromSeconds(15));
        var result = await reset.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("successfully restarted", result.Output, StringComparison.Ordinal);
        Assert.Equal(ServiceState.Running, bench.Model.ReadServiceState(ServiceNames.WorldWideWeb));
        Assert.Equal(PoolState.Started, bench.Model.WsusPoolState);
    }

    [Fact]
    public void Speed_Ten_DividesTheDuration()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy), speed: 10);
        bench.Run(TimeSpan.FromSeconds(1));
        bench.Model.StartConfigMgrSync();
        bench.Run(TimeSpan.FromSeconds(0.5));

        Assert.True(bench.RunUntil(() => !bench.Model.IsSynchronizing, TimeSpan.FromSeconds(13)));
        Assert.Equal(WsusEventRow.Succeeded, bench.LastEnd);
    }

    [Fact]
    public void Schedule_StarvedPool_MostlyCancelledWithAnOccasionalSuccess()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.StarvedPool), speed: 20);
        var before = bench.Model.ReadHistory().Count;

        bench.Run(TimeSpan.FromMinutes(20));

        var ends = bench.Model.ReadHistory().Skip(before).Where(row => !row.IsStart).Select(row => row.EventId).ToList();
        Assert.InRange(ends.Count, 30, 45);
        Assert.InRange(ends.Count(id => id == WsusEventRow.Succeeded), 1, ends.Count / 3);
        Assert.Equal(0, bench.Model.ConfigMgrUpdates);
    }

    [Fact]
    public void Replica_UpstreamPoolStopped_FailsAndSaysSo()
    {
        using var upstream = new ModelBench(ModelBench.Profile(Scenario.Upstream));
        using var replica = new ModelBench(ModelBench.Profile(Scenario.Replica));
        replica.Model.Connect(() => upstream.Model.Offer, []);
        upstream.Model.Connect(null, [replica.Model]);
        upstream.Run(TimeSpan.FromSeconds(2));
        upstream.Model.StopPool(WsusWorker.PoolName);
        upstream.Run(TimeSpan.FromSeconds(3));

        replica.Run(TimeSpan.FromSeconds(2));
        Assert.True(replica.Model.StartSync());
        Assert.True(replica.RunUntil(() => !replica.Model.IsSynchronizing, Long));

        Assert.Equal(WsusEventRow.Failed, replica.LastEnd);
        Assert.Contains("UssNotFound", replica.Model.ReadHistory()[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Upstream_ConfigMgrSync_SynchronizesItsReplicas()
    {
        using var upstream = new ModelBench(ModelBench.Profile(Scenario.Upstream));
        using var replica = new ModelBench(ModelBench.Profile(Scenario.Replica));
        replica.Model.Connect(() => upstream.Model.Offer, []);
        upstream.Model.Connect(null, [replica.Model]);
        upstream.Run(TimeSpan.FromSeconds(2));
        replica.Run(TimeSpan.FromSeconds(2));

        upstream.Model.StartConfigMgrSync();
        for (var step = 0; step < 900; step++)
        {
            upstream.Run(TimeSpan.FromMilliseconds(200));
            replica.Run(TimeSpan.FromMilliseconds(200));
        }

        Assert.Equal(WsusEventRow.Succeeded, replica.LastEnd);
        Assert.Equal(upstream.Model.WsusUpdates, replica.Model.WsusUpdates);
        Assert.Equal(6702, upstream.Model.ReadWmi().ConfigMgr.LastSyncState);
    }
}
