using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Features.SignIn;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Security;

/// <summary>TLS for browsers: which files are taken, which are refused in words, and what a browser then sees.</summary>
public sealed class HttpsTests : IDisposable
{
    private const string Password = "the password of the file";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pfx")]
    [InlineData("pem")]
    [InlineData("pem-encrypted")]
    [InlineData("pem-one-file")]
    public async Task Start_WithACertificate_SpeaksTlsOnAnyAddressAndNoPlainHttp(string kind)
    {
        await using var dashboard = await StartAsync(options =>
        {
            Write(options, kind, TimeSpan.FromDays(30));
            options.ListenAddress = "0.0.0.0";
        });
        var port = dashboard.Http.BaseAddress!.Port;
        using var client = Client(out var seen);

        using var response = await client.GetAsync(new Uri($"https://wsusdashboard.test:{port}/sign-in"), TestContext.Current.CancellationToken);
        using var foreign = await client.GetAsync(new Uri($"https://evil.test:{port}/sign-in"), TestContext.Current.CancellationToken);
        using var local = await client.GetAsync(new Uri($"https://localhost:{port}/sign-in"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("CN=wsusdashboard.test", seen[0]);
        Assert.Equal("max-age=31536000", Assert.Single(response.Headers.GetValues("Strict-Transport-Security")));
        Assert.False(local.Headers.Contains("Strict-Transport-Security"));
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{port}/sign-in"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task SignIn_OverTls_SetsACookieThatGoesOverTlsOnly()
    {
        await using var dashboard = await StartAsync(options => Write(options, "pfx", TimeSpan.FromDays(30)));
        await dashboard.AddPersonAsync("anna", new Grant(Role.Viewer, SiteScope.WholeFleet));
        using var client = Client(out _);
        client.BaseAddress = new Uri($"https://localhost:{dashboard.Http.BaseAddress!.Port}");

        var (response, _) = await client.SignInAsync("anna", TestPeople.Password);

        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"), value => value.StartsWith("wsus-session=", StringComparison.Ordinal));
        Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Handshake_BelowTls12_IsRefused()
    {
        await using var dashboard = await StartAsync(options => Write(options, "pfx", TimeSpan.FromDays(30)));
        using var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, dashboard.Http.BaseAddress!.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);

#pragma warning disable CA5397, SYSLIB0039 // What is tried is what is refused.
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls11 }, TestContext.Current.CancellationToken));
#pragma warning restore CA5397, SYSLIB0039
    }

