using System.Text;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Features;

public abstract class SyncHistoryServiceTests : IDisposable
{
    private readonly TestDatabase _database;
    private readonly FakeTimeProvider _clock = new(Clock.Start);
    private readonly SyncHistoryService _history;

    protected SyncHistoryServiceTests(DatabaseKind kind)
    {
        _database = new(kind);
        _history = new(_database, _clock, Caller.OfDashboard);
    }

    [Fact]
    public async Task GetDailyAsync_DaysWithoutASync_AreThereWithZero()
    {
        var id = await _database.AddServerAsync("a");
        await AddAsync(id, Clock.Start.AddDays(-1), SyncResult.Succeeded);
        await AddAsync(id, Clock.Start.AddDays(-1).AddHours(1), SyncResult.Cancelled);
        await AddAsync(id, Clock.Start.AddDays(-30), SyncResult.Failed);

        var history = await _history.GetDailyAsync(null, null, 7, TimeZoneInfo.Utc, TestContext.Current.CancellationToken);

        Assert.Equal(7, history.Days.Count);
        Assert.Equal(new DateOnly(2026, 3, 10), history.Days[^1].Day);
        Assert.Equal([0, 0, 0, 0, 0, 2, 0], history.Days.Select(day => day.Total));
        Assert.Equal((1, 1), (history.Days[5].Succeeded, history.Days[5].Cancelled));
        Assert.Equal(0.5, history.FailureRate);
        Assert.Equal(1, history.WithoutKnownCause);
    }

    [Fact]
    public async Task GetPairedAsync_SeenTwiceBrokenByARepairOrAlone_EachIsListedOnce()
    {
        var (id, other) = (await _database.AddServerAsync("a"), await _database.AddServerAsync("b"));
        await WriteAsync(
            Run(id, "wsus-1", Clock.Start.AddHours(-2), SyncSource.Wsus, SyncTrigger.Manual),
            Run(id, "mecm-1", Clock.Start.AddHours(-2).AddMinutes(-1), SyncSource.ConfigMgr, SyncTrigger.Scheduled, isCounted: false),
            Run(id, "wsus-2", Clock.Start.AddHours(-5), SyncSource.Wsus, SyncTrigger.Manual, isCounted: false, trace: RepairTrace.Interrupted),
            Run(id, "mecm-2", Clock.Start.AddHours(-5), SyncSource.ConfigMgr, SyncTrigger.Unknown, isCounted: false, trace: RepairTrace.Interrupted),
            Run(id, "mecm-3", Clock.Start.AddHours(-9), SyncSource.ConfigMgr, SyncTrigger.ParentSite),
            Run(id, "wsus-4", Clock.Start.AddHours(-20), SyncSource.Wsus, SyncTrigger.Scheduled),
            Run(other, "wsus-1", Clock.Start.AddHours(-2), SyncSource.Wsus, SyncTrigger.Manual));

        var page = await _history.GetPairedAsync(new() { ServerId = id, PageSize = 3 }, TestContext.Current.CancellationToken);
        var last = await _history.GetPairedAsync(new() { ServerId = id, PageSize = 3, Page = 2 }, TestContext.Current.CancellationToken);

        Assert.Equal((4, 4), (page.Total, last.Total));
        Assert.Equal([("wsus-1", "mecm-1"), ("wsus-2", "mecm-2"), ("mecm-3", null), ("wsus-4", null)], page.Items.Concat(last.Items).Select(sync => (sync.Row.Run.Id, sync.Other?.Id)));
        Assert.Equal((Clock.Start.AddHours(-2).AddMinutes(-1), TimeSpan.FromMinutes(11)), (page.Items[0].StartedAt, page.Items[0].Duration));
        Assert.Equal(4, page.Items.Concat(last.Items).Select(SyncLabels.StartedBy).Distinct().Count());
    }

