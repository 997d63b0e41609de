using System.CommandLine;
using WsusDashboard.Agent.Settings;

namespace WsusDashboard.Agent.Cli;

/// <summary>Options of every command that asks the agent.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string?> _address = new("--address") { Description = "Where the agent listens; without it, where its settings say (http://127.0.0.1:5101)." };

    public CommonOptions() => _address.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string?>() is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https")))
        {
            result.AddError($"--address is \"{address}\"; expected a web address such as http://127.0.0.1:5101.");
        }
    });

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON document, and nothing else, on standard output." };

    public void AddTo(Command command)
    {
        command.Options.Add(Json);
        command.Options.Add(_address);
    }

    public async Task<int> WithAgentAsync(ParseResult parsed, Func<AgentClient, Task<int>> command)
    {
        using var agent = new AgentClient(parsed.GetValue(_address) ?? DefaultAddress());
        return await command(agent);
    }

    private static string DefaultAddress()
    {
        var configuration = new ConfigurationManager();
        configuration.AddAgentSettings([], null);
        var options = AgentOptionsReader.Read(configuration, null);
        return new UriBuilder(Uri.UriSchemeHttp, options.ListenAddress, options.Port).Uri.ToString().TrimEnd('/');
    }
}
