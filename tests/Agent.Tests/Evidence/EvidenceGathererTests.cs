using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Evidence;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Rules.Causes;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Evidence;

public sealed class EvidenceGathererTests : IDisposable
{
    private static readonly DateTimeOffset End = new(2026, 1, 5, 6, 12, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(End.AddMinutes(2));
    private readonly AgentOptions _options;
    private readonly AgentStore _store;
    private readonly SnapshotStore _snapshots;
    private readonly EvidenceGatherer _gatherer;

    public EvidenceGathererTests()
    {
        _options = new AgentOptions { DataDirectory = _folder.Path, ConfigMgrLogDirectory = _folder.Path };
        _store = new AgentStore(_options, _time, NullLogger<AgentStore>.Instance);
        _snapshots = new SnapshotStore(new AgentInfo { AgentId = "a", ComputerName = "BRN-WSUS02" }, _time);
        Directory.CreateDirectory(_folder.File("LogFiles"));
        var places = new LogLocator(new ConfigMgrFolder(new TargetRegistry(_folder.Path), _options), new TargetRegistry(_folder.Path));
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
    public void FindNewest_MoreThanNineFiles_GoesByTheirNumber() =>
        Assert.Equal("httperr10.log", LogLocator.FindNewest(["httperr1.log", "httperr10.log", "httperr9.log"]));

    private Task<StoreOutcome> SaveAsync(string id, SyncResult result, DateTimeOffset end) =>
        _store.SaveAsync(new StoreBatch { SyncRuns = [new SyncRun { Id = id, Source = SyncSource.Wsus, StartedAt = end.AddMinutes(-12), EndedAt = end, Result = result }] }, Token);

    private IEnumerable<RunEvidence> Gathered() => _store.ReadEvents(1, 100).Select(item => item.ToDomain().Evidence).OfType<RunEvidence>();

    private void Write(string log, string text, DateTimeOffset at) =>
        File.AppendAllText(_folder.File(log), $"{text}  $$<C><{at:MM-dd-yyyy HH:mm:ss.fff}+0><thread=1 (0x1)>\r\n");

    private sealed class TargetRegistry(string folder) : IRegistry
    {
        public object? Read(string key, string name) => name == "TargetDir" ? folder : null;
    }
}
