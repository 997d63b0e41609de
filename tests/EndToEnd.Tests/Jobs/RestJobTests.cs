using System.Net;
using System.Text.Json;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.EndToEnd.Tests.Jobs;

/// <summary>The product's main job as a script does it.</summary>
[Collection(DemoCollection.Name)]
public sealed class RestJobTests(DemoFixture demo)
{
    private static readonly object Playbook = new { playbook = "full-repair", baseline = "guide" };
    private static readonly object FullRepair = new { playbook = "full-repair", baseline = "guide", reason = "CHG-1001" };

    [Fact]
    public async Task Repair_OfAStoppedPool_SucceedsFillsTheUpdatesAndCanBeUndone()
    {
        using var rest = demo.Rest();
        var before = await demo.ServerAsync(rest, Scenario.PoolStopped);
        Assert.Equal("critical", before.Text("health"));
        Assert.Equal("stopped", before.Text("pool", "state"));
        var id = before.Text("id");

        var (planStatus, plan, _) = await rest.PostAsync($"/api/v1/servers/{id}/plan", Playbook);
        Assert.Equal(HttpStatusCode.OK, planStatus);
        Assert.Contains(plan.GetProperty("changes").EnumerateArray(), change => change.Text("setting") == "queueLength" && change.Text("after") == "30000");
        Assert.Contains(plan.GetProperty("interruptions").EnumerateArray(), text => text.ToString().Contains("Default Web Site", StringComparison.Ordinal));

        var (status, _, location) = await rest.PostAsync($"/api/v1/servers/{id}/repairs", FullRepair);
        Assert.Equal(HttpStatusCode.Accepted, status);
        var run = await rest.EndOfRunAsync(location!.ToString());

        Assert.Equal("succeeded", run.Text("state"));
        Assert.All(run.GetProperty("steps").EnumerateArray(), step => Assert.Contains(step.Text("state"), new[] { "done", "skipped" }));
        Assert.Equal("succeeded", run.Text("verification", "syncResult"));
        Assert.True(run.Number("verification", "configMgrUpdatesAfter") > 0, run.ToString());
        var repaired = await Eventually.Async(() => rest.GetAsync($"/api/v1/servers/{id}"), server => server.Text("health") == "healthy");
        Assert.Equal("started", repaired.Text("pool", "state"));
        Assert.True(repaired.Number("updates", "total") > 0, repaired.ToString());

        var (undoStatus, _, undoLocation) = await rest.PostAsync($"{location}/undo", new { reason = "test" });
        Assert.Equal(HttpStatusCode.Accepted, undoStatus);
        Assert.Equal("succeeded", (await rest.EndOfRunAsync(undoLocation!.ToString())).Text("state"));
        await Eventually.Async(() => rest.GetAsync($"/api/v1/servers/{id}"), server => Findings(server).Contains("settings-drift"));
    }

    [Fact]
    public async Task Repair_WhereTheProxyRefuses_FailsAndNamesTheProxy()
    {
        using var rest = demo.Rest();
        var server = await demo.ServerAsync(rest, Scenario.ProxyRefuses);
        Assert.Equal("proxy-refused", Findings(server)[0]);

        var (status, _, location) = await rest.PostAsync($"/api/v1/servers/{server.Text("id")}/repairs", FullRepair);
        Assert.Equal(HttpStatusCode.Accepted, status);
        var run = await rest.EndOfRunAsync(location!.ToString());

        Assert.Equal("failed", run.Text("state"));
        Assert.Contains("proxy", run.Text("verification", "sentence"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("false", run.Text("verification", "succeeded"), ignoreCase: true);
    }

    [Fact]
    public async Task Repair_OfAMonitorOnlyServer_IsRefusedWithTheReason()
    {
        using var rest = demo.Rest();
        var server = await demo.ServerAsync(rest, Scenario.MonitorOnly);

        var (status, problem, _) = await rest.PostAsync($"/api/v1/servers/{server.Text("id")}/repairs", FullRepair);

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("monitor-only", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_WhileAnotherRuns_IsRefusedNamingIt()
    {
        using var rest = demo.Rest();
        var server = await demo.ServerAsync(rest, Scenario.DriftedButWorking);
        var path = $"/api/v1/servers/{server.Text("id")}/repairs";
        var (first, _, location) = await rest.PostAsync(path, FullRepair);
        Assert.Equal(HttpStatusCode.Accepted, first);

        var (second, problem, _) = await rest.PostAsync(path, FullRepair);

        Assert.Equal(HttpStatusCode.Conflict, second);
        Assert.Contains(location!.ToString().Split('/')[^1], problem.ToString(), StringComparison.Ordinal);
        await rest.EndOfRunAsync(location.ToString());
    }

    [Fact]
    public async Task Repair_ByAPlanWhoseServerChanged_IsRefused()
    {
        using var rest = demo.Rest();
        var id = (await demo.ServerAsync(rest, Scenario.StarvedPool, 1)).Text("id");
        var (_, plan, _) = await rest.PostAsync($"/api/v1/servers/{id}/plan", Playbook);
        var (_, _, location) = await rest.PostAsync($"/api/v1/servers/{id}/repairs", new { playbook = "pool-only", baseline = "microsoft" });
        await rest.EndOfRunAsync(location!.ToString());

        var (status, problem, _) = await rest.PostAsync($"/api/v1/servers/{id}/repairs", new { playbook = "full-repair", baseline = "guide", fingerprint = plan.Text("fingerprint") });

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("changed", problem.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Server_ThatDoesNotAnswer_IsUnreachableAndKeepsWhatWasKnown()
    {
        using var rest = demo.Rest();
        var name = demo.NameOf(Scenario.Unreachable);

        var server = await Eventually.Async(() => rest.ServerAsync(name), candidate => candidate.Text("health") == "unreachable");

        Assert.Equal("succeeded", server.Text("lastSync", "result"));
        Assert.Contains("agent-unreachable", Findings(server));
    }

    [Fact]
    public async Task History_OfThirtyDays_IsThereAfterTheFirstStart()
    {
        using var rest = demo.Rest();
        var id = (await demo.ServerAsync(rest, Scenario.Healthy)).Text("id");

        var oldest = await Eventually.Async(async () =>
            {
                var page = await rest.GetAsync($"/api/v1/servers/{id}/syncs?pageSize=200");
                return page.GetProperty("items").EnumerateArray().Select(run => run.GetProperty("startedAt").GetDateTimeOffset()).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
            },
            start => start < TimeProvider.System.GetUtcNow().AddDays(-28));

        Assert.True(oldest > TimeProvider.System.GetUtcNow().AddDays(-40), $"{oldest}");
    }

    private static List<string> Findings(JsonElement server) => [.. server.GetProperty("findings").EnumerateArray().Select(finding => finding.Text("id"))];
}
