using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Posture;
using WsusDashboard.Agent.Tests.Cli;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Posture;

/// <summary>agent posture: what it prints, and its exit codes.</summary>
public sealed class PostureCommandTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 9, 0, 0, TimeSpan.Zero);

    private static readonly PostureState Healthy = new()
    {
        Windows = new() { ProductName = "Windows Server 2022 Standard", EditionId = "ServerStandard", InstallationType = "Server", Build = 20348, Revision = 5870, RevisionSource = RevisionSource.UpdateBuildRevision, ReadAt = Now },
        Protocols = new() { ReadAt = Now },
        Site = new() { ReadAt = Now },
        Firewall = new() { ReadAt = Now },
        Role = new() { IsInstalled = true, IsSetUp = true, HasSoftwareUpdatePoint = true, ReadAt = Now },
        Signs = new() { ReadAt = Now },
        Products = new() { ReadAt = Now },
    };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<int, string> States => new() { { 0, "healthy" }, { 1, "warning" }, { 2, "critical" }, { 3, "unknown" }, { 2, "critical and unknown" }, { 3, "warning and unknown" } };

    [Theory]
    [MemberData(nameof(States))]
    public async Task Posture_EachState_HasItsExitCode(int code, string name)
    {
        var windows = name.Contains("critical", StringComparison.Ordinal) ? Healthy.Windows with { Revision = 4294 } : Healthy.Windows;
        var state = Healthy with
        {
            Windows = windows,
            Protocols = name.Contains("warning", StringComparison.Ordinal) ? Healthy.Protocols with { ClientEnabled = false } : Healthy.Protocols,
            Signs = name.Contains("unknown", StringComparison.Ordinal) ? new() { Problem = "Access is denied." } : Healthy.Signs,
        };
        await using var agent = await StartAsync(state);

        Assert.Equal(code, await Command().InvokeAsync("posture", "--data", _folder.Path));
    }

    [Fact]
    public async Task Posture_ACriticalServer_NamesCveBuildAndUpdate()
    {
        await using var agent = await StartAsync(Healthy with { Windows = Healthy.Windows with { Revision = 4294 } });
        var command = Command();

        await command.InvokeAsync("posture", "--data", _folder.Path);

        Assert.All(["CVE-2025-59287", "10.0.20348.4294", "KB5070884", "29 Nov 2026", "CVSS 9.8"], text => Assert.Contains(text, command.Out, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Posture_Json_IsOneDocument()
    {
        await using var agent = await StartAsync(Healthy with { Windows = Healthy.Windows with { Revision = 4294 } });
        var command = Command();

        Assert.Equal(2, await command.InvokeAsync("posture", "--json", "--data", _folder.Path));

        using var document = JsonDocument.Parse(command.Out);
        var posture = document.RootElement.GetProperty("posture");
        Assert.Equal("cve-2025-59287", posture.GetProperty("findings")[0].GetProperty("id").GetString());
        Assert.Equal("partlyFixed", posture.GetProperty("findings")[0].GetProperty("answer").GetString());
        Assert.Equal(20348, document.RootElement.GetProperty("facts").GetProperty("windows").GetProperty("build").GetInt32());
    }

    [Theory]
    [InlineData("posture")]
    [InlineData("posture --json")]
    public async Task Posture_OfAHostileAgent_PrintsNothingThatATerminalObeys(string line)
    {
        var hostile = HostileText.Message<Wire.PostureState>().ToDomain();
        await using var agent = await StartAsync(hostile with { Table = hostile.Table with { AsOf = Now } });
        var command = Command();

        await command.InvokeAsync([.. line.Split(' '), "--data", _folder.Path]);

        Assert.Contains(@"\u001B", command.Out, StringComparison.Ordinal);
        Assert.Empty(HostileText.InvisibleIn(command.Out));
    }

    [Fact]
    public async Task Posture_WithoutAnAgent_IsThree()
    {
        var command = Command();

        Assert.Equal(3, await command.InvokeAsync("posture", "--data", _folder.Path));
        Assert.NotEqual("", command.Error);
    }

    [Fact]
    public async Task Posture_AGoodTable_IsPutIntoTheDataFolder()
    {
        var file = _folder.File("table.json");
        await File.WriteAllTextAsync(file, PostureStoreTests.TableText("2026-11-30"), TestContext.Current.CancellationToken);
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("posture", "--table", file, "--data", _folder.Path));

        Assert.Equal(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(_folder.File(PostureTableFile.FileName), TestContext.Current.CancellationToken));
        Assert.Contains(PostureTable.Sha256Of(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)), command.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("2027-06-01")]
    [InlineData("29.11.2026")]
    public async Task Posture_ABadTable_IsThreeAndChangesNothing(string text)
    {
        var file = _folder.File("table.json");
        await File.WriteAllTextAsync(file, text == "{" ? text : PostureStoreTests.TableText(text), TestContext.Current.CancellationToken);
        var command = Command();

        Assert.Equal(3, await command.InvokeAsync("posture", "--table", file, "--data", _folder.Path));

        Assert.False(File.Exists(_folder.File(PostureTableFile.FileName)));
        Assert.NotEqual("", command.Error);
    }

    [Fact]
    public async Task Posture_NoSuchTable_IsThree() => Assert.Equal(3, await Command().InvokeAsync("posture", "--table", _folder.File("none.json"), "--data", _folder.Path));

    private static CommandRun Command() => new() { Time = new FakeTimeProvider(Now) };

    private Task<LocalServer> StartAsync(PostureState state)
    {
        var snapshot = Snapshot.Empty(new AgentInfo { AgentId = "a", ComputerName = "SUP01" });
        snapshot = snapshot with
        {
            Iis = snapshot.Iis with { Status = SectionStatus.NotInstalled },
            Wsus = snapshot.Wsus with { Status = SectionStatus.NotInstalled },
            Posture = snapshot.Posture with { Status = SectionStatus.Ok, ReadAt = Now, Value = state },
        };
        return LocalServer.StartAsync(_folder.Path, application => application.MapGrpcService<Verbs>(), services => services.AddSingleton(snapshot));
    }

    private sealed class Verbs(Snapshot snapshot) : Wire.Agent.AgentBase
    {
        public override Task<Wire.Snapshot> GetSnapshot(Wire.GetSnapshotRequest request, ServerCallContext context) => Task.FromResult(snapshot.ToWire());
    }
}
