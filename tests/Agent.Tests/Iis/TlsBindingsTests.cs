using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Wsus;

namespace WsusDashboard.Agent.Tests.Iis;

/// <summary>The registry names the port of plain HTTP although WSUS takes TLS only; the bindings of its site know better.</summary>
public sealed class TlsBindingsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeEdges _edges = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TlsBindings _bindings;
    private readonly AgentOptions _options;

    public TlsBindingsTests()
    {
        _options = new AgentOptions { ApplicationHostConfig = _folder.File("applicationHost.config") };
        _bindings = new TlsBindings(new IisAccess(_options, _edges), _time);
        _edges.Values[(WsusRegistry.SetupKey, "PortNumber")] = 8530;
        _edges.Values[(WsusRegistry.SetupKey, "UsingSSL")] = 1;
        _edges.Values[(WsusRegistry.SetupKey, "ServerCertificateName")] = "sup01.corp.example";
        _edges.Values[(WsusRegistry.SetupKey, "IISTargetWebSiteIndex")] = 7;
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("*:9443:", 9443)]
    [InlineData("[fe80::1]:8531:sup01.corp.example", 8531)]
    [InlineData("*:443:,*:8531:", 8531)]
    [InlineData("*:443:,*:8530:", 8530)]
    [InlineData("", 8531)]
    public void FindAddress_BindingsOfTheSite_TellThePort(string bindings, int port)
    {
        Write(bindings);

        Assert.Equal(port, FindPort());
    }

    [Fact]
    public void FindAddress_NoConfigurationToRead_TakesTheUsualPair() => Assert.Equal(8531, FindPort());

    [Fact]
    public void FindAddress_BindingChanged_IsSeenAfterTenMinutes()
    {
        Write("*:8531:");
        Assert.Equal(8531, FindPort());
        Write("*:9443:");
        Assert.Equal(8531, FindPort());

        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(9443, FindPort());
    }

    [Fact]
    public void FindAddress_ConfigurationReadableAgain_IsReadAtOnce()
    {
        Assert.Equal(8531, FindPort());

        Write("*:9443:");

        Assert.Equal(9443, FindPort());
    }

    [Fact]
    public void FindAddress_ConfigurationNotReadableAnyMore_KeepsTheBindingsOfBefore()
    {
        Write("*:9443:");
        Assert.Equal(9443, FindPort());
        File.WriteAllText(_options.ApplicationHostConfig, "<configuration>");
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(9443, FindPort());

        Write("*:7443:");
        Assert.Equal(7443, FindPort());
    }

    private int? FindPort() => new WsusRegistry(_edges, _options, _bindings).FindAddress()?.Port;

    private void Write(string bindings)
    {
        var tls = bindings.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(binding => $"""<binding protocol="https" bindingInformation="{binding}" />""");
        File.WriteAllText(
            _options.ApplicationHostConfig,
            $"""
            <configuration>
              <system.applicationHost>
                <applicationPools><add name="WsusPool" /></applicationPools>
                <sites>
                  <site name="Other" id="1"><application path="/" /><bindings><binding protocol="https" bindingInformation="*:7443:" /></bindings></site>
                  <site name="WSUS" id="7"><application path="/" /><bindings><binding protocol="http" bindingInformation="*:8530:" />{string.Concat(tls)}</bindings></site>
                </sites>
              </system.applicationHost>
            </configuration>
            """);
    }
}
