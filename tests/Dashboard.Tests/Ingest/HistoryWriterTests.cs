using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Ingest;

public sealed class HistoryWriterTests : IAsyncDisposable
{
    private readonly TestDatabase _database = new();
    private readonly StorageHealth _health;
    private readonly DatabaseInitializer _opening;
    private readonly HistoryWriter _writer;

    public HistoryWriterTests()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(20), () => 0.5);
        _health = new(_database.Provider, TimeProvider.System);
        _opening = new(_database, _database, _health, new OpeningTurn(_database.Provider), _database.Provider, backoff, TimeProvider.System, NullLogger<DatabaseInitializer>.Instance);
        _writer = new(_database, _opening, _health, backoff, TimeProvider.System, NullLogger<HistoryWriter>.Instance);
    }

    [Fact]
    public async Task Write_DatabaseIsLocked_SaysSoAndStoresEverythingAfterwards()
    {
        var id = await StartAsync();
        var problems = WatchProblems();
        _database.ConnectionSuffix = "Default Timeout=1";
        using (_database.Lock())
        {
            Write(id, 1, 2, 3);
            Assert.Equal(StorageProblem.Locked, await problems.NextAsync());
            Assert.NotEqual("", _health.Current.Message);
            Assert.NotNull(_health.Current.Since);
        }

        Assert.Equal(StorageProblem.None, await problems.NextAsync());
        Assert.Equal(3, _writer.GetCursor(id).Sequence);
        Assert.Equal(3, await CountAsync());
    }

    [Fact]
    public async Task Write_DiskIsFull_SaysSoAndStoresEverythingWhenThereIsRoom()
    {
        var id = await StartAsync();
        var limit = new PageLimit();
        _database.Add(limit);
        var problems = WatchProblems();
        limit.IsOn = true;
        _writer.TryWrite(new EventItem(id, "e", Samples.ChangeEvent(1, new string('x', 500_000)), true));
        Assert.Equal(StorageProblem.Full, await problems.NextAsync());
        Assert.NotEqual("", _health.Current.Message);

        limit.IsOn = false;

        Assert.Equal(StorageProblem.None, await problems.NextAsync());
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Write_FileIsReadOnly_SaysSoAndNothingIsHalfWritten()
    {
        var id = await StartAsync();
        var problems = WatchProblems();
        _database.ConnectionSuffix = "Mode=ReadOnly";
        Write(id, 1);

        Assert.Equal(StorageProblem.ReadOnly, await problems.NextAsync());
        Assert.NotEqual("", _health.Current.Message);
        Assert.Equal(LinkCursor.Start, _writer.GetCursor(id));

        _database.ConnectionSuffix = "";
        Assert.Equal(StorageProblem.None, await problems.NextAsync());
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Write_OneEventCannotBeStored_TheOthersAreAndTheHistorySaysWhatIsMissing()
    {
        var id = await _database.AddServerAsync("a");
        _database.Add(new Poison());
        _writer.Add(new ServerState(new(id, "a", "", "", BaselineCatalog.Guide), new(), [], [], null, null));
        foreach (var (sequence, to) in new[] { (1, "one"), (2, Poison.Mark), (3, "three") })
        {
            Assert.True(_writer.TryWrite(new EventItem(id, "e", Samples.ChangeEvent(sequence, to), sequence == 1)));
        }

        await _opening.StartAsync(TestContext.Current.CancellationToken);
        await _writer.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => _writer.GetCursor(id).Sequence == 3);

        Assert.Equal(["one", "incomplete", "three"], await _database.ReadAsync(context => context.StateChanges.OrderBy(change => change.Id).Select(change => change.To).ToListAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(StorageProblem.None, _health.Current.Problem);
    }

    [Fact]
    public async Task Write_StartAndEndOfARepairInOneBatch_TellsItsEndOnce()
    {
        var id = await _database.AddServerAsync("a");
        _writer.Add(new ServerState(new(id, "a", "", "", BaselineCatalog.Guide), new(), [], [], null, null));
        var ends = new List<EndedRun>();
        _writer.RunsEnded += ends.AddRange;
        var ended = Samples.Run(state: RepairState.Succeeded, revision: 9);
        Assert.True(_writer.TryWrite(new RunItem(id, Samples.Run(), Clock.Start)));
        Assert.True(_writer.TryWrite(new EventItem(id, "e", new AgentEvent { Sequence = 1, At = Clock.Start, Repair = ended }, true)));
        Assert.True(_writer.TryWrite(new EventItem(id, "e", new AgentEvent { Sequence = 2, At = Clock.Start, Repair = ended }, false)));

        await _opening.StartAsync(TestContext.Current.CancellationToken);
        await _writer.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => _writer.GetCursor(id).Sequence == 2);
        Assert.True(_writer.TryWrite(new EventItem(id, "e", new AgentEvent { Sequence = 3, At = Clock.Start, Repair = ended }, false)));
        await Eventually.TrueAsync(() => _writer.GetCursor(id).Sequence == 3);

        Assert.Equal(["run-1"], ends.Select(end => end.Run.Id));
    }

    [Fact]
    public async Task MarkStatus_OfALargeFleet_IsStoredInPartsAndOfAll()
    {
        const int servers = (2 * HistoryWriter.MaximumStatuses) + 10;
        var largest = new LargestStatusBatch();
        await using (var context = _database.CreateDbContext())
        {
            context.Servers.AddRange(Enumerable.Range(0, servers).Select(number => TestDatabase.NewServer($"server{number}")));
            await context.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        var ids = await _database.ReadAsync(context => context.Servers.Select(server => server.Id).ToListAsync(TestContext.Current.CancellationToken));
        _database.Add(largest);
        foreach (var id in ids)
        {
            var problem = new ServerState(new(id, "a", "", "", BaselineCatalog.Guide), new() { Health = Health.Critical }, [], [], null, null) { WrittenStatus = new() };
            _writer.Add(problem);
            _writer.MarkStatus(id);
        }

        await _opening.StartAsync(TestContext.Current.CancellationToken);
        await _writer.StartAsync(TestContext.Current.CancellationToken);

        await Eventually.Async(() => _database.ReadAsync(context => context.Servers.CountAsync(server => server.Status.Health == Health.Critical, TestContext.Current.CancellationToken)), count => count == servers);
        Assert.Equal(HistoryWriter.MaximumStatuses, largest.Servers);
    }

    [Fact]
    public async Task TryWrite_QueueIsFull_SaysNoInsteadOfGrowing()
    {
        var ids = new[] { await _database.AddServerAsync("a"), await _database.AddServerAsync("b"), await _database.AddServerAsync("c"), await _database.AddServerAsync("d"), await _database.AddServerAsync("e") };
        var filled = ids.Select(Fill).ToList();

        Assert.All(filled.Take(4), bytes => Assert.InRange(bytes, HistoryQueue.MaximumBytesOfServer / 2, HistoryQueue.MaximumBytesOfServer));
        Assert.InRange(filled.Sum(), HistoryQueue.MaximumBytes / 2, HistoryQueue.MaximumBytes);
        Assert.False(_writer.HasRoomFor(ids[4]));

        long Fill(int id)
        {
            long bytes = 0;
            for (var i = 1; Large(id, i) is var item && _writer.TryWrite(item); i++)
            {
                bytes += item.Bytes;
            }

            return bytes;
        }

        static EventItem Large(int id, int sequence) => new(id, "e", Samples.ChangeEvent(sequence, ""), sequence == 1) { MessageBytes = 100_000 };
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.StopAsync(CancellationToken.None);
        await _opening.StopAsync(CancellationToken.None);
        _writer.Dispose();
        _opening.Dispose();
        _database.Dispose();
    }

    private async Task<int> StartAsync()
    {
        var id = await _database.AddServerAsync("a");
        _writer.Add(new ServerState(new(id, "a", "", "", BaselineCatalog.Guide), new(), [], [], null, null));
        await _opening.StartAsync(TestContext.Current.CancellationToken);
        await _writer.StartAsync(TestContext.Current.CancellationToken);
        return id;
    }

    private void Write(int serverId, params int[] sequences)
    {
        foreach (var sequence in sequences)
        {
            Assert.True(_writer.TryWrite(new EventItem(serverId, "e", Samples.ChangeEvent(sequence, ""), sequence == 1)));
        }
    }

    private Problems WatchProblems() => new(_health);

    private Task<int> CountAsync() => _database.ReadAsync(context => context.StateChanges.CountAsync(TestContext.Current.CancellationToken));

    /// <summary>The reports of the storage, one after the other.</summary>
    private sealed class Problems
    {
        private readonly System.Threading.Channels.Channel<StorageProblem> _reports = System.Threading.Channels.Channel.CreateUnbounded<StorageProblem>();

        public Problems(StorageHealth health) => health.Changed += () => _reports.Writer.TryWrite(health.Current.Problem);

        public async Task<StorageProblem> NextAsync() => await _reports.Reader.ReadAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>An event that no database takes.</summary>
    private sealed class Poison : SaveChangesInterceptor
    {
        public const string Mark = "poison";

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            eventData.Context!.ChangeTracker.Entries<Dashboard.Data.Entities.StateChangeEntity>().Any(entry => entry.Entity.To == Mark)
                ? throw new InvalidOperationException("cannot be stored")
                : new(result);
    }

    /// <summary>How many servers the largest transaction changed.</summary>
    private sealed class LargestStatusBatch : SaveChangesInterceptor
    {
        public int Servers { get; private set; }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            Servers = Math.Max(Servers, eventData.Context!.ChangeTracker.Entries<Dashboard.Data.Entities.ServerEntity>().Count());
            return new(result);
        }
    }

    /// <summary>A disk without room: SQLite refuses to let the file grow.</summary>
    private sealed class PageLimit : DbConnectionInterceptor
    {
        public bool IsOn { get; set; }

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            if (IsOn)
            {
                await using var command = ((SqliteConnection)connection).CreateCommand();
                command.CommandText = "PRAGMA max_page_count = 1;";
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }
}
