using System.Globalization;
using WsusDashboard.Simulator.Demo;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.EndToEnd.Tests.Fuzzing;

/// <summary>Whatever is sent to whatever route of agent and dashboard: it is refused or done, never a fault, and nothing piles up.</summary>
public sealed class FuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    // What a program may hold more after the attack than after its beginning: its own history goes on in the meantime.
    private const long GrowthLimitBytes = 64L * 1024 * 1024;
    private const int BatchRequests = 10_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("wsusdashboard-fuzz-").FullName;
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

    /// <summary>Half a million bodies each: some minutes, so it runs when asked for.</summary>
    [Fact(Explicit = true)]
    public async Task MillionHostileBodies_EveryRoute_NoFault()
    {
        await AttackAsync(AgentTarget(), 500_000);
        await AttackAsync(DashboardTarget(), 500_000);
    }

    private async Task AttackAsync(FuzzTarget target, int requests)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var run = new FuzzRun(target);
        var heldAtFirst = 0L;
        for (var (sent, seed) = (0, 1); sent < requests; seed++)
        {
            var batch = Math.Min(BatchRequests, requests - sent);
            await run.SendAsync(batch, seed, cancellationToken);
            sent += batch;
            heldAtFirst = heldAtFirst == 0 ? GC.GetTotalMemory(forceFullCollection: true) : heldAtFirst;
        }

        var growth = GC.GetTotalMemory(forceFullCollection: true) - heldAtFirst;
        var answers = string.Join(", ", run.Answers.OrderByDescending(answer => answer.Value).Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Key}: {answer.Value}")));
        output.WriteLine($"{target.Routes.Count} routes, {requests} requests, held memory {growth / 1024} KB more. {answers}");

        Assert.True(run.Failures.Count == 0, string.Join(Environment.NewLine, run.Failures));
        Assert.InRange(growth, long.MinValue, GrowthLimitBytes);
        Assert.True(Server.IsAgentRunning);

        // Refused at the door alone would prove little: some requests must have come through, and no few of them were refused for what they say.
        Assert.True(run.Answers.Keys.Any(status => status is "200" or "204" or "grpc 0"), answers);
        Assert.True(run.Answers.Keys.Any(status => status is "400" or "grpc 3"), answers);
    }

    private FuzzTarget AgentTarget() => FuzzTarget.Of(
        Server.AgentAddress,
        Server.AgentServices ?? throw new InvalidOperationException("The agent does not run."),
        Server.LocalKey,
        ["WsusPool", "SMS_EXECUTIVE", "W3SVC", "wsyncmgr", "wcm"]);

    private FuzzTarget DashboardTarget() => FuzzTarget.Of(
        Demo.DashboardAddress ?? throw new InvalidOperationException("The demo has no dashboard."),
        Demo.DashboardServices ?? throw new InvalidOperationException("The demo has no dashboard."),
        Demo.ApiToken ?? throw new InvalidOperationException("The demo has no token."),
        ["1", "2", "wsyncmgr", "guide", Server.Site, Server.Name]);
}
