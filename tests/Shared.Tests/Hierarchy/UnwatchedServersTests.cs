using WsusDashboard.Shared.Hierarchy;

namespace WsusDashboard.Shared.Tests.Hierarchy;

public sealed class UnwatchedServersTests
{
    [Fact]
    public void Of_NamesThatNobodyWatches_AreCountedOnceWithWhoKnowsThem()
    {
        var servers = new[]
        {
            Server(1, "ZRH01", "brn01.corp.example", "GVA01.corp.example", "gva01"),
            Server(2, "BRN01", "zrh01", "gva01.corp.example", "BSL01"),
        };

        var found = UnwatchedServers.Of(servers, servers);

        Assert.Equal([("BSL01", "2"), ("GVA01.corp.example", "1 2")], found.Servers.Select(server => (server.Name, string.Join(' ', server.KnownBy))));
        Assert.Equal(4, found.Known);
    }

    [Fact]
    public void Of_SameShortNameInAnotherDomain_IsAnotherServer()
    {
        var servers = new[] { Server(1, "ZRH01", "zrh01.other.example", "gva01.a.example", "gva01.b.example", "gva01") };

        Assert.Equal(["gva01.a.example", "gva01.b.example", "zrh01.other.example"], UnwatchedServers.Of(servers, servers).Servers.Select(server => server.Name));
    }

    [Theory]
    [InlineData("brn01.corp.example")]
    [InlineData("BRN01")]
    [InlineData("wsus.corp.example")]
    public void Of_ServerThatWasAddedAndNeverRead_IsKnownByItsAddressOrItsBalancedName(string name)
    {
        var asking = Server(1, "ZRH01", name);

        Assert.Empty(UnwatchedServers.Of([asking], [asking, new HierarchyServer { Id = 2, Name = "Bern", AddressHost = "brn01", PublicName = "wsus.corp.example" }]).Servers);
        Assert.Single(UnwatchedServers.Of([asking], [asking]).Servers);
    }

    [Fact]
    public void Of_ServerThatAnotherPersonWatches_IsNeitherShownNorCounted()
    {
        var asking = Server(1, "ZRH01", "brn01.corp.example");

        var found = UnwatchedServers.Of([asking], [asking, Server(2, "BRN01", "bsl01.corp.example")]);

        Assert.Empty(found.Servers);
        Assert.Equal(1, found.Known);
    }

    private static HierarchyServer Server(int id, string name, params string[] known) => new()
    {
        Id = id,
        Name = name,
        ComputerName = name,
        FullyQualifiedName = name.ToLowerInvariant() + ".corp.example",
        IsUpdatePoint = true,
        KnownServers = [.. known],
    };
}
