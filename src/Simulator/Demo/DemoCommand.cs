using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using WsusDashboard.Simulator.Estates;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Demo;

/// <summary>The command line of the simulator. Exit code 0 = ended as asked, 1 = wrong options or it could not start.</summary>
public static class DemoCommand
{
    private static readonly Option<int> Servers = Number("--servers", "N", "Number of simulated servers, 1 to 200.", EstateOptions.DefaultServers);
    private static readonly Option<int> Port = Number("--port", "P", "TCP port of the dashboard. 0 picks a free one.", DemoOptions.DefaultPort);
    private static readonly Option<int> AgentPort = Number("--agent-port", "P", "TCP port of the first agent; the others follow. 0 picks free ones.", DemoOptions.DefaultAgentPort);
    private static readonly Option<int?> HubPort = new("--hub-port") { HelpName = "P", Description = "TCP port of the dashboard where every second agent connects itself. 0 picks a free one. Default: 5443, or a free one with --port 0.", CustomParser = result => ParseNumber(result) };
    private static readonly Option<string> Data = new("--data") { HelpName = "DIR", Description = "Folder of the estate, kept between starts; by default in your account's local application data.", DefaultValueFactory = _ => DemoOptions.DefaultDataDirectory };
    private static readonly Option<double> Speed = new("--speed") { HelpName = "X", Description = "Speed of the simulation, 0.1 to 1000; 10 is ten times as fast. Timestamps stay real.", DefaultValueFactory = _ => 1, CustomParser = ParseSpeed };
    private static readonly Option<int?> Seed = new("--seed") { HelpName = "N", Description = "Random seed; the same seed makes the same estate. Default: the folder's, else 1.", CustomParser = result => ParseNumber(result) };
    private static readonly Option<int> HistoryDays = Number("--history-days", "N", "Days of history that servers get at their first start, 30 to 730.", ServerProfile.DefaultHistoryDays);
    private static readonly Option<bool> Reset = new("--reset") { Description = "Start over: clears the folder if the simulator created it." };
    private static readonly Option<string?> ApiToken = new("--api-token") { HelpName = "X", Description = "An API token that the dashboard accepts, for scripts; 32 characters or more." };
    private static readonly Option<bool> AgentsOnly = new("--agents-only") { Description = "Start the servers without a dashboard." };

    private static readonly Option<bool> Outage = new("--outage") { Description = "Microsoft Update answers nobody: once three servers have tried to sync (within half an hour, sooner with --speed), the fleet page says so." };

    /// <summary>The command with its options; it has no action of its own.</summary>
    public static RootCommand Create() => new("Runs simulated WSUS servers, each with the real agent, and a dashboard that watches them.")
    {
        Servers, Port, AgentPort, HubPort, Data, Speed, Seed, HistoryDays, Reset, ApiToken, AgentsOnly, Outage,
    };

    /// <param name="arguments">The command line.</param>
    /// <param name="output">Where the demo says what it does.</param>
    /// <param name="error">Where it says what is wrong.</param>
    /// <param name="cancellationToken">Ends the demo as Ctrl+C does.</param>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var parsed = Create().Parse(arguments);
        if (parsed.Errors.Count == 0 && parsed.Action is not null)
        {
            // --help and --version.
            return await parsed.InvokeAsync(new() { Output = output, Error = error }, cancellationToken);
        }

        var errors = parsed.Errors.Select(mistake => mistake.Message).ToList();
        var options = Read(parsed);
        errors.AddRange(DemoOptionsRules.Mistakes(options));
        if (errors.Count > 0)
        {
            foreach (var mistake in errors.Distinct())
            {
                await error.WriteLineAsync(mistake);
            }

            return 1;
        }

        return await RunAsync(options, output, error, cancellationToken);
    }

    private static async Task<int> RunAsync(DemoOptions options, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            await DemoHost.RunAsync(options, output, cancellationToken);
            return 0;
        }
        catch (DemoException exception)
        {
            await error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    // A value that could not be read has its own message; the others are still looked at, so that every mistake is listed at once.
    private static DemoOptions Read(ParseResult parsed)
    {
        var standard = new DemoOptions();
        T Value<T>(Option<T> option, T otherwise)
        {
            var result = parsed.GetResult(option);
            return result is null || result.Errors.Any() ? otherwise : parsed.GetValue(option) ?? otherwise;
        }

        return new()
        {
            Servers = Value(Servers, standard.Servers),
            Port = Value(Port, standard.Port),
            AgentPort = Value(AgentPort, standard.AgentPort),
            HubPort = Value(HubPort, null),
            DataDirectory = Value(Data, standard.DataDirectory),
            Speed = Value(Speed, standard.Speed),
            Seed = Value(Seed, null),
            HistoryDays = Value(HistoryDays, standard.HistoryDays),
            Reset = Value(Reset, false),
            ApiToken = Value(ApiToken, null),
            AgentsOnly = Value(AgentsOnly, false),
            Outage = Value(Outage, false),
        };
    }

    private static Option<int> Number(string name, string helpName, string description, int standard) => new(name)
    {
        HelpName = helpName,
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = result => ParseNumber(result) ?? standard,
    };

    private static int? ParseNumber(ArgumentResult result)
    {
        var text = Text(result);
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        result.AddError($"{Name(result)} is \"{text}\". Allowed: a whole number.");
        return null;
    }

    private static double ParseSpeed(ArgumentResult result)
    {
        var text = Text(result);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return number;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{Name(result)} is \"{text}\". Allowed: {EstateOptions.MinimumSpeed} to {EstateOptions.MaximumSpeed}; 10 = ten times as fast."));
        return 1;
    }

    private static string Text(ArgumentResult result) => string.Join(' ', result.Tokens.Select(token => token.Value));

    private static string Name(ArgumentResult result) => (result.Parent as OptionResult)?.IdentifierToken?.Value ?? "A value";
}
