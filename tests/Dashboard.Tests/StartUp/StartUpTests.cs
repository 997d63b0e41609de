using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Keys;

namespace WsusDashboard.Dashboard.Tests.StartUp;

/// <summary>What keeps a dashboard from starting is one sentence and exit code 1, not a stack trace.</summary>
public sealed class StartUpTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Dashboard:Port")]
    [InlineData("Dashboard:EnrolmentPort")]
    public async Task Start_PortInUse_IsOneSentenceThatNamesIt(string option)
    {
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var (exitCode, output) = await RunAsync([option == "Dashboard:Port" ? "--Dashboard:EnrolmentPort=0" : "--Dashboard:Port=0"], $"--{option}={port}");

        Assert.Equal(1, exitCode);
        AssertText.Tells(Assert.Single(SentencesOf(output)), port, option);
    }

    [Fact]
    public async Task Start_DataFolderInUse_IsOneSentenceThatNamesIt()
    {
        using var other = DataFolder.Hold(new DashboardOptions { DataDirectory = _folder.Path });

        var (exitCode, output) = await RunAsync([], "--Dashboard:Port=0", "--Dashboard:EnrolmentPort=0");

        Assert.Equal(1, exitCode);
        AssertText.Tells(Assert.Single(SentencesOf(output)), _folder.Path, "Dashboard:DataDirectory", "another dashboard");
    }

    [Fact]
    public async Task Start_FileInPlaceOfTheDataFolder_SaysSoAndNotThatAnotherDashboardUsesIt()
    {
        var file = _folder.File("file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        var (exitCode, output) = await RunAsync([], "--Dashboard:Port=0", "--Dashboard:EnrolmentPort=0", $"--Dashboard:DataDirectory={file}");

        Assert.Equal(1, exitCode);
        var sentence = Assert.Single(SentencesOf(output));
        AssertText.Tells(sentence, file, "Dashboard:DataDirectory");
        Assert.DoesNotContain("another dashboard", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_WhoseWritingWasInterrupted_IsMadeAnewAndWhole()
    {
        File.WriteAllText(_folder.File("dashboard.key.tmp"), "half a k");
        var options = new DashboardOptions { DataDirectory = _folder.Path };

        var made = KeyFile.Open(options).Derive("test");

        Assert.Equal(made, KeyFile.Open(options).Derive("test"));
        Assert.False(File.Exists(_folder.File("dashboard.key.tmp")));
    }

    private Task<(int ExitCode, string Output)> RunAsync(string[] first, params string[] arguments) =>
        ChildProcess.RunProductAsync("WsusDashboard.Dashboard", [$"--Dashboard:DataDirectory={_folder.Path}", .. first, .. arguments]);

    /// <summary>All that was written, but for what the console's log says on its two lines: "info: Category[0]" and the indented message.</summary>
    private static IReadOnlyList<string> SentencesOf(string output)
    {
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", output, StringComparison.Ordinal);
        Assert.DoesNotContain("crit:", output, StringComparison.Ordinal);
        return [.. output.Split('\n').Select(line => line.TrimEnd('\r'))
            .Where(line => line.Trim().Length > 0 && !line.StartsWith("info:", StringComparison.Ordinal) && !line.StartsWith("warn:", StringComparison.Ordinal) && !line.StartsWith("      ", StringComparison.Ordinal))];
    }
}
