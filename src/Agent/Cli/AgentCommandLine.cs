using System.CommandLine;
using Microsoft.Extensions.Options;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Repairs;
using WsusDashboard.Agent.Cli.Setup;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Cli.Trust;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Windows.Native;

namespace WsusDashboard.Agent.Cli;

/// <summary>The agent's command line: run · check · plan · repair · undo · keep · doctor · pair · hubs · unpair · rotate-key · approvals · approve · policy · audit · posture · explain. All but "run", "doctor", "policy", "audit" and "explain" ask the agent that runs on this server, over its local channel.</summary>
public static class AgentCommandLine
{
    private const string RunCommand = "run";
    private const string DoctorName = "doctor";

    /// <summary>Carries one command out and returns its exit code (see <see cref="ExitCodes"/>).</summary>
    /// <param name="arguments">As the process got them.</param>
    /// <param name="console">Where to read and write.</param>
    /// <param name="runAgentAsync">Starts the agent and returns its exit code once it has ended.</param>
    /// <param name="cancellationToken">Ends the command; a repair that it has started goes on.</param>
    public static async Task<int> InvokeAsync(
        string[] arguments, CommandConsole console, Func<string[], CancellationToken, Task<int>> runAgentAsync, CancellationToken cancellationToken)
    {
        var parsed = Build(arguments, console, runAgentAsync).Parse(arguments);
        var mistakes = Mistakes(parsed, arguments);
        if (mistakes.Count > 0)
        {
            foreach (var mistake in mistakes)
            {
                await console.Error.WriteLineAsync(mistake);
            }

            await console.Error.WriteLineAsync($"\"{CommandConsole.ProgramName} --help\" lists the commands, \"{CommandConsole.ProgramName} COMMAND --help\" a command's options.");
            return ExitCodes.NotDone;
        }

        // Ctrl+C belongs to the command: a repair must not be abandoned by the way the process ends.
        var configuration = new InvocationConfiguration
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (OptionsValidationException exception)
        {
            foreach (var failure in exception.Failures)
            {
                await console.Error.WriteLineAsync(failure);
            }

            return ExitCodes.NotDone;
        }
        catch (Exception exception) when (exception is CliFailure or AgentSilentException)
        {
            await console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.NotDone;
        }
        catch (OperationCanceledException)
        {
            await console.Error.WriteLineAsync("Stopped by Ctrl+C.");
            return ExitCodes.NotDone;
        }
    }

    // Settings (--Agent:Port 5102) are for the host, so the parser lets unknown words pass; only the host may take them.
    private static List<string> Mistakes(ParseResult parsed, string[] arguments)
    {
        var command = parsed.CommandResult.Command;
        var mistakes = parsed.Errors.Select(error => error.Message).ToList();
        if (command is RootCommand && arguments.Length > 0 && !arguments[0].StartsWith('-'))
        {
            mistakes.Add($"\"{arguments[0]}\" is not a command. Commands: {string.Join(", ", command.Subcommands.Select(known => known.Name))}.");
        }
        else if (command is not RootCommand && command.Name is not (RunCommand or SetupCommand.InstallName))
        {
            mistakes.AddRange(parsed.UnmatchedTokens.Where(token => command.Name != DoctorName || !DoctorOptions.IsSetting(token)).Select(token => $"\"{token}\" is not an option of {command.Name}."));
        }

        return mistakes;
    }

    internal static RootCommand Build(string[] arguments, CommandConsole console, Func<string[], CancellationToken, Task<int>> runAgentAsync)
    {
        var (serverSetup, services) = EdgeFactory.CreateSetup();
        var setup = new SetupCommand(console, serverSetup, services);
        var root = new RootCommand("WsusDashboard's agent: watches this server and repairs it on request.")
        {
            Run(arguments, runAgentAsync),
            Check(console),
            Plan(console),
            Repair(console),
            Undo(console),
            Keep(console),
            Doctor(arguments, console),
            setup.Install(),
            setup.Uninstall(),
        };
        foreach (var command in TrustCommands.Create(console).Concat(ApprovalCommands.Create(console)).Append(PolicyCommand.Create(console)).Append(AuditCommand.Create(console)).Append(PostureCommand.Create(console)).Append(ExplainCommand.Create(console)))
        {
            root.Subcommands.Add(command);
        }

        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction((_, token) => runAgentAsync(arguments, token));
        return root;
    }

