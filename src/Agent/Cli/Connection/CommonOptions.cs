using System.CommandLine;
using WsusDashboard.Agent.Settings;

namespace WsusDashboard.Agent.Cli.Connection;

/// <summary>Options of every command that asks the agent.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string?> _data = CreateData();

    public Option<bool> Json { get; } = CreateJson();

    public void AddTo(Command command)
    {
        command.Options.Add(Json);
        command.Options.Add(_data);
    }

    public async Task<int> WithAgentAsync(ParseResult parsed, Func<AgentClient, Task<int>> command)
    {
        using var agent = new AgentClient(DataDirectory(parsed.GetValue(_data)));
        return await command(agent);
    }

    /// <summary>Asks the agent; where none runs, the command works on the agent's files, which it then has to itself.</summary>
    public async Task<int> WithAgentAsync(ParseResult parsed, TimeProvider timeProvider, Func<AgentClient, Task<int>> command, Func<AgentFiles, Task<int>> whereNoneRuns)
    {
        try
        {
            return await WithAgentAsync(parsed, command);
        }
        catch (AgentSilentException exception) when (exception.IsAbsent)
        {
            var options = AgentSettings.Read([]);
            options.DataDirectory = DataDirectory(parsed.GetValue(_data));
            await using var files = AgentFiles.Open(options, timeProvider, exception);
            return await whereNoneRuns(files);
        }
    }

    public static Option<string?> CreateData() => new("--data") { HelpName = "DIR", Description = "The agent's data folder. Default: the one in its settings." };

    public static Option<bool> CreateJson() => new("--json") { Description = "Print one JSON document to standard output, and nothing else." };

    /// <summary>The folder that was named, or the one of the agent's settings.</summary>
    public static string DataDirectory(string? named) => named is null ? AgentSettings.Read([]).DataDirectory : Path.GetFullPath(named);
}
