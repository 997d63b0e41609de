using System.CommandLine;
using WsusDashboard.Agent.Settings;

namespace WsusDashboard.Agent.Cli;

/// <summary>The options of "doctor"; the simulator's command of that name has the same.</summary>
public sealed class DoctorOptions
{
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document, and nothing else, on standard output." };

    public void AddTo(Command command) => command.Options.Add(_json);

    public DoctorRequest Read(ParseResult parsed) => new(parsed.GetValue(_json));

    /// <summary>The agent's own settings; where they have mistakes, the defaults and the mistakes: a doctor must not need health.</summary>
    internal static (AgentOptions Options, IReadOnlyList<string> Mistakes) ReadAgentOptions()
    {
        try
        {
            return (CommonOptions.ReadAgentOptions(), []);
        }
        catch (AgentOptionsException exception)
        {
            return (AgentOptionsReader.Read(new ConfigurationManager(), null), exception.Errors);
        }
    }
}
