using System.Net;
using System.Net.Sockets;
using WsusDashboard.Simulator.Demo;

namespace WsusDashboard.Simulator.Tests.Demo;

public sealed class DemoCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_SeveralMistakes_ListsEachWithWhatIsAllowed()
    {
        var (code, error) = await RunAsync("--servers", "0", "--port", "99999", "--speed", "0", "--agent-port", "-1", "--seed", "abc");

        Assert.Equal(1, code);
        AssertText.Tells(error, "--servers", "1 to 200", "--port", "99999", "0 to 65535", "--speed", "0.1 to 1000", "--agent-port", "-1", "--seed", "abc");
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--servers", "many", "--servers")]
    [InlineData("--speed", "fast", "0.1 to 1000")]
    [InlineData("--speed", "NaN", "0.1 to 1000")]
    [InlineData("--agent-port", "65530", "65543")]
    [InlineData("--port", "5105", "5101 to 5114")]
    [InlineData("--color", "red", "--color")]
    public async Task Run_OneMistake_NamesTheOptionAndWhatIsAllowed(string option, string value, string expected)
    {
        var (code, error) = await RunAsync(option, value);

        Assert.Equal(1, code);
        AssertText.Tells(error, option, value, expected);
    }

    [Fact]
    public async Task Run_PortInUse_NamesThePortAndTheOption()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var (code, error) = await RunAsync("--port", $"{port}", "--agent-port", "0", "--data", _folder.Path);

        Assert.Equal(1, code);
        Assert.Contains($"{port}", error, StringComparison.Ordinal);
        Assert.Contains("--port", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AgentPortInUse_NamesThePortAndTheOption()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var (code, error) = await RunAsync("--agents-only", "--servers", "1", "--agent-port", $"{port}", "--data", _folder.Path);

        Assert.Equal(1, code);
        Assert.Contains($"{port}", error, StringComparison.Ordinal);
        Assert.Contains("--agent-port", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ResetOfAForeignFolder_RefusesAndDeletesNothing()
    {
        var file = _folder.File("holiday.jpg");
        await File.WriteAllTextAsync(file, "a picture", TestContext.Current.CancellationToken);

        var (code, error) = await RunAsync("--reset", "--agents-only", "--agent-port", "0", "--data", _folder.Path);

        Assert.Equal(1, code);
        Assert.Contains(_folder.Path, error, StringComparison.Ordinal);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task Run_ForeignFolder_RefusesAndWritesNothing()
    {
        await File.WriteAllTextAsync(_folder.File("holiday.jpg"), "a picture", TestContext.Current.CancellationToken);

        var (code, _) = await RunAsync("--agents-only", "--agent-port", "0", "--data", _folder.Path);

        Assert.Equal(1, code);
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Open_ResetOfOurFolder_ClearsIt()
    {
        var data = _folder.File("estate");
        DataFolder.Open(new() { DataDirectory = data, Seed = 3 });
        var old = Path.Combine(data, "servers", "BRN-WSUS02", "model.json");
        Directory.CreateDirectory(Path.GetDirectoryName(old)!);
        File.WriteAllText(old, "{}");

        var folder = DataFolder.Open(new() { DataDirectory = data, Seed = 4, Reset = true });

        Assert.False(File.Exists(old));
        Assert.Equal(4, folder.Seed);
    }

    [Fact]
    public void Open_AgainWithoutASeed_KeepsTheFolders()
    {
        var data = _folder.File("estate");
        DataFolder.Open(new() { DataDirectory = data, Seed = 3 });

        Assert.Equal(3, DataFolder.Open(new() { DataDirectory = data }).Seed);
        var refusal = Assert.Throws<DemoException>(() => DataFolder.Open(new() { DataDirectory = data, Seed = 5 }));
        Assert.Contains("--reset", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await DemoCommand.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, error.ToString());
    }
}
