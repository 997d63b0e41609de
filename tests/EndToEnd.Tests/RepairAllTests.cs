using System.Net;
using WsusDashboard.Simulator.Demo;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>"Repair all that can be repaired": an estate with every scenario, one request, and only what a playbook fixes is touched.</summary>
public sealed class RepairAllTests : IDisposable
{
    /// <summary>The smallest estate with every scenario.</summary>
    private const int EveryScenario = 17;

    private static readonly Scenario[] Curable =
    [
        Scenario.StarvedPool, Scenario.PoolStopped, Scenario.ExecutiveStopped, Scenario.CompressionLibrary, Scenario.NativeModule,
        Scenario.WsusServiceStopped, Scenario.ServiceDisabled,
    ];

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EveryScenario)]
    [InlineData(60, Explicit = true)]
    public async Task RepairAll_OfAnEstateWithEveryScenario_HealsWhatAPlaybookCuresTouchesNoOtherAndRollsOneBack(int servers)
    {
        await using var demo = await DemoHost.StartAsync(
            new DemoOptions { Servers = servers, Port = 0, AgentPort = 0, DataDirectory = _folder.File("demo"), Speed = DemoFixture.Speed }, Token);
        using var rest = new RestClient(demo.DashboardAddress!, demo.ApiToken);
        var estate = demo.Estate.Servers;
        string[] Names(params Scenario[] scenarios) => [.. estate.Where(server => scenarios.Contains(server.Scenario)).Select(server => server.Name).Order(StringComparer.Ordinal)];
        var expected = Names(Curable);
        await Eventually.Async(
            () => rest.GetAsync("/api/v1/servers?pageSize=200"),
            page => page.GetProperty("items").EnumerateArray().Where(server => server.Text("isCurable") == "True").Select(server => server.Text("name")).Intersect(expected).Count() == expected.Length,
            TimeSpan.FromMinutes(5));
        var untouched = estate.Where(server => !Curable.Contains(server.Scenario)).ToDictionary(server => server.Name, server => File.ReadAllText(server.Files.ApplicationHostConfig));

        var (planned, _, address) = await rest.PostAsync("/api/v1/repairs/batch/plan");
        Assert.Equal(HttpStatusCode.Accepted, planned);
        var plan = await Eventually.Async(() => rest.GetAsync(address!.ToString()), batch => batch.Text("isPlanning") == "False");
        Assert.Equal(expected, plan.GetProperty("servers").EnumerateArray().Select(server => server.Text("serverName")).Order(StringComparer.Ordinal));
        Assert.All(plan.GetProperty("servers").EnumerateArray(), server => Assert.True(server.Text("state") == "planned", server.ToString()));
        Assert.Equal(HttpStatusCode.Accepted, (await rest.PostAsync($"{address}/start", new { reason = "all that can be" })).Status);
        var ended = await Eventually.Async(() => rest.GetAsync(address!.ToString()), batch => batch.Text("hasEnded") == "True", TimeSpan.FromMinutes(15));

        var states = ended.GetProperty("servers").EnumerateArray().ToDictionary(server => server.Text("serverName"), server => server);
        Assert.All(Names([.. Curable.Except([Scenario.NativeModule])]), name => Assert.True(states[name].Text("state") == "succeeded", states[name].ToString()));
        foreach (var name in Names(Scenario.NativeModule))
        {
            var run = (await rest.GetAsync($"/api/v1/repairs/{states[name].Text("repairId")}")).GetProperty("repair");
            Assert.Equal(("rolledBack", "rolledBack", "worse"), (states[name].Text("state"), run.Text("state"), run.Text("trial", "verdict")));
        }

        // Healed: what the repair was for is no cause any more.
        foreach (var name in Names([.. Curable.Except([Scenario.NativeModule])]))
        {
            await Eventually.Async(() => rest.ServerAsync(name), server => server.Text("health") is "healthy" or "warning" && server.Text("isCurable") == "False");
        }

        Assert.All(estate.Where(server => untouched.ContainsKey(server.Name)), server => Assert.Equal(untouched[server.Name], File.ReadAllText(server.Files.ApplicationHostConfig)));
        var repaired = (await rest.GetAsync("/api/v1/repairs?pageSize=200")).GetProperty("items").EnumerateArray().Select(run => run.Text("serverName")).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(expected, repaired.Order(StringComparer.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine($"{servers} servers, {expected.Length} repaired, {Names(Scenario.NativeModule).Length} rolled back");
    }
}
