using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Snapshots.Collecting;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Posture.Verdicts;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Scenarios;

/// <summary>The servers of the demo as their real agents read their posture.</summary>
public sealed class PostureScenarioTests : IAsyncLifetime
{
    private static readonly Scenario[] Told = [Scenario.StarvedPool, Scenario.PoolStopped, Scenario.ExecutiveStopped, Scenario.DriftedButWorking, Scenario.Upstream, Scenario.Replica, Scenario.Standalone];

    private readonly TempFolder _folder = new();
    private Estate _estate = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // The second replica is the well-kept one.
        var profiles = ScenarioCatalog.Create(14, 1).Where(profile => Told.Contains(profile.Scenario)).ToList();
        _estate = await Estate.StartAsync(new EstateOptions { DataDirectory = _folder.Path, Servers = profiles.Count, Profiles = profiles, Speed = 10 }, cancellationToken: Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _estate.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Posture_EachServerOfTheDemo_TellsItsStory()
    {
        var never = await ReadAsync(Scenario.StarvedPool);
        var partly = await ReadAsync(Scenario.PoolStopped);
        var unreadable = await ReadAsync(Scenario.ExecutiveStopped);
        var old = await ReadAsync(Scenario.DriftedButWorking);
        var ending = await ReadAsync(Scenario.Standalone);
        var well = await ReadAsync(Scenario.Replica);

        Assert.Equal(PostureAnswer.Found, Find(never, "cve-2025-59287")!.Answer);
        Assert.Equal(PostureAnswer.PartlyFixed, Find(partly, "cve-2025-59287")!.Answer);
        Assert.Equal(PostureAnswer.CannotSay, Find(unreadable, PostureFindingIds.RevisionUnread)!.Answer);
        Assert.NotNull(Find(old, "end-of-life-windows-server-2016"));
        Assert.NotNull(Find(old, PostureFindingIds.DriversSelected));
        Assert.Equal(PostureSeverity.Warning, Find(ending, PostureFindingIds.CertificateEnds)!.Severity);
        Assert.Empty(well.Findings);
        Assert.Equal(["en", "de"], _estate.Servers.Last(server => server.Scenario is Scenario.Replica).AgentServices!.GetRequiredService<SnapshotStore>().Current.Posture.Value!.Uup.Languages);
    }

    private static PostureFinding? Find(PostureAssessment assessment, string id) => assessment.Findings.SingleOrDefault(finding => finding.Id == id);

    private async Task<PostureAssessment> ReadAsync(Scenario scenario)
    {
        var services = _estate.Servers.Last(server => server.Scenario == scenario).AgentServices!;
        var collectors = services.GetRequiredService<CollectorHost>();
        foreach (var section in (string[])[SectionNames.Iis, SectionNames.Host, SectionNames.Wsus, SectionNames.Posture])
        {
            await collectors.RefreshAsync(section, Token);
        }

        return PostureRules.Assess(services.GetRequiredService<SnapshotStore>().Current, TimeProvider.System.GetUtcNow());
    }
}
