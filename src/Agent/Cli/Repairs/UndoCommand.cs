using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Text;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Cli.Repairs;

/// <summary>Shows what a repair had changed, asks, restores it, follows.</summary>
internal sealed class UndoCommand(AgentClient agent, CommandConsole console, bool isJson)
{
    public async Task<int> RunAsync(string repairId, Consent consent, CancellationToken cancellationToken)
    {
        var original = (await agent.GetAsync(repairId, cancellationToken)).ToDomain();
        if (!isJson)
        {
            await console.Out.WriteLineAsync(
                $"Undo of {original.Playbook} on {original.ComputerName}, started {Wording.Time(original.StartedAt)} by {original.RequestedBy} ({original.Id})");
            await PlanText.WriteChangesAsync(console.Out, [.. original.Changes.Select(Reverse)]);
            await console.Out.WriteLineAsync();
        }

        await Question.AskAsync(console, $"Restore these settings on {original.ComputerName} now?", isJson, consent, cancellationToken);
        var run = await agent.UndoAsync(
            new Wire.UndoRepairRequest
            {
                Id = original.Id,
                Context = consent.ContextOf($"{console.UserName} (command line)"),
            },
            cancellationToken);
        return await new RepairFollower(agent, console, isJson).FollowAsync(run, cancellationToken);
    }

    private static SettingChange Reverse(SettingChange change) => change with { Before = change.After, After = change.Before, Reason = "The value before the repair.", Source = "saved by it" };
}
