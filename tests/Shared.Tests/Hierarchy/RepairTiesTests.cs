using WsusDashboard.Shared.Hierarchy;

namespace WsusDashboard.Shared.Tests.Hierarchy;

public sealed class RepairTiesTests
{
    [Theory]
    [InlineData("SQL01", "sql01.corp.example", true)]
    [InlineData("SQL01", @"tcp:sql01\MSSQLSERVER", true)]
    [InlineData("SQL01", "SQL01,1433", true)]
    [InlineData(@"SQL01\WSUS", @"sql01.corp.example\wsus", true)]
    [InlineData("SQL01, 50123", "sql01.corp.example,50123", true)]
    [InlineData("A", "(local)", false)]
    [InlineData("SQL01", @"SQL01\WSUS", false)]
    [InlineData("SQL01,50123", "SQL01,50124", false)]
    [InlineData("SQL01", "SQL02", false)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("", "", false)]
    [InlineData(".", "(local)", false)]
    public void Of_DatabaseServers_AreComparedBeyondTheirSpelling(string one, string other, bool isTied)
    {
        var first = Server(1, "A") with { DatabaseServer = one };
        var second = Server(2, "B") with { DatabaseServer = other };

        Assert.Equal(isTied ? [2] : [], RepairTies.Of(first, [first, second]).Select(tie => tie.ServerId));
        Assert.Equal(isTied ? [1] : [], RepairTies.Of(second, [first, second]).Select(tie => tie.ServerId));
    }

    [Fact]
    public void Of_DatabaseOnOneOfTheServers_TiesThatServerToo()
    {
        var host = Server(1, "A") with { DatabaseServer = "(local)" };
        var guest = Server(2, "B") with { DatabaseServer = "a.corp.example" };

        Assert.Equal(new RepairTie(2, TieKind.Database, "(local)"), Assert.Single(RepairTies.Of(host, [guest])));
    }

    [Fact]
    public void Of_OneBalancedName_TiesThoseBehindIt()
    {
        var servers = new[] { Server(1, "A", "wsus.corp.example"), Server(2, "B", "WSUS.corp.example"), Server(3, "C", "other.corp.example"), Server(4, "D"), Server(5, "E") };

        Assert.Equal(new RepairTie(2, TieKind.Name, "wsus.corp.example"), Assert.Single(RepairTies.Of(servers[0], servers)));
        Assert.Empty(RepairTies.Of(servers[2], servers));
        Assert.Empty(RepairTies.Of(servers[3], servers));
    }

    [Fact]
    public void Of_SiteAndItsRemoteUpdatePoint_TiesThemAndThePointComesFirst()
    {
        var point = Server(1, "SUP");
        var site = Server(2, "SITE") with { UpdatePoints = ["sup.corp.example"] };

        Assert.Equal(new RepairTie(1, TieKind.UpdatePoint, "SUP") { ComesFirst = true }, Assert.Single(RepairTies.Of(site, [point, site])));
        Assert.Equal(new RepairTie(2, TieKind.UpdatePoint, "SUP"), Assert.Single(RepairTies.Of(point, [point, site])));
    }

    private static HierarchyServer Server(int id, string name, string publicName = "") => new() { Id = id, Name = name, ComputerName = name, FullyQualifiedName = $"{name}.corp.example", PublicName = publicName };
}
