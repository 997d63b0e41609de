using System.Text;
using System.Xml.Linq;
using Microsoft.Web.Administration;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>The applicationHost.config that IIS tooling wrote.</summary>
public sealed class RealConfigurationTests
{
    [Fact]
    public void ApplicationPools_RealFile_AreReadInOrder()
    {
        using var folder = ConfigurationFolder.OfIisExpress();
        using var manager = folder.Open();

        var names = XDocument.Load(folder.ConfigPath).Descendants("applicationPools").Single().Elements("add").Select(add => (string)add.Attribute("name")!);
        Assert.Equal(names, manager.ApplicationPools.Select(pool => pool.Name));
        var pool = manager.ApplicationPools["Clr4IntegratedAppPool"]!;
        Assert.Equal("v4.0", pool.ManagedRuntimeVersion);
        Assert.Equal(@"%IIS_USER_HOME%\config\aspnet.config", pool["CLRConfigFile"]);
        Assert.True(pool.ProcessModel.LoadUserProfile);
        Assert.Equal(1000, pool.QueueLength);
        Assert.Equal("v4.0", pool["managedRuntimeLoader"]);
        Assert.Equal(ManagedPipelineMode.Classic, manager.ApplicationPools["Clr2ClassicAppPool"]!.ManagedPipelineMode);
        Assert.Null(manager.ApplicationPools["WsusPool"]);
    }

    [Fact]
    public void Sites_RealFile_EqualWhatAnXmlReaderFinds()
    {
        using var folder = ConfigurationFolder.OfIisExpress();
        using var manager = folder.Open();
        var section = XDocument.Load(folder.ConfigPath).Descendants("sites").Single();

        var expected = section.Elements("site").SelectMany(site => site.Elements("application").Select(application => (
            Site: (string)site.Attribute("name")!,
            Path: (string)application.Attribute("path")!,
            Pool: (string?)application.Attribute("applicationPool") ?? "Clr4IntegratedAppPool")));
        Assert.Equal(expected, manager.Sites.SelectMany(site => site.Applications.Select(application => (site.Name, application.Path, application.ApplicationPoolName))));
        Assert.Equal(
            section.Elements("site").SelectMany(site => site.Element("bindings")!.Elements("binding")).Select(binding => (string)binding.Attribute("bindingInformation")!),
            manager.Sites.SelectMany(site => site.Bindings).Select(binding => binding.BindingInformation));
    }

    [Fact]
    public void CommitChanges_NothingSet_LeavesTheFileAlone()
    {
        using var folder = ConfigurationFolder.OfIisExpress();
        var before = folder.Bytes;
        var written = File.GetLastWriteTimeUtc(folder.ConfigPath);

        folder.Change(manager => Assert.NotEmpty(manager.ApplicationPools));

        Assert.Equal(before, folder.Bytes);
        Assert.Equal(written, File.GetLastWriteTimeUtc(folder.ConfigPath));
    }

    [Fact]
    public void CommitChanges_AttributeSet_ChangesThatAttributeAndNothingElse()
    {
        using var folder = ConfigurationFolder.OfIisExpress();
        var before = folder.Text;

        folder.Change(manager => manager.ApplicationPools["Clr4IntegratedAppPool"]!.QueueLength = 30000);

        const string Old = "<add name=\"Clr4IntegratedAppPool\" managedRuntimeVersion";
        Assert.Single(before.Split(Old).Skip(1));
        Assert.Equal(before.Replace(Old, "<add name=\"Clr4IntegratedAppPool\" queueLength=\"30000\" managedRuntimeVersion", StringComparison.Ordinal), folder.Text);
    }

    [Fact]
    public void CommitChanges_ChildElementsAbsent_AreCreatedWithTheIndentationOfTheFile()
    {
        using var folder = ConfigurationFolder.OfIisExpress();
        var before = folder.Text;

        folder.Change(manager =>
        {
            manager.ApplicationPools["UnmanagedClassicAppPool"]!.Recycling.PeriodicRestart.PrivateMemory = 4000000;
            manager.ApplicationPools["Clr4IntegratedAppPool"]!.Failure.RapidFailProtection = false;
        });

        var expected = before
            .Replace(
                "            <add name=\"UnmanagedClassicAppPool\" managedPipelineMode=\"Classic\" />\n",
                """
                            <add name="UnmanagedClassicAppPool" managedPipelineMode="Classic">
                                <recycling>
                                    <periodicRestart privateMemory="4000000" />
                                </recycling>
                            </add>

                """,
                StringComparison.Ordinal)
            .Replace(
                "                <processModel loadUserProfile=\"true\" />\n",
                "                <processModel loadUserProfile=\"true\" />\n                <failure rapidFailProtection=\"false\" />\n",
                StringComparison.Ordinal);
        Assert.Equal(expected, folder.Text);
    }

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("iso-8859-1", false)]
    [InlineData("windows-1252", false)]
    public void CommitChanges_OtherEncodingAndLineEnds_AreKept(string encodingName, bool hasByteOrderMark)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(encodingName) ?? Encoding.GetEncoding(encodingName);
        var text = File.ReadAllText(SharedMaterial.Find("iis-express-applicationHost.config"))
            .Replace("encoding=\"UTF-8\"", $"encoding=\"{encodingName}\"", StringComparison.Ordinal)
            .Replace("\n", "\r\n", StringComparison.Ordinal)
            .Replace("    ", "\t", StringComparison.Ordinal)
            .Replace("name=\"WebSite1\"", "name='Wébsite &amp; \"1\"'", StringComparison.Ordinal);
        byte[] Encode(string content) => [.. hasByteOrderMark ? encoding.GetPreamble() : [], .. encoding.GetBytes(content)];
        using var folder = new ConfigurationFolder(Encode(text));

        folder.Change(manager =>
        {
            Assert.Equal("Wébsite & \"1\"", manager.Sites[0].Name);
            manager.ApplicationPools["Clr4IntegratedAppPool"]!.Failure.RapidFailProtection = false;
        });

        const string Before = "<processModel loadUserProfile=\"true\" />";
        Assert.Equal(Encode(text.Replace(Before, Before + "\r\n\t\t\t\t<failure rapidFailProtection=\"false\" />", StringComparison.Ordinal)), folder.Bytes);
    }
}
