using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace WsusDashboard.Architecture.Tests;

/// <summary>The directions of architecture.md: Simulator → Dashboard, Agent; Dashboard → Shared; Agent → Shared and the IIS API. Nothing else.</summary>
public sealed class DependencyTests
{
    [Theory]
    [InlineData(Houses.Shared)]
    [InlineData(Houses.Emulation)]
    [InlineData(Houses.Agent, Houses.Shared, Houses.Emulation)]
    [InlineData(Houses.Dashboard, Houses.Shared)]
    [InlineData(Houses.Simulator, Houses.Agent, Houses.Dashboard, Houses.Shared, Houses.Emulation)]
    public void Assembly_References_OnlyWhatItsPlaceAllows(string assembly, params string[] allowed)
    {
        var own = Houses.Load(assembly).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => name.StartsWith("WsusDashboard.", StringComparison.Ordinal));

        Assert.Empty(own.Except(allowed));
    }

    [Fact]
    public void Shared_References_NeitherAspNetCoreNorEntityFramework()
    {
        var references = Houses.Load(Houses.Shared).GetReferencedAssemblies().Select(reference => reference.Name!);

        Assert.DoesNotContain(references, name =>
            name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) ||
            name.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal));
    }

    [Fact]
    public void WindowsTechnologies_AreCalled_OnlyFromTheEdges()
    {
        Types().That().ResideInAssembly(Houses.Load(Houses.Agent))
            .And().DoNotResideInNamespaceMatching(@"^WsusDashboard\.Agent\.Windows")
            .Should().NotDependOnAnyTypesThat()
            .ResideInNamespaceMatching(@"^(System\.ServiceProcess|System\.Management|Microsoft\.Win32|System\.Diagnostics\.Eventing)")
            .Because("src/Agent/Windows is the only folder that calls Windows, so that all else runs and is tested on any system")
            .Check(Houses.Types);
    }

    [Fact]
    public void AgentApi_HoldsNoLogic_SoNothingBelowDependsOnIt()
    {
        Types().That().ResideInAssembly(Houses.Load(Houses.Agent))
            .And().ResideInNamespaceMatching(@"^WsusDashboard\.Agent\.(Iis|Services|Wsus|ConfigMgr|Events|Host|Snapshots|Remediation|Storage|Security|Windows)")
            .Should().NotDependOnAnyTypesThat()
            .ResideInNamespaceMatching(@"^WsusDashboard\.Agent\.(Api|Cli)")
            .Check(Houses.Types);
    }

    [Fact]
    public void Links_AreOpened_OnlyByTheAgentsFolder()
    {
        Types().That().ResideInAssembly(Houses.Load(Houses.Dashboard))
            .And().DoNotResideInNamespaceMatching(@"^WsusDashboard\.Dashboard\.Agents")
            .Should().NotDependOnAnyTypesThat()
            .ResideInNamespaceMatching(@"^Grpc\.Net\.Client")
            .Because("one place owns deadlines, back-off and trust of the links to agents")
            .Check(Houses.Types);
    }

    [Fact]
    public void Pages_DoNotReach_TheDatabase()
    {
        Classes().That().ResideInAssembly(Houses.Load(Houses.Dashboard))
            .And().AreAssignableTo(typeof(Microsoft.AspNetCore.Components.ComponentBase))
            .Should().NotDependOnAnyTypesThat()
            .ResideInNamespaceMatching(@"^Microsoft\.EntityFrameworkCore")
            .Because("queries stand with their feature and project to what a page shows")
            .Check(Houses.Types);
    }
}
