using System.Globalization;
using System.Net;
using System.Net.Sockets;
using WsusDashboard.Agent.Storage;

namespace WsusDashboard.Agent.Tests.Cli;

/// <summary>What keeps an agent from starting is one sentence and exit code 1, not a stack trace: the agent's own program, as a process.</summary>
public sealed class StartUpTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_PortInUse_IsOneSentenceThatNamesIt()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var (exitCode, output) = await RunAsync(_folder.Path, port);

        Assert.Equal(1, exitCode);
        AssertText.Tells(SentenceOf(output), port, "--Agent:Port");
    }

    [Fact]
    public async Task Run_DataFolderOfAnotherAgent_IsOneSentenceThatNamesIt()
    {
        using var other = DataFolderLock.Take(_folder.Path);

        var (exitCode, output) = await RunAsync(_folder.Path, "0");

        Assert.Equal(1, exitCode);
        AssertText.Tells(SentenceOf(output), _folder.Path, "another agent", "--Agent:DataDirectory");
    }

    [Fact]
    public async Task Run_FileInPlaceOfTheDataFolder_IsOneSentenceThatNamesIt()
    {
        var file = _folder.File("file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        var (exitCode, output) = await RunAsync(file, "0");

        Assert.Equal(1, exitCode);
        var sentence = SentenceOf(output);
        AssertText.Tells(sentence, file);
        Assert.DoesNotContain("another agent", sentence, StringComparison.OrdinalIgnoreCase);
    }

    private static Task<(int ExitCode, string Output)> RunAsync(string folder, string port) =>
        ChildProcess.RunProductAsync("WsusDashboard.Agent", "run", $"--Agent:Port={port}", "--Agent:ListenAddress=127.0.0.1", $"--Agent:DataDirectory={folder}");

    /// <summary>All that was written but for the log, whose lines begin with their level; of an agent that never began to run it has no errors.</summary>
    private static string SentenceOf(string output)
    {
        var lines = output.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0).ToList();
        Assert.DoesNotContain(lines, line => line.StartsWith("   at ", StringComparison.Ordinal) || line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal));
        return Assert.Single(lines, line => !line.StartsWith("info:", StringComparison.Ordinal) && !line.StartsWith("warn:", StringComparison.Ordinal));
    }
}
