using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WsusDashboard.Dashboard.Cluster;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Cluster;

/// <summary>Who owns what of a fleet that several dashboards share, on a real PostgreSQL.</summary>
public sealed class SharedOwnershipTests : IDisposable
{
    private readonly TestDatabase _database = new(DatabaseKind.PostgreSql);

    [Fact]
    public async Task Run_OnlyDashboard_OwnsAllAndIsConfirmed()
    {
        await using var only = Start();

        await only.Ownership.WhenOwnedAsync(owned => owned is { Count: Partitions.Count, OwnsFleet: true }, Token);

        await only.Ownership.WhenConfirmedAsync(Token);
        await Eventually.TrueAsync(() => only.Gained.Count > Partitions.Count);
        Assert.Equal([.. Enumerable.Range(0, Partitions.Count + 1)], only.Gained);
    }

    [Fact]
    public async Task Run_TwoDashboards_ShareHalfAndHalfWithNoPartitionTwice()
    {
        await using var first = Start();
        await first.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count, Token);
        await using var second = Start();

        await Task.WhenAll(new[] { first, second }.Select(dashboard => dashboard.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count / 2, Token)));

        Assert.Equal([.. Enumerable.Range(0, Partitions.Count)], Owned(first).Concat(Owned(second)).Order());
        Assert.True(first.Ownership.Owned.OwnsFleet);
        await Eventually.TrueAsync(() => second.Gained.Count >= Partitions.Count / 2);
        Assert.Equal(second.Gained.Order(), first.Lost.Order());
    }

    [Fact]
    public async Task Run_DashboardThatEnds_IsFollowedByTheOtherInAllWithANewTerm()
    {
        await using var first = Start();
        await first.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count, Token);
        var term = first.Ownership.Owned.TermOf(7);
        await using var second = Start();
        await first.DisposeAsync();

        await second.Ownership.WhenOwnedAsync(owned => owned is { Count: Partitions.Count, OwnsFleet: true }, Token);

        Assert.True(second.Ownership.Owned.TermOf(7) > term);
        Assert.Equal(0, first.Ownership.Owned.Count);
    }

    [Fact]
    public async Task Run_OneOfTwoIsDrained_HandsAllOverAndTakesItsShareAgainAfterwards()
    {
        await using var first = Start();
        await using var second = Start();
        await Task.WhenAll(new[] { first, second }.Select(dashboard => dashboard.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count / 2, Token)));

        await DrainAsync(first);
        await second.Ownership.WhenOwnedAsync(owned => owned is { Count: Partitions.Count, OwnsFleet: true }, Token);

        Assert.Equal((0, false), (first.Ownership.Owned.Count, first.Ownership.Owned.OwnsFleet));
        Assert.Equal((true, 0, 1), (first.Ownership.View.IsDrained, first.Ownership.View.Share, first.Ownership.View.Sharers));
        await ExecuteAsync("DELETE FROM \"Drains\"");
        await Task.WhenAll(new[] { first, second }.Select(dashboard => dashboard.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count / 2, Token)));
    }

    /// <summary>A fleet that nobody watches would be worse.</summary>
    [Fact]
    public async Task Run_OtherOfADrainedOneEnds_TakesAllUntilItIsBack()
    {
        await using var drained = Start();
        await DrainAsync(drained);
        await using (var other = Start())
        {
            await other.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count, Token);
        }

        await drained.Ownership.WhenOwnedAsync(owned => owned is { Count: Partitions.Count, OwnsFleet: true }, Token);

        Assert.False(drained.Ownership.View.IsDrained);
        await using var back = Start();
        await back.Ownership.WhenOwnedAsync(owned => owned is { Count: Partitions.Count, OwnsFleet: true }, Token);
    }

    [Fact]
    public async Task Run_DashboardThatEnds_HandsOverPartByPart()
    {
        await using var first = Start();
        await first.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count, Token);
        await using var second = Start();
        await second.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count / 2, Token);

        await first.DisposeAsync();

        Assert.InRange(first.LargestLoss, 1, 8);
        Assert.Equal([.. Enumerable.Range(0, Partitions.Count + 1)], first.Lost.Order());
        await second.Ownership.WhenOwnedAsync(owned => owned is { Count: Partitions.Count, OwnsFleet: true }, Token);
    }

    /// <summary>What a killed process leaves behind is a connection that has ended; it isn't asked.</summary>
    [Fact]
    public async Task Run_ConnectionIsEnded_TakesTheSameAgainInTheSameTerm()
    {
        await using var only = Start();
        await only.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count, Token);
        var terms = only.Ownership.Owned.TermsOf(Enumerable.Range(0, Partitions.Count));
        var told = new ConcurrentQueue<StorageProblem>();
        only.Health.Changed += () => told.Enqueue(only.Health.Current.Problem);

        await ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'WsusDashboard owner {only.Id}'");
        await Eventually.Async(() => ScalarAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"), locks => locks > Partitions.Count);

        await only.Ownership.WhenConfirmedAsync(Token);
        Assert.Equal(terms, only.Ownership.Owned.TermsOf(Enumerable.Range(0, Partitions.Count)));
        Assert.Empty(only.Lost);
        await Eventually.TrueAsync(() => told.SequenceEqual([StorageProblem.Unreachable, StorageProblem.None]));
    }

    [Fact]
    public async Task Check_TermOfBefore_IsRefused()
    {
        await using var only = Start();
        await only.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count, Token);
        var terms = only.Ownership.Owned.TermsOf([3, 5]);
        await ExecuteAsync("UPDATE \"Partitions\" SET \"Term\" = \"Term\" + 1, \"Owner\" = 'other' WHERE \"Id\" = 5");
        await using var context = _database.CreateDbContext();
        await using var transaction = await context.Database.BeginTransactionAsync(Token);

        var refused = await Assert.ThrowsAsync<OwnershipLostException>(() => only.Ownership.CheckAsync(context, terms, Token));

        Assert.Equal([5], refused.Partitions);
    }

    [Fact]
    public async Task BeginTerms_WriteOfTheOwnerBeforeGoesOn_WaitsForItsEnd()
    {
        await using var only = Start();
        await only.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count, Token);
        var self = new DashboardInstance("other", () => "");
        await using var session = await PartitionSession.OpenAsync(_database.Provider, self, Token);
        await using var context = _database.CreateDbContext();
        IReadOnlyDictionary<int, long> meanwhile;
        await using (var transaction = await context.Database.BeginTransactionAsync(Token))
        {
            await only.Ownership.CheckAsync(context, only.Ownership.Owned.TermsOf([3]), Token);

            meanwhile = await session.BeginTermsAsync([2, 3], Token);
            await transaction.CommitAsync(Token);
        }

        Assert.Equal([2], meanwhile.Keys);
        Assert.Equal([3], (await session.BeginTermsAsync([3], Token)).Keys);
    }

    [Fact]
    public async Task Store_OwnerThatWasReplaced_WritesNothing()
    {
        var id = await _database.AddServerAsync("a");
        await using var only = Start();
        await only.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count, Token);
        var term = only.Ownership.Owned.TermOf(id);
        await StoreAsync(only, id, 1, term);
        await ExecuteAsync($"UPDATE \"Partitions\" SET \"Term\" = \"Term\" + 1, \"Owner\" = 'other' WHERE \"Id\" = {Partitions.Of(id)}");

        await Assert.ThrowsAsync<OwnershipLostException>(() => StoreAsync(only, id, 2, term));

        Assert.Equal(["wsus-1"], await _database.ReadAsync(context => context.SyncRuns.Select(run => run.RunId).ToListAsync(Token)));
        Assert.Equal(1, await _database.ReadAsync(context => context.LinkCursors.Select(cursor => cursor.Sequence).SingleAsync(Token)));
    }

    [Fact]
    public async Task Run_TermWasTakenByAnother_GivesThePartitionUp()
    {
        await using var only = Start();
        await only.Ownership.WhenOwnedAsync(owned => owned.Count == Partitions.Count, Token);
        var term = only.Ownership.Owned.TermOf(5);

        await ExecuteAsync("UPDATE \"Partitions\" SET \"Term\" = \"Term\" + 1, \"Owner\" = 'other' WHERE \"Id\" = 5");
        await Eventually.TrueAsync(() => only.Lost.Contains(5));

        // Nobody else holds it, so it comes back, in a term of its own.
        await only.Ownership.WhenOwnedAsync(owned => owned.TermOf(5) > term + 1, Token);
    }

    public void Dispose() => _database.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IEnumerable<int> Owned(Running dashboard) => Enumerable.Range(0, Partitions.Count).Where(dashboard.Ownership.Owned.Owns);

    private async Task StoreAsync(Running dashboard, int serverId, long sequence, long term)
    {
        var state = new ServerState(new(serverId, "a", "BRN", "http://a:1", BaselineCatalog.Guide), new(), [], [], null, null);
        await using var context = _database.CreateDbContext();
        var transaction = new HistoryTransaction(context, new Dictionary<int, ServerState> { [serverId] = state }, _ => new("epoch-1", sequence - 1), Clock.Start, dashboard.Ownership, _ => term);
        var happened = new AgentEvent { Sequence = sequence, At = Clock.Start, SyncRun = Samples.Sync($"wsus-{sequence}", Clock.Start, SyncResult.Succeeded) };
        await transaction.StoreAsync(new([new EventItem(serverId, "epoch-1", happened, IsFirstOfWatch: sequence == 1)], []), Token);
    }

    private Task DrainAsync(Running dashboard) => ExecuteAsync($"INSERT INTO \"Drains\" (\"Node\", \"Name\", \"Since\", \"By\") VALUES ('{dashboard.Id}', 'test', now(), 'ann')");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.Options.Database.ConnectionString);
        await connection.OpenAsync(Token);
