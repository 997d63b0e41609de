using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Tests.Rules;

namespace WsusDashboard.Shared.Tests.Hierarchy;

public sealed class RemoteUpdatePointsTests
{
    private static readonly Snapshot Site = TestServer.Healthy().Snapshot! with { Wsus = TestServer.Healthy().Snapshot!.Wsus.NotInstalled() };

    [Fact]
    public void Of_SiteServerWithoutWsus_AreTheUpdatePointsOfItsOwnSite() =>
        Assert.Equal(["sup02.corp.example"], RemoteUpdatePoints.Of(WithPoints(WithWsusService(Site, ServiceState.NotInstalled), ("sup02.corp.example", "BRN"), ("SUP02.corp.example", "brn"), ("sup09.corp.example", "ZRH"), ("BRN-WSUS02", "BRN"))));

    [Theory]
    [InlineData(ServiceState.Running)]
    [InlineData(ServiceState.Stopped)]
    public void Of_SiteServerWithAWsusOfItsOwn_AreNone(ServiceState service) =>
        Assert.Empty(RemoteUpdatePoints.Of(WithPoints(WithWsusService(Site, service), ("sup02.corp.example", "BRN"))));

    [Fact]
    public void Of_ConsoleOfWsusOnly_IsNoWsus()
    {
        var snapshot = WithWsusService(TestServer.Healthy().Snapshot!, ServiceState.NotInstalled);

        Assert.Single(RemoteUpdatePoints.Of(WithPoints(snapshot with { Wsus = snapshot.Wsus.Unreadable(ReadFailure.Unavailable, "no answer") }, ("sup02.corp.example", "BRN"))));
    }

    [Theory]
    [InlineData("sup02.corp.example", "sup02.corp.example", "SUP02", true)]
    [InlineData("SUP02", "sup02.corp.example", "SUP02", true)]
    [InlineData("sup02.corp.example", "", "SUP02", true)]
    [InlineData("sup02.corp.example", "sup02.other.example", "SUP02", false)]
    [InlineData("SUP03", "sup02.corp.example", "SUP02", false)]
    [InlineData("SUP02", "", "", false)]
    public void IsNamed_ShortAndFullNames_AreComparedAsFarAsTheyAreKnown(string name, string full, string computer, bool isNamed) =>
        Assert.Equal(isNamed, RemoteUpdatePoints.IsNamed(name, full, computer));

    private static Snapshot WithWsusService(Snapshot snapshot, ServiceState state) => snapshot with
    {
        Services = snapshot.Services with { Value = new ServicesState { Services = [.. snapshot.Services.Value!.Services.Select(service => service.Name == ServiceNames.WsusService ? service with { State = state } : service)] } },
    };

    private static Snapshot WithPoints(Snapshot snapshot, params (string Name, string Site)[] points) => snapshot with
    {
        ConfigMgr = snapshot.ConfigMgr with { Value = snapshot.ConfigMgr.Value! with { SoftwareUpdatePoints = [.. points.Select(point => new SupSyncStatus { ServerName = point.Name, SiteCode = point.Site })] } },
    };
}
