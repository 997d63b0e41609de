using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Doctor;

public sealed class ServerExaminationTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeEdges _edges = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_EveryEdgeDenies_SaysForEachWhatToDo()
    {
        _edges.Failure = new EdgeException(ReadFailure.AccessDenied, "Access is denied. (5)");

        var report = await RunAsync();

        var denied = report.Results.Where(result => result.Outcome.Summary == "Access is denied. (5)").ToList();
        Assert.Equal(ProbeState.Refused, report.Worst);
        Assert.Superset(
            new HashSet<string> { ProbeAreas.Windows, ProbeAreas.Iis, ProbeAreas.Services, ProbeAreas.Wsus, ProbeAreas.ConfigMgr, ProbeAreas.Events, ProbeAreas.Agent },
            denied.Select(result => result.Area).ToHashSet());
        Assert.All(denied, result => Assert.Equal((ProbeState.Refused, ReadFailure.AccessDenied), (result.Outcome.State, result.Outcome.Failure)));
        Assert.All(denied, result => Assert.NotEmpty(result.Outcome.Advice));
    }

    [Fact]
    public async Task RunAsync_ServerWithoutRoles_HasStatesAndNoRefusal()
    {
        _edges.Values[(@"SOFTWARE\Microsoft\Windows NT\CurrentVersion", "CurrentBuildNumber")] = "26100";
        _edges.Wmi = (scope, _) => scope == @"root\cimv2"
            ? [FakeEdges.Row(("Caption", "Microsoft Windows Server 2025"), ("TotalVisibleMemorySize", 1024L), ("FreePhysicalMemory", 512L))]
            : throw new EdgeException(ReadFailure.NotFound, "Invalid namespace");

        var report = await RunAsync();

        Assert.Equal(0, report.Count(ProbeState.Refused));
        Assert.All(report.Results.Where(result => result.Area is ProbeAreas.Wsus or ProbeAreas.ConfigMgr or ProbeAreas.Services), result => Assert.Equal(ProbeState.NotInstalled, result.Outcome.State));
    }

    [Fact]
    public async Task RunAsync_WsusOnAPortWhereNothingAnswers_RefusesWithTheAddress()
    {
        _edges.Values[(WsusRegistry.SetupKey, "PortNumber")] = 1;

        var service = Find(await RunAsync(), "administration service");

        Assert.Equal((ProbeState.Refused, ReadFailure.Unavailable), (service.Outcome.State, service.Outcome.Failure));
        Assert.Contains("http://localhost:1/", service.Outcome.Summary, StringComparison.Ordinal);
        Assert.Contains("W3SVC", service.Outcome.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_DatabaseThatDenies_NamesTheRole()
    {
        _edges.Values[(WsusRegistry.SetupKey, "PortNumber")] = 1;
        _edges.Values[(WsusRegistry.SetupKey, "SqlServerName")] = "SQL01";
        _edges.Susdb = _ => throw new EdgeException(ReadFailure.AccessDenied, "Login failed for user 'CORP\\SUP01$'.");

        var database = Find(await RunAsync(), "database SUSDB");

        Assert.Equal(ReadFailure.AccessDenied, database.Outcome.Failure);
        Assert.Contains("PublicViewAccess", database.Outcome.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ProviderShowsNoUpdatePoint_WarnsOfRights()
    {
        _edges.Wmi = (scope, query) => query.Contains("SMS_ProviderLocation", StringComparison.Ordinal)
            ? [FakeEdges.Row(("SiteCode", "BRN"), ("Machine", "SUP01"), ("NamespacePath", ""))]
            : [];

        var points = Find(await RunAsync(), "software update points (WMI)");

        Assert.Equal(ProbeState.Attention, points.Outcome.State);
        Assert.Contains("rights", points.Outcome.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_WithoutIisReset_SaysThatRepairsWillFail()
    {
        _edges.ResetProgram = null;

        Assert.Equal(ProbeState.Attention, Find(await RunAsync(), "iisreset").Outcome.State);
    }

    [Fact]
    public async Task RunAsync_OldWindows_IsNotWhatTheAgentIsMadeFor()
    {
        _edges.Values[(@"SOFTWARE\Microsoft\Windows NT\CurrentVersion", "CurrentBuildNumber")] = "9600";

        Assert.Contains("14393", Find(await RunAsync(), "build").Outcome.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_MistakesInTheSettings_AreALine()
    {
        var report = await ServerExamination.RunAsync(Options(), ["Agent:Port is 0."], _edges.ToEdges(), _time, isForReport: false, Token);

        Assert.Equal("Agent:Port is 0.", Find(report, "settings").Outcome.Summary);
        Assert.Equal(ProbeState.Refused, report.Worst);
    }

    [Fact]
    public async Task RunAsync_PolicyThatCannotBeUsed_NeedsAttention()
    {
        await File.WriteAllTextAsync(_folder.File("policy.json"), "{ \"mode\": \"everything\" }", Token);

        var policy = Find(await RunAsync(), "policy.json");

        Assert.Equal(ProbeState.Attention, policy.Outcome.State);
        Assert.Contains("everything", policy.Outcome.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_DataFolder_IsLeftAsItWas()
    {
        var report = await RunAsync();

        Assert.Equal(ProbeState.Works, Find(report, "data folder").Outcome.State);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task RunAsync_FilesFromTheFuture_SayThatTheClockWasSetBack()
    {
        await File.WriteAllTextAsync(_folder.File("agent.db-wal"), "", Token);
        File.SetLastWriteTimeUtc(_folder.File("agent.db-wal"), _time.GetUtcNow().UtcDateTime.AddHours(3));

        var clock = Find(await RunAsync(), "clock");

        Assert.Equal(ProbeState.Attention, clock.Outcome.State);
        Assert.Contains("set back", clock.Outcome.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_TimeServiceStopped_NeedsAttention()
    {
        _edges.Services["W32Time"] = new ServiceStatus { Name = "W32Time", State = ServiceState.Stopped };

        Assert.Contains("W32Time", Find(await RunAsync(), "clock").Outcome.Advice, StringComparison.Ordinal);
    }

    private static ProbeResult Find(DoctorReport report, string edge) => report.Results.Single(result => result.Edge == edge);

    private AgentOptions Options() => new() { DataDirectory = _folder.Path, ComputerName = "SUP01", Port = 1 };

    private Task<DoctorReport> RunAsync() => ServerExamination.RunAsync(Options(), [], _edges.ToEdges(), _time, isForReport: false, Token);
}
