using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using WsusDashboard.Iis.Emulation.Errors;
using WsusDashboard.Iis.Emulation.Storage;
using WsusDashboard.Iis.Emulation.Text;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>Files that must be reported with their place, and never touched.</summary>
public sealed class DamagedFileTests
{
    private const string Group = "<configuration>\n <system.applicationHost>\n  ";

    [Theory]
    [InlineData("", 1, 1, "")]
    [InlineData("\0\0\0\0", 1, 1, "")]
    [InlineData("<configuration>\n  <system.applicationHost>\n</configuration>", 3, 3, "configuration")]
    [InlineData(Group + "<applicationPools><add name=\"a\"", 3, 34, "")]
    [InlineData("<!DOCTYPE configuration [<!ENTITY a \"b\">]>\n<configuration />", 1, 1, "DTD")]
    [InlineData("\n<web />", 2, 1, "<web>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"klingon\"?><configuration />", 1, 31, "'klingon'")]
    [InlineData(Group + "<applicationPools>\n   <add queueLength=\"1000\" /></applicationPools></system.applicationHost></configuration>", 4, 4, "'name'")]
    [InlineData(Group + "<applicationPools>\n   <add name=\"a\" queueLength=\"5\" /></applicationPools></system.applicationHost></configuration>", 4, 18, "10 to 65535")]
    [InlineData(Group + "<applicationPools><add name=\"a\">\r\n<recycling><periodicRestart time=\"29h\" /></recycling></add></applicationPools></system.applicationHost></configuration>", 4, 29, "'29h'")]
    [InlineData(Group + "<applicationPools><add name=\"a\"/>\r\r<add name=\"A\"/></applicationPools></system.applicationHost></configuration>", 5, 6, "'A'")]
    [InlineData(Group + "<applicationPools><add name=\"a\"><cpu/><cpu/></add></applicationPools></system.applicationHost></configuration>", 3, 41, "<cpu>")]
    [InlineData(Group + "<applicationPools/><applicationPools/></system.applicationHost></configuration>", 3, 22, "'applicationPools'")]
    [InlineData(Group + "<applicationPools configSource=\"pools.config\"/></system.applicationHost></configuration>", 3, 21, "configSource")]
    [InlineData(Group + "<sites><site name=\"a\" id=\"1\"/><site name=\"b\" id=\"1\"/></sites></system.applicationHost></configuration>", 3, 48, "'id'")]
    [InlineData("<configuration xmlns=\"urn:x\">\n <system.applicationHost><applicationPools><add /></applicationPools></system.applicationHost></configuration>", 2, 44, "'name'")]
    [InlineData(Group + "<sites><site name=\"a\" id=\"1\"><application path=\"no\" /></site></sites></system.applicationHost></configuration>", 3, 45, "'no'")]
    public void Read_DamagedFile_SaysFileLineAndColumn(string text, int line, int column, string named)
    {
        using var folder = new ConfigurationFolder(text);
        using var manager = folder.Open();

        var exception = Assert.Throws<ConfigurationFileException>(() => manager.ApplicationPools);

        Assert.Contains(named, exception.Error, StringComparison.Ordinal);
        Assert.Equal((folder.ConfigPath, line, column), (exception.FileName, exception.Line, exception.Column));
        Assert.StartsWith($"Filename: {folder.ConfigPath}, line number: {line}, column: {column}. Error: ", exception.Message, StringComparison.Ordinal);
        Assert.IsType<COMException>(exception, exactMatch: false);
        RefusesEverythingAndTouchesNothing(folder);
    }

    [Fact]
    public void Read_BytesThatAreNoText_SaysWhere()
    {
        using var folder = new ConfigurationFolder([.. "<configuration>\n  é"u8, 0xC3, .. "</configuration>"u8]);
        using var manager = folder.Open();

        var exception = Assert.Throws<ConfigurationFileException>(() => manager.Sites);

        Assert.Equal((2, 4), (exception.Line, exception.Column));
        Assert.Contains("utf-8", exception.Error, StringComparison.Ordinal);
        RefusesEverythingAndTouchesNothing(folder);
    }

    [Fact]
    public void Read_NestedWithoutEnd_IsRefused()
    {
        using var folder = new ConfigurationFolder("<configuration>" + string.Concat(Enumerable.Repeat("<a>", 100_000)) + string.Concat(Enumerable.Repeat("</a>", 100_000)) + "</configuration>");
        using var manager = folder.Open();

        Assert.Contains($"{XmlFileText.MaximumDepth}", Assert.Throws<ConfigurationFileException>(() => manager.Sites).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileOfManyMegabytes_IsRefusedUnread()
    {
        using var folder = new ConfigurationFolder("");
        using (var stream = File.OpenWrite(folder.ConfigPath))
        {
            stream.SetLength(ConfigurationFile.MaximumBytes + 1);
        }

        using var manager = folder.Open();
        Assert.Contains($"{ConfigurationFile.MaximumBytes}", Assert.Throws<ConfigurationFileException>(() => manager.Sites).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileAbsent_SaysWhichFile()
    {
        using var folder = new ConfigurationFolder("");
        File.Delete(folder.ConfigPath);
        using var manager = folder.Open();

        Assert.Contains(folder.ConfigPath, Assert.Throws<FileNotFoundException>(() => manager.ApplicationPools).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.ConfigPath));
    }

    [Fact]
    public void Read_RealFileCutAnywhere_IsDamagedWithAPlaceInsideTheText()
    {
        var whole = File.ReadAllBytes(SharedMaterial.Find("iis-express-applicationHost.config"));
        var end = Array.LastIndexOf(whole, (byte)'>');
        Gen.Int[0, end].Sample(
            length =>
            {
                using var folder = new ConfigurationFolder(whole[..length]);
                using var manager = folder.Open();
                var exception = Assert.Throws<ConfigurationFileException>(() => manager.ApplicationPools);
                var lines = Encoding.UTF8.GetString(whole, 0, length).Split('\n');
                Assert.InRange(exception.Line, 1, lines.Length);
                Assert.InRange(exception.Column, 1, lines[exception.Line - 1].Length + 1);
                RefusesEverythingAndTouchesNothing(folder);
            },
            iter: 100);
    }

    private static void RefusesEverythingAndTouchesNothing(ConfigurationFolder folder)
    {
        var before = folder.Bytes;
        using var manager = folder.Open();
        Action[] verbs =
        [
            () => manager.ApplicationPools["a"]!.Stop(),
            () => manager.ApplicationPools["a"]!.Start(),
            () => manager.ApplicationPools["a"]!.Recycle(),
            () => manager.ApplicationPools["a"]!.QueueLength = 2000,
            () => manager.ApplicationPools.Add("b"),
            () => _ = manager.WorkerProcesses.Count,
            () => manager.ApplicationPoolDefaults.QueueLength = 2000,
        ];
        Assert.All(verbs, verb => Assert.Throws<ConfigurationFileException>(verb));
        manager.CommitChanges();
        Assert.Equal(before, folder.Bytes);
        Assert.Equal([folder.ConfigPath], Directory.GetFiles(Path.GetDirectoryName(folder.ConfigPath)!));
    }
}
