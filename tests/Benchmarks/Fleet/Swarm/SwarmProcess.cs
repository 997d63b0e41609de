using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using WsusDashboard.Benchmarks.Footprint;

namespace WsusDashboard.Benchmarks.Fleet.Swarm;

/// <summary>The swarm as another process sees it. Threading: one question at a time.</summary>
internal sealed class SwarmProcess : IAsyncDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(3);

    private readonly Process _process;

    private SwarmProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Fingerprint of each server's key, by its index.</summary>
    public IReadOnlyList<string> Pins { get; private set; } = [];

    public ProcessUse Use => ProcessTree.Read(_process.Id);

    /// <param name="servers">Number of servers.</param>
    /// <param name="port">The port that all of them have, each at a loopback address of its own.</param>
    /// <param name="marker">The start of the run.</param>
    /// <param name="hubPins">Keys of the dashboards.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="hubPorts">Ports for agents to which the servers connect themselves; null = the dashboards connect.</param>
    public static async Task<SwarmProcess> StartAsync(int servers, int port, ChangeMarker marker, IEnumerable<string> hubPins, CancellationToken cancellationToken, IReadOnlyList<int>? hubPorts = null)
    {
        string[] arguments =
        [
            typeof(SwarmProcess).Assembly.Location, SwarmCommand.Name,
            "--servers", Text(servers), "--port", Text(port), "--started", Text(marker.StartedAtUnixMilliseconds),
            .. (hubPorts ?? []).SelectMany(hub => new[] { "--hub-port", Text(hub) }),
            .. hubPins.SelectMany(pin => new[] { "--hub-pin", pin }),
        ];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };

        // It is the world, not what is measured: it may collect when it wants, but must stay small.
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCConserveMemory"] = "5";
        start.Environment["DOTNET_TieredPGO"] = "0";

        // Hexadecimal: 16 MB for what is young. What the swarm allocates lives for one message.
        start.Environment["DOTNET_GCgen0size"] = "1000000";

        // OpenSSL's memory in one heap: with one for each thread, half of it stays free and resident.
        start.Environment["MALLOC_ARENA_MAX"] = "1";
        var swarm = new SwarmProcess(Process.Start(start) ?? throw new BenchmarkFailure("The swarm's process did not start."), port);
        swarm.Pins = await swarm.ReadAsync<string[]>(cancellationToken);
        return swarm;

        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    public Task<SwarmState> ReadStateAsync(CancellationToken cancellationToken) => AskAsync("state", cancellationToken);

    /// <inheritdoc cref="SwarmMemory.GiveBack"/>
    public Task<SwarmState> SettleAsync(CancellationToken cancellationToken) => AskAsync("settle", cancellationToken);

    /// <summary>Begins to measure anew how long nobody watches a server.</summary>
    public Task<SwarmState> ForgetGapsAsync(CancellationToken cancellationToken) => AskAsync("gaps", cancellationToken);

    /// <inheritdoc cref="SwarmFleet.Spoil"/>
    public Task<SwarmState> SpoilAsync(double share, CancellationToken cancellationToken) => AskAsync(string.Create(CultureInfo.InvariantCulture, $"spoil {share}"), cancellationToken);

    /// <inheritdoc cref="SwarmFleet.StartSyncs"/>
    public Task<SwarmState> StartSyncsAsync(int count, CancellationToken cancellationToken) => AskAsync(string.Create(CultureInfo.InvariantCulture, $"sync {count}"), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // It ends with its input; one that does not is ended.
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<SwarmState> AskAsync(string line, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await ReadAsync<SwarmState>(cancellationToken);
    }

    private async Task<T> ReadAsync<T>(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        var line = await _process.StandardOutput.ReadLineAsync(limit.Token);
        return line is not null && JsonSerializer.Deserialize<T>(line) is { } answer ? answer : throw new BenchmarkFailure("The swarm's process has ended.");
    }
}
