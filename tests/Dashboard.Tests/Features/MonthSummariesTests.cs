using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Security;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>Charts that are added up from months in memory say the same as charts that are read from the database.</summary>
public abstract class MonthSummariesTests(DatabaseKind kind) : IDisposable
{
    private const int Servers = 5;

    private readonly TestDatabase _database = new(kind);
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 20, 9, 30, 0, TimeSpan.Zero));
    private readonly MonthSummaries _kept = new(leastServers: 1);
    private readonly MonthSummaries _none = new(leastServers: int.MaxValue);

    [Theory]
    [InlineData("Etc/UTC", 400)]
    [InlineData("Europe/Zurich", 400)]
    [InlineData("Asia/Kathmandu", 200)]
    [InlineData("America/Los_Angeles", 300)]
    [InlineData("Pacific/Kiritimati", 45)]
    public async Task GetSyncsAsync_FromSummaries_SaysTheSame(string zone, int days)
    {
        await MakeAsync();
        var range = HistoryRange.LastDays(days, _clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(zone));

        var read = await AskAsync(_none, range);
        var made = await AskAsync(_kept, range);
        var kept = await AskAsync(_kept, range);

        Assert.Equal(0, _none.Bytes);
        Assert.True(_kept.Bytes > 0);
        Assert.Equal(read, made);
        Assert.Equal(read, kept);
    }

    [Fact]
    public async Task GetSyncsAsync_RunOfAnOldMonthComesLate_IsCounted()
    {
        var ids = await MakeAsync();
        var range = HistoryRange.LastDays(400, _clock.GetUtcNow(), TimeZoneInfo.Utc);
        var before = await AskAsync(_kept, range);
        await _database.WriteAsync(context => context.SyncRuns.Add(new() { ServerId = ids[0], RunId = "late", StartedAt = _clock.GetUtcNow().AddDays(-200).UtcDateTime, Result = SyncResult.Failed }));

        var after = await AskAsync(_kept, range);

        Assert.NotEqual(before, after);
        Assert.Equal(await AskAsync(_none, range), after);
    }

    [Fact]
    public async Task GetSyncsAsync_ServerMovedToAnotherSite_IsCountedThere()
    {
        var ids = await MakeAsync();
        var range = HistoryRange.LastDays(400, _clock.GetUtcNow(), TimeZoneInfo.Utc);
        await AskAsync(_kept, range);
        await _database.WriteAsync(context => context.Servers.Find(ids[0])!.Site = "NEW");

        Assert.Equal(await AskAsync(_none, range), await AskAsync(_kept, range));
    }

    [Fact]
    public async Task GetPageAsync_TotalFromSummaries_CountsWhatTheFiltersShow()
    {
        await MakeAsync();
        foreach (var query in new[]
        {
            new SyncQuery { From = _clock.GetUtcNow().AddDays(-390), To = _clock.GetUtcNow() },
            new SyncQuery { CountedOnly = true },
            new SyncQuery { Result = SyncResult.Failed, Source = SyncSource.ConfigMgr },
            new SyncQuery { Source = SyncSource.Wsus, From = _clock.GetUtcNow().AddDays(-70) },
        })
        {
            var read = await new SyncHistoryService(_database, _none, _clock, Caller.OfDashboard).GetPageAsync(query, TestContext.Current.CancellationToken);
            var kept = await new SyncHistoryService(_database, _kept, _clock, Caller.OfDashboard).GetPageAsync(query, TestContext.Current.CancellationToken);

            Assert.True(read.Total > 0);
            Assert.Equal(read.Total, kept.Total);
        }
    }

    public void Dispose()
    {
        _database.Dispose();
        _kept.Dispose();
        _none.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<string> AskAsync(MonthSummaries summaries, HistoryRange range) =>
        JsonSerializer.Serialize(await new HistoryQueries(_database, summaries, _clock, Caller.OfDashboard).GetSyncsAsync(new(), range, TestContext.Current.CancellationToken));

    /// <summary>A run about every ten hours for 15 months, with bad weeks, causes, second views and runs without an end.</summary>
    private async Task<List<int>> MakeAsync()
    {
        var (random, ids) = (new Random(11), new List<int>());
        for (var server = 0; server < Servers; server++)
        {
            ids.Add(await _database.AddServerAsync($"s{server}", entity => entity.Site = server % 2 == 0 ? "BRN" : "ZRH"));
        }

        await _database.WriteAsync(context =>
        {
            foreach (var id in ids)
            {
                for (var number = 0; number < 450; number++)
                {
                    var at = _clock.GetUtcNow().AddHours(-24 * number).AddMinutes(-random.Next(1_440)).UtcDateTime;
                    var isBad = random.Next(10) < (number / 9 % 3 == 0 ? 8 : 1);
                    context.SyncRuns.Add(new()
                    {
                        ServerId = id,
                        RunId = $"{id}-{number}",
                        StartedAt = at,
                        EndedAt = random.Next(20) == 0 ? null : at.AddSeconds(random.Next(30, 20_000)),
                        Result = isBad ? (random.Next(2) == 0 ? SyncResult.Failed : SyncResult.Cancelled) : SyncResult.Succeeded,
                        Source = random.Next(3) == 0 ? SyncSource.ConfigMgr : SyncSource.Wsus,
                        IsCounted = random.Next(5) > 0,
                        CauseId = isBad && random.Next(3) > 0 ? $"cause-{random.Next(4)}" : null,
                        CauseTitle = "A cause",
                    });
                }
            }
        });
        return ids;
    }
}

public sealed class MonthSummariesOnSqliteTests() : MonthSummariesTests(DatabaseKind.Sqlite);

public sealed class MonthSummariesOnPostgreSqlTests() : MonthSummariesTests(DatabaseKind.PostgreSql);
