using System.Globalization;
using System.Net;
using System.Text.Json;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>A repair belongs to the agent: it outlives the page, the dashboard and the agent's own process.</summary>
public sealed class KilledInTheMiddleTests : IAsyncLifetime
{
    private const string Token = "a-token-of-these-tests-and-of-nobody-else";

    private static readonly object FullRepair = new { playbook = "full-repair", baseline = "guide" };
    private readonly TempFolder _folder = new();
    private Estate? _estate;

    private Estate Estate => _estate ?? throw new InvalidOperationException("The estate is not started.");

    private int Stopped => Enumerable.Range(0, Estate.Servers.Count).First(index => Estate.Servers[index].Scenario == Scenario.PoolStopped);

    [Fact]
    public async Task Dashboard_KilledInTheMiddleOfARepair_TellsTheTruthAfterItsRestart()
    {
        var server = Estate.Servers[Stopped];
        var port = LoopbackPort.Choose();
        string run;
        await using (var first = StartDashboard(port))
        {
            using var rest = await ReadyAsync(port);
            await rest.PostAsync("/api/v1/servers", new { name = server.Name, address = server.HubAddress.GetLeftPart(UriPartial.Authority), site = server.Site, pairingCode = await server.OpenPairingAsync(TestContext.Current.CancellationToken) });
            run = await StartRepairAsync(rest, server.Name);
            await InTheMiddleAsync(rest, run);
            first.Kill();
        }

        await using var second = StartDashboard(port);
        using var again = await ReadyAsync(port);
        var ended = await again.EndOfRunAsync(run);

        Assert.Equal("succeeded", ended.Text("state"));
        AssertEachStepOnce(ended, attempts: 1);
        Assert.Equal("healthy", (await Eventually.Async(() => again.ServerAsync(server.Name), item => item.Text("health") == "healthy")).Text("health"));
    }

    [Fact]
    public async Task Agent_KilledInTheMiddleOfARepair_FinishesItAndRepeatsNothing()
    {
        var server = Estate.Servers[Stopped];
        using var agent = new RestClient(server);
        var plan = (await Eventually.Async(() => agent.PostAsync("/v1/repairs:plan", FullRepair), answer => answer.Status == HttpStatusCode.OK)).Body;
        var (status, started, _) = await agent.PostAsync("/v1/repairs", new { playbook = "full-repair", baseline = "guide", fingerprint = plan.Text("fingerprint"), context = new { person = "test" } });
        Assert.True(status == HttpStatusCode.OK, started.ToString());
        var path = $"/v1/repairs/{started.Text("id")}";

        // Three times in three different steps: the journal says where it was each time.
        foreach (var step in new[] { 3, 5, 6 })
        {
            await Eventually.Async(() => agent.GetAsync(path), run => Step(run, step).Text("state") is not ("STEP_STATE_WAITING" or ""));
            await Estate.KillAgentAsync(Stopped);
            await Estate.StartAgentAsync(Stopped, TestContext.Current.CancellationToken);
        }

        var ended = await Eventually.Async(() => agent.GetAsync(path), run => run.Text("state") is "REPAIR_STATE_SUCCEEDED" or "REPAIR_STATE_FAILED");
        Assert.True(ended.Text("state") == "REPAIR_STATE_SUCCEEDED", ended.ToString());
        Assert.All(ended.GetProperty("steps").EnumerateArray(), step => Assert.Contains(step.Text("state"), new[] { "STEP_STATE_DONE", "STEP_STATE_SKIPPED" }));
        // What was done stays done: the settings were saved once, and what was saved is what the server had before.
        Assert.Contains(ended.GetProperty("changes").EnumerateArray(), change => change.Text("setting") == "queueLength" && change.Text("before") == "1000");
    }

    public async ValueTask InitializeAsync() =>
        _estate = await Estate.StartAsync(new() { Servers = 3, DataDirectory = _folder.File("estate"), Speed = DemoFixture.Speed });

    public async ValueTask DisposeAsync()
    {
        if (_estate is not null)
        {
            await _estate.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static JsonElement Step(JsonElement run, int number) =>
        run.GetProperty("steps").EnumerateArray().Single(step => step.Number("number") == number);

    private static void AssertEachStepOnce(JsonElement run, int attempts)
    {
        var steps = run.GetProperty("steps").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(1, steps.Count).Select(number => (long?)number), steps.Select(step => step.Number("number")));
        Assert.All(steps.Where(step => step.Text("state") == "done"), step => Assert.Equal(attempts, step.Number("attempts")));
    }

    private static async Task<string> StartRepairAsync(RestClient rest, string name)
    {
        var id = (await rest.ServerAsync(name)).Text("id");
        var (status, body, location) = await rest.PostAsync($"/api/v1/servers/{id}/repairs", FullRepair);
        Assert.True(status == HttpStatusCode.Accepted, body.ToString());
        return location!.ToString();
    }

    private static Task<JsonElement> InTheMiddleAsync(RestClient rest, string run) =>
        Eventually.Async(() => rest.GetAsync(run), answer => Step(answer.GetProperty("repair"), 3).Text("state") is "running" or "done");

    private static async Task<RestClient> ReadyAsync(int port)
    {
        var rest = new RestClient(new Uri($"http://localhost:{port}"), Token);
        await Eventually.Async(() => rest.GetAsync("/api/v1/servers"), _ => true);
        return rest;
    }

    private ChildProcess StartDashboard(int port) => ChildProcess.StartProduct(
        "WsusDashboard.Dashboard",
        $"--Dashboard:Api:Token={Token}",
        $"--Dashboard:Port={port.ToString(CultureInfo.InvariantCulture)}",
        "--Dashboard:EnrolmentPort=0",
        $"--Dashboard:DataDirectory={_folder.File("dashboard")}");
}
