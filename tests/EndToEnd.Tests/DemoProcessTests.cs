using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using WsusDashboard.Simulator.Estates;

namespace WsusDashboard.EndToEnd.Tests;

/// <summary>The README's first command and the empty dashboard, as processes.</summary>
public sealed class DemoProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Demo_Started_PrintsItsAddressServesItAndEndsWhenAsked()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The signal is sent with kill.");
        const string token = "a-token-of-this-test-and-of-nobody-else";
        var port = LoopbackPort.Choose();
        await using var demo = ChildProcess.StartProduct(
            "WsusDashboard.Simulator", "--servers", "3", "--port", port.ToString(CultureInfo.InvariantCulture), "--agent-port", "0", "--hub-port", "0", "--api-token", token, "--data", _folder.File("demo"));
        await Eventually.TrueAsync(() => demo.Output.Contains($"http://localhost:{port}", StringComparison.Ordinal) || demo.HasExited);

        using var rest = new RestClient(new Uri($"http://localhost:{port}"), token);
        var servers = await Eventually.Async(() => rest.GetAsync("/api/v1/servers"), page => page.Number("total") == 3);
        Assert.Equal(3, servers.GetProperty("items").GetArrayLength());

        await demo.TerminateAsync();
        Assert.Equal(0, await demo.EndAsync());
    }

    [Fact]
    public async Task Demo_WithWrongOptions_NamesEachAndExitsWithOne()
    {
        var (exitCode, output) = await ChildProcess.RunProductAsync("WsusDashboard.Simulator", "--servers", "0", "--speed", "-1");

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

        var (exitCode, output) = await ChildProcess.RunProductAsync(assembly, $"--{portKey}=70000", $"--{addressKey}=nowhere", $"--{section}:DataDirectory={_folder.Path}", $"--{section}:NoSuchKey=1");

        Assert.Equal(1, exitCode);
        Assert.Contains(portKey, output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", output, StringComparison.Ordinal);
        Assert.Contains("NoSuchKey", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dashboard_DatabaseOfAnotherVersion_NamesTheFileAndExitsWithOne()
    {
        var file = _folder.File("dashboard.db");
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE "__EFMigrationsHistory" ("MigrationId" TEXT NOT NULL PRIMARY KEY, "ProductVersion" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsHistory" VALUES ('20261122215737_Initial', '10.0.0');
                """;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var before = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);

        var (exitCode, output) = await ChildProcess.RunProductAsync("WsusDashboard.Dashboard", "--Dashboard:Port=0", "--Dashboard:EnrolmentPort=0", $"--Dashboard:DataDirectory={_folder.Path}");

        Assert.Equal(1, exitCode);
        Assert.Contains(file, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("WsusDashboard.Dashboard", "--Dashboard:EnrolmentPort=0 --Dashboard:Port=", "--Dashboard:DataDirectory=")]
    [InlineData("WsusDashboard.Agent", "--Agent:Port=", "--Agent:DataDirectory=")]
    [InlineData("WsusDashboard.Simulator", "--agent-port=0 --hub-port=0 --port=", "--data=")]
    public async Task Program_WhosePortIsInUse_NamesThePortAndExitsWithOne(string assembly, string port, string data)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var number = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var (exitCode, output) = await ChildProcess.RunProductAsync(assembly, [.. (port + number).Split(' '), data + _folder.File("data")]);

        Assert.Equal(1, exitCode);
        Assert.Contains(number, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
