using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Wsus;

/// <summary>The certificate of WSUS can name addresses of its issuer and of revoked certificates. The agent runs as the system: it calls none of them.</summary>
public sealed class WsusIssuerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SendAsync_CertificateNamesAnAddress_NobodyCallsIt(bool hasOwnRoots)
    {
        await using var trap = new IssuerTrap();
        await using var wsus = new OfflineTlsServer(trap.CreatePem("localhost"));
        using var root = TestCertificate.Create("root.corp.example", TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var edges = new FakeEdges().ToEdges() with { TrustedRoots = hasOwnRoots ? [root] : null };
        using var transport = new WsusTransport(edges, TimeProvider.System);

        var exception = await Assert.ThrowsAsync<EdgeException>(() => transport.SendAsync(new Uri($"https://localhost:{wsus.Port}/ApiRemoting30/WebService.asmx"), WsusRequests.GetSubscriptionState(), Token));

        Assert.Equal((ReadFailure.AccessDenied, 1, 0), (exception.Failure, wsus.Connections, trap.Calls));
    }

    [Fact]
    public async Task Examine_CertificateNamesAnAddress_NoProbeCallsIt()
    {
        await using var trap = new IssuerTrap();
        await using var wsus = new OfflineTlsServer(trap.CreatePem("localhost"));
        var edges = new FakeEdges { Values = { [(WsusRegistry.SetupKey, "PortNumber")] = wsus.Port, [(WsusRegistry.SetupKey, "UsingSSL")] = 1 } };
        var options = new AgentOptions { DataDirectory = _folder.Path, ComputerName = "SUP01", Port = 1, WsusHost = "localhost" };

        await ServerExamination.RunAsync(options, [], edges.ToEdges(), null, isForReport: false, Token);

        // Clock, certificate, administration service, history.
        Assert.InRange(wsus.Connections, 4, int.MaxValue);
        Assert.Equal(0, trap.Calls);
    }

    [Fact]
    public async Task Get_AsDotNetDoesItByDefault_CallsTheAddress()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the system builds the chain, and decides when it calls.");
        await using var trap = new IssuerTrap();
        await using var wsus = new OfflineTlsServer(trap.CreatePem("localhost"));
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"https://localhost:{wsus.Port}/"), Token));

        Assert.NotEqual(0, trap.Calls);
    }
}
