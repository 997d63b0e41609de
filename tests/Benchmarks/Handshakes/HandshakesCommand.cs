using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Benchmarks.Fleet;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Benchmarks.Handshakes;

/// <summary>How long it takes until an agent has answered a caller over a new TLS connection with a key on both sides.</summary>
internal static class HandshakesCommand
{
    private const int DefaultCount = 500;
    private const int WarmUpCount = 50;
    private const int SideBySide = 16;
    private const double TargetMilliseconds = 100;

    private static readonly byte[] Request = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray();

    public static async Task<int> RunAsync(string[] arguments, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        var count = DefaultCount;
        if (arguments.Length > 0 && (!int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > 100_000))
        {
            throw new BenchmarkFailure($"The number of handshakes is \"{arguments[0]}\". Allowed: 1 to 100000. Without it, {DefaultCount}.");
        }

        await output.Results.WriteLineAsync("| certificates | at once | handshakes | ms to the first answer, p50 / p95 / p99 | calls to the addresses in them |");
        await output.Results.WriteLineAsync("| --- | ---: | ---: | ---: | ---: |");
        var isMet = true;
        foreach (var namesAddress in (bool[])[false, true])
        {
            isMet &= await MeasureAsync(namesAddress, count, output, cancellationToken);
        }

        return isMet ? 0 : 1;
    }

    private static async Task<bool> MeasureAsync(bool namesAddress, int count, BenchmarkOutput output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("wsus-handshakes-");
        await using var trap = new IssuerTrap();
        try
        {
            var key = Path.Combine(folder.FullName, "caller.pem");
            if (namesAddress)
            {
                await File.WriteAllTextAsync(key, trap.CreatePem("caller"), cancellationToken);
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, IdentityKeys.FileName), trap.CreatePem("agent"), cancellationToken);
            }

            using var caller = namesAddress ? IdentityKey.Read(key) : IdentityKey.Create("caller", TimeProvider.System.GetUtcNow());
            await using var agent = StartableAgent(folder.FullName);
            await agent.StartAsync(cancellationToken);
            var port = agent.Services.GetRequiredService<AgentAddress>().Current!.Port;
            var isMet = true;
            foreach (var atOnce in (int[])[1, SideBySide])
            {
                await RepeatAsync(WarmUpCount, atOnce, new Latencies(), caller, port, cancellationToken);
                var latencies = new Latencies();
                await RepeatAsync(count, atOnce, latencies, caller, port, cancellationToken);
                var times = latencies.Take();
                await output.Results.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {(namesAddress ? "name an address of their issuers" : "self-signed, as agents and dashboards make them")} | {atOnce} | {times.Count} | {times.Half:F1} / {times.P95:F1} / {times.P99:F1} | {trap.Calls} |"));
                isMet &= times.P95 <= TargetMilliseconds && trap.Calls == 0;
            }

            await agent.StopAsync(cancellationToken);
            return isMet;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static WebApplication StartableAgent(string folder)
    {
        var edges = new OnlyOnWindowsEdges();
        return AgentHost.Build(
            [],
            options => (options.Port, options.DataDirectory) = (0, folder),
            new AgentEdges { Services = edges, Wmi = edges, EventLog = edges, Registry = edges, Processes = edges, Libraries = edges },
            settings: new Dictionary<string, string?> { ["Logging:LogLevel:Default"] = "None" });
    }

    private static async Task RepeatAsync(int count, int atOnce, Latencies latencies, IdentityKey caller, int port, CancellationToken cancellationToken) => await Parallel.ForAsync(
        0,
        count,
        new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
        async (_, token) =>
        {
            var begun = TimeProvider.System.GetTimestamp();
            await CallAsync(caller, port, token);
            latencies.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
        });

    // With TLS 1.3 the caller is done before the agent has looked at its certificate: only an answer says that both are.
    private static async Task CallAsync(IdentityKey caller, int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        await using var stream = new SslStream(client.GetStream());
        var options = PinnedTls.ForClient(caller, certificate => certificate is not null);
        options.TargetHost = "localhost";
        await stream.AuthenticateAsClientAsync(options, cancellationToken);
        await stream.WriteAsync(Request, cancellationToken);
        if (await stream.ReadAsync(new byte[1024], cancellationToken) == 0)
        {
            throw new BenchmarkFailure("The agent ended a connection without an answer.");
        }
    }
}
