using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Evidence;
using WsusDashboard.Agent.Iis;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Evidence;

public sealed class EvidenceGathererTests : IDisposable
{
    private static readonly DateTimeOffset End = new(2026, 1, 5, 6, 12, 0, TimeSpan.Zero);

    private const int SiteId = 5;

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(End.AddMinutes(2));
    private readonly AgentOptions _options;
    private readonly AgentStore _store;
    private readonly SnapshotStore _snapshots;
    private readonly EvidenceGatherer _gatherer;

    public EvidenceGathererTests()
    {
        _options = new AgentOptions { DataDirectory = _folder.Path, ConfigMgrLogDirectory = _folder.Path, ApplicationHostConfig = _folder.File("applicationHost.config") };
        _store = new AgentStore(_options, _time, NullLogger<AgentStore>.Instance);
        _snapshots = new SnapshotStore(new AgentInfo { AgentId = "a", ComputerName = "BRN-WSUS02" }, _time);
        Directory.CreateDirectory(_folder.File("LogFiles"));
        var registry = new TargetRegistry(_folder.Path);
        var wsus = new WsusRegistry(registry, _options);
        var places = new LogLocator(new ConfigMgrFolder(registry, _options), registry, wsus, new SiteLogFolder(new IisAccess(_options, registry), wsus));
        _gatherer = new EvidenceGatherer(_store, _snapshots, places, _time, NullLogger<EvidenceGatherer>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _gatherer.Dispose();
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task GatherAsync_FailedRun_SendsTheLinesThatSpeakOnce()
    {
        Write("WCM.log", "System.Net.WebException: The request failed with HTTP status 407", End.AddMinutes(-3));
        Write("WCM.log", "Waiting for changes for 46 minutes", End.AddMinutes(-3));
        Write("wsyncmgr.log", "Sync failed: the day before", End.AddDays(-1));
        File.WriteAllText(_folder.File("LogFiles/SoftwareDistribution.log"), "2026-01-05 06:11:02.100 UTC\tError\tWsusService.15\tthe proxy said no\n");
        await SaveAsync("wsus-1", SyncResult.Failed, End);

        Assert.Equal(1, await _gatherer.GatherAsync(Token));
        Assert.Equal(0, await _gatherer.GatherAsync(Token));

        var evidence = Gathered().Single();
        Assert.Equal("wsus-1", evidence.RunId);
        Assert.Equal(["WCM", "SoftwareDistribution"], evidence.Lines.Select(line => line.Log));
        Assert.NotNull(evidence.Snapshot);
    }

    [Fact]
    public async Task GatherAsync_LogRolledOver_ReadsTheOldFileToo()
    {
        Write("wsyncmgr.lo_", "Sync failed: The operation has timed out", End);
        Write("wsyncmgr.log", "STATMSG: ID=6703 SEV=E", End.AddMinutes(1));
        await SaveAsync("mecm-1", SyncResult.Failed, End);

        await _gatherer.GatherAsync(Token);

        Assert.Equal(["Sync failed: The operation has timed out", "STATMSG: ID=6703 SEV=E"], Gathered().Single().Lines.Select(line => line.Text));
    }

    [Fact]
    public async Task GatherAsync_RunOfTheDayBefore_HasNoSnapshotOfToday()
    {
        await SaveAsync("wsus-1", SyncResult.Cancelled, End.AddDays(-1));

        await _gatherer.GatherAsync(Token);

        Assert.Null(Gathered().Single().Snapshot);
    }

    [Theory]
    [InlineData(SyncResult.Succeeded, "00:02:00", 0)]
    [InlineData(SyncResult.Failed, "8.00:00:00", 0)]
    [InlineData(SyncResult.Failed, "00:00:20", 0)]
    [InlineData(SyncResult.Failed, "00:01:00", 1)]
    [InlineData(SyncResult.Failed, "6.23:00:00", 1)]
    public async Task GatherAsync_GoodFreshOrOldRun_SendsNothingAndAnyOtherIsSent(SyncResult result, string endedAgo, int sent)
    {
        await SaveAsync("wsus-1", result, _time.GetUtcNow() - TimeSpan.Parse(endedAgo, CultureInfo.InvariantCulture));

        Assert.Equal(sent, await _gatherer.GatherAsync(Token));
        Assert.Equal(sent, Gathered().Count());
    }

    [Fact]
    public async Task GatherAsync_FreshRun_IsSentOnceItsLogsHaveSettled()
    {
        await SaveAsync("wsus-1", SyncResult.Failed, _time.GetUtcNow() - TimeSpan.FromSeconds(20));
        Assert.Equal(0, await _gatherer.GatherAsync(Token));

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, await _gatherer.GatherAsync(Token));
        Assert.Equal("wsus-1", Assert.Single(Gathered()).RunId);
    }

    [Fact]
    public async Task GatherAsync_LogFullOfTrouble_StaysBounded()
    {
        var lines = Enumerable.Range(0, 3000).Select(index => $"error {index}  $$<C><{End.AddSeconds(-index):MM-dd-yyyy HH:mm:ss.fff}+0><thread=1 (0x1)>");
        File.WriteAllLines(_folder.File("wsyncmgr.log"), lines);
        Write("wsyncmgr.log", "Sync failed: The remote server returned an error: (407) Proxy Authentication Required.", End);
        await SaveAsync("wsus-1", SyncResult.Failed, End);

        await _gatherer.GatherAsync(Token);

        Assert.InRange(Gathered().Single().Lines.Count, 1, 60);
        var first = CauseEngine.Rank(new SyncRunContext { Now = End.AddHours(1), Run = new SyncRun { Id = "wsus-1", StartedAt = End.AddMinutes(-12), EndedAt = End, Result = SyncResult.Failed }, Lines = Gathered().Single().Lines })[0];
        Assert.Equal(FindingIds.ProxyRefused, first.Id);
    }

    [Fact]
    public async Task GatherAsync_LinesOfGoodRuns_AreCounted()
    {
        foreach (var days in (int[])[3, 2, 1])
        {
            Write("wsyncmgr.log", $"Found active SUP BRN-WSUS0{days}, error 5", End.AddDays(-days).AddMinutes(-11));
            await SaveAsync($"wsus-good{days}", SyncResult.Succeeded, End.AddDays(-days));
        }

        Write("wsyncmgr.log", "error 17 in the last good run alone", End.AddDays(-1).AddMinutes(-1));
        Write("wsyncmgr.log", "Found active SUP BRN-WSUS07, error 5", End.AddMinutes(-11));
        Write("wsyncmgr.log", "error 17 in the last good run alone", End.AddMinutes(-2));
        Write("wsyncmgr.log", "error 18 in the last good run alone", End.AddMinutes(-1));
        Write("WCM.log", "The request failed with HTTP status 407", End.AddSeconds(-30));
        await SaveAsync("wsus-1", SyncResult.Failed, End);

        await _gatherer.GatherAsync(Token);

        var evidence = Gathered().Single();
        Assert.Equal(2, evidence.GoodRunsRead);
        Assert.Equal([(2, 2), (1, 2), (0, 2), (0, 0)], evidence.Lines.Select(line => (line.GoodRuns, line.CoveredGoodRuns)));
    }

    [Fact]
    public async Task GatherAsync_GoodRunsInTheRolledFile_AreComparedToo()
    {
        Write("wsyncmgr.lo_", "error 5 somewhere", End.AddDays(-1).AddHours(-2));
        Write("wsyncmgr.lo_", "error 5 somewhere", End.AddDays(-1).AddMinutes(-5));
        Write("wsyncmgr.log", "error 5 elsewhere", End.AddHours(-2));
        Write("wsyncmgr.log", "error 5 somewhere", End.AddMinutes(-5));
        await SaveAsync("wsus-good", SyncResult.Succeeded, End.AddDays(-1));
        await SaveAsync("wsus-1", SyncResult.Failed, End);

        await _gatherer.GatherAsync(Token);

        Assert.Equal((1, 1), Assert.Single(Gathered().Single().Lines.Select(line => (line.GoodRuns, line.CoveredGoodRuns))));
    }

    [Fact]
    public async Task GatherAsync_LogTooLongToReadWhole_IsComparedWithWhatItsEndCovers()
    {
        Write("wsyncmgr.lo_", "error 5 somewhere", End.AddDays(-3));
        File.WriteAllText(_folder.File("wsyncmgr.log"), new string('x', 9 * 1024 * 1024) + "\r\n");
        Write("wsyncmgr.log", "error 5 somewhere", End.AddDays(-1).AddHours(-2));
        Write("wsyncmgr.log", "error 5 somewhere", End.AddDays(-1).AddMinutes(-5));
        Write("wsyncmgr.log", "error 5 somewhere", End.AddMinutes(-5));
        await SaveAsync("wsus-good2", SyncResult.Succeeded, End.AddDays(-2));
        await SaveAsync("wsus-good1", SyncResult.Succeeded, End.AddDays(-1));
        await SaveAsync("wsus-1", SyncResult.Failed, End);

        await _gatherer.GatherAsync(Token);

        Assert.Equal((1, 1), Assert.Single(Gathered().Single().Lines.Select(line => (line.GoodRuns, line.CoveredGoodRuns))));
    }

    [Fact]
    public async Task GatherAsync_RunWithoutAnEnd_IsLookedAtOnceTheNextHasBegun()
    {
        var start = _time.GetUtcNow().AddMinutes(-30);
        await SaveOpenAsync("wsus-1", start, SyncResult.Unknown);
        Write("wsyncmgr.log", "the last error of all", start.AddMinutes(21));
        Assert.Equal(0, await _gatherer.GatherAsync(Token));

        await SaveOpenAsync("wsus-2", start.AddMinutes(25), SyncResult.Running);

        Assert.Equal(1, await _gatherer.GatherAsync(Token));
        Assert.Equal(0, await _gatherer.GatherAsync(Token));
        var evidence = Gathered().Single();
        Assert.Equal(("wsus-1", start.AddMinutes(25)), (evidence.RunId, evidence.Until));
        Assert.Equal("the last error of all", Assert.Single(evidence.Lines).Text);
    }

    [Theory]
    [InlineData(SyncResult.Unknown)]
    [InlineData(SyncResult.Running)]
    public async Task GatherAsync_RunWithoutAnEndForFourHours_IsLookedAtAsItIsAndAgainAtItsEnd(SyncResult result)
    {
        var start = _time.GetUtcNow().AddHours(-4).AddMinutes(1);
        await SaveOpenAsync("wsus-1", start, result);
        Assert.Equal(0, await _gatherer.GatherAsync(Token));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, await _gatherer.GatherAsync(Token));
        Assert.Equal(0, await _gatherer.GatherAsync(Token));
        Assert.Equal(_time.GetUtcNow(), Gathered().Single().Until);
        Assert.NotNull(Gathered().Single().Snapshot);

        await SaveAsync("wsus-1", SyncResult.Failed, _time.GetUtcNow(), start);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, await _gatherer.GatherAsync(Token));
        Assert.Equal(0, await _gatherer.GatherAsync(Token));
        Assert.Equal(["wsus-1", "wsus-1"], Gathered().Select(evidence => evidence.RunId));
    }

    [Fact]
    public async Task GatherAsync_LogsOfIisAndHttpSys_GiveTheRequestsThatFailed()
    {
        File.WriteAllText(_options.ApplicationHostConfig, $"""
            <configuration><system.applicationHost><sites>
              <site name="WSUS" id="5"><logFile directory="{_folder.File("iis")}" /></site>
            </sites></system.applicationHost></configuration>
            """);
        Directory.CreateDirectory(_folder.File("iis/W3SVC5"));
        Directory.CreateDirectory(_folder.File("HTTPERR"));
        const string Fields = "#Fields: date time s-ip cs-method cs-uri-stem c-ip sc-status sc-substatus sc-win32-status time-taken\r\n";
        File.WriteAllText(_folder.File("iis/W3SVC5/u_ex260104.log"), Fields + "2026-01-04 06:11:02 ::1 POST /ApiRemoting30/WebService.asmx ::1 403 4 5 0\r\n");
        File.WriteAllText(_folder.File("iis/W3SVC5/u_ex260105.log"), Fields + "2026-01-05 06:11:02 ::1 POST /ApiRemoting30/WebService.asmx ::1 403 4 5 7\r\n");
        File.WriteAllText(_folder.File("HTTPERR/httperr1.log"), """
            #Fields: date time c-ip s-ip cs-method cs-uri sc-status s-siteid s-reason s-queuename
            2026-01-05 06:11:03 10.1.1.7 10.1.1.5 POST /ClientWebService/client.asmx 503 5 AppOffline WsusPool
            """);
        await SaveAsync("wsus-1", SyncResult.Failed, End);

        await _gatherer.GatherAsync(Token);

        Assert.Equal(
            [("IIS", "local POST /ApiRemoting30/WebService.asmx 403 4 5 7"), ("HTTPERR", "remote POST /ClientWebService/client.asmx 503 5 AppOffline WsusPool")],
            Gathered().Single().Lines.Select(line => (line.Log, line.Text)));
    }

    [Fact]
    public void SortNewestFirst_MoreThanNineFiles_GoesByTheirNumber() =>
        Assert.Equal(["httperr10.log", "httperr9.log", "httperr1.log"], LogLocator.SortNewestFirst(["httperr1.log", "httperr10.log", "httperr9.log"]));

    private Task<StoreOutcome> SaveAsync(string id, SyncResult result, DateTimeOffset end, DateTimeOffset? start = null) =>
        _store.SaveAsync(new StoreBatch { SyncRuns = [new SyncRun { Id = id, Source = SyncSource.Wsus, StartedAt = start ?? end.AddMinutes(-12), EndedAt = end, Result = result }] }, Token);

    private Task<StoreOutcome> SaveOpenAsync(string id, DateTimeOffset start, SyncResult result) =>
        _store.SaveAsync(new StoreBatch { SyncRuns = [new SyncRun { Id = id, Source = SyncSource.Wsus, StartedAt = start, Result = result }] }, Token);

    private IEnumerable<RunEvidence> Gathered() => _store.ReadEvents(1, 100).Select(item => item.ToDomain().Evidence).OfType<RunEvidence>();

    private void Write(string log, string text, DateTimeOffset at) =>
        File.AppendAllText(_folder.File(log), $"{text}  $$<C><{at:MM-dd-yyyy HH:mm:ss.fff}+0><thread=1 (0x1)>\r\n");

    private sealed class TargetRegistry(string folder) : IRegistry
    {
        public object? Read(string key, string name) => name switch
        {
            "TargetDir" or "ErrorLoggingDir" => folder,
            "IISTargetWebSiteIndex" => SiteId,
            _ => null,
        };

        public bool HasKey(string key) => false;
    }
}
