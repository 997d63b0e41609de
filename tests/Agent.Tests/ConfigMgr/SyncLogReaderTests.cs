using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

public sealed class SyncLogReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 5, 0, TimeSpan.Zero));
    private readonly AgentOptions _options;

    public SyncLogReaderTests() => _options = new AgentOptions { DataDirectory = _folder.Path, ConfigMgrLogDirectory = _folder.Path };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Log => _folder.File("wsyncmgr.log");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ReadAsync_AgentRestartedBetweenStartAndEnd_KnowsOneRun()
    {
        Write("Starting Sync", 0);
        await ReadOnceAsync();
        Write("Sync succeeded. Setting sync alert to canceled state on site BRN", 4);
        var (reading, runs, events) = await ReadOnceAsync();

        Assert.True(reading.HasEnded);
        Assert.Equal(SyncResult.Succeeded, Assert.Single(runs).Result);
        Assert.Equal(2, events);
        Assert.Equal(2, reading.Log!.LinesRead);
    }

    [Fact]
    public async Task ReadAsync_NothingNew_WritesNothing()
    {
        Write("Starting Sync", 0);
        await ReadOnceAsync();

        Assert.Equal(1, (await ReadOnceAsync()).Events);
    }

    [Fact]
    public async Task ReadAsync_RunInProgress_ShowsItUntilTheLogIsSilent()
    {
        Write("Starting Sync", 0);
        Write("sync: WSUS synchronizing updates, processed 10 out of 20 items (50%)", 1);
        Assert.Equal(10, (await ReadOnceAsync()).Reading.Progress?.Processed);

        _time.Advance(TimeSpan.FromHours(2));

        Assert.Null((await ReadOnceAsync()).Reading.Progress);
    }

    [Fact]
    public async Task ReadAsync_FileIsNotThere_SaysSo()
    {
        var (reading, _, _) = await ReadOnceAsync();

        Assert.Equal("The file doesn't exist.", reading.Log?.Problem);
    }

    private void Write(string text, int minute) =>
        File.AppendAllText(Log, $"{text}  $$<SMS_WSUS_SYNC_MANAGER><01-05-2026 06:{minute:00}:00.000+0><thread=1 (0x1)>\r\n");

    private async Task<(SyncLogReading Reading, IReadOnlyList<SyncRun> Runs, long Events)> ReadOnceAsync()
    {
        using var store = new AgentStore(_options, _time, NullLogger<AgentStore>.Instance);
        var reader = new SyncLogReader(new ConfigMgrFolder(new FakeEdges(), _options), store, _time);
        var reading = await reader.ReadAsync(Token);

        return (reading, store.ReadNewestRuns(SyncSource.ConfigMgr, 10), store.LastSequence);
    }
}
