using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Wsus;

/// <summary>WSUS on a port of its own, with TLS and a certificate for another name: a real connection.</summary>
public sealed class WsusTlsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendAsync_CertificateForAnotherName_SaysSoAndHowToNameIt()
    {
        using var certificate = CreateCertificate("sup01.corp.example");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, certificate);
        var service = new UriBuilder(Uri.UriSchemeHttps, "localhost", ((IPEndPoint)listener.LocalEndpoint).Port, "/ApiRemoting30/WebService.asmx").Uri;
        using var transport = new WsusTransport(new FakeEdges().ToEdges(), TimeProvider.System);

        var exception = await Assert.ThrowsAsync<EdgeException>(() => transport.SendAsync(service, WsusRequests.GetSubscriptionState(), Token));
        await serving;

        Assert.Equal(ReadFailure.AccessDenied, exception.Failure);
        Assert.Contains("RemoteCertificateNameMismatch", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Agent:WsusHost", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_NobodyOnThePort_SaysWhereItLooked()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        using var transport = new WsusTransport(new FakeEdges().ToEdges(), TimeProvider.System);

        var exception = await Assert.ThrowsAsync<EdgeException>(() => transport.SendAsync(new Uri($"http://127.0.0.1:{port}/ApiRemoting30/WebService.asmx"), WsusRequests.GetSubscriptionState(), Token));

        Assert.Equal(ReadFailure.Unavailable, exception.Failure);
        Assert.Contains($"127.0.0.1:{port}", exception.Message, StringComparison.Ordinal);
        Assert.Contains("the port is right", exception.Message, StringComparison.Ordinal);
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var client = await listener.AcceptTcpClientAsync(Token);
        var stream = new SslStream(client.GetStream());
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Token);
                await stream.ReadExactlyAsync(new byte[1], Token);
            }
            catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client hangs up on the wrong name; that is the point.
            }
        }
    }

    private static X509Certificate2 CreateCertificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
