using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Scenarios;

public sealed class ScenarioCatalogTests
{
    [Fact]
    public void Create_Three_ShowsAHealthyAStarvedAndAStoppedServer() =>
        Assert.Equal([Scenario.Healthy, Scenario.StarvedPool, Scenario.PoolStopped], ScenarioCatalog.Create(3, 1).Select(profile => profile.Scenario));

    [Fact]
    public void Create_TheUsualNumber_TellsEveryStoryOfTheDemo()
    {
        var profiles = ScenarioCatalog.Create(EstateOptions.DefaultServers, 1);

        Assert.Equal(Enum.GetValues<Scenario>().Except([Scenario.LargeCatalogue, Scenario.WsusServiceStopped, Scenario.ServiceDisabled]).Order(), profiles.Select(profile => profile.Scenario).Distinct().Order());
        Assert.Equal(2, profiles.Count(profile => profile.IsReplica));
        Assert.All(profiles.Where(profile => profile.IsReplica), replica => Assert.Contains(profiles, profile => profile.Name == replica.UpstreamName));
    }

    [Theory]
    [InlineData(14, 13)]
    [InlineData(16, 15)]
    [InlineData(17, 16)]
    [InlineData(26, 16)]
    public void Create_AnEstate_HasSoManyScenarios(int servers, int scenarios) =>
        Assert.Equal(scenarios, ScenarioCatalog.Create(servers, 1).Select(profile => profile.Scenario).Distinct().Count());

    [Fact]
    public void Create_AnEstateOfTwentySix_HasTheUsualTroublesTwice() => Assert.Equal(
        [Scenario.StarvedPool, Scenario.PoolStopped, Scenario.ProxyRefuses, Scenario.DriftedButWorking, Scenario.Replica, Scenario.Standalone],
        ScenarioCatalog.Create(26, 1).Where(profile => profile.Scenario is not Scenario.Healthy).GroupBy(profile => profile.Scenario).Where(group => group.Count() == 2).Select(group => group.Key).Order());

    [Fact]
    public void Create_AnEstateOfForty_HasEveryScenario() =>
        Assert.Equal(Enum.GetValues<Scenario>(), ScenarioCatalog.Create(40, 1).Select(profile => profile.Scenario).Distinct().Order());

    [Fact]
    public void Create_AnyEstate_HasOneCertificateThatEndsAndOneThatDoesNot() =>
        Assert.All([12, 60, ScenarioCatalog.MaximumServers], servers => Assert.Equal([12, 300], ScenarioCatalog.Create(servers, 1).Select(profile => profile.CertificateDays).OfType<int>().Order()));

    [Fact]
    public void Create_TheUsualEstate_HasEachWindowsThatPostureTells() => Assert.Superset(
        new HashSet<SimulatedWindows> { SimulatedWindows.UpToDate, SimulatedWindows.NeverUpdated, SimulatedWindows.PartlyFixed, SimulatedWindows.NearItsEnd, SimulatedWindows.Unreadable },
        ScenarioCatalog.Create(14, 1).Select(profile => profile.Windows).ToHashSet());

    [Fact]
    public void Create_TheMost_NamesAndSiteCodesAreUnique()
    {
        var profiles = ScenarioCatalog.Create(ScenarioCatalog.MaximumServers, 1);

        Assert.Equal(profiles.Count, profiles.Select(profile => profile.Name).Distinct().Count());
        Assert.Equal(profiles.Count, profiles.Select(profile => profile.SiteCode).Distinct().Count());
        Assert.All(profiles, profile => Assert.Equal(3, profile.SiteCode.Length));
    }

    [Fact]
    public void Create_SmallerEstate_IsTheBeginningOfTheLarger() =>
        Assert.Equal(ScenarioCatalog.Create(5, 7), ScenarioCatalog.Create(30, 7).Take(5));

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public void Create_OutOfRange_Throws(int servers) => Assert.Throws<ArgumentOutOfRangeException>(() => ScenarioCatalog.Create(servers, 1));
}
