using System.Globalization;
using System.Text;
using System.Text.Json;
using WsusDashboard.Agent.Cli;
using WsusDashboard.Agent.Cli.Terminal;
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
        foreach (var server in real.Estate.Servers)
        {
            (Answer Here, Answer There) last = default;
            try
            {
                await Eventually.Async(async () => last = (await CheckAsync(server), await ReadAsync(real, server)), told => told.Here == told.There);
            }
            catch (Exception exception) when (!Token.IsCancellationRequested)
            {
                Assert.Fail($"{server.Name} ({server.Scenario}): command line {last.Here}, dashboard {last.There}. {exception.Message}");
            }
        }
    }

    private static async Task<Answer> ReadAsync(RealDashboard real, SimulatedServer server)
    {
        var items = (await real.ReadAsync("/api/v1/servers?pageSize=100")).GetProperty("items").EnumerateArray();
        var item = items.Single(item => string.Equals(item.GetProperty("name").GetString(), server.Name, StringComparison.OrdinalIgnoreCase));
        return new(Text(item, "cause"), Text(item, "playbook"));
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
            ["check", "--json", "--address", server.AgentAddress.GetLeftPart(UriPartial.Authority), "--data", server.Files.AgentData], console, (_, _) => throw new NotSupportedException(), Token);
        using var document = JsonDocument.Parse(text.ToString());
        return new(Text(document.RootElement, "cause"), Text(document.RootElement.GetProperty("repair"), "playbook"));
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private readonly record struct Answer(string? Cause, string? Playbook);
}
