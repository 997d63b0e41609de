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
