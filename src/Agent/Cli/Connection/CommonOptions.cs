using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WsusDashboard.Agent.Settings;

namespace WsusDashboard.Agent.Cli.Connection;

/// <summary>Options of every command that asks the agent.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string?> _address = new("--address") { Description = "The agent's address. Default: the one in its settings (http://127.0.0.1:5101)." };

    private readonly Option<string?> _data = CreateData();

    public CommonOptions() => _address.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string?>() is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        {
            result.AddError($"--address is \"{address}\"; expected an address of this computer such as http://127.0.0.1:5101. For agents on other computers, use the dashboard.");
        }
    });

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON document to standard output, and nothing else." };

    public void AddTo(Command command)
    {
        command.Options.Add(Json);
        command.Options.Add(_address);
        command.Options.Add(_data);
    }

    public async Task<int> WithAgentAsync(ParseResult parsed, Func<AgentClient, Task<int>> command)
    {
        var options = AgentSettings.Read([]);
        using var agent = new AgentClient(parsed.GetValue(_address) ?? DefaultAddress(options), LocalCredential.Read(parsed.GetValue(_data) ?? options.DataDirectory));
        return await command(agent);
    }

    public static Option<string?> CreateData() => new("--data") { HelpName = "DIR", Description = "The agent's data folder. Default: the one in its settings." };

    /// <summary>The folder that was named, or the one of the agent's settings.</summary>
    public static string DataDirectory(string? named) => named ?? AgentSettings.Read([]).DataDirectory;

    /// <summary>An agent that listens on any address of this computer listens on loopback too.</summary>
    internal static string DefaultAddress(AgentOptions options)
    {
        var isVersion6 = IPAddress.TryParse(options.ListenAddress, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        return string.Create(CultureInfo.InvariantCulture, $"http://{(isVersion6 ? "[::1]" : "127.0.0.1")}:{options.Port}");
    }
}
