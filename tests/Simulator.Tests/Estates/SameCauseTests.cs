using System.Globalization;
using System.Text;
using System.Text.Json;
using WsusDashboard.Agent.Cli;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>Whoever asks about a server, the command line on it or the dashboard, is told the same.</summary>
public sealed class SameCauseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_OfEveryScenario_NamesTheCauseAndTheRepairThatTheDashboardNames()
    {
        var profiles = ScenarioCatalog.Create(17, 1);
        await using var real = await RealDashboard.StartAsync(profiles: profiles);
        var token = await real.IssueAsync(admits: true, uses: profiles.Count);
        for (var index = 0; index < profiles.Count; index++)
        {
            await real.EnrolAsync(index, token);
        }

        await real.UntilUpAsync(profiles.Count);

        // A server goes on living between the two questions.
        HashSet<string?> causes = [];
        foreach (var server in real.Estate.Servers)
        {
            var (_, _, agreed) = await Eventually.Async(
                async () => (server.Name, Here: await CheckAsync(server), There: await ReadAsync(real, server)),
                told => told.There.IsKnown && told.Here == told.There);
            causes.Add(agreed.Cause);
        }

        Assert.True(causes.Count > 7, string.Join(", ", causes));
        await AssertChangeCountsAsync(real, real.Estate.Servers.Single(server => server.Name == profiles[1].Name));
    }

    /// <summary>A limit that somebody raised after the failures: until the next sync ends, nobody knows whether that helped.</summary>
    private static async Task AssertChangeCountsAsync(RealDashboard real, SimulatedServer starved)
    {
        Assert.Equal(Scenario.StarvedPool, starved.Scenario);
        var limit = 1_843_200;
        long? raisedAt = null;
        await Eventually.Async(
            async () =>
            {
                var there = await ReadAsync(real, starved);

                // A sync that ended just then has told something of the new limit already.
                if (there.Cause != FindingIds.SyncAwaited && (raisedAt is null || TimeProvider.System.GetElapsedTime(raisedAt.Value) > TimeSpan.FromSeconds(5)))
                {
                    var before = string.Create(CultureInfo.InvariantCulture, $"privateMemory=\"{limit}\"");
                    limit += 1_024;
                    var text = await File.ReadAllTextAsync(starved.Files.ApplicationHostConfig, Token);
                    Assert.Contains(before, text, StringComparison.Ordinal);
                    await File.WriteAllTextAsync(starved.Files.ApplicationHostConfig, text.Replace(before, string.Create(CultureInfo.InvariantCulture, $"privateMemory=\"{limit}\""), StringComparison.Ordinal), Token);
                    raisedAt = TimeProvider.System.GetTimestamp();
                }

                return (Here: await CheckAsync(starved), There: there);
            },
            told => told.There.Cause == FindingIds.SyncAwaited && told.Here == told.There);
    }

    private static async Task<Answer> ReadAsync(RealDashboard real, SimulatedServer server)
    {
        var items = (await real.ReadAsync("/api/v1/servers?pageSize=100")).GetProperty("items").EnumerateArray();
        var item = items.Single(item => string.Equals(item.GetProperty("name").GetString(), server.Name, StringComparison.OrdinalIgnoreCase));
        return new(Text(item, "health"), Text(item, "cause"), Text(item, "playbook"), Text(item, "condition") != "readingHistory");
    }

    private static async Task<Answer> CheckAsync(SimulatedServer server)
    {
        var text = new StringBuilder();
        var console = new CommandConsole
        {
            In = TextReader.Null,
            Out = new StringWriter(text, CultureInfo.InvariantCulture),
            Error = TextWriter.Null,
            IsInteractive = false,
            WaitForInterruptAsync = token => Task.Delay(Timeout.Infinite, token),
            TimeProvider = TimeProvider.System,
            UserName = "test",
        };
        await AgentCommandLine.InvokeAsync(
            ["check", "--json", "--data", server.Files.AgentData], console, (_, _) => throw new NotSupportedException(), Token);
        using var document = JsonDocument.Parse(text.ToString());
        return new(Text(document.RootElement, "health"), Text(document.RootElement, "cause"), Text(document.RootElement.GetProperty("repair"), "playbook"), IsKnown: true);
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private readonly record struct Answer(string? Health, string? Cause, string? Playbook, bool IsKnown);
}
