using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Contract.Mapping;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>Shows a plan; changes nothing.</summary>
internal sealed class PlanCommand(AgentClient agent, CommandConsole console)
{
    public async Task<int> RunAsync(RepairChoice choice, bool isJson, CancellationToken cancellationToken)
    {
        var playbook = await choice.ChooseAsync(agent, console, cancellationToken);
        var plan = await agent.PlanAsync(playbook, choice.Baseline, choice.IncludesRisky, cancellationToken);
        if (isJson)
        {
            await JsonOutput.WriteMessageAsync(console, plan);
        }
        else
        {
            await PlanText.WriteAsync(console.Out, plan.ToDomain());
        }

        return plan.Refusal.Length == 0 ? ExitCodes.Good : ExitCodes.NotDone;
    }
}
