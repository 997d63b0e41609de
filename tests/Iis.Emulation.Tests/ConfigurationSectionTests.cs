using System.Runtime.InteropServices;
using System.Xml.Linq;
using WsusDashboard.Iis.Emulation.Errors;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>Sections that are read by their path.</summary>
public sealed class ConfigurationSectionTests
{
    private const string Compression = "system.webServer/httpCompression";

    [Fact]
    public void GetSection_SchemesOfTheRealFile_AreReadAsAnXmlReaderFindsThem()
    {
        using var folder = ConfigurationFolder.OfIisExpress();
        using var manager = folder.Open();

        var schemes = manager.GetApplicationHostConfiguration().GetSection(Compression).GetCollection();

        var expected = XDocument.Load(folder.ConfigPath).Descendants("httpCompression").Single().Elements("scheme").ToArray();
        Assert.NotEmpty(expected);
        Assert.Equal(
            expected.Select(scheme => ((string?)scheme.Attribute("name"), (string?)scheme.Attribute("dll"))),
            schemes.Select(scheme => ((string?)scheme["name"], (string?)scheme["dll"])));
        Assert.All(schemes, scheme => Assert.Equal("", scheme["preCondition"]));
    }

    [Fact]
    public void GetSection_SchemeWithAPreCondition_GivesIt()
    {
        using var folder = new ConfigurationFolder("""
            <configuration>
                <system.webServer>
                    <httpCompression directory="C:\Temp">
                        <scheme name="xpress" doStaticCompression="false" dll="C:\Program Files\Update Services\WebServices\suscomp.dll" preCondition="bitness64" />
                        <dynamicTypes>
                            <add mimeType="text/*" enabled="true" />
                        </dynamicTypes>
                    </httpCompression>
                </system.webServer>
            </configuration>
            """);
        using var manager = folder.Open();

        var scheme = Assert.Single(manager.GetApplicationHostConfiguration().GetSection(Compression).GetCollection());

        Assert.Equal("bitness64", scheme["preCondition"]);
        Assert.Equal(@"C:\Program Files\Update Services\WebServices\suscomp.dll", scheme["dll"]);
    }

    [Theory]
    [InlineData("WSUS Administration/ApiRemoting30", 8, false)]
    [InlineData("wsus administration/apiremoting30", 8, false)]
    [InlineData("WSUS Administration/ApiRemoting30/sub", 8, false)]
    [InlineData("WSUS Administration/Content", 64, true)]
    [InlineData("WSUS Administration", 64, true)]
    [InlineData("Default Web Site", 0, true)]
    [InlineData("", 0, true)]
    public void GetSection_OfAPlace_GivesWhatAppliesThere(string place, int flags, bool allowUnlisted)
    {
        using var folder = new ConfigurationFolder("""
            <configuration>
                <location path="" overrideMode="Allow"><system.webServer /></location>
                <location path="WSUS Administration"><system.webServer><security><access sslFlags="SslRequireCert" /></security></system.webServer></location>
                <location path="WSUS Administration/ApiRemoting30">
                    <system.webServer><security><access sslFlags="Ssl" /><ipSecurity allowUnlisted="false"><add ipAddress="10.0.0.1" /></ipSecurity></security></system.webServer>
                </location>
            </configuration>
            """);
        using var manager = folder.Open();
        var configuration = manager.GetApplicationHostConfiguration();

        Assert.Equal(flags, configuration.GetSection("system.webServer/security/access", place)["sslFlags"]);
        Assert.Equal(allowUnlisted, configuration.GetSection("system.webServer/security/ipSecurity", place)["allowUnlisted"]);
        Assert.Equal(0, configuration.GetSection("system.webServer/security/access")["sslFlags"]);
    }

    [Fact]
    public void SetAttributeValue_OfAPlace_IsRefused()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"WsusPool\" />");
        using var manager = folder.Open();
        var section = manager.GetApplicationHostConfiguration().GetSection("system.webServer/security/access", "site");

        Assert.Throws<PlatformNotSupportedException>(() => section["sslFlags"] = 8);
    }

    [Fact]
    public void GetSection_FlagsThatIisDoesNotKnow_AreADamagedFile()
    {
        using var folder = new ConfigurationFolder("""
            <configuration><location path="site"><system.webServer><security><access sslFlags="Often" /></security></system.webServer></location></configuration>
            """);
        using var manager = folder.Open();
        var configuration = manager.GetApplicationHostConfiguration();

        Assert.Throws<ConfigurationFileException>(() => configuration.GetSection("system.webServer/security/access", "site"));
    }

    [Fact]
    public void GetSection_NotInTheFile_HasNoEntries()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"WsusPool\" />");
        using var manager = folder.Open();

        Assert.Empty(manager.GetApplicationHostConfiguration().GetSection(Compression).GetCollection());
    }

    [Theory]
    [InlineData("system.webServer/httpErrors")]
    [InlineData("httpCompression")]
    [InlineData("")]
    public void GetSection_Unknown_IsRefused(string path)
    {
        using var folder = ConfigurationFolder.OfIisExpress();
        using var manager = folder.Open();

        Assert.ThrowsAny<COMException>(() => manager.GetApplicationHostConfiguration().GetSection(path));
    }

    [Theory]
    [InlineData("<scheme name=\"xpress\" />")]
    [InlineData("<scheme dll=\"a.dll\" />")]
    [InlineData("<scheme name=\"xpress\" dll=\"\" />")]
    [InlineData("<scheme name=\"xpress\" dll=\"a.dll\" /><scheme name=\"XPRESS\" dll=\"b.dll\" />")]
    public void GetSection_DamagedScheme_IsRefusedWithItsPlace(string schemes)
    {
        using var folder = new ConfigurationFolder($"<configuration><system.webServer><httpCompression>{schemes}</httpCompression></system.webServer></configuration>");
        using var manager = folder.Open();

        Assert.Equal(1, Assert.Throws<ConfigurationFileException>(() => manager.GetApplicationHostConfiguration().GetSection(Compression)).Line);
    }

    [Fact]
    public void GetCollection_ElementWithoutEntries_IsRefused()
    {
        using var folder = ConfigurationFolder.WithPools("<add name=\"WsusPool\" />");
        using var manager = folder.Open();

        Assert.ThrowsAny<COMException>(() => manager.ApplicationPools["WsusPool"]!.GetCollection());
    }
}
