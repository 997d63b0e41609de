using System.IO.Compression;
using System.Text.Json;
using WsusDashboard.Simulator.Demo;

namespace WsusDashboard.Simulator.Tests.Demo;

public sealed class ServerDoctorCommandTests : IDisposable
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _out.Dispose();
        _error.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task RunAsync_HealthyServer_ReadsEveryEdge()
    {
        var exitCode = await RunAsync("--json");

        using var document = JsonDocument.Parse(_out.ToString());
        var states = document.RootElement.GetProperty("edges").EnumerateArray()
            .ToDictionary(edge => edge.GetProperty("area").GetString() + ": " + edge.GetProperty("edge").GetString(), edge => edge.GetProperty("state").GetString());
        Assert.Equal(0, exitCode);
        Assert.DoesNotContain("refused", states.Values);
        Assert.All(
            new[] { "Windows: build", "Windows: WMI, root\\cimv2", "IIS: configuration and pools", "IIS: iisreset", "Services: SMS_EXECUTIVE", "WSUS: administration service", "WSUS: history", "WSUS: answers to clients", "WSUS: database SUSDB", "Configuration Manager: SMS Provider (WMI)", "Configuration Manager: wsyncmgr.log", "Event log: Application log, WSUS", "Agent: port" },
            edge => Assert.Equal("works", states[edge]));
    }

    [Fact]
    public async Task RunAsync_ServerWhosePoolIsStopped_SaysThatWsusRefusesAndTheDatabaseAnswers()
    {
        var exitCode = await RunAsync("--server", "GVA-WSUS03");

        Assert.Equal(2, exitCode);
        Assert.Matches(@"refused +administration service .*HTTP 503", _out.ToString());
        Assert.Matches(@"refused +answers to clients .*ClientWebService not asked", _out.ToString());
        Assert.Matches(@"works +database SUSDB", _out.ToString());
    }

    [Fact]
    public async Task RunAsync_Report_HoldsTheSnapshotOfTheAgentThatRuns()
    {
        var path = _folder.File("report.zip");

        Assert.Equal(0, await RunAsync("--report", path, "--mask-names"));

        await using var archive = await ZipFile.OpenReadAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains(archive.Entries, entry => entry.FullName == "snapshot.json");
        foreach (var entry in archive.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(TestContext.Current.CancellationToken));
            Assert.DoesNotContain("ZRH-SUP01", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("--server", "NOBODY")]
    [InlineData("--mask-names", "")]
    public async Task RunAsync_WrongWords_AreNamedAndNothingIsMade(string option, string value)
    {
        Assert.Equal(2, await RunAsync([.. new[] { option, value }.Where(word => word.Length > 0)]));

        Assert.NotEmpty(_error.ToString());
        Assert.Empty(_out.ToString());
    }

    private Task<int> RunAsync(params string[] words) => ServerDoctorCommand.RunAsync(words, _out, _error, TestContext.Current.CancellationToken);
}