    [Theory]
    [InlineData("missing", "Dashboard:Https:CertificateFile is")]
    [InlineData("expired", "Dashboard:Https:CertificateFile: the certificate")]
    [InlineData("no-key", "Dashboard:Https:KeyFile")]
    [InlineData("wrong-password", "Dashboard:Https:Password")]
    [InlineData("nonsense", "Dashboard:Https:CertificateFile is")]
    [InlineData("key-of-another", "Dashboard:Https:CertificateFile is")]
    [InlineData("key-without-certificate", "Dashboard:Https:CertificateFile is empty")]
    public void Build_CertificateThatCannotBeUsed_NamesTheKeyWithoutThePassword(string kind, string expected)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => DashboardHost.Build([], options =>
        {
            options.DataDirectory = _folder.Path;
            Write(options, kind switch { "no-key" => "certificate-only", "key-of-another" => "pem", _ => "pfx" }, kind == "expired" ? TimeSpan.FromMinutes(-5) : TimeSpan.FromDays(30));
            switch (kind)
            {
                case "missing": options.Https.CertificateFile += ".gone"; break;
                case "wrong-password": options.Https.Password = new("a very wrong password"); break;
                case "nonsense": File.WriteAllBytes(options.Https.CertificateFile, RandomNumberGenerator.GetBytes(500)); break;
                case "key-of-another": File.WriteAllText(options.Https.KeyFile, RSA.Create(2048).ExportPkcs8PrivateKeyPem()); break;
                case "key-without-certificate": options.Https.CertificateFile = ""; break;
                default: break;
            }
        }));

        var problem = Assert.Single(exception.Failures);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("password of the file", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("very wrong", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_Renewed_CountsWithoutARestartAndABrokenOneDoesNot()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var dashboard = await StartAsync(options => Write(options, "pfx", TimeSpan.FromDays(30)), clock);
        var address = new Uri($"https://localhost:{dashboard.Http.BaseAddress!.Port}/health/live");

        var first = await SubjectAsync(address);
        Write(new(), "pfx", TimeSpan.FromDays(60), "CN=renewed.test");
        clock.Advance(TimeSpan.FromMinutes(2));
        var renewed = await SubjectAsync(address);
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "certificate.pfx"), "broken", TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromMinutes(2));
        var kept = await SubjectAsync(address);

        Assert.Equal("CN=wsusdashboard.test", first);
        Assert.Equal("CN=renewed.test", renewed);
        Assert.Equal("CN=renewed.test", kept);
    }

    [Theory]
    [InlineData("http://dash.corp.example")]
    [InlineData("https://dash.corp.example/path")]
    [InlineData("dash.corp.example")]
    public void Validate_PublicAddressThatIsNone_SaysWhatIsAllowed(string address)
    {
        var problem = Assert.Single(OptionMistakes.Of(options => (options.DataDirectory, options.PublicAddress) = (_folder.Path, address)));

        Assert.Contains("Dashboard:PublicAddress", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_OnThisComputer_IsBelievedAndItsHostAnswered()
    {
        await using var dashboard = await StartAsync(options => options.PublicAddress = "https://dash.corp.example");
        using var client = dashboard.Client(token: null);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/sign-in", UriKind.Relative));
        request.Headers.Host = "dash.corp.example";
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "10.1.2.3");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var link = await OwnAccess.MakeSignInLinkAsync(dashboard.Services, "demo", TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        using var linkRequest = new HttpRequestMessage(HttpMethod.Get, new Uri(link, UriKind.Relative));
        linkRequest.Headers.Add("X-Forwarded-For", "10.1.2.3");
        using var fromElsewhere = await client.SendAsync(linkRequest, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.Contains("Strict-Transport-Security"));
        Assert.Equal("/sign-in?notice=link", fromElsewhere.Headers.Location?.ToString());
        Assert.Equal("https://dash.corp.example", dashboard.Get<OwnAddress>().For("http://127.0.0.1:5080"));
    }

    [Theory]
    [InlineData("127.0.0.1, 10.9.9.9", "/sign-in?notice=link")]
    [InlineData("10.9.9.9", "/")]
    public async Task Proxy_OnAnotherComputer_IsBelievedOnlyIfTheOptionsNameIt(string proxies, string expected)
    {
        await using var dashboard = await StartAsync(options =>
        {
            Write(options, "pfx", TimeSpan.FromDays(30));
            (options.PublicAddress, options.ProxyAddresses) = ("https://dash.corp.example", proxies);
        });
        var link = await OwnAccess.MakeSignInLinkAsync(dashboard.Services, "demo", TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        using var client = Client(out _);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://localhost:{dashboard.Http.BaseAddress!.Port}{link}"));
        request.Headers.Add("X-Forwarded-For", "10.1.2.3");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        // Such a link signs in on this computer alone.
        Assert.Equal(expected, response.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("nginx.corp.example", true, 1)]
    [InlineData("10.9.9.9", false, 1)]
    public void Validate_ProxyAddressesThatCannotBe_AreNamed(string proxies, bool isComplete, int expected)
    {
        var problems = OptionMistakes.Of(options =>
        {
            (options.DataDirectory, options.ProxyAddresses) = (_folder.Path, proxies);
            if (isComplete)
            {
                Write(options, "pfx", TimeSpan.FromDays(30));
                options.PublicAddress = "https://dash.corp.example";
            }
        });

        Assert.Equal(expected, problems.Count(problem => problem.Contains("Dashboard:ProxyAddresses", StringComparison.Ordinal)));
    }

    private static HttpClient Client(out List<string> seen)
    {
        var subjects = seen = [];
        return new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectCallback = async (context, token) =>
            {
                // Every name of the tests is this computer.
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, token);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new()
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    subjects.Add(certificate!.Subject);
                    return subjects.Count > 0;
                },
            },
        })
        { Timeout = Eventually.Limit };
    }

    private static async Task<string> SubjectAsync(Uri address)
    {
        using var client = Client(out var seen);
        using var response = await client.GetAsync(address, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return seen[0];
    }

    private Task<TestDashboard> StartAsync(Action<DashboardOptions> configure, TimeProvider? clock = null) => TestDashboard.StartAsync(_folder, options =>
    {
        options.SignIn.AttemptsPerMinute = 1000;
        configure(options);
    }, clock);

    /// <summary>Makes a certificate that is good for this long from now (or has ended), and names its files in the options.</summary>
    private void Write(DashboardOptions options, string kind, TimeSpan validity, string subject = "CN=wsusdashboard.test")
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("wsusdashboard.test");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now + validity);
        string At(string name) => Path.Combine(_folder.Path, name);
        switch (kind)
        {
            case "pem":
                File.WriteAllText(options.Https.CertificateFile = At("certificate.pem"), certificate.ExportCertificatePem());
                File.WriteAllText(options.Https.KeyFile = At("key.pem"), key.ExportPkcs8PrivateKeyPem());
                break;
            case "pem-encrypted":
                File.WriteAllText(options.Https.CertificateFile = At("certificate.pem"), certificate.ExportCertificatePem());
                File.WriteAllText(options.Https.KeyFile = At("key.pem"), key.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
                options.Https.Password = new(Password);
                break;
            case "pem-one-file":
                File.WriteAllText(options.Https.CertificateFile = At("both.pem"), certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
                break;
            case "certificate-only":
                File.WriteAllText(options.Https.CertificateFile = At("certificate.pem"), certificate.ExportCertificatePem());
                break;
            default:
                File.WriteAllBytes(options.Https.CertificateFile = At("certificate.pfx"), certificate.Export(X509ContentType.Pkcs12, Password));
                options.Https.Password = new(Password);
                break;
        }
    }
}
