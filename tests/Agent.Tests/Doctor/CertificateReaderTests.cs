using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Doctor;

public sealed class CertificateReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 6, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_CertificateForAnotherName_IsDescribedAndRefused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, "wsus01.corp.example");

        var reading = await CertificateReader.ReadAsync("localhost", ((IPEndPoint)listener.LocalEndpoint).Port, null, Token);
        await serving;

        Assert.Equal(["wsus01.corp.example"], reading.Names);
        var outcome = reading.Judge(Now);
        Assert.Equal((ProbeState.Refused, ReadFailure.AccessDenied), (outcome.State, outcome.Failure));
        Assert.Contains("connects to \"localhost\"", outcome.Summary, StringComparison.Ordinal);
        Assert.Contains("Agent:WsusHost to a name in the certificate, for example wsus01.corp.example", outcome.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_PortWithoutTls_IsMalformed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerPlainAsync(listener);

        var exception = await Assert.ThrowsAsync<EdgeException>(() => CertificateReader.ReadAsync("localhost", ((IPEndPoint)listener.LocalEndpoint).Port, null, Token));
        await serving;

        Assert.Equal(ReadFailure.Malformed, exception.Failure);
    }

    [Fact]
    public async Task ReadAsync_PortWhereNobodyListens_IsUnavailable()
    {
        var exception = await Assert.ThrowsAsync<EdgeException>(() => CertificateReader.ReadAsync("localhost", 1, null, Token));

        Assert.Equal(ReadFailure.Unavailable, exception.Failure);
    }

    [Theory]
    [InlineData(SslPolicyErrors.None, 400, ProbeState.Works)]
    [InlineData(SslPolicyErrors.None, 10, ProbeState.Attention)]
    [InlineData(SslPolicyErrors.None, -1, ProbeState.Refused)]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors, 400, ProbeState.Refused)]
    [InlineData(SslPolicyErrors.RemoteCertificateNameMismatch, 400, ProbeState.Refused)]
    public void Judge_EachKindOfCertificate_IsToldApart(SslPolicyErrors errors, int daysLeft, ProbeState expected)
    {
        var outcome = new CertificateReading("wsus01", ["wsus01"], Now.AddDays(daysLeft), errors, ["A certificate chain could not be built."]).Judge(Now);

        Assert.Equal(expected, outcome.State);
        Assert.Equal(expected == ProbeState.Works, outcome.Advice.Length == 0);
    }

    private static async Task ServeAsync(TcpListener listener, string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddYears(10));
        using var client = await listener.AcceptTcpClientAsync(Token);
        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(certificate);
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The caller refuses it, as it should.
        }
    }

    private static async Task AnswerPlainAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(Token);
        await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray(), Token);
    }
}
