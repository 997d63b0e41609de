using System.Diagnostics;
using System.Globalization;
using WsusDashboard.Agent.Security.Local;
using WsusDashboard.Simulator.Demo;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.EndToEnd.Tests.Fuzzing;

/// <summary>Whatever is sent to whatever route of agent and dashboard: it is refused or done, never a fault, and nothing piles up.</summary>
public sealed class FuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    // What a program may hold more after the attack than after its beginning: its own history goes on in the meantime.
    private const long GrowthLimitBytes = 64L * 1024 * 1024;
    private const int BatchRequests = 10_000;

    // The audits are on the disk before a command counts: in memory, a million bodies measure the programs and not the disk. The name is short, because the agents' sockets are below it.
    private readonly string _folder = OperatingSystem.IsLinux() && Directory.Exists("/dev/shm")
        ? Directory.CreateDirectory($"/dev/shm/wsus-fuzz-{Path.GetRandomFileName()}").FullName
        : Directory.CreateTempSubdirectory("wsusdashboard-fuzz-").FullName;
    private DemoHost? _demo;

    private DemoHost Demo => _demo ?? throw new InvalidOperationException("The demo is not started.");

    private SimulatedServer Server => Demo.Estate.Servers[0];

    public async ValueTask InitializeAsync() =>
        _demo = await DemoHost.StartAsync(new DemoOptions { Servers = 2, Port = 0, AgentPort = 0, DataDirectory = Path.Combine(_folder, "demo") }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public Task HostileBodies_EveryRouteOfTheAgent_NoFault() => AttackAsync(AgentTarget(), 8_000);

    [Fact]
    public Task HostileBodies_EveryRouteOfTheDashboard_NoFault() => AttackAsync(DashboardTarget(), 6_000);

    /// <summary>Half a million bodies each: many minutes, so it runs when asked for. WSUSDASHBOARD_FUZZ_BODIES sends another number in all.</summary>
    [Fact(Explicit = true)]
    public async Task MillionHostileBodies_EveryRoute_NoFault()
    {
        var each = (int.TryParse(Environment.GetEnvironmentVariable("WSUSDASHBOARD_FUZZ_BODIES"), NumberStyles.None, CultureInfo.InvariantCulture, out var bodies) ? bodies : 1_000_000) / 2;
        await AttackAsync(AgentTarget(), each);
        await AttackAsync(DashboardTarget(), each);
    }

    /// <summary>What each route leaves in memory, for whoever looks for growth: bytes a request, the most first.</summary>
    [Fact(Explicit = true)]
    public async Task MemoryARequest_OfEachRoute_IsListed()
    {
        const int Requests = 640;
        foreach (var target in new[] { AgentTarget(), DashboardTarget() })
        {
            List<(long Bytes, string Route)> found = [];
            foreach (var route in target.Routes)
            {
                using var run = new FuzzRun(target with { Routes = [route] });
                await run.SendAsync(Requests / 10, 1, TestContext.Current.CancellationToken);
                var before = GC.GetTotalMemory(forceFullCollection: true);
                await run.SendAsync(Requests, 2, TestContext.Current.CancellationToken);
                found.Add(((GC.GetTotalMemory(forceFullCollection: true) - before) / Requests, route.ToString()));
            }

            output.WriteLine(string.Join(Environment.NewLine, found.OrderByDescending(entry => entry.Bytes).Take(15).Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Bytes} bytes: {entry.Route}"))));
        }
    }

    private async Task AttackAsync(FuzzTarget target, int requests)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var run = new FuzzRun(target);
        var (heldAtFirst, startedAt, sent) = (0L, Stopwatch.GetTimestamp(), 0);
        for (var seed = 1; sent < requests && run.Failures.Count == 0; seed++)
        {
            var batch = Math.Min(BatchRequests, requests - sent);
            await run.SendAsync(batch, seed, cancellationToken);
            sent += batch;
            heldAtFirst = heldAtFirst == 0 ? GC.GetTotalMemory(forceFullCollection: true) : heldAtFirst;
            if (sent % (BatchRequests * 5) == 0)
            {
                TestContext.Current.SendDiagnosticMessage("{0}", Line(sent));
            }
        }

        var held = GC.GetTotalMemory(forceFullCollection: true);
        var growth = held - heldAtFirst;
        var answers = string.Join(", ", run.Answers.OrderByDescending(answer => answer.Value).Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Key}: {answer.Value}")));
        output.WriteLine($"{Line(sent)}; held {heldAtFirst / 1024} KB after the first batch, {held / 1024} KB at the end; {target.Routes.Count} routes, each at least {run.FewestOfARoute} times");
        output.WriteLine(answers);
        output.WriteLine(string.Join(Environment.NewLine, run.Slowest));

        Assert.True(run.Failures.Count == 0, string.Join(Environment.NewLine, run.Failures));
        Assert.InRange(growth, long.MinValue, GrowthLimitBytes);
        Assert.True(Server.IsAgentRunning);

        // Refused at the door alone would prove little: some requests must have come through, and no few of them were refused for what they say.
        Assert.True(run.Answers.Keys.Any(status => status is "200" or "204" or "grpc 0"), answers);
        Assert.True(run.Answers.Keys.Any(status => status is "400" or "grpc 3"), answers);

        string Line(int count)
        {
            var elapsed = Stopwatch.GetElapsedTime(startedAt);
            return string.Create(CultureInfo.InvariantCulture, $"{target.Address}: {count} requests in {elapsed.TotalSeconds:0} s, {count / elapsed.TotalSeconds:0} a second");
        }
    }

    private FuzzTarget AgentTarget() => FuzzTarget.Of(
        LocalChannel.Address,
        Server.AgentServices ?? throw new InvalidOperationException("The agent does not run."),
        "local",
        ["WsusPool", "SMS_EXECUTIVE", "W3SVC", "wsyncmgr", "wcm"],
        () => LocalChannel.CreateHandler(Server.Files.AgentData));

    private FuzzTarget DashboardTarget() => FuzzTarget.Of(
        Demo.DashboardAddress ?? throw new InvalidOperationException("The demo has no dashboard."),
        Demo.DashboardServices ?? throw new InvalidOperationException("The demo has no dashboard."),
        Demo.ApiToken ?? throw new InvalidOperationException("The demo has no token."),
        ["1", "2", "wsyncmgr", "guide", Server.Site, Server.Name],
        () => new SocketsHttpHandler());
}
