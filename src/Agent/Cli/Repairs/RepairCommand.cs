using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Contract.Mapping;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>Plans, shows, asks, starts by the fingerprint of what was shown, follows.</summary>
internal sealed class RepairCommand(AgentClient agent, CommandConsole console, bool isJson)
{
    public async Task<int> RunAsync(RepairChoice choice, Consent consent, CancellationToken cancellationToken)
    {
        var playbook = await choice.ChooseAsync(agent, console, cancellationToken);
        var plan = await agent.PlanAsync(playbook, choice.Baseline, choice.IncludesRisky, cancellationToken);
        if (!isJson)
        {
            await PlanText.WriteAsync(console.Out, plan.ToDomain());
            await console.Out.WriteLineAsync();
        }

        if (plan.Refusal.Length > 0)
        {
            throw new CliFailure(plan.Refusal);
        }

        await Question.AskAsync(console, $"Repair {plan.ComputerName} now?", isJson, consent, cancellationToken);
        var run = await agent.StartAsync(
            new Wire.StartRepairRequest
            {
                Playbook = plan.Playbook,
                Baseline = plan.Baseline,
                IncludeRisky = plan.IncludesRisky,
                Fingerprint = plan.Fingerprint,
                Context = consent.ContextOf($"{console.UserName} (command line)"),
            },
            cancellationToken);
        return await new RepairFollower(agent, console, isJson).FollowAsync(run, cancellationToken);
    }
}
