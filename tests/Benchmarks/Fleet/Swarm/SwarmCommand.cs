using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace WsusDashboard.Benchmarks.Fleet.Swarm;

/// <summary>What the swarm says of itself.</summary>
/// <param name="Watched">Servers with an open Watch.</param>
/// <param name="Sent">Changes sent.</param>
/// <param name="Missed">Changes not sent, because the one before was not on the wire yet.</param>
/// <param name="Bytes">On the wire, both directions.</param>
/// <param name="Gaps">Times that a server was watched again, after nobody had.</param>
/// <param name="MedianGapMilliseconds">How long nobody watched it: the median of them; 0 where there was none.</param>
/// <param name="LongestGapMilliseconds">The longest of them.</param>
internal sealed record SwarmState(int Watched, long Sent, long Missed, long Bytes, int Gaps, double MedianGapMilliseconds, double LongestGapMilliseconds);

/// <summary>
/// The swarm's process. It is started by "fleet", which talks to it over its standard streams: a line in, a line of JSON out. It ends with its input.
/// </summary>
internal static class SwarmCommand
{
    public const string Name = "swarm";

    private static readonly Option<int> Servers = new("--servers") { Description = "Number of servers." };
    private static readonly Option<int> Port = new("--port") { Description = "The port that all of them have, each at a loopback address of its own." };
    private static readonly Option<long> Started = new("--started") { Description = "Start of the run, in milliseconds of Unix time." };
    private static readonly Option<int[]> HubPorts = new("--hub-port") { Description = "Ports for agents on 127.0.0.1 to which every server connects itself; none = the hubs connect.", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> HubPins = new("--hub-pin") { Description = "Keys of the paired hubs.", DefaultValueFactory = _ => [] };

    public static async Task<int> RunAsync(string[] arguments, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        var command = new RootCommand("The servers of \"fleet\", in a process of their own. Started by it.") { Servers, Port, HubPorts, Started, HubPins };
        command.SetAction((parsed, token) => ServeAsync(parsed.GetValue(Servers), parsed.GetValue(Port), parsed.GetValue(HubPorts)!, new(parsed.GetValue(Started)), parsed.GetValue(HubPins)!.ToHashSet(), output.Results, token));
        return await command.Parse(arguments).InvokeAsync(new() { Output = output.Results, Error = output.Progress, EnableDefaultExceptionHandler = false }, cancellationToken);
    }

    private static async Task<int> ServeAsync(int servers, int port, int[] hubPorts, ChangeMarker marker, HashSet<string> hubPins, TextWriter output, CancellationToken cancellationToken)
    {
        var fleet = new SwarmFleet(servers, marker);
        await using var dialer = new SwarmDialer(fleet, hubPorts, hubPins);
        await using var host = await SwarmHost.StartAsync(fleet, port, hubPins, hubPorts.Length > 0 ? dialer : null, cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Task.WhenAll(fleet.RunAsync(ended.Token), host.SpoilAsync(ended.Token));
        await AnswerAsync(output, fleet.Servers.Select(server => server.Key.Pin).ToArray());
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            Execute(fleet, line.Split(' '));
            await AnswerAsync(output, StateOf(fleet, host));
        }

        await ended.CancelAsync();
        await running;
        return 0;
    }

    private static SwarmState StateOf(SwarmFleet fleet, SwarmHost host)
    {
        var gaps = fleet.Servers.SelectMany(server => server.Gaps).Select(gap => gap.TotalMilliseconds).Order().ToList();
        return new(fleet.Watched, fleet.Sent, fleet.Missed, host.Bytes, gaps.Count, gaps.Count == 0 ? 0 : gaps[gaps.Count / 2], gaps.LastOrDefault());
    }

    private static void Execute(SwarmFleet fleet, string[] words)
    {
        switch (words)
        {
            case ["state"]:
                break;
            case ["settle"]:
                SwarmMemory.GiveBack();
                break;
            case ["spoil", var share]:
                fleet.Spoil(double.Parse(share, CultureInfo.InvariantCulture));
                break;
            case ["gaps"]:
                foreach (var server in fleet.Servers)
                {
                    server.ForgetGaps();
                }

                break;
            case ["sync", var count]:
                fleet.StartSyncs(int.Parse(count, CultureInfo.InvariantCulture));
                break;
            default:
                throw new BenchmarkFailure($"The swarm does not know \"{string.Join(' ', words)}\". Allowed: state, settle, gaps, spoil SHARE, sync COUNT.");
        }
    }

    private static async Task AnswerAsync<T>(TextWriter output, T answer)
    {
        await output.WriteLineAsync(JsonSerializer.Serialize(answer));
        await output.FlushAsync();
    }
}