#pragma warning disable CA2100 // Of this test.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Token);
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.Options.Database.ConnectionString);
        await connection.OpenAsync(Token);
#pragma warning disable CA2100 // Of this test.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }

    private Running Start() => new(_database);

    /// <summary>The ownership of one dashboard, running.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private readonly DatabaseInitializer _opening;
        private readonly Announcements _announcements;
        private readonly Task _running;
        private readonly Lock _lock = new();
        private readonly List<int> _gained = [];
        private readonly List<int> _lost = [];
        private bool _isEnded;

        public Running(TestDatabase database)
        {
            var backoff = new Backoff(TimeSpan.FromSeconds(1));
            Health = new(database.Provider, TimeProvider.System);
            _opening = new(database, database, Health, new OpeningTurn(database.Provider), database.Provider, backoff, TimeProvider.System, NullLogger<DatabaseInitializer>.Instance);
            var self = new DashboardInstance("test", () => "");
            Id = self.Id;
            _announcements = new(database.Provider, self, _opening, backoff, TimeProvider.System, NullLogger<Announcements>.Instance);
            Ownership = new(database.Provider, self, _announcements, Health, TimeProvider.System, NullLogger<SharedOwnership>.Instance);
            _running = Ownership.RunAsync(ApplyAsync, _stopping.Token);
        }

        public string Id { get; }

        public StorageHealth Health { get; }

        public SharedOwnership Ownership { get; }

        public IReadOnlyList<int> Gained => Read(_gained);

        public IReadOnlyList<int> Lost => Read(_lost);

        /// <summary>So many partitions went at once.</summary>
        public int LargestLoss { get; private set; }

        public async ValueTask DisposeAsync()
        {
            if (!_isEnded)
            {
                _isEnded = true;
                await _stopping.CancelAsync();
                await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _stopping.Dispose();
                _announcements.Dispose();
                _opening.Dispose();
            }
        }

        private IReadOnlyList<int> Read(List<int> partitions)
        {
            lock (_lock)
            {
                return [.. partitions];
            }
        }

        private Task ApplyAsync(OwnershipChange change, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                (change.IsGained ? _gained : _lost).AddRange(change.Partitions);
                LargestLoss = change.IsGained ? LargestLoss : Math.Max(LargestLoss, change.Partitions.Count);
            }

            return Task.CompletedTask;
        }
    }
}
