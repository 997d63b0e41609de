using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Remediation;
using WsusDashboard.Shared.Text;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Cli;

/// <summary>Shows what a repair had changed, asks, restores it, follows.</summary>
internal sealed class UndoCommand(AgentClient agent, CommandConsole console, bool isJson)
{
    public async Task<int> RunAsync(string runId, Consent consent, CancellationToken cancellationToken)
    {
        var original = (await agent.GetAsync(runId, cancellationToken)).ToDomain();
        if (!isJson)
        {
            await console.Out.WriteLineAsync(
                $"Undo of {original.Playbook} on {original.ComputerName}, started {Wording.Time(original.StartedAt)} by {original.RequestedBy} ({original.Id})");
            await PlanText.WriteChangesAsync(console.Out, [.. original.Changes.Select(Reverse)]);
            await console.Out.WriteLineAsync();
        }

        await Question.AskAsync(console, $"Restore these settings of {original.PoolName} on {original.ComputerName} now?", isJson, consent, cancellationToken);
        var person = $"{console.UserName} (command line)";
        var run = await agent.UndoAsync(
            new Wire.UndoRemediationRequest
            {
                Id = original.Id,
                RequestedBy = person,
                Reason = consent.Reason,
                IdempotencyKey = Guid.NewGuid().ToString("N"),
                Context = consent.ContextOf(person),
            },
            cancellationToken);
        return await new RunFollower(agent, console, isJson).FollowAsync(run, cancellationToken);
    }

    private static SettingChange Reverse(SettingChange change) => change with { Before = change.After, After = change.Before, Reason = "The value before the repair.", Source = "saved by it" };
}
