using System.CommandLine;
using Microsoft.Extensions.Options;
using WsusDashboard.Agent.Settings;

namespace WsusDashboard.Agent.Cli;

/// <summary>The options of "doctor"; the simulator's command of that name has the same.</summary>
public sealed class DoctorOptions
{
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document to standard output, and nothing else." };

    private readonly Option<string?> _report = new("--report") { HelpName = "FILE", Description = "Also write a zip file for a bug report. It contains no secrets and lists its contents." };

    private readonly Option<bool> _maskNames = new("--mask-names") { Description = "Replace names of computers, domains and accounts in the report, each with the same word everywhere." };

    public void AddTo(Command command)
    {
        command.Options.Add(_json);
        command.Options.Add(_report);
        command.Options.Add(_maskNames);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_maskNames) && result.GetValue(_report) is null)
            {
                result.AddError("--mask-names works on the report; add --report FILE.");
            }
        });
    }

    public DoctorRequest Read(ParseResult parsed) => new(parsed.GetValue(_json), parsed.GetValue(_report), parsed.GetValue(_maskNames));

    /// <summary>A word of the command line that is a setting of the agent, not an option of this command.</summary>
    internal static bool IsSetting(string word) => word.StartsWith("--Agent:", StringComparison.OrdinalIgnoreCase) && word.Contains('=', StringComparison.Ordinal);

    /// <summary>The agent's own settings; where they have mistakes, the defaults and the mistakes: a doctor must not need health.</summary>
    internal static (AgentOptions Options, IReadOnlyList<string> Mistakes) ReadAgentOptions(IEnumerable<string> words)
    {
        try
        {
            return (AgentSettings.Read([.. words.Where(IsSetting)]), []);
        }
        catch (OptionsValidationException exception)
        {
            return (new ConfigurationManager().ReadAgentOptions(), [.. exception.Failures]);
        }
    }
}
