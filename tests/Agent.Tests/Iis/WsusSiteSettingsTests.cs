using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Iis;

public sealed class WsusSiteSettingsTests : IDisposable
{
    private readonly SettableClock _time = new(new DateTimeOffset(2026, 1, 20, 6, 0, 0, TimeSpan.Zero));
    private readonly TempFolder _folder = new();
    private readonly FakeEdges _edges = new();
    private readonly IisAccess _access;
    private readonly WsusSiteSettings _settings;

    public WsusSiteSettingsTests()
    {
        _edges.Values[(WsusRegistry.SetupKey, "TargetDir")] = _folder.Path;
        _access = new IisAccess(new AgentOptions { ApplicationHostConfig = Config }, _edges);
        _settings = new WsusSiteSettings(_access, _edges, _time);
        WriteConfiguration("Ssl");
    }

    private string Config => _folder.File("applicationHost.config");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadDirectories_ApplicationsAndVirtualDirectories_GivesWhatEachRequires()
    {
        var (directories, problem) = ReadDirectories();

        Assert.Equal("", problem);
        Assert.Equal(
            [
                new WebDirectory { Name = "Content" },
                new WebDirectory { Name = "ApiRemoting30", RequiresTls = true },
                new WebDirectory { Name = "ClientWebService", RequiresClientCertificate = true, RequiresTls = true, RefusesUnlistedAddresses = true },
            ],
            directories);
    }

    [Fact]
    public void ReadDirectories_WithinAMinute_ReadsOnce()
    {
        ReadDirectories();
        WriteConfiguration("None");
        Assert.True(Find("ApiRemoting30").RequiresTls);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.False(Find("ApiRemoting30").RequiresTls);
    }

    [Fact]
    public void ReadDirectories_DamagedSection_SaysWhyAndCountsTheRefusal()
    {
        WriteConfiguration("Sometimes");

        var (directories, problem) = ReadDirectories();

        Assert.Empty(directories);
        Assert.NotEmpty(problem);
        Assert.Equal("access of a directory", Assert.Single(_access.Refusals.All).Call);
    }

    [Fact]
    public void ReadDirectories_NoSite_IsEmptyWithoutAProblem()
    {
        using var manager = _access.Open();

        Assert.Equal(([], ""), _settings.ReadDirectories(manager, null));
    }

    [Fact]
    public void ReadLimits_FilesOfTwoServices_GivesWhatTheySay()
    {
        WriteWebConfig("ClientWebService", """
            <configuration>
              <appSettings><add key="other" value="1" /><add key="maxInstalledPrerequisites" value="800" /></appSettings>
              <system.web><httpRuntime maxRequestLength="204800" executionTimeout="7200" /></system.web>
            </configuration>
            """);
        WriteWebConfig("ApiRemoting30", "<configuration><system.web><httpRuntime maxRequestLength=\"many\" /></system.web></configuration>");

        Assert.Equal(
            [
                new WebServiceLimits { Service = "ClientWebService", MaximumRequestKilobytes = 204_800, ExecutionTimeLimit = TimeSpan.FromHours(2), MaximumInstalledPrerequisites = 800 },
                new WebServiceLimits { Service = "ApiRemoting30" },
            ],
            _settings.ReadLimits());
    }

    [Theory]
    [InlineData("<configuration>")]
    [InlineData("<!DOCTYPE x [<!ENTITY e \"x\">]><configuration>&e;</configuration>")]
    [InlineData("")]
    public void ReadLimits_DamagedOrHostileFile_SaysSo(string text)
    {
        WriteWebConfig("ClientWebService", text);

        var limits = Assert.Single(_settings.ReadLimits());

        Assert.NotEmpty(limits.Problem);
        Assert.Null(limits.MaximumRequestKilobytes);
    }

    [Fact]
    public void ReadLimits_HugeFile_IsNotRead()
    {
        WriteWebConfig("ClientWebService", "<configuration>" + new string(' ', 300_000) + "</configuration>");

        Assert.NotEmpty(Assert.Single(_settings.ReadLimits()).Problem);
    }

    [Fact]
    public void ReadLimits_NoWsus_IsEmpty()
    {
        _edges.Values.Clear();

        Assert.Empty(_settings.ReadLimits());
    }

    private (IReadOnlyList<WebDirectory> Directories, string Problem) ReadDirectories()
    {
        using var manager = _access.Open();
        return _settings.ReadDirectories(manager, "WSUS-Verwaltung");
    }

    private WebDirectory Find(string name) => ReadDirectories().Directories.Single(directory => directory.Name == name);

    private void WriteWebConfig(string service, string text)
    {
        Directory.CreateDirectory(_folder.File(Path.Combine("WebServices", service)));
        File.WriteAllText(_folder.File(Path.Combine("WebServices", service, "web.config")), text);
    }

    private void WriteConfiguration(string flags) => File.WriteAllText(Config, $"""
        <configuration>
          <system.applicationHost>
            <sites>
              <site name="Default Web Site" id="1"><application path="/"><virtualDirectory path="/" /></application></site>
              <site name="WSUS-Verwaltung" id="5">
                <application path="/"><virtualDirectory path="/" /><virtualDirectory path="/Content" /></application>
                <application path="/ApiRemoting30"><virtualDirectory path="/" /></application>
                <application path="/ClientWebService"><virtualDirectory path="/" /></application>
              </site>
            </sites>
          </system.applicationHost>
          <location path="WSUS-Verwaltung/ApiRemoting30"><system.webServer><security><access sslFlags="{flags}" /></security></system.webServer></location>
          <location path="WSUS-Verwaltung/ClientWebService">
            <system.webServer><security><access sslFlags="Ssl, SslNegotiateCert, SslRequireCert" /><ipSecurity allowUnlisted="false" /></security></system.webServer>
          </location>
        </configuration>
        """);
}
