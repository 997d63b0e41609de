using System.Net;
using System.Security.Cryptography.X509Certificates;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>A certificate can name addresses where more is to be had. The agent runs as the system: it calls none of them for a stranger.</summary>
public sealed class HandshakeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handshake_CertificatesOfBothSidesNameAnAddress_NobodyCallsIt()
    {
        await using var trap = new IssuerTrap();
        using var folder = new TempFolder();
        await using var agent = await TestAgent.StartAsync(
            new FakeEdges(), options => File.WriteAllText(Path.Combine(options.DataDirectory, IdentityKeys.FileName), trap.CreatePem("agent")));
        using var stranger = Read(folder, trap.CreatePem("stranger"));
        X509Certificate? seen = null;
        using var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = PinnedTls.ForClient(stranger, certificate => (seen = certificate) is not null) };
        using var client = new HttpClient(handler) { BaseAddress = TestHub.AddressOf(agent) };

        using var answer = await client.GetAsync(new Uri("/v1/info", UriKind.Relative), Token);

        // The agent has answered, so it has seen the stranger's certificate.
        Assert.Equal((HttpStatusCode.Unauthorized, "CN=agent"), (answer.StatusCode, seen?.Subject));
        Assert.Equal(0, trap.Calls);
    }

    [Fact]
    public async Task Chain_AsDotNetBuildsItByDefault_CallsTheAddress()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the system builds the chain, and decides when it calls.");
        await using var trap = new IssuerTrap();
        using var folder = new TempFolder();
        using var stranger = Read(folder, trap.CreatePem("stranger"));
        using var chain = new X509Chain { ChainPolicy = { RevocationMode = X509RevocationMode.NoCheck } };

        chain.Build(stranger.Certificate);

        Assert.NotEqual(0, trap.Calls);
    }

    private static IdentityKey Read(TempFolder folder, string pem)
    {
        var path = folder.File("stranger.pem");
        File.WriteAllText(path, pem);
        return IdentityKey.Read(path);
    }
}
