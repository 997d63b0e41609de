using System.Globalization;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>The README's first command and the empty dashboard, as processes.</summary>
public sealed class DemoProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wsusdashboard-process-").FullName;

    [Fact]
    public async Task Demo_Started_PrintsItsAddressServesItAndEndsWhenAsked()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The signal is sent with kill.");
        const string token = "a-token-of-this-test-and-of-nobody-else";
        var port = LoopbackPort.Choose();
        await using var demo = ChildProcess.Start(
            "WsusDashboard.Simulator", "--servers", "3", "--port", port.ToString(CultureInfo.InvariantCulture), "--agent-port", "0", "--api-token", token, "--data", Path.Combine(_folder, "demo"));
        await Eventually.Async("the address is printed", () => Task.FromResult(demo.Output), output => output.Contains($"http://localhost:{port}", StringComparison.Ordinal) || demo.HasExited);

        using var rest = new RestClient(new Uri($"http://localhost:{port}"), token);
        var servers = await Eventually.Async("three servers", () => rest.GetAsync("/api/v1/servers"), page => page.Number("total") == 3);
        Assert.Equal(3, servers.GetProperty("items").GetArrayLength());

        await demo.TerminateAsync();
        Assert.Equal(0, await demo.EndAsync());
    }

    [Fact]
    public async Task Demo_WithWrongOptions_NamesEachAndExitsWithOne()
    {
        var (exitCode, output) = await ChildProcess.RunAsync("WsusDashboard.Simulator", "--servers", "0", "--speed", "-1");

        Assert.Equal(1, exitCode);
        Assert.Contains("--servers", output, StringComparison.Ordinal);
        Assert.Contains("--speed", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("WsusDashboard.Dashboard", "Dashboard:Port", "Dashboard:ListenAddress")]
    [InlineData("WsusDashboard.Agent", "Agent:Port", "Agent:ListenAddress")]
    public async Task Program_WithWrongOptions_NamesEachAndExitsWithOne(string assembly, string portKey, string addressKey)
    {
        var section = portKey.Split(':')[0];

        var (exitCode, output) = await ChildProcess.RunAsync(assembly, $"--{portKey}=70000", $"--{addressKey}=nowhere", $"--{section}:DataDirectory={_folder}", $"--{section}:NoSuchKey=1");

        Assert.Equal(1, exitCode);
        Assert.Contains(portKey, output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", output, StringComparison.Ordinal);
        Assert.Contains("NoSuchKey", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