    [Fact]
    public async Task GetPairedAsync_ResultAndPeriod_NarrowTheList()
    {
        var id = await _database.AddServerAsync("a");
        await AddAsync(id, Clock.Start.AddHours(-1), SyncResult.Failed);
        await AddAsync(id, Clock.Start.AddHours(-2), SyncResult.Succeeded);
        await AddAsync(id, Clock.Start.AddDays(-9), SyncResult.Failed);

        Assert.Equal(1, (await _history.GetPairedAsync(new() { ServerId = id, Result = SyncResult.Failed, From = Clock.Start.AddDays(-7) }, TestContext.Current.CancellationToken)).Total);
        Assert.Equal(3, (await _history.GetPairedAsync(new() { ServerId = id }, TestContext.Current.CancellationToken)).Total);
        Assert.Equal(0, (await _history.GetPairedAsync(new() { ServerId = id + 1 }, TestContext.Current.CancellationToken)).Total);
    }

    [Theory]
    [InlineData(SyncTrigger.Scheduled, null, "WSUS, on schedule")]
    [InlineData(SyncTrigger.Manual, null, "on request")]
    [InlineData(SyncTrigger.Manual, SyncTrigger.Scheduled, "Configuration Manager, on schedule")]
    [InlineData(SyncTrigger.Manual, SyncTrigger.Unknown, "Configuration Manager")]
    [InlineData(SyncTrigger.Unknown, null, "not recorded")]
    public void StartedBy_SaysNoMoreThanBothViewsTell(SyncTrigger wsus, SyncTrigger? managed, string expected)
    {
        var sync = new PairedSync(
            new() { ServerId = 1, ServerName = "a", Site = "", Run = new() { Id = "wsus-1", Source = SyncSource.Wsus, Trigger = wsus } },
            managed is { } trigger ? new() { Id = "mecm-1", Source = SyncSource.ConfigMgr, Trigger = trigger } : null);

        Assert.Equal(expected, SyncLabels.StartedBy(sync));
        Assert.Equal(expected == "on request", SyncLabels.StartedByNote(sync) is not null);
    }

