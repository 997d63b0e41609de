using System.Globalization;

namespace WsusDashboard.EndToEnd.Tests.Attackers;

/// <summary>A server under attack.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where its agent listens for hubs.</param>
/// <param name="Admin">Who administers it.</param>
internal sealed record AttackedServer(string Name, Uri Address, LocalAdmin Admin)
{
    /// <summary>A hub of this server that is stolen the moment it is paired.</summary>
    public async Task<Thief> RobAsync(string hub = "stolen") =>
        new(await StolenHub.PairAsync(Address, await Admin.OpenPairingAsync(), hub, TestContext.Current.CancellationToken));
}

/// <summary>Real agents over simulated servers, in a process that has the runtime settings of the agent. Only a process with one agent says how much memory an agent takes.</summary>
internal sealed class AttackedAgents : IAsyncDisposable
{
    public const long GrowthLimitBytes = 64L * 1024 * 1024;

    private const string Simulator = "WsusDashboard.Simulator";

    private readonly ChildProcess _process;

    private AttackedAgents(ChildProcess process, IReadOnlyList<AttackedServer> servers) => (_process, Servers) = (process, servers);

    /// <summary>In the order of the estate.</summary>
    public IReadOnlyList<AttackedServer> Servers { get; }

    /// <param name="servers">How many.</param>
    /// <param name="folder">Where the estate lies.</param>
    public static async Task<AttackedAgents> StartAsync(int servers, string folder)
    {
        var bin = AppContext.BaseDirectory;

        // The heap of the agent is limited by its own settings, which a program that holds agents does not have. glibc would keep what was freed in an arena a thread; Windows, which agents
        // run on, has one heap, and what is measured here is what they hold.
        var process = ChildProcess.Start(
            "dotnet",
            [
                "exec", "--runtimeconfig", Path.Combine(bin, "WsusDashboard.Agent.runtimeconfig.json"), "--depsfile", Path.Combine(bin, Simulator + ".deps.json"), Path.Combine(bin, Simulator + ".dll"),
                "--agents-only", "--servers", servers.ToString(CultureInfo.InvariantCulture), "--agent-port", "0", "--speed", DemoFixture.Speed.ToString(CultureInfo.InvariantCulture), "--data", folder,
            ],
            new Dictionary<string, string> { ["MALLOC_ARENA_MAX"] = "2" });
        await Eventually.TrueAsync(() => process.HasExited || process.Output.Contains("--agents-only", StringComparison.Ordinal));
        Assert.False(process.HasExited, process.Output);
        var found = process.Output.Split('\n').Where(line => line.Contains("https://", StringComparison.Ordinal)).Select(line => ReadServer(line, folder)).ToList();
        Assert.Equal(servers, found.Count);
        return new(process, found);
    }

    /// <summary>Watches the process, and whether its commands on this server are answered.</summary>
    public Task<Vigil> WatchAsync(AttackedServer server) => Vigil.BeginAsync(_process, server.Admin.ReadTrustAsync);

    /// <summary>Waits until the process needs no more for what it does by itself.</summary>
    public Task SettleAsync() => Vigil.SettleAsync(_process);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>A line of the table that the simulator prints: name first, address of the agent last.</summary>
    private static AttackedServer ReadServer(string line, string folder)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var address = new Uri(words.First(word => word.StartsWith("https://", StringComparison.Ordinal)));
        return new(words[0], address, new(Path.Combine(folder, "servers", words[0], "agent")));
    }
}
