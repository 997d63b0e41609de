using System.CommandLine;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Installation;

namespace WsusDashboard.Agent.Cli.Setup;

/// <summary>Options that "install" and "uninstall" have in common.</summary>
internal sealed class SetupOptions(string logName)
{
    private readonly Option<bool> _whatIf = new("--what-if") { Description = "Show what would be done, but do nothing." };
    private readonly Option<bool> _noFirewall = new("--no-firewall") { Description = "Leave the Windows firewall alone, for example because another product or a group policy manages it." };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print errors only; for group policies and Configuration Manager." };
    private readonly Option<string?> _log = new("--log") { HelpName = "FILE", Description = $@"The log to add to. Default: %SystemRoot%\Logs\{logName}." };

    public void AddTo(Command command)
    {
        command.Options.Add(_whatIf);
        command.Options.Add(_noFirewall);
        command.Options.Add(_quiet);
        command.Options.Add(_log);
    }

    public bool IsWhatIf(ParseResult parsed) => parsed.GetValue(_whatIf);

    public bool TouchesFirewall(ParseResult parsed) => !parsed.GetValue(_noFirewall);

    /// <summary>The log of this run; with --what-if there is none in a file.</summary>
    /// <exception cref="CliFailure">The file cannot be written.</exception>
    public InstallationLog OpenLog(ParseResult parsed, CommandConsole console)
    {
        var output = parsed.GetValue(_quiet) ? null : console.Out;
        if (IsWhatIf(parsed))
        {
            return new InstallationLog(output, console.Error, null, console.TimeProvider);
        }

        var path = parsed.GetValue(_log) ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.Windows), "Logs", logName);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return InstallationLog.Open(output, console.Error, path, console.TimeProvider);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliFailure($"Can't write the log {path}: {exception.Message} Choose another with --log. Nothing was changed.", exception);
        }
    }
}
