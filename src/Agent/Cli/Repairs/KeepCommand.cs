using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Text;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>Keeps the new settings of a repair that are on trial: shows what clients get, asks, tells the agent.</summary>
internal sealed class KeepCommand(AgentClient agent, CommandConsole console, bool isJson)
{
    public async Task<int> RunAsync(string repairId, Consent consent, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(consent.Reason))
        {
            throw new CliFailure("--reason is missing; keeping settings that are on trial needs a reason.");
        }

        var run = (await agent.GetAsync(repairId, cancellationToken)).ToDomain();
        if (!isJson)
        {
            await console.Out.WriteLineAsync($"{run.Playbook} on {run.ComputerName}, started {Wording.Time(run.StartedAt)} by {run.RequestedBy} ({run.Id})");
            foreach (var endpoint in run.Trial?.Endpoints ?? [])
            {
                await console.Out.WriteLineAsync($"  {endpoint.Endpoint}: {endpoint.WordsBefore} → {(endpoint.WordsAfter.Length > 0 ? endpoint.WordsAfter : "not asked yet")}");
            }
        }

        await Question.AskAsync(console, $"Keep the new settings of {run.PoolName} on {run.ComputerName}, even if clients get worse answers?", isJson, consent, cancellationToken);
        var kept = await agent.KeepAsync(new Wire.KeepSettingsRequest { Id = run.Id, Context = consent.ContextOf($"{console.UserName} (command line)") }, cancellationToken);
        if (isJson)
        {
            await JsonOutput.WriteMessageAsync(console, kept);
        }
        else
        {
            await console.Out.WriteLineAsync($"The new settings of {run.PoolName} stay; the repair continues.");
        }

        return ExitCodes.Good;
    }
}
