using System.Diagnostics;
using System.Globalization;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>
/// Agents that are killed again and again, in every step of their repairs, undos and rollbacks: afterwards a server is as it was before or as the repair says, and its
/// journal, its audit and the dashboard tell the same. Each place of each playbook, one by one, is the matter of the agent's own tests.
/// </summary>
public sealed class KilledAgentTests
{
    private const double Speed = 60;

    /// <summary>Every server and every playbook; the short form has only the servers whose repairs take a minute, with the playbook that sets settings.</summary>
    private const int LongForm = 1_000;

    private static readonly Scenario[] Scenarios =
    [
        Scenario.StarvedPool, Scenario.PoolStopped, Scenario.NativeModule, Scenario.DriftedButWorking, Scenario.CompressionLibrary,
        Scenario.ExecutiveStopped, Scenario.WsusServiceStopped, Scenario.ServiceDisabled,
    ];

    private static readonly Scenario[] ShortScenarios = [.. Scenarios[..4], .. Scenarios[..4]];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(50)]
    [InlineData(LongForm, Explicit = true)]
    public async Task Agents_KilledInAnyStep_LeaveServerJournalAuditAndDashboardAsTheModelSays(int kills)
    {
        var (scenarios, playbooks) = kills < LongForm ? (ShortScenarios, [PlaybookCatalog.PoolOnlyId]) : (Scenarios, PlaybookCatalog.All.Select(playbook => playbook.Id).ToList());
        await using var real = await RealDashboard.StartAsync(profiles: [.. scenarios.Select(Profile)], speed: Speed);
        await EnrolAsync(real, scenarios.Length);
        var (count, watch) = (new KillCount(kills), Stopwatch.StartNew());
        var servers = Enumerable.Range(0, scenarios.Length).Select(index => new KilledServer(real, index, count)).ToList();

        await Task.WhenAll(servers.Select(server => server.RunAsync(playbooks)));
        await Task.WhenAll(servers.Select(server => server.AssertToldAsync()));

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count}, {watch.Elapsed.TotalSeconds:0} s"));
        Assert.InRange(count.Kills, kills, int.MaxValue);
        Assert.InRange(count.Rollbacks, 1, int.MaxValue);
        servers.ForEach(server => server.Dispose());
    }

    private static ServerProfile Profile(Scenario scenario, int index) => ModelBench.Profile(scenario) with
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"BRN-WSUS{index:00}"),
        SiteCode = string.Create(CultureInfo.InvariantCulture, $"K{index:00}"),
    };

    /// <summary>Two at a time: this is all the processor that a small machine has, and a start is mostly its work.</summary>
    private static async Task EnrolAsync(RealDashboard real, int servers)
    {
        var token = await real.IssueAsync(admits: true, uses: servers);
        await Parallel.ForAsync(0, servers, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Token }, async (index, _) => await real.EnrolAsync(index, token));
        await real.UntilUpAsync(servers);
    }
}
