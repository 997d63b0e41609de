using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Syncs;
using WsusDashboard.Dashboard.Ingest;
using WsusDashboard.Dashboard.Jobs;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Data;

/// <summary>The roll-up says what the raw runs say, whatever happened to them.</summary>
public abstract class SyncRollupTests(DatabaseKind kind) : IDisposable
{
    private const int Servers = 5;

    private static readonly SyncResult[] Ended = [SyncResult.Succeeded, SyncResult.Failed, SyncResult.Cancelled];

    private readonly TestDatabase _database = new(kind);
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 20, 9, 30, 0, TimeSpan.Zero));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Etc/UTC", 400)]
    [InlineData("Europe/Zurich", 400)]
    [InlineData("Asia/Kolkata", 60)]
    [InlineData("Asia/Kathmandu", 200)]
    [InlineData("America/Los_Angeles", 300)]
    [InlineData("Pacific/Kiritimati", 45)]
    public async Task GetSyncsAsync_DaysOfAnyZone_AreWhatTheRawRunsSay(string zoneId, int days)
    {
        await MakeAsync();
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var range = HistoryRange.LastDays(days, _clock.GetUtcNow(), zone);

        var said = await new HistoryQueries(_database, _clock, Caller.OfDashboard).GetSyncsAsync(new(), range, Token);

        // The other witness: every run's own local time, by the library.
        DateTime Local(SyncRunEntity run) => TimeZoneInfo.ConvertTimeFromUtc(run.StartedAt, zone);
        DateOnly DayOf(SyncRunEntity run) => DateOnly.FromDateTime(Local(run));
        var counted = (await RunsAsync()).FindAll(run => run.IsCounted);
        var inRange = counted.FindAll(run => DayOf(run) >= range.First && DayOf(run) <= range.Last);
        var sites = await _database.ReadAsync(context => context.Servers.ToDictionaryAsync(server => server.Id, server => server.Site, Token));
        Assert.NotEmpty(inRange);
        Assert.Equal(CountsOf(inRange), said.Total);
        Assert.Equal(CountsOf(counted.Where(run => DayOf(run) < range.First && DayOf(run) >= range.Before().First)), said.Before);
        Assert.Equal(days, said.Days.Count);
        Assert.All(said.Days, day => Assert.Equal(CountsOf(inRange.Where(run => DayOf(run) == day.Day)), CountsOf(day)));
        Assert.All(said.Sites, site => Assert.Equal(CountsOf(inRange.Where(run => sites[run.ServerId] == site.Site)), site.Counts));
        Assert.All(said.Sites, site => Assert.All(site.Days, day => Assert.Equal(CountsOf(inRange.Where(run => sites[run.ServerId] == site.Site && DayOf(run) == day.Day)), CountsOf(day))));
        Assert.All(said.HoursOfWeek, cell => Assert.Equal(CountsOf(inRange.Where(run => Local(run).Hour == cell.Hour && ((int)Local(run).DayOfWeek + 6) % 7 == cell.Day)), cell.Counts));
        var bad = inRange.FindAll(run => run.Result is SyncResult.Failed or SyncResult.Cancelled);
        Assert.Equal(bad.Count(run => run.CauseId is null), said.WithoutKnownCause);
        Assert.Equal(bad.Where(run => run.CauseId is not null).CountBy(run => run.CauseId!).OrderBy(entry => entry.Key), said.Causes.Select(cause => KeyValuePair.Create(cause.Id, cause.Count)).OrderBy(entry => entry.Key));
        AssertDurations(said.Durations, inRange, DayOf);
        AssertRecoveries(said, inRange);
    }

    [Fact]
    public async Task GetPageAsync_TotalOfAnyFilter_CountsTheRawRuns()
    {
        await MakeAsync();
        var runs = await RunsAsync();
        var sites = await _database.ReadAsync(context => context.Servers.ToDictionaryAsync(server => server.Id, server => server.Site, Token));
        foreach (var query in new[]
        {
            new SyncQuery { From = _clock.GetUtcNow().AddDays(-390), To = _clock.GetUtcNow() },
            new SyncQuery { CountedOnly = true },
            new SyncQuery { Result = SyncResult.Failed, Source = SyncSource.ConfigMgr },
            new SyncQuery { Source = SyncSource.Wsus, From = _clock.GetUtcNow().AddDays(-70) },
            new SyncQuery { From = _clock.GetUtcNow().AddDays(-390), To = _clock.GetUtcNow().AddDays(-20), Site = "BRN" },
            new SyncQuery { From = SyncPeriod.TimeOf(SyncPeriod.Of(_clock.GetUtcNow().UtcDateTime) - 2), To = SyncPeriod.TimeOf(SyncPeriod.Of(_clock.GetUtcNow().UtcDateTime) - 1) },
        })
        {
            var page = await new SyncHistoryService(_database, _clock, Caller.OfDashboard).GetPageAsync(query, Token);

            var expected = runs.Count(run => (query.Result ?? run.Result) == run.Result && (query.Source ?? run.Source) == run.Source && (run.IsCounted || !query.CountedOnly) && (query.Site ?? sites[run.ServerId]) == sites[run.ServerId]
                && (query.From is null || run.StartedAt >= query.From.Value.UtcDateTime) && (query.To is null || run.StartedAt < query.To.Value.UtcDateTime));
            Assert.InRange(expected, 1, runs.Count);
            Assert.Equal(expected, page.Total);
        }
    }

    [Fact]
    public async Task SaveAsync_RunsCorrectedMovedAndRemoved_RollupFollows()
    {
        var ids = await MakeAsync();
        await AssertExactAsync();

        // A late correction of an old run, one that moves to another period, one that comes late, one that goes, a server that goes.
        await _database.WriteAsync(context =>
        {
            var old = context.SyncRuns.Where(run => run.ServerId == ids[0]).OrderBy(run => run.StartedAt).Take(3).ToList();
            (old[0].Result, old[0].CauseId, old[0].CauseTitle) = (SyncResult.Failed, "new-cause", "A new cause");
            old[1].StartedAt = old[1].StartedAt.AddDays(100);
            context.SyncRuns.Remove(old[2]);
            context.SyncRuns.Add(new() { ServerId = ids[1], RunId = "late", StartedAt = _clock.GetUtcNow().AddDays(-700).UtcDateTime, Result = SyncResult.Cancelled });
            context.Servers.Remove(context.Servers.Find(ids[2])!);
        });

        await AssertExactAsync();
        Assert.False(await _database.ReadAsync(context => context.SyncPeriods.AnyAsync(period => period.ServerId == ids[2], Token)));
    }

    [Fact]
    public async Task SaveAsync_AnyOrderOfChanges_RollupFollows()
    {
        var ids = await MakeAsync();
        var random = new Random(23);
        for (var turn = 0; turn < 25; turn++)
        {
            await _database.WriteAsync(context =>
            {
                var runs = context.SyncRuns.OrderBy(run => run.Id).ToList();
                for (var change = random.Next(1, 12); change > 0; change--)
                {
                    var run = runs[random.Next(runs.Count)];
                    var at = _clock.GetUtcNow().AddSeconds(-random.Next(60_000_000)).UtcDateTime;
                    switch (random.Next(4))
                    {
                        case 0:
                            context.SyncRuns.Add(new() { ServerId = ids[random.Next(Servers)], RunId = $"new-{turn}-{change}", StartedAt = at, EndedAt = at.AddSeconds(random.Next(2_000_000)), Result = SyncResult.Failed, CauseId = $"cause-{random.Next(40)}" });
                            break;
                        case 1:
                            (run.Result, run.CauseId, run.IsCounted) = (Ended[random.Next(3)], random.Next(2) == 0 ? null : $"cause-{random.Next(40)}", random.Next(2) == 0);
                            break;
                        case 2:
                            (run.StartedAt, run.EndedAt) = (at, null);
                            break;
                        default:
                            context.SyncRuns.Remove(run);
                            runs.Remove(run);
                            break;
                    }
                }
            });

            await AssertExactAsync();
        }
    }

    [Fact]
    public async Task SaveAsync_LastRunOfAPeriodGoes_ItsRowGoesToo()
    {
        var id = await _database.AddServerAsync("a");
        await _database.WriteAsync(context => context.SyncRuns.Add(new() { ServerId = id, RunId = "r", StartedAt = Clock.Start.UtcDateTime }));
        await AssertExactAsync();

        await _database.WriteAsync(context => context.SyncRuns.Remove(context.SyncRuns.Single()));

        Assert.False(await _database.ReadAsync(context => context.SyncPeriods.AnyAsync(Token)));
    }

    [Fact]
    public async Task StoreAsync_PairOfBothSourcesAndEventsThatComeAgain_CountsOneOnce()
    {
        var id = await _database.AddServerAsync("a");
        EventItem[] items =
        [
            new(id, "epoch", Samples.SyncEvent(1, Samples.Sync("wsus", Clock.Start.AddMinutes(1), SyncResult.Succeeded)), IsFirstOfWatch: false),
            new(id, "epoch", Samples.SyncEvent(2, Samples.Sync("mecm", Clock.Start, SyncResult.Failed, SyncSource.ConfigMgr, minutes: 30)), IsFirstOfWatch: false),
        ];

        // An agent whose hub forgot how far it was sends the same again.
        for (var turn = 0; turn < 2; turn++)
        {
            await using var context = _database.CreateDbContext();
            Assert.True(await new HistoryTransaction(context, new Dictionary<int, ServerState>(), _ => LinkCursor.Start, Clock.Start).StoreAsync(new(items, []), Token));
            await AssertExactAsync();
        }

        var range = new HistoryRange(DateOnly.FromDateTime(Clock.Start.UtcDateTime), DateOnly.FromDateTime(Clock.Start.UtcDateTime), TimeZoneInfo.Utc);
        var said = await new HistoryQueries(_database, _clock, Caller.OfDashboard).GetSyncsAsync(new(), range, Token);
        Assert.Equal(new SyncCounts(Succeeded: 0, Cancelled: 0, Failed: 1, Unknown: 0, Running: 0), said.Total);
    }

    [Fact]
    public async Task Retention_LimitInsideAPeriod_RollupKeepsWhatTheRunsKeep()
    {
        await MakeAsync();
        using var audit = _database.CreateAuditLog(_clock);
        var options = new DashboardOptions { DataDirectory = _database.Options.DataDirectory, Retention = { SyncDays = 200 } };
        var limit = _clock.GetUtcNow().AddDays(-200).UtcDateTime;
        Assert.Contains(await RunsAsync(), run => run.StartedAt < limit && SyncPeriod.Of(run.StartedAt) == SyncPeriod.Of(limit));

        for (var turn = 0; turn < 2; turn++)
        {
            await new RetentionJob(_database, audit, options, _clock).RunAsync(Token);

            await AssertExactAsync();
            Assert.All(await RunsAsync(), run => Assert.True(run.StartedAt >= limit));
        }
    }

    [Fact]
    public void PackedRun_AnyRun_IsReadBack()
    {
        var start = SyncPeriod.TimeOf(SyncPeriod.Of(Clock.Start.UtcDateTime));
        foreach (var offset in new[] { 0L, 1, SyncPeriod.Seconds - 1 })
        {
            foreach (var seconds in new[] { -1, 0, 600, 1_000_000 })
            {
                var at = start.AddSeconds(offset);
                var run = PackedRun.Of(at, seconds < 0 ? null : at.AddSeconds(seconds), SyncResult.Cancelled, SyncSource.ConfigMgr, false, PackedRun.MaximumCause);

                Assert.Equal((SyncPeriod.SecondsOf(at), seconds, SyncResult.Cancelled, PackedRun.MaximumCause, false), (run.StartedAt, run.Seconds, run.Result, run.Cause, run.IsCounted));
                Assert.Equal(SyncSource.ConfigMgr, PackedRun.SourceOf(run.Kind));
            }
        }
    }

    [Fact]
    public void PackedRuns_AnyRuns_AreReadBackInTheOrderOfTime()
    {
        var random = new Random(7);
        ulong[] buffer = [];
        var start = SyncPeriod.TimeOf(SyncPeriod.Of(Clock.Start.UtcDateTime));
        for (var turn = 0; turn < 300; turn++)
        {
            // From one run to a thousand, from the shortest to the longest, from one cause to all.
            var (seconds, length, causes) = (1L << random.Next(24), 1 << random.Next(22), 1 << random.Next(13));
            var runs = Enumerable.Range(0, random.Next(turn % 3 == 0 ? 3 : 1_000)).Select(_ => start.AddSeconds(random.NextInt64(seconds))).Select(at =>
                PackedRun.Of(at, random.Next(9) == 0 ? null : at.AddSeconds(random.Next(length)), (SyncResult)random.Next(5), (SyncSource)random.Next(2), random.Next(2) == 0, random.Next(causes))).ToList();

            var read = PackedRuns.Unpack(PackedRuns.Pack(runs), ref buffer);

            Assert.Equal(runs.Select(run => run.Bits).Order(), read.ToArray());
        }
    }

    public void Dispose()
    {
        _database.Dispose();
        GC.SuppressFinalize(this);
    }

    private static SyncCounts CountsOf(IEnumerable<SyncRunEntity> runs)
    {
        var counts = runs.CountBy(run => run.Result).ToDictionary();
        return new(counts.GetValueOrDefault(SyncResult.Succeeded), counts.GetValueOrDefault(SyncResult.Cancelled), counts.GetValueOrDefault(SyncResult.Failed), counts.GetValueOrDefault(SyncResult.Unknown), counts.GetValueOrDefault(SyncResult.Running));
    }

    private static SyncCounts CountsOf(SyncDay day) => new(day.Succeeded, day.Cancelled, day.Failed, day.Unknown, day.Running);

    private static void AssertDurations(DurationStatistics said, List<SyncRunEntity> runs, Func<SyncRunEntity, DateOnly> dayOf)
    {
        var ended = runs.FindAll(run => run.EndedAt is not null && Ended.Contains(run.Result));
        Assert.All(said.Classes, length =>
        {
            var those = ended.FindAll(run => LengthOf(run) >= length.From && (length.To is null || LengthOf(run) < length.To));
            Assert.Equal(CountsOf(those), new SyncCounts(length.Succeeded, length.Cancelled, length.Failed, 0, 0));
        });
        var good = ended.FindAll(run => run.Result == SyncResult.Succeeded);
        AssertNear(PercentileOf(good, 0.5), said.Median);
        AssertNear(PercentileOf(good, 0.9), said.Percentile90);
        Assert.All(said.Days, day =>
        {
            var ofDay = good.FindAll(run => dayOf(run) == day.Day);
            Assert.Equal(ofDay.Count, day.Count);
            AssertNear(PercentileOf(ofDay, 0.5), day.Median);
            AssertNear(PercentileOf(ofDay, 0.9), day.Percentile90);
        });
    }

    private static TimeSpan LengthOf(SyncRunEntity run) => TimeSpan.FromSeconds(Math.Floor((run.EndedAt!.Value - run.StartedAt).TotalSeconds));

    private static TimeSpan? PercentileOf(List<SyncRunEntity> runs, double share) =>
        runs.Count == 0 ? null : runs.Select(LengthOf).Order().ElementAt(Math.Max(1, (int)Math.Ceiling(runs.Count * share)) - 1);

    // Percentiles are right to 5 %, a few seconds where they are short.
    private static void AssertNear(TimeSpan? expected, TimeSpan? said)
    {
        Assert.Equal(expected is null, said is null);
        if (expected is { } known)
        {
            Assert.InRange(said!.Value.TotalSeconds, (known.TotalSeconds * 0.95) - 2, (known.TotalSeconds * 1.05) + 2);
        }
    }

    /// <summary>Server by server, run by run.</summary>
    private static void AssertRecoveries(SyncStatistics said, List<SyncRunEntity> runs)
    {
        var (recoveries, gaps, open) = (new List<double>(), new List<double>(), 0);
        foreach (var server in runs.Where(run => Ended.Contains(run.Result)).GroupBy(run => run.ServerId))
        {
            DateTime? failingSince = null;
            DateTime? lastGood = null;
            foreach (var run in server.OrderBy(run => run.StartedAt))
            {
                var at = run.EndedAt ?? run.StartedAt;
                if (run.Result != SyncResult.Succeeded)
                {
                    failingSince ??= at;
                    continue;
                }

                recoveries.AddRange(failingSince is { } since ? [(at - since).TotalSeconds] : []);
                gaps.AddRange(lastGood is { } good ? [(at - good).TotalSeconds] : []);
                (failingSince, lastGood) = (null, at);
            }

            open += failingSince is null ? 0 : 1;
        }

        Assert.Equal((recoveries.Count, open), (said.Repairs.Count, said.Repairs.Open));
        Assert.Equal(recoveries.Count, said.Repairs.Months.Sum(month => month.Count));
        Assert.Equal(recoveries.Average(), said.Repairs.Mean!.Value.TotalSeconds, 1.0);
        Assert.Equal(recoveries.Order().ElementAt(recoveries.Count / 2), said.Repairs.Median!.Value.TotalSeconds, 1.0);
        var ended = said.LongestGaps.Where(gap => gap.To is not null).Select(gap => gap.Length.TotalSeconds).ToList();
        Assert.Equal(10, said.LongestGaps.Count);
        Assert.Equal(gaps.OrderDescending().Take(ended.Count), ended, (expected, actual) => Math.Abs(expected - actual) <= 1);
    }

    private Task<List<SyncRunEntity>> RunsAsync() => _database.ReadAsync(context => context.SyncRuns.AsNoTracking().ToListAsync(Token));

    /// <summary>Each run is in the roll-up once, as it is, and nothing else.</summary>
    private Task<bool> AssertExactAsync() => _database.ReadAsync(async context =>
    {
        var causes = await context.SyncCauses.ToDictionaryAsync(cause => cause.CauseId, cause => cause.Id, Token);
        var raw = (await context.SyncRuns.AsNoTracking().ToListAsync(Token))
            .Select(run => (run.ServerId, Run: PackedRun.Of(run.StartedAt, run.EndedAt, run.Result, run.Source, run.IsCounted, run.CauseId is null ? 0 : causes[run.CauseId])));
        var (rolled, buffer) = (new List<(int ServerId, PackedRun Run)>(), Array.Empty<ulong>());
        foreach (var row in await context.SyncPeriods.AsNoTracking().ToListAsync(Token))
        {
            Assert.Equal(SyncPeriod.ServerOf(row.Id), row.ServerId);
            var start = SyncPeriod.StartOf(SyncPeriod.PeriodOf(row.Id));
            foreach (var bits in PackedRuns.Unpack(row.Runs, ref buffer))
            {
                rolled.Add((row.ServerId, new(start, bits)));
            }
        }

        Assert.NotEmpty(rolled);
        var counts = await context.SyncPeriodCounts.AsNoTracking().ToListAsync(Token);
        Assert.Equal(
            rolled.CountBy(entry => (Id: SyncPeriod.IdOf((int)(entry.Run.PeriodStart / SyncPeriod.Seconds), entry.ServerId), entry.ServerId, entry.Run.Kind)).Select(entry => (entry.Key, entry.Value)).Order(),
            counts.Select(count => ((count.PeriodId, count.ServerId, count.Kind), count.Count)).Order());
        Assert.Equal(
            raw.OrderBy(entry => entry.ServerId).ThenBy(entry => entry.Run.PeriodStart).ThenBy(entry => entry.Run.Bits),
            rolled.OrderBy(entry => entry.ServerId).ThenBy(entry => entry.Run.PeriodStart).ThenBy(entry => entry.Run.Bits));
        return true;
    });

    /// <summary>A run a day for 15 months, with bad weeks, causes, second views and runs without an end.</summary>
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

public sealed class SyncRollupOnSqliteTests() : SyncRollupTests(DatabaseKind.Sqlite);

public sealed class SyncRollupOnPostgreSqlTests() : SyncRollupTests(DatabaseKind.PostgreSql);
