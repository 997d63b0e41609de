using System.Text.Json;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.EndToEnd.Tests.Jobs;

/// <summary>The product's main job as an administrator does it on the server itself.</summary>
[Collection(DemoCollection.Name)]
public sealed class CommandLineJobTests(DemoFixture demo)
{
    private const string Agent = "WsusDashboard.Agent";

    [Fact]
    public async Task Administrator_ChecksRepairsAndUndoesOnTheServer()
    {
        var server = demo.Estate.Servers[demo.IndexOf(Scenario.PoolStopped, 1)];
        var data = server.Files.AgentData;

        var (sick, findings) = await ChildProcess.RunProductAsync(Agent, "check", "--json", "--data", data);
        Assert.Equal(1, sick);
        Assert.Contains("pool-rapid-fail", findings, StringComparison.Ordinal);

        var (planned, plan) = await ChildProcess.RunProductAsync(Agent, "plan", "--data", data);
        Assert.Equal(0, planned);
        Assert.Contains("iisreset", plan, StringComparison.OrdinalIgnoreCase);

        // Without a person who can answer, and without --yes, nothing is started.
        var (refused, question) = await ChildProcess.RunProductAsync(Agent, "repair", "--data", data);
        Assert.Equal(2, refused);
        Assert.Contains("--yes", question, StringComparison.Ordinal);

        var (repaired, run) = await ChildProcess.RunProductAsync(Agent, "repair", "--yes", "--json", "--data", data);
        Assert.Equal(0, repaired);
        Assert.True(JsonSerializer.Deserialize<JsonElement>(run).GetProperty("verification").GetProperty("succeeded").GetBoolean(), run);

        var (undone, restored) = await ChildProcess.RunProductAsync(Agent, "undo", "--yes", "--data", data);
        Assert.Equal(0, undone);
        Assert.Contains("queue", restored, StringComparison.OrdinalIgnoreCase);

        var (drifted, after) = await ChildProcess.RunProductAsync(Agent, "check", "--json", "--data", data);
        Assert.Equal(1, drifted);
        Assert.Contains("settings-drift", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfAHealthyServer_ExitsWithZero()
    {
        var server = demo.Estate.Servers[demo.IndexOf(Scenario.Healthy, 1)];

        var (exitCode, output) = await ChildProcess.RunProductAsync(Agent, "check", "--data", server.Files.AgentData);

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task Check_WhereNoAgentAnswers_ExitsWithTwoAndSaysHowToStartIt()
    {
        using var folder = new TempFolder();
        var (exitCode, output) = await ChildProcess.RunProductAsync(Agent, "check", "--data", folder.Path);

        Assert.Equal(2, exitCode);
        Assert.Contains("start", output, StringComparison.OrdinalIgnoreCase);
    }
}
