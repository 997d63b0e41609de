using System.CommandLine;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Cli.Trust;

/// <summary>approvals · approve: what the local policy lets wait for a person on the server.</summary>
internal static class ApprovalCommands
{
    public static IEnumerable<Command> Create(CommandConsole console) => [List(console), Approve(console)];

    private static Command List(CommandConsole console)
    {
        var common = new CommonOptions();
        var command = new Command("approvals", "Lists what's waiting for approval on this server.");
        common.AddTo(command);
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, async agent =>
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
        }));
        return command;
    }

    private static Command Approve(CommandConsole console)
    {
        var common = new CommonOptions();
        var id = new Argument<string>("id") { Description = "The id that \"approvals\" shows." };
        var refuse = new Option<bool>("--refuse") { Description = "Refuse it instead." };
        var command = new Command("approve", "Approves what a dashboard requested; it starts at once.") { id, refuse };
        common.AddTo(command);
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, async agent =>
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
        }));
        return command;
    }
}
