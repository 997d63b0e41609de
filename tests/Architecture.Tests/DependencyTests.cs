using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace WsusDashboard.Architecture.Tests;

/// <summary>The directions of architecture.md: Simulator → Dashboard, Agent; Dashboard → Shared; Agent → Shared and the IIS API. Nothing else.</summary>
public sealed class DependencyTests
{
    [Theory]
    [InlineData(ProductAssemblies.Shared)]
    [InlineData(ProductAssemblies.Emulation)]
    [InlineData(ProductAssemblies.Agent, ProductAssemblies.Shared, ProductAssemblies.Emulation)]
    [InlineData(ProductAssemblies.Dashboard, ProductAssemblies.Shared)]
    [InlineData(ProductAssemblies.PowerShell)]
    [InlineData(ProductAssemblies.Simulator, ProductAssemblies.Agent, ProductAssemblies.Dashboard, ProductAssemblies.Shared, ProductAssemblies.Emulation)]
    public void Assembly_References_OnlyWhatItsPlaceAllows(string assembly, params string[] allowed)
    {
        var own = ProductAssemblies.Load(assembly).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("WsusDashboard.", StringComparison.Ordinal));

        Assert.Empty(own.Except(allowed));
    }

    [Fact]
    public void Shared_References_NeitherAspNetCoreNorEntityFramework()
    {
        var references = ProductAssemblies.Load(ProductAssemblies.Shared).GetReferencedAssemblies().Select(reference => reference.Name!);

        Assert.DoesNotContain(references, name =>
            name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) ||
            name.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal));
    }

    [Fact]
    public void WindowsTechnologies_AreCalled_OnlyFromTheEdges()
    {
        Types().That().ResideInAssembly(ProductAssemblies.Load(ProductAssemblies.Agent))
            .And().DoNotResideInNamespaceMatching(@"^WsusDashboard\.Agent\.Windows")
            .Should().NotDependOnAnyTypesThat()
            .ResideInNamespaceMatching(@"^(System\.ServiceProcess|System\.Management|Microsoft\.Win32|System\.Diagnostics\.Eventing)")
            .Because("src/Agent/Windows is the only folder that calls Windows, so that all else runs and is tested on any system")
            .Check(ProductAssemblies.Types);
    }

    [Fact]
    public void AgentApi_HoldsNoLogic_SoNothingBelowDependsOnIt()
    {
        Types().That().ResideInAssembly(ProductAssemblies.Load(ProductAssemblies.Agent))
            .And().ResideInNamespaceMatching(@"^WsusDashboard\.Agent\.(Iis|Services|Wsus|ConfigMgr|Events|Host|Snapshots|Repairs|Commands|Storage|Security|Windows)")
            .Should().NotDependOnAnyTypesThat()
            .ResideInNamespaceMatching(@"^WsusDashboard\.Agent\.(Api|Cli)(\.|$)")
            .Check(ProductAssemblies.Types);
    }

    [Fact]
    public void Links_AreOpened_OnlyByTheAgentsFolder()
    {
        Types().That().ResideInAssembly(ProductAssemblies.Load(ProductAssemblies.Dashboard))
            .And().DoNotResideInNamespaceMatching(@"^WsusDashboard\.Dashboard\.Agents")
            .Should().NotDependOnAnyTypesThat()
            .ResideInNamespaceMatching(@"^Grpc\.Net\.Client")
            .Because("one place owns deadlines, back-off and trust of the links to agents")
            .Check(ProductAssemblies.Types);
    }

    [Fact]
    public void Pages_DoNotReach_TheDatabase()
    {
        Classes().That().ResideInAssembly(ProductAssemblies.Load(ProductAssemblies.Dashboard))
            .And().AreAssignableTo(typeof(Microsoft.AspNetCore.Components.ComponentBase))
            .Should().NotDependOnAnyTypesThat()
            .ResideInNamespaceMatching(@"^Microsoft\.EntityFrameworkCore")
            .Because("queries stand with their feature and project to what a page shows")
            .Check(ProductAssemblies.Types);
    }
}
