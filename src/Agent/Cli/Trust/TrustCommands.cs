using System.CommandLine;
using System.Globalization;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Cli.Trust;

/// <summary>The commands about trust: pair · hubs · unpair · rotate-key. They ask the running agent with its local key; no hub can ask the same.</summary>
internal static class TrustCommands
{
    public static IEnumerable<Command> Create(CommandConsole console) => [Pair(console), Hubs(console), Unpair(console), RotateKey(console)];

    private static Command Pair(CommandConsole console) => Create(
        "pair",
        "Shows a code for the page \"Add server\" of a dashboard. It's valid for ten minutes and for one dashboard; a new code replaces the last one.",
        async (agent, isJson, token) =>
        {
            var opened = await agent.OpenPairingAsync(token);
            if (isJson)
            {
                await JsonOutput.WriteDocumentAsync(console, new PairDocument(opened.Code, opened.ExpiresAt.ToDateTimeOffset(), opened.AgentPin, opened.Port));
                return;
            }

            await console.Out.WriteLineAsync($"Pairing code:  {opened.Code}   (valid until {Wording.Time(opened.ExpiresAt.ToDateTimeOffset())}, for one use)");
            await console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Agent:         port {opened.Port}, key {KeyPin.Shown(opened.AgentPin)}"));
            await console.Out.WriteLineAsync(System.Net.IPAddress.IsLoopback(System.Net.IPAddress.Parse(opened.ListenAddress))
                ? "This agent listens on this computer only, so only a dashboard on this computer can pair. For others, set Agent:ListenAddress to 0.0.0.0 and restart the agent."
                : "In the dashboard, open Add server and enter this server's address and the code.");
        });

    private static Command Hubs(CommandConsole console) => Create(
        "hubs",
        "Lists the dashboards this agent trusts.",
        async (agent, isJson, token) =>
        {
            var state = await agent.GetTrustAsync(token);
            if (isJson)
            {
                await JsonOutput.WriteDocumentAsync(console, new HubsDocument(state.AgentPin, NullIfEmpty(state.NextAgentPin), [.. state.Hubs.Select(HubDocument.From)]));
                return;
            }

            await console.Out.WriteLineAsync($"Key of this agent: {KeyPin.Shown(state.AgentPin)}{(state.NextAgentPin.Length > 0 ? $" (next: {KeyPin.Shown(state.NextAgentPin)})" : "")}");
            await console.Out.WriteLineAsync(state.Hubs.Count == 0
                ? $"This agent isn't paired with a dashboard. To pair one, run \"{CommandConsole.ProgramName} pair\"."
                : string.Create(CultureInfo.InvariantCulture, $"It trusts {state.Hubs.Count} of at most {state.MaximumHubs} dashboards:"));
            foreach (var hub in state.Hubs)
            {
                await console.Out.WriteLineAsync(
                    $"  {hub.Name}   id {hub.Id}, key {KeyPin.Shown(hub.Pin)}, paired {Wording.Time(hub.PairedAt.ToDateTimeOffset())} from {hub.PairedFrom}{(hub.OpenRequests > 0 ? ", connected" : "")}");
            }
        });

    private static Command Unpair(CommandConsole console)
    {
        var hub = new Argument<string>("hub") { Description = "The dashboard's name or id; not needed if there is only one.", DefaultValueFactory = _ => "" };
        var command = Create(
            "unpair",
            "Stops trusting a dashboard at once and closes its connections.",
            async (parsed, agent, isJson, token) =>
            {
                var forgotten = await agent.UnpairHubAsync(parsed.GetValue(hub)!, token);
                if (isJson)
                {
                    await JsonOutput.WriteDocumentAsync(console, HubDocument.From(forgotten));
                    return;
                }

                await console.Out.WriteLineAsync($"{forgotten.Name} is no longer trusted, and its connections were closed. Repairs it started continue to their end.");
            });
        command.Arguments.Add(hub);
        return command;
    }

    private static Command RotateKey(CommandConsole console) => Create(
        "rotate-key",
        "Gives this agent a new key without pairing again: each dashboard gets it over its paired connection, then the agent uses it.",
        async (agent, isJson, token) =>
        {
            var rotation = await agent.RotateKeyAsync(token);
            if (isJson)
            {
                await JsonOutput.WriteDocumentAsync(console, new RotationDocument(rotation.AgentPin, NullIfEmpty(rotation.NextAgentPin), [.. rotation.WaitingFor]));
                return;
            }

            await console.Out.WriteLineAsync(rotation.WaitingFor.Count == 0
                ? $"The new key {KeyPin.Shown(rotation.AgentPin)} is in use."
                : $"The next key is {KeyPin.Shown(rotation.NextAgentPin)}. The agent uses it as soon as {string.Join(", ", rotation.WaitingFor)} know{(rotation.WaitingFor.Count == 1 ? "s" : "")} it; until then the current key stays in use. \"{CommandConsole.ProgramName} hubs\" shows the progress.");
        });

    private static Command Create(string name, string description, Func<AgentClient, bool, CancellationToken, Task> run) =>
        Create(name, description, (_, agent, isJson, token) => run(agent, isJson, token));

    private static Command Create(string name, string description, Func<ParseResult, AgentClient, bool, CancellationToken, Task> run)
    {
        var common = new CommonOptions();
        var command = new Command(name, description);
        common.AddTo(command);
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, async agent =>
        {
            await run(parsed, agent, parsed.GetValue(common.Json), token);
            return ExitCodes.Good;
        }));
        return command;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private sealed record PairDocument(string Code, DateTimeOffset ExpiresAt, string AgentPin, int Port);

    private sealed record HubsDocument(string AgentPin, string? NextAgentPin, IReadOnlyList<HubDocument> Hubs);

    private sealed record RotationDocument(string AgentPin, string? NextAgentPin, IReadOnlyList<string> WaitingFor);

    private sealed record HubDocument(string Id, string Name, string Pin, DateTimeOffset PairedAt, string PairedFrom, bool IsConnected)
    {
        public static HubDocument From(Wire.TrustedHub hub) => new(hub.Id, hub.Name, hub.Pin, hub.PairedAt.ToDateTimeOffset(), hub.PairedFrom, hub.OpenRequests > 0);
    }
}