    [Fact]
    public async Task GetDailyAsync_DayOfTheClockChange_HasItsOwnHours()
    {
        // In Zurich the clocks go forward on 2026-03-29 at 01:00 UTC: that day is 23 hours long, and midnight moves from 23:00 to 22:00 UTC.
        _clock.SetUtcNow(new(2026, 3, 30, 12, 0, 0, TimeSpan.Zero));
        var id = await _database.AddServerAsync("a");
        await AddAsync(id, new(2026, 3, 28, 22, 59, 0, TimeSpan.Zero), SyncResult.Succeeded);
        await AddAsync(id, new(2026, 3, 28, 23, 0, 0, TimeSpan.Zero), SyncResult.Failed);
        await AddAsync(id, new(2026, 3, 29, 21, 59, 0, TimeSpan.Zero), SyncResult.Failed);
        await AddAsync(id, new(2026, 3, 29, 22, 0, 0, TimeSpan.Zero), SyncResult.Cancelled);

        var history = await _history.GetDailyAsync(id, null, 7, TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich"), TestContext.Current.CancellationToken);

        Assert.Equal((1, 0, 0), Counts(history.Days[^3]));
        Assert.Equal((0, 2, 0), Counts(history.Days[^2]));
        Assert.Equal((0, 0, 1), Counts(history.Days[^1]));
        Assert.Equal(TimeSpan.FromHours(23), history.Days[^2].To - history.Days[^2].From);

        static (int Succeeded, int Failed, int Cancelled) Counts(SyncDay day) => (day.Succeeded, day.Failed, day.Cancelled);
    }

    [Fact]
    public async Task GetDailyAsync_OffsetOfThreeQuarters_CountsOnTheViewersDay()
    {
        var id = await _database.AddServerAsync("a");
        await AddAsync(id, new(2026, 3, 9, 18, 14, 0, TimeSpan.Zero), SyncResult.Failed);
        await AddAsync(id, new(2026, 3, 9, 18, 15, 0, TimeSpan.Zero), SyncResult.Succeeded);

        var history = await _history.GetDailyAsync(id, null, 7, TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu"), TestContext.Current.CancellationToken);

        Assert.Equal((1, 0), (history.Days[^2].Failed, history.Days[^2].Succeeded));
        Assert.Equal((0, 1), (history.Days[^1].Failed, history.Days[^1].Succeeded));
    }

    [Fact]
    public async Task GetDailyAsync_SeveralSites_EachHasItsStripAndTheFilterNarrows()
    {
        var brn = await _database.AddServerAsync("a");
        var zrh = await _database.AddServerAsync("b", server => server.Site = "ZRH");
        await AddAsync(brn, Clock.Start.AddHours(-3), SyncResult.Succeeded);
        await AddAsync(zrh, Clock.Start.AddHours(-2), SyncResult.Failed);

        var all = await _history.GetDailyAsync(null, null, 30, TimeZoneInfo.Utc, TestContext.Current.CancellationToken);
        var one = await _history.GetDailyAsync(null, "ZRH", 30, TimeZoneInfo.Utc, TestContext.Current.CancellationToken);

        Assert.Equal(["BRN", "ZRH"], all.Sites.Select(site => site.Site));
        Assert.All(all.Sites, site => Assert.Equal(30, site.Days.Count));
        Assert.Equal((0, 1), (one.Days[^1].Succeeded, one.Days[^1].Failed));
    }

    [Fact]
    public async Task GetDailyAsync_FailuresBetweenSuccesses_TellRepairTimeAndGap()
    {
        var id = await _database.AddServerAsync("a");
        await AddAsync(id, Clock.Start.AddHours(-50), SyncResult.Succeeded);
        await AddAsync(id, Clock.Start.AddHours(-40), SyncResult.Cancelled);
        await AddAsync(id, Clock.Start.AddHours(-35), SyncResult.Failed);
        await AddAsync(id, Clock.Start.AddHours(-30), SyncResult.Succeeded);
        await AddAsync(id, Clock.Start.AddHours(-20), SyncResult.Failed);
        await AddAsync(id, Clock.Start.AddHours(-18), SyncResult.Succeeded);

        var history = await _history.GetDailyAsync(id, null, 7, TimeZoneInfo.Utc, TestContext.Current.CancellationToken);

        Assert.Equal((2, TimeSpan.FromHours(6)), (history.RepairedCount, history.MeanTimeToRepair));
        Assert.Equal((TimeSpan.FromHours(20), (DateTimeOffset?)Clock.Start.AddHours(-30).AddMinutes(10)), (history.LongestGap!.Length, history.LongestGap.To));
    }

    [Fact]
    public async Task GetDailyAsync_NoSuccessInTheRange_GapGoesOnFromTheLastKnownOne()
    {
        var id = await _database.AddServerAsync("a", server => server.Status = new() { LastGoodSyncAt = Clock.Start.UtcDateTime.AddDays(-20) });
        await AddAsync(id, Clock.Start.AddDays(-1), SyncResult.Failed);

        var history = await _history.GetDailyAsync(id, null, 7, TimeZoneInfo.Utc, TestContext.Current.CancellationToken);

        Assert.Equal((TimeSpan.FromDays(20), null), (history.LongestGap!.Length, history.LongestGap.To));
        Assert.Null(history.MeanTimeToRepair);
    }

    [Fact]
    public async Task GetDailyAsync_KnownCauses_AreRankedAndTheRestIsCounted()
    {
        var id = await _database.AddServerAsync("a");
        await AddAsync(id, Clock.Start.AddHours(-5), SyncResult.Failed, cause: "proxy-refused");
        await AddAsync(id, Clock.Start.AddHours(-4), SyncResult.Cancelled, cause: "pool-memory-limit");
        await AddAsync(id, Clock.Start.AddHours(-3), SyncResult.Cancelled, cause: "pool-memory-limit");
        await AddAsync(id, Clock.Start.AddHours(-2), SyncResult.Failed);

        var history = await _history.GetDailyAsync(id, null, 7, TimeZoneInfo.Utc, TestContext.Current.CancellationToken);

        Assert.Equal([("pool-memory-limit", 2), ("proxy-refused", 1)], history.Causes.Select(cause => (cause.Id, cause.Count)));
        Assert.Equal(1, history.WithoutKnownCause);
    }

    [Fact]
    public async Task GetDailyAsync_SecondViews_AreNotCounted()
    {
        var id = await _database.AddServerAsync("a");
        await AddAsync(id, Clock.Start.AddHours(-5), SyncResult.Failed, isCounted: false);

        var history = await _history.GetDailyAsync(id, null, 7, TimeZoneInfo.Utc, TestContext.Current.CancellationToken);

        Assert.Equal(0, history.Days.Sum(day => day.Total));
        Assert.Null(history.FailureRate);
    }

    [Fact]
    public async Task GetDailyAsync_OtherNumberOfDays_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _history.GetDailyAsync(null, null, 8, TimeZoneInfo.Utc, TestContext.Current.CancellationToken));

    [Fact]
    public async Task GetPageAsync_Filtered_NewestFirst()
    {
        var id = await _database.AddServerAsync("a");
        for (var hour = 1; hour <= 5; hour++)
        {
            await AddAsync(id, Clock.Start.AddHours(-hour), hour % 2 == 0 ? SyncResult.Failed : SyncResult.Succeeded);
        }

        var failed = await _history.GetPageAsync(new() { ServerId = id, Result = SyncResult.Failed }, TestContext.Current.CancellationToken);
        var second = await _history.GetPageAsync(new() { PageSize = 2, Page = 2, From = Clock.Start.AddHours(-4), To = Clock.Start.AddHours(-1) }, TestContext.Current.CancellationToken);

        Assert.Equal([-2, -4], failed.Items.Select(row => (row.Run.StartedAt - Clock.Start).TotalHours));
        Assert.Equal(3, second.Total);
        Assert.Equal(-4, (Assert.Single(second.Items).Run.StartedAt - Clock.Start).TotalHours);
    }

    [Fact]
    public async Task WriteCsvAsync_TextsOfOtherMachines_AreQuotedAndNoFormula()
    {
        var id = await _database.AddServerAsync("=cmd", server => server.Site = "a,\"b\"");
        await AddAsync(id, Clock.Start, SyncResult.Failed);
        using var stream = new MemoryStream();

        await _history.WriteCsvAsync(new(), stream, TestContext.Current.CancellationToken);

        var lines = Encoding.UTF8.GetString(stream.ToArray()).TrimStart('\uFEFF').Split("\r\n");
        Assert.StartsWith("\"server\",\"site\",\"source\"", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("\"'=cmd\",\"a,\"\"b\"\"\",\"Wsus\",\"Scheduled\",2026-03-10T12:00:00Z,2026-03-10T12:10:00Z,600,\"Failed\"", lines[1], StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    private static SyncRunEntity Run(int serverId, string id, DateTimeOffset startedAt, SyncSource source, SyncTrigger trigger, bool isCounted = true, RepairTrace trace = RepairTrace.None) => new()
    {
        ServerId = serverId,
        RunId = id,
        Source = source,
        Trigger = trigger,
        StartedAt = startedAt.UtcDateTime,
        EndedAt = startedAt.UtcDateTime.AddMinutes(10),
        Result = isCounted || trace is RepairTrace.None ? SyncResult.Succeeded : SyncResult.Cancelled,
        IsCounted = isCounted,
        RepairTrace = trace,
    };

    private Task WriteAsync(params SyncRunEntity[] runs) => _database.WriteAsync(context => context.SyncRuns.AddRange(runs));

    private Task AddAsync(int serverId, DateTimeOffset startedAt, SyncResult result, string? cause = null, bool isCounted = true) => _database.WriteAsync(context => context.SyncRuns.Add(new()
    {
        ServerId = serverId,
        RunId = $"wsus-{startedAt.Ticks}",
        Source = SyncSource.Wsus,
        Trigger = SyncTrigger.Scheduled,
        StartedAt = startedAt.UtcDateTime,
        EndedAt = startedAt.UtcDateTime.AddMinutes(10),
        Result = result,
        CauseId = cause,
        CauseTitle = cause,
        IsCounted = isCounted,
    }));
}

public sealed class SyncHistoryServiceOnSqliteTests() : SyncHistoryServiceTests(DatabaseKind.Sqlite);

public sealed class SyncHistoryServiceOnPostgreSqlTests() : SyncHistoryServiceTests(DatabaseKind.PostgreSql);
