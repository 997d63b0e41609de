using WsusDashboard.Shared.Contract;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Cli;

/// <summary>Plans, shows, asks, starts by the fingerprint of what was shown, follows.</summary>
internal sealed class FixCommand(AgentClient agent, CommandConsole console, bool isJson)
{
    public async Task<int> RunAsync(string playbook, string baseline, Consent consent, CancellationToken cancellationToken)
    {
        var plan = await agent.PlanAsync(playbook, baseline, cancellationToken);
        if (!isJson)
        {
            await PlanText.WriteAsync(console.Out, plan.ToDomain());
            await console.Out.WriteLineAsync();
        }

        if (plan.Refusal.Length > 0)
        {
            throw new CommandFailure(plan.Refusal);
        }

        await Question.AskAsync(console, $"Repair {plan.ComputerName} now?", isJson, consent, cancellationToken);
        var person = $"{console.UserName} (command line)";
        var run = await agent.StartAsync(
            new Wire.StartRemediationRequest
            {
                Playbook = plan.Playbook,
                Baseline = plan.Baseline,
                Fingerprint = plan.Fingerprint,
                RequestedBy = person,
                Reason = consent.Reason,
                IdempotencyKey = Guid.NewGuid().ToString("N"),
                Context = consent.ContextOf(person),
            },
            cancellationToken);
        return await new RunFollower(agent, console, isJson).FollowAsync(run, cancellationToken);
    }
}
