using System.CommandLine;
using System.Globalization;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Outbound;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Shared.Text;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Cli.Trust;

/// <summary>The commands about trust: pair · hubs · unpair · rotate-key. They ask the running agent over its local channel; no hub can ask the same. Where no agent runs, hubs and unpair work on its files.</summary>
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
            await console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Agent:         {(opened.Port == 0 ? "no port" : $"port {opened.Port}")}, key {KeyPin.Shown(opened.AgentPin)}"));
            await console.Out.WriteLineAsync(opened.Port == 0
                ? "This agent listens on no port, because it connects to a dashboard itself, so no dashboard can pair with the code. To change that, set Agent:Listen to yes and restart the agent."
                : System.Net.IPAddress.IsLoopback(System.Net.IPAddress.Parse(opened.ListenAddress))
                ? "This agent listens on this computer only, so only a dashboard on this computer can pair. For others, set Agent:ListenAddress to 0.0.0.0 and restart the agent."
                : "In the dashboard, open Add server and enter this server's address and the code.");
        });

    private static Command Hubs(CommandConsole console) => Create(
        console,
        "hubs",
        "Lists the dashboards this agent trusts, also while it isn't running.",
        async (_, agent, isJson, token) =>
        {
            var state = await agent.GetTrustAsync(token);
            await WriteHubsAsync(console, isJson, state.AgentPin, state.NextAgentPin, state.MaximumHubs, [.. state.Hubs.Select(HubDocument.From)]);
        },
        (_, files, isJson) => WriteHubsAsync(
            console, isJson, files.Keys.Current.Pin, files.Keys.Next?.Pin ?? "", PairedHubs.Maximum, [.. files.Hubs.Select(HubDocument.From)]));

    private static async Task WriteHubsAsync(CommandConsole console, bool isJson, string pin, string nextPin, int maximum, IReadOnlyList<HubDocument> hubs)
    {
        if (isJson)
        {
            await JsonOutput.WriteDocumentAsync(console, new HubsDocument(pin, NullIfEmpty(nextPin), hubs));
            return;
        }

        await console.Out.WriteLineAsync($"Key of this agent: {KeyPin.Shown(pin)}{(nextPin.Length > 0 ? $" (next: {KeyPin.Shown(nextPin)})" : "")}");
        await console.Out.WriteLineAsync(hubs.Count == 0
            ? $"This agent isn't paired with a dashboard. To pair one, run \"{CommandConsole.ProgramName} pair\"."
            : string.Create(CultureInfo.InvariantCulture, $"It trusts {hubs.Count} of at most {maximum} dashboards:"));
        foreach (var hub in hubs)
        {
            await console.Out.WriteLineAsync(
                $"  {hub.Name}   id {hub.Id}, key {KeyPin.Shown(hub.Pin)}, paired {Wording.Time(hub.PairedAt)} from {hub.PairedFrom}{(hub.IsConnected ? ", connected" : "")}");
            foreach (var link in hub.Links)
            {
                await console.Out.WriteLineAsync($"    {link.Describe()}");
            }
        }
    }

    private static Command Unpair(CommandConsole console)
    {
        var hub = new Argument<string>("hub") { Description = "The dashboard's name or id; not needed if there is only one.", DefaultValueFactory = _ => "" };
        var command = Create(
            console,
            "unpair",
            "Stops trusting a dashboard at once and closes its connections, also while the agent isn't running.",
            async (parsed, agent, isJson, token) =>
            {
                var forgotten = HubDocument.From(await agent.UnpairHubAsync(parsed.GetValue(hub)!, token));
                await WriteForgottenAsync(console, isJson, forgotten, "its connections were closed. Repairs it started continue to their end.");
            },
            (parsed, files, isJson) =>
                WriteForgottenAsync(console, isJson, HubDocument.From(files.Trust.UnpairHere(parsed.GetValue(hub)!.Trim())), "the agent, which isn't running, won't know it when it starts."));
        command.Arguments.Add(hub);
        return command;
    }

    private static Task WriteForgottenAsync(CommandConsole console, bool isJson, HubDocument forgotten, string consequence) => isJson
        ? JsonOutput.WriteDocumentAsync(console, forgotten)
        : console.Out.WriteLineAsync($"{forgotten.Name} is no longer trusted, and {consequence}");

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
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, Asked(common, parsed, run, token)));
        return command;
    }

    private static Command Create(
        CommandConsole console, string name, string description, Func<ParseResult, AgentClient, bool, CancellationToken, Task> run, Func<ParseResult, AgentFiles, bool, Task> runOnFiles)
    {
        var common = new CommonOptions();
        var command = new Command(name, description);
        common.AddTo(command);
        command.SetAction((parsed, token) => common.WithAgentAsync(parsed, console.TimeProvider, Asked(common, parsed, run, token), async files =>
        {
            try
            {
                await runOnFiles(parsed, files, parsed.GetValue(common.Json));
                return ExitCodes.Good;
            }
            catch (CommandException exception)
            {
                throw new CliFailure(exception.Message, exception);
            }
        }));
        return command;
    }

    private static Func<AgentClient, Task<int>> Asked(CommonOptions common, ParseResult parsed, Func<ParseResult, AgentClient, bool, CancellationToken, Task> run, CancellationToken token) => async agent =>
    {
        await run(parsed, agent, parsed.GetValue(common.Json), token);
        return ExitCodes.Good;
    };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private sealed record PairDocument(string Code, DateTimeOffset ExpiresAt, string AgentPin, int Port);

    private sealed record HubsDocument(string AgentPin, string? NextAgentPin, IReadOnlyList<HubDocument> Hubs);

    private sealed record RotationDocument(string AgentPin, string? NextAgentPin, IReadOnlyList<string> WaitingFor);

    private sealed record HubDocument(string Id, string Name, string Pin, DateTimeOffset PairedAt, string PairedFrom, bool IsConnected, IReadOnlyList<LinkDocument> Links)
    {
        public static HubDocument From(PairedHub hub) => new(hub.Id, hub.Name, hub.Pin, hub.PairedAt, hub.PairedFrom, IsConnected: false, [.. hub.Addresses.Union(hub.ListedAddresses).Select(address => LinkDocument.From(address, hub))]);

        public static HubDocument From(Wire.TrustedHub hub) =>
            new(hub.Id, hub.Name, hub.Pin, hub.PairedAt.ToDateTimeOffset(), hub.PairedFrom, hub.OpenRequests > 0, [.. hub.Links.Select(LinkDocument.From)]);
    }

    /// <summary>A connection that this agent opens itself.</summary>
    /// <param name="Address">https, of the dashboard's port for agents.</param>
    /// <param name="IsConnected">True while the dashboard keeps a connection.</param>
    /// <param name="Since">Since when it is so.</param>
    /// <param name="Error">Why it isn't connected.</param>
    /// <param name="Attempts">Failed since it was last connected.</param>
    /// <param name="NextAttemptAt">When it is tried again.</param>
    /// <param name="IsGiven">Someone on the server gave the address.</param>
    /// <param name="IsListed">It's in the list that the dashboards signed.</param>
    /// <param name="SameAs">Another address of the same dashboard, which is connected.</param>
    private sealed record LinkDocument(string Address, bool IsConnected, DateTimeOffset? Since, string? Error, int Attempts, DateTimeOffset? NextAttemptAt, bool IsGiven, bool IsListed, string? SameAs)
    {
        public static LinkDocument From(Uri address, PairedHub hub) =>
            new(HubAddress.Text(address), IsConnected: false, null, "the agent isn't running", 0, null, hub.Addresses.Contains(address), hub.ListedAddresses.Contains(address), null);

        public static LinkDocument From(Wire.OutboundLink link) =>
            new(link.Address, link.Connected, link.Since?.ToDateTimeOffset(), NullIfEmpty(link.Error), link.Attempts, link.NextAttemptAt?.ToDateTimeOffset(), link.Given, link.Listed, NullIfEmpty(link.SameAs));

        public string Describe() => $"connects to {Address} ({OutboundLink.OriginOf(IsGiven, IsListed)}): {DescribeState()}";

        private string DescribeState() => IsConnected ? $"connected since {Wording.Time(Since!.Value)}"
            : SameAs is not null ? $"not needed, because {SameAs} leads to the same dashboard"
            : Error is null ? "connecting"
            : $"not connected; {Error}.{(NextAttemptAt is { } at ? $" Next attempt {Wording.Time(at)}." : "")}";
    }
}
