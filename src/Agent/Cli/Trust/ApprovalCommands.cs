using System.CommandLine;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Text;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Cli.Trust;

/// <summary>approvals · approve: what the local policy lets wait for a person on the server.</summary>
internal static class ApprovalCommands
{
    public static IEnumerable<Command> Create(CommandConsole console) => [List(console), Approve(console)];

    /// <summary>What waits lives as long as the agent: its end ends all of it, so that nothing begins on approval that was asked of another state of the server.</summary>
    private const string NoneWaits = "Nothing is waiting: when the agent stopped, all requests waiting for approval were cancelled. Start it, then ask again from the dashboard.";

    private static Command List(CommandConsole console)
    {
        var common = new CommonOptions();
        var command = new Command("approvals", "Lists what's waiting for approval on this server. While the agent isn't running, nothing is.");
        common.AddTo(command);
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, console.TimeProvider, Asking(console, common, parsed, token), async _ =>
        {
            await (parsed.GetValue(common.Json) ? JsonOutput.WriteMessageAsync(console, new Wire.ListApprovalsResponse()) : console.Out.WriteLineAsync(NoneWaits));
            return ExitCodes.Good;
        }));
        return command;
    }

    private static Func<AgentClient, Task<int>> Asking(CommandConsole console, CommonOptions common, ParseResult parsed, CancellationToken token) => async agent =>
    {
        var waiting = await agent.ListApprovalsAsync(token);
        if (parsed.GetValue(common.Json))
        {
            await JsonOutput.WriteMessageAsync(console, waiting);
            return ExitCodes.Good;
        }

        foreach (var approval in waiting.Approvals)
        {
            await console.Out.WriteLineAsync($"{approval.Id}  {approval.What}  requested by {approval.Person} via {approval.HubName}, {Wording.Time(approval.AskedAt.ToDateTimeOffset())}, waits until {Wording.Time(approval.ExpiresAt.ToDateTimeOffset())}  {approval.Ticket} {approval.Reason}".TrimEnd());
        }

        if (waiting.Approvals.Count == 0)
        {
            await console.Out.WriteLineAsync("Nothing is waiting for approval.");
        }

        return ExitCodes.Good;
    };

    private static Command Approve(CommandConsole console)
    {
        var common = new CommonOptions();
        var id = new Argument<string>("id") { Description = "The id that \"approvals\" shows." };
        var refuse = new Option<bool>("--refuse") { Description = "Refuse it instead." };
        var command = new Command("approve", "Approves what a dashboard requested; it starts at once.") { id, refuse };
        common.AddTo(command);
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, console.TimeProvider, async agent =>
        {
            var decided = await agent.DecideApprovalAsync(parsed.GetValue(id)!, !parsed.GetValue(refuse), console.UserName, token);
            if (parsed.GetValue(common.Json))
            {
                await JsonOutput.WriteMessageAsync(console, decided);
            }
            else
            {
                await console.Out.WriteLineAsync(decided.Message);
            }

            return ExitCodes.Good;
        }, _ => throw new CliFailure(NoneWaits)));
        return command;
    }
}
