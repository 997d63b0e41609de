using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>A tracker over a real database and a live fleet that the test publishes to; it can die and be followed by another one.</summary>
internal sealed class ProblemHarness : IAsyncDisposable
{
    private readonly FailingCommit _failure = new();
    private readonly DatabaseInitializer _opening;
    private readonly ProblemFeed _feed;

    public ProblemHarness(DatabaseKind kind)
    {
        Database = new(kind);
        Database.Add(_failure);
        _opening = new(Database, Database, new StorageHealth(Database.Provider, Time), new OpeningTurn(Database.Provider), Database.Provider, Backoff, Time, NullLogger<DatabaseInitializer>.Instance);
        _feed = new(Time);
        Triages = new(Database, _opening, _feed, Backoff, Time, NullLogger<ProblemTriages>.Instance);
        Live = new(Time);
        Live.Reset([]);
        Tracker = NewTracker();
    }

    public TestDatabase Database { get; }

    public FakeTimeProvider Time { get; } = new(Clock.Start);

    public LiveFleet Live { get; }

    public ProblemTracker Tracker { get; private set; }

    /// <summary>What people decided, as it is in memory.</summary>
    public ProblemTriages Triages { get; }

    /// <summary>What was last told of each server.</summary>
    public Dictionary<int, ValueList<ServerProblem>> Told { get; } = [];

    public DateTimeOffset Now => Time.GetUtcNow();

    private static Backoff Backoff { get; } = new(TimeSpan.FromSeconds(1), () => 0);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task AddServersAsync(int count, Func<int, string>? siteOf = null)
    {
        for (var id = 1; id <= count; id++)
        {
            Assert.Equal(id, await Database.AddServerAsync(string.Create(CultureInfo.InvariantCulture, $"SRV-{id:00}"), server => server.Site = siteOf?.Invoke(id) ?? "BRN"));
        }
    }

    /// <summary>Publishes servers, and looks at them.</summary>
    public Task<bool> LookAsync(params IReadOnlyList<LiveServer> servers)
    {
        foreach (var server in servers)
        {
            Live.Publish(server);
        }

        return Tracker.ObserveAsync(servers, Token);
    }

    /// <summary>The same server, looked at every minute for a while.</summary>
    public async Task LookForAsync(int minutes, Func<DateTimeOffset, LiveServer> server)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await LookAsync(server(Now));
        }
    }

    /// <summary>Ends what is due now.</summary>
    public async Task ExpireAsync()
    {
        using var expiry = new TriageExpiry(Database, _opening, Triages, Tracker, Time, NullLogger<TriageExpiry>.Instance);
        await expiry.EndDueAsync(Token);
    }

    /// <summary>Another dashboard over the same database.</summary>
    public async Task RestartAsync()
    {
        _failure.CommitsLeft = null;
        Tracker.Dispose();
        Tracker = NewTracker();
        await Tracker.LoadAsync(Token);
    }

    /// <summary>The next commit, or one after it, fails as if the power went.</summary>
    public void FailNextCommit(int after = 0) => _failure.CommitsLeft = after;

    public Task<List<ProblemEntity>> ProblemsAsync() => Database.ReadAsync(context => context.Problems.AsNoTracking().OrderBy(problem => problem.Id).ToListAsync(Token));

    public Task<List<ProblemServerEntity>> CoursesAsync() =>
        Database.ReadAsync(context => context.ProblemServers.AsNoTracking().OrderBy(row => row.ServerId).ThenBy(row => row.ProblemId).ThenBy(row => row.CauseId).ToListAsync(Token));

    public Task<List<ProblemEventKind>> MomentsAsync() => Database.ReadAsync(context => context.ProblemEvents.OrderBy(moment => moment.Id).Select(moment => moment.Kind).ToListAsync(Token));

    /// <summary>All that is stored, without numbers that a failed transaction may have used up.</summary>
    public async Task<string> DumpAsync()
    {
        var problems = await ProblemsAsync();
        var numbers = problems.Select((problem, index) => (problem.Id, index)).ToDictionary(entry => entry.Id, entry => entry.index);
        var moments = await Database.ReadAsync(context => context.ProblemEvents.AsNoTracking().OrderBy(moment => moment.Id).ToListAsync(Token));
        var lines = problems.Select(problem => Line("problem", numbers[problem.Id], problem.Kind, problem.CauseId, problem.Title, problem.Subject, problem.GroupKey, problem.RootServerId, Number(problem.MergedInto), problem.CreatedAt))
            .Concat((await CoursesAsync()).Select(row => Line(
                "course", numbers[row.ProblemId], row.ServerId, row.CauseId, row.Title, row.Severity, row.State, row.StateSince, row.Since, row.OpenedAt, row.Playbook, row.RepairId, row.ResolvedAt, row.GoneAt,
                row.SuspectedAt, row.GoodSince, row.GoodReadAt, row.MilderSince, row.IsCalm, row.ReopeningCount, string.Join(' ', row.Reopenings.Select(at => at.ToString("O", CultureInfo.InvariantCulture))))))
            .Concat(moments.Select(moment => Line(
                "moment", numbers[moment.ProblemId], moment.ServerId, moment.At, moment.Kind, moment.CauseId, moment.Severity, moment.Kind == ProblemEventKind.Merged ? Number(long.Parse(moment.Detail, CultureInfo.InvariantCulture)) : moment.Detail)));
        return string.Join('\n', lines);

        object? Number(long? id) => id is { } known ? numbers.TryGetValue(known, out var number) ? number : "gone" : null;
    }

    public ValueTask DisposeAsync()
    {
        Tracker.Dispose();
        Triages.Dispose();
        _opening.Dispose();
        Database.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string Line(params object?[] values) => string.Join(" | ", values.Select(value => value is DateTime time ? time.ToString("O", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture)));

    private ProblemTracker NewTracker()
    {
        var tracker = new ProblemTracker(Database, _opening, Live, _feed, Backoff, Time, NullLogger<ProblemTracker>.Instance, triages: Triages);
        tracker.ServerChanged += (serverId, problems) => Told[serverId] = problems;
        return tracker;
    }

    /// <summary>Fails when everything is already sent and only the commit is missing.</summary>
    private sealed class FailingCommit : DbTransactionInterceptor
    {
        /// <summary>Commits until the one that fails; null = none fails.</summary>
        public int? CommitsLeft { get; set; }

        public override ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            if (CommitsLeft is not 0)
            {
                CommitsLeft--;
                return ValueTask.FromResult(result);
            }

            CommitsLeft = null;
            throw new IOException("The power went.");
        }
    }
}
