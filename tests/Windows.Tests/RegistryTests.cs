using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Windows.Tests.Support;

namespace WsusDashboard.Windows.Tests;

/// <summary>What the agent learns from the registry of the server.</summary>
[Collection(WindowsServerCollection.Name)]
public sealed class RegistryTests(WindowsServer server)
{
    [Fact]
    public async Task WsusSetup_PortInTheRegistry_IsWhereWsusIsAsked()
    {
        await server.BeginAsync();

        var snapshot = await server.SnapshotAsync("WSUS is read", now => now.Wsus is { Status: SectionStatus.Ok, Value.Counts: not null });

        Assert.Equal(server.WsusPort, snapshot.Wsus.Value!.Port);
        Assert.False(snapshot.Wsus.Value.UsesTls);
        Assert.True(snapshot.Wsus.Value.Counts!.Updates > 0);
    }

    [Fact]
    public async Task WsusSetup_SiteIndexInTheRegistry_DecidesWhichOfTwoSitesIsMeant()
    {
        await server.BeginAsync();

        var snapshot = await server.SnapshotAsync("IIS is read", now => now.Iis.Status == SectionStatus.Ok);

        // The other site comes first in the file, and has a /ClientWebService on another pool.
        Assert.Contains(WindowsServer.OldWsusSite, snapshot.Iis.Value!.SiteNames);
        Assert.NotEqual(WindowsServer.OldWsusSite, snapshot.Iis.Value.WsusSiteName);
        Assert.Equal("WsusPool", snapshot.Iis.Value.WsusPoolName);
    }
}
