using System.CommandLine;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Installation;
using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Settings;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Setup;

namespace WsusDashboard.Agent.Cli.Setup;

/// <summary>install and uninstall: says what is done, does it, and leaves the server as it was where a step fails.</summary>
internal sealed class SetupCommand(CommandConsole console, IServerSetup setup, IServiceControl services)
{
    public const string InstallName = "install";

    private const string InstallLog = "WsusDashboard.Agent.install.log";
    private const string UninstallLog = "WsusDashboard.Agent.uninstall.log";

    private static string Program => Environment.ProcessPath ?? throw new InvalidOperationException("This program's path isn't known.");

    public Command Install()
    {
        var (options, common) = (new InstallOptions(), new SetupOptions(InstallLog));
        var command = new Command(
            InstallName, "Installs the agent in this folder as a Windows service. Add settings like --Agent:Port 5102. Exit code 0 done, 1 failed and undone, 2 refused before anything changed, 3 failed and not fully undone.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        options.AddTo(command);
        common.AddTo(command);
        command.SetAction((parsed, token) => InstallAsync(parsed, options, common, token));
        return command;
    }

    public Command Uninstall()
    {
        var purge = new Option<bool>("--purge") { Description = "Also delete the data folder (history, journal, keys, policy) and the settings." };
        var common = new SetupOptions(UninstallLog);
        var command = new Command("uninstall", "Removes what install created; the data folder stays. Exit codes as for install.") { purge };
        common.AddTo(command);
        command.SetAction((parsed, token) => RunAsync(
            parsed, common, InstallationPlan.ForRemoval(new(Program, AgentSettings.Read([]), parsed.GetValue(purge), common.TouchesFirewall(parsed))), [], null, token));
        return command;
    }

    private async Task<int> InstallAsync(ParseResult parsed, InstallOptions options, SetupOptions common, CancellationToken cancellationToken)
    {
        RefuseWhereNotAllowed();
        var (request, password) = options.Read(parsed, Program);
        request = request with { OpensFirewall = common.TouchesFirewall(parsed) };
        RefuseOpenFolder(Path.GetDirectoryName(Program)!);
        var present = setup.FindService(AgentOptions.ServiceName)?.Account;
        return await RunAsync(parsed, common, InstallationPlan.For(request, present), [.. InstallationPlan.Notes(request)], password, cancellationToken);
    }

    private async Task<int> RunAsync(
        ParseResult parsed, SetupOptions common, IReadOnlyList<InstallationStep> steps, IReadOnlyList<string> notes, string? password, CancellationToken cancellationToken)
    {
        RefuseWhereNotAllowed();
        await using var log = common.OpenLog(parsed, console);
        if (common.IsWhatIf(parsed))
        {
            foreach (var line in steps.Select(step => step.Describe()).Concat(notes))
            {
                await log.SayAsync(line);
            }

            await log.SayAsync("Nothing was changed.");
            return ExitCodes.Good;
        }

        var carrier = new InstallationRunner(setup, new ServiceActions(services, console.TimeProvider), password);
        var result = await new Installer(carrier, log).RunAsync(steps, cancellationToken);
        foreach (var note in notes.Where(_ => result == InstallationResult.Done))
        {
            await log.SayAsync(note);
        }

        var (code, words) = result switch
        {
            InstallationResult.Done => (ExitCodes.Good, "Done."),
            InstallationResult.Undone => (ExitCodes.Bad, "Failed; this server is as it was before."),
            _ => (ExitCodes.Left, "Failed, and not fully undone. The lines above show what is left."),
        };
        await (code == ExitCodes.Good ? log.SayAsync(words) : log.FailAsync(words));
        return code;
    }

    private void RefuseWhereNotAllowed()
    {
        if (setup.Refusal() is { } refusal)
        {
            throw new CliFailure($"{refusal} Nothing was changed.");
        }
    }

    // The service runs with all rights: who may change its program has them too.
    private void RefuseOpenFolder(string folder)
    {
        IReadOnlyList<string> others;
        try
        {
            others = setup.OthersWhoMayWrite(folder);
        }
        catch (EdgeException exception)
        {
            throw new CliFailure($"{exception.Message} Nothing was changed.", exception);
        }

        if (others.Count > 0)
        {
            throw new CliFailure(
                $"{folder} can be changed by {string.Join(", ", others)}, and the service would run whatever they put there with full rights. "
                + @"Move the folder below C:\Program Files and install from there. Nothing was changed.");
        }
    }
}
