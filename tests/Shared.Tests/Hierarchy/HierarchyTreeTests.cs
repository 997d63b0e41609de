using WsusDashboard.Shared.Hierarchy;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Shared.Tests.Hierarchy;

public sealed class HierarchyTreeTests
{
    [Fact]
    public void Build_UpstreamFails_ExplainsThoseBelowOnce()
    {
        var tree = HierarchyTree.Build([Failing(1, "ZRH", cause: FindingIds.ProxyRefused), Failing(2, "BRN", "zrh.corp.example", FindingIds.UpstreamFailing), Failing(3, "BSL", "ZRH"), Server(4, "GVA", "ZRH")]);

        var root = Assert.Single(tree.Roots);
        Assert.Equal(["BRN", "BSL", "GVA"], root.Below.Select(node => node.Server.Name));
        Assert.Equal(2, root.ExplainedBelow);
        Assert.True(root.IsOwnFailure);
        Assert.Equal([1, 1, null], root.Below.Select(node => node.ExplainedBy));
        Assert.Equal(["ZRH"], tree.All.Where(node => node.IsOwnFailure).Select(node => node.Server.Name));
    }

    [Fact]
    public void Build_ReplicaFailsForItsOwnReason_StaysItsOwn()
    {
        var tree = HierarchyTree.Build([Failing(1, "ZRH", cause: FindingIds.ProxyRefused), Failing(2, "BRN", "ZRH", FindingIds.PoolMemoryLimit)]);

        Assert.Equal(["ZRH", "BRN"], tree.All.Where(node => node.IsOwnFailure).Select(node => node.Server.Name));
        Assert.Equal(0, tree.Roots[0].ExplainedBelow);
    }

    [Fact]
    public void Build_Chain_IsExplainedByItsHead()
    {
        var tree = HierarchyTree.Build([Failing(1, "A", cause: FindingIds.DiskFull), Failing(2, "B", "A"), Failing(3, "C", "B"), Failing(4, "D", "C")]);

        Assert.Equal(3, tree.Roots[0].ExplainedBelow);
        Assert.All(tree.All.Skip(1), node => Assert.Equal(1, node.ExplainedBy));
    }

    [Fact]
    public void Build_UpstreamDoesNotAnswer_ExplainsThoseBelow()
    {
        var tree = HierarchyTree.Build([Server(1, "A") with { Health = Health.Unreachable }, Failing(2, "B", "A", FindingIds.SourceUnreachable)]);

        Assert.Equal(1, tree.Roots[0].Below[0].ExplainedBy);
    }

    [Fact]
    public void Build_UpstreamIsWell_ExplainsNothing() =>
        Assert.True(HierarchyTree.Build([Server(1, "A"), Failing(2, "B", "A", FindingIds.UpstreamFailing)]).Roots[0].Below[0].IsOwnFailure);

    [Fact]
    public void Build_CircleSelfAndStranger_LosesNoServerAndDoublesNone()
    {
        var tree = HierarchyTree.Build([Server(1, "A", "B"), Server(2, "B", "A"), Server(3, "C", "C"), Server(4, "D", "NOT-WATCHED"), Server(5, "E", "A"), Server(6, "F", "Microsoft Update"), Server(7, "G")]);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], tree.All.Select(node => node.Server.Id).Order());
        Assert.Equal(["A", "B", "C", "D", "F", "G"], tree.Roots.Select(node => node.Server.Name));
        Assert.Equal("E", Assert.Single(tree.Roots[0].Below).Server.Name);
    }

    [Fact]
    public void Build_TwoServersOfTheSameShortName_AreNotConfused()
    {
        var tree = HierarchyTree.Build(
        [
            Server(1, "One") with { ComputerName = "WSUS01", FullyQualifiedName = "wsus01.a.example" },
            Server(2, "Two") with { ComputerName = "WSUS01", FullyQualifiedName = "wsus01.b.example" },
            Server(3, "Full", "wsus01.b.example"),
            Server(4, "Short", "WSUS01"),
        ]);

        Assert.Equal(["Full"], tree.Roots.Single(node => node.Server.Id == 2).Below.Select(node => node.Server.Name));
        Assert.Contains(tree.Roots, node => node.Server.Name == "Short");
    }

    [Fact]
    public void Build_SharedDatabase_NamesItsServers()
    {
        var shared = Assert.Single(HierarchyTree.Build([Server(2, "B") with { DatabaseServer = "SQL01" }, Server(1, "A") with { DatabaseServer = "sql01" }, Server(3, "C") with { DatabaseServer = "SQL02" }, Server(4, "D")]).SharedDatabases);

        Assert.Equal([1, 2], shared.ServerIds);
    }

    [Fact]
    public void Build_OneNameForSeveralServers_NamesThem()
    {
        var shared = Assert.Single(HierarchyTree.Build([Server(2, "B") with { PublicName = "WSUS.corp.example" }, Server(1, "A") with { PublicName = "wsus.corp.example" }, Server(3, "C") with { PublicName = "alias.corp.example" }, Server(4, "D")]).SharedNames);

        Assert.Equal([1, 2], shared.ServerIds);
    }

    [Fact]
    public void Build_UpdatePointOnAnotherServer_ExplainsItsSitesFailureOnceAlthoughItTellsOfNone()
    {
        var site = Failing(2, "SITE", "sup.corp.example", FindingIds.UpdatePointFailing) with { UpdatePoints = ["sup.corp.example"] };

        var tree = HierarchyTree.Build([Server(1, "SUP", "Microsoft Update"), site]);

        var root = Assert.Single(tree.Roots);
        Assert.Equal((1, 1), (root.Server.Id, root.ExplainedBelow));
        Assert.Equal(1, Assert.Single(root.Below).ExplainedBy);
        Assert.DoesNotContain(tree.All, node => node.IsOwnFailure);
    }

    [Fact]
    public void Build_SiteServerFailsForItsOwnReason_StaysItsOwn() =>
        Assert.True(HierarchyTree.Build([Server(1, "SUP"), Failing(2, "SITE", "sup", FindingIds.SmsExecutiveStopped)]).Roots[0].Below[0].IsOwnFailure);

    private static HierarchyServer Server(int id, string name, string source = "") => new() { Id = id, Name = name, ComputerName = name, FullyQualifiedName = name.ToLowerInvariant() + ".corp.example", Source = source };

    private static HierarchyServer Failing(int id, string name, string source = "", string? cause = null) => Server(id, name, source) with { IsFailing = true, CauseId = cause };
}
