using System.IO.Compression;
using WsusDashboard.Agent.Cli;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Doctor.Reports;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Settings;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Doctor;

public sealed class ReportBundleTests : IDisposable
{
    private const string Secret = "hunter2hunter2";

    private readonly TempFolder _folder = new();
    private readonly FakeEdges _edges = new();
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string ReportPath => _folder.File("report.zip");

    public void Dispose()
    {
        _folder.Dispose();
        _out.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task RunAsync_WithReport_WritesWhatItSays()
    {
        await RunAsync(masksNames: false);

        var files = await ReadAsync();
        Assert.Equal(
            ["README.txt", "agent-log.txt", "doctor.json", "doctor.txt", "options.json", "policy.txt", "readings.json", "repairs.json", "snapshot.txt", "sync-runs.json"],
            files.Keys.Order(StringComparer.Ordinal));
        Assert.All(files.Keys, name => Assert.Contains($"  {name}", _error.ToString(), StringComparison.Ordinal));
        Assert.All(files.Keys.Where(name => name != "README.txt"), name => Assert.Contains($"  {name}", files["README.txt"], StringComparison.Ordinal));
        Assert.Contains("SUP01", files["doctor.txt"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_SecretsOfTheFolderAndInErrors_AreInNoFile()
    {
        await File.WriteAllTextAsync(_folder.File("local.key"), Secret, Token);
        await File.WriteAllTextAsync(_folder.File("policy.json"), $"{{ \"mode\": \"restart\", \"password\": \"{Secret}\" }}", Token);
        _edges.Values[(WsusRegistry.SetupKey, "PortNumber")] = 1;
        _edges.Values[(WsusRegistry.SetupKey, "SqlServerName")] = "SQL01";
        _edges.Susdb = _ => throw new EdgeException(ReadFailure.Fault, $"Cannot open \"Server=SQL01;User ID=sa;Password={Secret};Database=SUSDB\"");
        _edges.Events.Add(Event($"Authorization: Bearer {Secret}"));
        _edges.Events.Add(Event($"-----BEGIN PRIVATE KEY-----\n{Secret}\n-----END PRIVATE KEY-----"));
        _edges.Events.Add(Event($"proxy http://user:{Secret}@proxy:3128"));

        await RunAsync(masksNames: false);

        var files = await ReadAsync();
        Assert.Contains("Bearer ***", files["agent-log.txt"], StringComparison.Ordinal);
        Assert.All(files, file => Assert.DoesNotContain(Secret, file.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_MaskedNames_AreInNoFile()
    {
        _edges.Values[(@"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "Domain")] = "corp.example";
        _edges.Values[(WsusRegistry.SetupKey, "PortNumber")] = 1;
        _edges.Values[(WsusRegistry.SetupKey, "SqlServerName")] = @"SQL07\WSUS";
        _edges.Susdb = _ => throw new EdgeException(ReadFailure.AccessDenied, @"Login failed for user 'CORP\SUP01$' on SQL07.corp.example.");
        _edges.Services["W3SVC"] = new ServiceStatus { Name = "W3SVC", State = ServiceState.Running, Account = @"CORP\svc-web" };
        _edges.Events.Add(Event("The hub HUB01.corp.example asked."));

        await RunAsync(masksNames: true);

        var files = await ReadAsync();
        Assert.All(
            new[] { "SUP01", "corp.example", "SQL07", "svc-web", "HUB01", "CORP\\" },
            name => Assert.All(files, file => Assert.DoesNotContain(name, file.Value, StringComparison.OrdinalIgnoreCase)));
        Assert.Contains("W3SVC", files["doctor.txt"], StringComparison.Ordinal);
        Assert.Contains("as domain-2\\account-", files["doctor.txt"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FileThatCannotBeWritten_IsSaidAndLeavesNothing()
    {
        Directory.CreateDirectory(ReportPath);

        var exitCode = await RunAsync(masksNames: false);

        Assert.Equal(ExitCodes.NotDone, exitCode);
        Assert.Contains("Couldn't write the report", _error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(ReportPath + ".unfinished"));
    }

    [Fact]
    public void OptionLine_TextWhoseNameSaysSecret_IsMasked()
    {
        var shown = OptionLine.From(new AgentOptions { WsusHost = $"wsus;password={Secret}" });

        Assert.DoesNotContain(shown, line => line.Value.Contains(Secret, StringComparison.Ordinal));
        Assert.Equal(OptionEntry.In(AgentOptions.SectionName, new AgentOptions()).Count, shown.Count);
    }

    [Theory]
    [InlineData("ProxyPassword", true)]
    [InlineData("PairingToken", true)]
    [InlineData("SigningKey", true)]
    [InlineData("ConnectionString", true)]
    [InlineData("ClientSecret", true)]
    [InlineData("WsusHost", false)]
    [InlineData("Port", false)]
    [InlineData("HubPublicKey", false)]
    public void IsSecretName_EachKind_IsToldApart(string name, bool expected) => Assert.Equal(expected, SecretRedaction.IsSecretName(name));

    private static WindowsEvent Event(string message) => new()
    {
        LogName = WindowsEvents.ApplicationLog,
        Provider = "WsusDashboard.Agent",
        RecordId = 1,
        At = TimeProvider.System.GetUtcNow(),
        Message = message,
    };

    private Task<int> RunAsync(bool masksNames)
    {
        var console = new CommandConsole { In = TextReader.Null, Out = _out, Error = _error, IsInteractive = false, WaitForInterruptAsync = token => Task.Delay(Timeout.Infinite, token) };
        var options = new AgentOptions { DataDirectory = _folder.Path, ComputerName = "SUP01", Port = 1 };
        return DoctorCommand.RunAsync(options, [], _edges.ToEdges(), console, new DoctorRequest(false, ReportPath, masksNames), Token);
    }

    private async Task<Dictionary<string, string>> ReadAsync()
    {
        await using var archive = await ZipFile.OpenReadAsync(ReportPath, Token);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(Token));
            files[entry.FullName] = await reader.ReadToEndAsync(Token);
        }

        return files;
    }
}