    private static Command Run(string[] arguments, Func<string[], CancellationToken, Task<int>> runAgentAsync)
    {
        var command = new Command(RunCommand, "Starts the agent; the default if you name no command. Add settings like --Agent:Port 5102.") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((_, token) => runAgentAsync([.. arguments.Skip(1)], token));
        return command;
    }

    private static Command Check(CommandConsole console)
    {
        var common = new CommonOptions();
        var baseline = RepairOptions.CreateBaseline();
        var command = new Command("check", "Shows what's wrong with this server and why. Exit code 0 healthy, 1 findings, 2 can't read.") { baseline };
        common.AddTo(command);
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, agent =>
            new CheckCommand(agent, console).RunAsync(parsed.GetValue(baseline)!, parsed.GetValue(common.Json), token)));
        return command;
    }

    private static Command Plan(CommandConsole console)
    {
        var common = new CommonOptions();
        var repair = new RepairOptions();
        var command = new Command("plan", "Shows what a repair would do and changes nothing. Exit code 0, or 2 if it would be refused, or if no repair fixes what's wrong.");
        repair.AddTo(command);
        common.AddTo(command);
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, agent =>
            new PlanCommand(agent, console).RunAsync(repair.Read(parsed), parsed.GetValue(common.Json), token)));
        return command;
    }

    private static Command Repair(CommandConsole console)
    {
        var common = new CommonOptions();
        var (repair, asking) = (new RepairOptions(), new RequesterOptions());
        var command = new Command("repair", "Repairs this server: shows the plan, asks, and follows the repair. Exit code 0 succeeded, 1 failed, cancelled, not proven or rolled back, 2 refused, not reached, or no repair fixes what's wrong.");
        repair.AddTo(command);
        asking.AddTo(command);
        common.AddTo(command);
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, agent =>
            new RepairCommand(agent, console, parsed.GetValue(common.Json)).RunAsync(repair.Read(parsed), asking.Read(parsed), token)));
        return command;
    }

    private static Command Undo(CommandConsole console)
    {
        var common = new CommonOptions();
        var asking = new RequesterOptions();
        var id = new Argument<string>("repair-id")
        {
            Description = "The repair to undo. Default: the newest that can be undone.",
            DefaultValueFactory = _ => RepairQueue.Undoable,
        };
        var command = new Command("undo", "Restores the settings a repair changed, and nothing else. Exit codes as for repair.") { id };
        asking.AddTo(command);
        common.AddTo(command);
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, agent =>
            new UndoCommand(agent, console, parsed.GetValue(common.Json)).RunAsync(parsed.GetValue(id)!, asking.Read(parsed), token)));
        return command;
    }

    private static Command Keep(CommandConsole console)
    {
        var common = new CommonOptions();
        var asking = new RequesterOptions();
        var id = new Argument<string>("repair-id")
        {
            Description = "The repair whose new settings are on trial. Default: the newest.",
            DefaultValueFactory = _ => RepairQueue.Latest,
        };
        var command = new Command("keep", "Keeps a repair's new settings while they're on trial, even if clients get worse answers. Needs --reason. Exit code 0, or 2 if not done.") { id };
        asking.AddTo(command);
        common.AddTo(command);
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, agent =>
            new KeepCommand(agent, console, parsed.GetValue(common.Json)).RunAsync(parsed.GetValue(id)!, asking.Read(parsed), token)));
        return command;
    }

    private static Command Doctor(string[] arguments, CommandConsole console)
    {
        var own = new DoctorOptions();
        var command = new Command(DoctorName, "Tests everything the agent depends on here and changes nothing. If the agent is started with settings, add them like --Agent:Port=5102. Exit code 0 works or isn't installed, 1 attention, 2 something refused.");
        own.AddTo(command);
        command.SetAction((parsed, token) =>
        {
            var (options, mistakes) = DoctorOptions.ReadAgentOptions(arguments);
            return DoctorCommand.RunAsync(options, mistakes, null, console, own.Read(parsed), token);
        });
        return command;
    }
}
