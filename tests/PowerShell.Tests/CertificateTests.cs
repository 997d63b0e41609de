using System.Management.Automation;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using WsusDashboard.PowerShell.Client;
using WsusDashboard.PowerShell.Tests.Support;

namespace WsusDashboard.PowerShell.Tests;

/// <summary>Which certificates of a dashboard are taken.</summary>
public sealed class CertificateTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Session _session = new();
    private readonly X509Certificate2 _authority = MakeAuthority("Corp CA");
    private X509Certificate2 _certificate = null!;
    private FakeHub _hub = null!;

    public async ValueTask InitializeAsync()
    {
        _certificate = Issue(_authority);
        _hub = await FakeHub.StartAsync(listen => listen.UseHttps(_certificate));
    }

    [Fact]
    public void Connect_CertificateOfAnUnknownAuthority_IsRefused() => Assert.Equal(("CertificateRefused", ErrorCategory.SecurityError, true), Connect("").Failure);

    [Fact]
    public void Connect_FingerprintOfTheCertificate_IsEnough()
    {
        var fingerprint = string.Join(":", CertificateRule.FingerprintOf(_certificate).ToLowerInvariant().Chunk(2).Select(pair => new string(pair)));

        Assert.Single(Connect($"-CertificateFingerprint {fingerprint}").Output);
    }

    [Fact]
    public void Connect_FingerprintOfAnotherCertificate_IsRefused() =>
        Assert.Equal("CertificateRefused", Connect($"-CertificateFingerprint {CertificateRule.FingerprintOf(_authority)}").Failure.Id);

    [Theory]
    [InlineData("12:34")]
    [InlineData("zz")]
    public void Connect_TextThatIsNoFingerprint_IsRefused(string fingerprint) => Assert.Equal(("InvalidFingerprint", ErrorCategory.InvalidArgument, true), Connect($"-CertificateFingerprint {fingerprint}").Failure);

    [Fact]
    public void Connect_AuthorityOfTheCertificate_IsEnough() => Assert.Single(Connect($"-CertificateAuthorityPath '{Save(_authority)}'").Output);

    [Fact]
    public void Connect_AnotherAuthorityOfTheSameName_IsRefused()
    {
        using var other = MakeAuthority("Corp CA");

        Assert.Equal("CertificateRefused", Connect($"-CertificateAuthorityPath '{Save(other)}'").Failure.Id);
    }

    [Fact]
    public async Task Connect_CertificateOfTheAuthorityForAnotherName_IsRefused()
    {
        using var foreign = Issue(_authority, "other.corp.example");
        await using var hub = await FakeHub.StartAsync(listen => listen.UseHttps(foreign));

        Assert.Equal("CertificateRefused", Connect($"-CertificateAuthorityPath '{Save(_authority)}'", hub).Failure.Id);
        Assert.Empty(hub.Requests);
    }

    [Fact]
    public void Connect_FileThatIsNoCertificate_IsRefused()
    {
        File.WriteAllText(_folder.File("ca.pem"), "no certificate");

        Assert.Equal(("InvalidCertificateAuthority", ErrorCategory.InvalidArgument, true), Connect($"-CertificateAuthorityPath '{_folder.File("ca.pem")}'").Failure);
        Assert.Equal("InvalidCertificateAuthority", Connect($"-CertificateAuthorityPath '{_folder.File("missing.pem")}'").Failure.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        Dispose();
    }

    public void Dispose()
    {
        _session.Dispose();
        _authority.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
    }

    private Session.Result Connect(string parameters, FakeHub? hub = null) => _session.Try($"Connect-WsdDashboard {(hub ?? _hub).Address} -Token $token {parameters}", ("token", Session.Secret(FakeHub.Token)));

    private string Save(X509Certificate2 certificate)
    {
        var path = _folder.File($"{certificate.Thumbprint}.pem");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        return path;
    }

    private static X509Certificate2 MakeAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(30));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string? host = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=dashboard", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (host is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, Now.AddHours(-1), Now.AddDays(10), RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}
