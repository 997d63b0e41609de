using System.Text;
using WsusDashboard.Shared.Probing;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;
using WsusDashboard.Simulator.Wire;

namespace WsusDashboard.Simulator.Tests.Wire;

/// <summary>What a client's question gets in each state of a server.</summary>
public sealed class WsusPagesTests
{
    [Fact]
    public void Answer_HealthyServer_IsAsThatOfARealOne()
    {
        using var bench = Bench(Scenario.Healthy);

        Assert.All(ClientEndpoints.All, endpoint => Assert.Equal(endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200, Ask(bench, endpoint)?.StatusCode));
        Assert.Empty(Ask(bench, ClientEndpoint.Content)!.Body);
        Assert.Equal(404, Pages(bench).Answer("/ClientWebService/other.asmx", isTls: false)?.StatusCode);
    }

    [Fact]
    public void Answer_StoppedPool_Is503EverywhereAtOnce()
    {
        using var bench = Bench(Scenario.PoolStopped);
        Assert.Equal(PoolState.Stopped, bench.Model.WsusPoolState);

        Assert.All(ClientEndpoints.All, endpoint => Assert.Equal((503, TimeSpan.Zero), (Ask(bench, endpoint)!.StatusCode, Ask(bench, endpoint)!.Wait)));
    }

    [Fact]
    public void Answer_NobodyListens_IsNone()
    {
        using var bench = Bench(Scenario.Healthy);
        bench.Model.StopService(ServiceNames.WorldWideWeb);
        Assert.True(bench.RunUntil(() => bench.Model.Answer == WebAnswer.NoListener, TimeSpan.FromMinutes(2)));

        Assert.Null(Ask(bench, ClientEndpoint.ClientWebService));
    }

    [Fact]
    public void Answer_SlowDatabase_MakesWebServicesWaitAndNeitherFilesNorRefusals()
    {
        using var bench = Bench(Scenario.MonitorOnly);
        var pages = Pages(bench);
        var waits = Enumerable.Range(0, 50).Select(_ => pages.Answer(ClientEndpoints.PathOf(ClientEndpoint.ClientWebService), isTls: false)!.Wait).ToList();

        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(14)));
        Assert.True(waits.Distinct().Count() > 10);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (Ask(bench, ClientEndpoint.Content)!.Wait, Ask(bench, ClientEndpoint.ApiRemoting30)!.Wait));
    }

    [Fact]
    public void Answer_WarmWorker_IsFast()
    {
        using var bench = Bench(Scenario.Healthy);
        bench.Run(TimeSpan.FromMinutes(5));

        Assert.InRange(Ask(bench, ClientEndpoint.ClientWebService)!.Wait, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void Answer_ServerWithTls_RefusesPlainQuestionsWhereTheSiteWantsIt()
    {
        using var bench = Bench(Scenario.Standalone);
        Assert.NotNull(bench.Model.Profile.CertificateDays);
        var pages = Pages(bench);

        foreach (var endpoint in ClientEndpoints.All)
        {
            var isOpen = endpoint is ClientEndpoint.Content or ClientEndpoint.ReportingWebService;
            var plain = pages.Answer(ClientEndpoints.PathOf(endpoint), isTls: false)!;
            Assert.Equal(isOpen ? 200 : 403, plain.StatusCode);
            Assert.Equal(!isOpen, Encoding.UTF8.GetString(plain.Body).Contains("403.4", StringComparison.Ordinal));
            Assert.Equal(endpoint is ClientEndpoint.ApiRemoting30 ? 401 : 200, pages.Answer(ClientEndpoints.PathOf(endpoint), isTls: true)?.StatusCode);
        }
    }

    private static ModelBench Bench(Scenario scenario)
    {
        var bench = new ModelBench(ModelBench.Profile(scenario));
        bench.Run(TimeSpan.FromSeconds(2));
        return bench;
    }

    private static WsusPages Pages(ModelBench bench) => new(bench.Model);

    private static PageReply? Ask(ModelBench bench, ClientEndpoint endpoint) => Pages(bench).Answer(ClientEndpoints.PathOf(endpoint), isTls: false);
}
