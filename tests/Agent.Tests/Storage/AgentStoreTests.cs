using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Storage;

public sealed class AgentStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AppendEventAsync_ManyAtOnce_NumbersWithoutGaps()
    {
        using var store = Open();

        var numbers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => store.AppendEventAsync(Change("a"), Token), Token)));

        Assert.Equal(Enumerable.Range(1, 50).Select(number => (long)number), numbers.Order());
        Assert.Equal(Enumerable.Range(1, 50).Select(number => (long)number), store.ReadEvents(1, 100).Select(item => item.Sequence));
    }

    [Fact]
    public async Task Open_Again_GoesOnWithTheSameEpochAndNumbers()
    {
        string epoch;
        using (var first = Open())
        {
            epoch = first.SequenceEpoch;
            await first.AppendEventAsync(Change("a"), Token);
        }

        using var second = Open();

        Assert.Equal(epoch, second.SequenceEpoch);
        Assert.Equal(2, await second.AppendEventAsync(Change("b"), Token));
        Assert.Matches("^[0-9a-f]{32}$", second.AgentId);
    }

    [Fact]
    public async Task AppendEventAsync_AnAgentThatIsEndingHasWrittenAfterTheNextOpened_NumbersWithoutGaps()
    {
        using var ending = Open();
        using var next = Open();
        await ending.AppendEventAsync(Change("last word"), Token);

        Assert.Equal(2, await next.AppendEventAsync(Change("first word"), Token));

        Assert.Equal(2, next.LastSequence);
        Assert.Equal([1, 2], next.ReadEvents(1, 10).Select(item => item.Sequence));
    }

    [Fact]
    public void OpenConnection_AgentHasEnded_IsRefused()
    {
        var store = Open();
        store.Dispose();

        Assert.Throws<ObjectDisposedException>(() => store.OpenConnection().Dispose());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_StoreLostOrDamaged_IsTheSameAgentInANewEpoch(bool isDamaged)
    {
        var (id, epoch) = await AppendAndCloseAsync();
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "agent.db*"))
        {
            if (isDamaged)
            {
                await File.WriteAllTextAsync(file, "not a database, and longer than the header of one is", Token);
            }
            else
            {
                File.Delete(file);
            }
        }

        using var next = Open();

        Assert.Equal(id, next.AgentId);
        Assert.NotEqual(epoch, next.SequenceEpoch);
        Assert.Equal(1, await next.AppendEventAsync(Change("b"), Token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not an id")]
    public async Task Open_FileOfTheIdLostOrDamaged_KeepsTheIdOfTheStore(string? content)
    {
        var (id, epoch) = await AppendAndCloseAsync();
        var file = _folder.File("agent.id");
        File.Delete(file);
        if (content is not null)
        {
            await File.WriteAllTextAsync(file, content, Token);
        }

        using var next = Open();

        Assert.Equal((id, epoch), (next.AgentId, next.SequenceEpoch));
        Assert.Equal(id, (await File.ReadAllTextAsync(file, Token)).Trim());
    }

    [Fact]
    public async Task AppendEventAsync_MoreThanAreKept_DropsTheOldest()
    {
        using var store = Open(maximumKeptEvents: 1000);
        await store.SaveAsync(new StoreBatch { Events = [.. Enumerable.Range(0, 1300).Select(_ => Change("a"))] }, Token);

        var kept = store.ReadEvents(1, 10_000);

        Assert.Equal(301, kept[0].Sequence);
        Assert.Equal(1300, kept[^1].Sequence);
        Assert.Equal(1301, await store.AppendEventAsync(Change("b"), Token));
    }

    [Fact]
    public async Task SaveAsync_FailingInTheMiddle_LeavesNothingAndNoGap()
    {
        using var store = Open();
        await store.AppendEventAsync(Change("a"), Token);
        using (var blocker = store.OpenConnection())
        {
            blocker.Execute("CREATE TRIGGER refuse BEFORE INSERT ON sync_runs BEGIN SELECT RAISE(ABORT, 'refused'); END");
        }

        var batch = new StoreBatch { Events = [Change("lost")], States = [new KnownState("iis", "pool:x", "Started", _time.GetUtcNow())], SyncRuns = [Run("r", 0)] };
        await Assert.ThrowsAsync<StoreException>(() => store.SaveAsync(batch, Token));

        Assert.Empty(store.ReadStates());
        Assert.Single(store.ReadEvents(1, 10));
        Assert.Equal(2, await store.AppendEventAsync(Change("b"), Token));
    }

    [Fact]
    public async Task SaveAsync_RunThatSaysNothingNew_IsNoEvent()
    {
        using var store = Open();
        var run = Run("wsus-1", 0);

        await store.SaveAsync(new StoreBatch { SyncRuns = [run] }, Token);
        await store.SaveAsync(new StoreBatch { SyncRuns = [run] }, Token);
        var changed = await store.SaveAsync(new StoreBatch { SyncRuns = [run with { Result = SyncResult.Cancelled }] }, Token);

        Assert.Equal(2, store.LastSequence);
        Assert.Equal(SyncResult.Cancelled, Assert.Single(changed.ChangedRuns).Result);
    }

    [Fact]
    public async Task ListSyncRuns_SeveralPages_GivesEachRunOnceNewestFirst()
    {
        using var store = Open();
        await store.SaveAsync(new StoreBatch { SyncRuns = [.. Enumerable.Range(0, 25).Select(number => Run($"r{number:00}", number / 2))] }, Token);

        List<SyncRun> runs = [];
        var token = "";
        do
        {
            var page = store.ListSyncRuns(10, token, null);
            runs.AddRange(page.Runs);
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(25, runs.Select(run => run.Id).Distinct().Count());
        Assert.Equal(runs.OrderByDescending(run => run.StartedAt).ThenByDescending(run => run.Id, StringComparer.Ordinal).Select(run => run.Id), runs.Select(run => run.Id));
        Assert.Equal(5, store.ListSyncRuns(50, "", _time.GetUtcNow().AddMinutes(10)).Runs.Count);
    }

    [Theory]
    [InlineData("not base64 url!")]
    [InlineData("YWJj")]
    [InlineData("====")]
    public void ListSyncRuns_StrangeToken_IsRefused(string token)
    {
        using var store = Open();

        Assert.Throws<FormatException>(() => store.ListSyncRuns(10, token, null));
    }

    [Fact]
    public void Open_DamagedFile_SetsItAsideAndBeginsANewEpoch()
    {
        string epoch;
        using (var store = Open())
        {
            epoch = store.SequenceEpoch;
        }

        File.WriteAllText(_folder.File("agent.db"), "this is no database, but it is long enough to look like a page of one........................................................................................");
        using var next = Open();

        Assert.NotEqual(epoch, next.SequenceEpoch);
        Assert.Single(Directory.GetFiles(_folder.Path, "agent.db.damaged-*"));
    }

    [Fact]
    public async Task Open_PageDamagedInTheMiddle_SetsItAside()
    {
        using (var store = Open())
        {
            for (var number = 0; number < 20; number++)
            {
                await store.SaveAsync(new StoreBatch { Events = [.. Enumerable.Range(0, 100).Select(_ => Change(new string('a', 200)))] }, Token);
            }

            using var connection = store.OpenConnection();
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        using (var file = File.OpenWrite(_folder.File("agent.db")))
        {
            file.Position = file.Length / 2;
            file.Write(new byte[64 * 1024].Select(_ => (byte)0xA5).ToArray());
        }

        using var next = Open();

        Assert.Equal(0, next.LastSequence);
        Assert.Single(next.SetAside);
        File.Delete(_folder.File(next.SetAside[0]));
        Assert.Empty(next.SetAside);
    }

    [Fact]
    public void Open_DamagedAgainAndAgain_KeepsTheNewestFew()
    {
        for (var number = 0; number < 5; number++)
        {
            File.WriteAllText(_folder.File("agent.db"), "this is no database, but it is long enough to look like a page of one........................................................................................");
            Open().Dispose();
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(3, Directory.GetFiles(_folder.Path, "agent.db.damaged-*").Length);
    }

    [Fact]
    public void Open_FolderThatIsAFile_SaysWhatToDo()
    {
        File.WriteAllText(_folder.File("taken"), "");

        var exception = Assert.Throws<StoreException>(() => new AgentStore(new AgentOptions { DataDirectory = _folder.File("taken") }, _time, NullLogger<AgentStore>.Instance));

        Assert.Contains("agent.db", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SaveAsync_LogPosition_ComesBackAsItWas()
    {
        using var store = Open();
        var position = new LogPosition { Name = "wsyncmgr", Head = "12:ab", Position = 12, LinesRead = 3, LinesSkipped = 1, IsInsideLongLine = true, State = "{}" };

        await store.SaveAsync(new StoreBatch { LogPosition = position }, Token);

        Assert.Equal(position, store.ReadLogPosition("wsyncmgr"));
        Assert.Null(store.ReadLogPosition("other"));
    }

    private static AgentEvent Change(string to) => new() { StateChange = new StateChange("pool:WsusPool", "", to, "") };

    private SyncRun Run(string id, int minutes) => new() { Id = id, Source = SyncSource.Wsus, StartedAt = _time.GetUtcNow().AddMinutes(minutes), Result = SyncResult.Running };

    private async Task<(string AgentId, string Epoch)> AppendAndCloseAsync()
    {
        using var store = Open();
        await store.AppendEventAsync(Change("a"), Token);
        return (store.AgentId, store.SequenceEpoch);
    }

    private AgentStore Open(int maximumKeptEvents = 100_000) =>
        new(new AgentOptions { DataDirectory = _folder.Path, MaximumKeptEvents = maximumKeptEvents }, _time, NullLogger<AgentStore>.Instance);
}
