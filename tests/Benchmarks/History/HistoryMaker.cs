using System.Data.Common;
using System.Globalization;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Data.Packing;
using WsusDashboard.Dashboard.Data.Rollup;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Benchmarks.History;

/// <summary>Makes a history as the dashboard would have kept it: the same rows, roll-up and chunks, in the order in which they would have come.</summary>
internal sealed class HistoryMaker(HistoryOptions options)
{
    private const int ServersOfSite = 20;
    private const int Causes = 12;

    // The same history on both databases and in every run.
    private readonly Random _random = new(4711);

    public async Task MakeServersAsync(DashboardContext context, CancellationToken cancellationToken)
    {
        for (var server = 0; server < options.Servers; server++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"WSUS{server:0000}");
            var site = string.Create(CultureInfo.InvariantCulture, $"S{server / ServersOfSite:00}");
            context.Servers.Add(new()
            {
                Name = name,
                NameKey = name.ToLowerInvariant(),
                Address = $"http://{name}:5101",
                Site = site,
                SearchText = ServerEntity.SearchTextOf(name, site, name, name),
                AddedAt = HistoryOptions.Now.AddDays(-options.Days),
                Status = new() { LastGoodSyncAt = HistoryOptions.Now.AddHours(-server % 90) },
            });
        }

        for (var cause = 1; cause <= Causes; cause++)
        {
            context.SyncCauses.Add(new() { CauseId = CauseOf(cause), Title = $"Cause {cause}" });
        }

        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Rows in the order of time, and the roll-up of the same runs.</summary>
    public async Task MakeRunsAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var perServer = options.Runs / options.Servers;
        var step = TimeSpan.FromDays((double)options.Days / perServer);
        var start = HistoryOptions.Now.AddDays(-options.Days);
        var packed = new Dictionary<long, List<PackedRun>>();
        await using (var rows = await TableWriter.OpenAsync(connection, "SyncRuns", "ServerId", "RunId", "Source", "Trigger", "StartedAt", "EndedAt", "Result", "ErrorCode", "ErrorText", "UpdatesChanged", "IsCounted", "RepairTrace", "CauseId", "CauseTitle"))
        {
            for (var number = 0; number < perServer; number++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var server = 1; server <= options.Servers; server++)
                {
                    var at = start + (step * number) + TimeSpan.FromSeconds(_random.Next(0, (int)step.TotalSeconds));
                    var (result, cause) = Draw(server, number);
                    var seconds = _random.Next(40, 1_500);
                    await rows.WriteAsync(
                        server, Guid.NewGuid().ToString("N"), (int)SyncSource.Wsus, (int)SyncTrigger.Scheduled, at, at.AddSeconds(seconds), (int)result, cause == 0 ? 0L : 503L,
                        cause == 0 ? "" : "The request failed with HTTP status 503: Service Unavailable", null, true, (int)RepairTrace.None, cause == 0 ? null : CauseOf(cause), cause == 0 ? null : $"Cause {cause}");
                    var id = SyncPeriod.IdOf(SyncPeriod.Of(at), server);
                    if (!packed.TryGetValue(id, out var period))
                    {
                        packed.Add(id, period = []);
                    }

                    period.Add(PackedRun.Of(at, at.AddSeconds(seconds), result, SyncSource.Wsus, true, cause));
                }
            }
        }

        await using (var periods = await TableWriter.OpenAsync(connection, "SyncPeriods", "Id", "ServerId", "Runs"))
        {
            foreach (var (id, runs) in packed.OrderBy(entry => entry.Key))
            {
                await periods.WriteAsync(id, SyncPeriod.ServerOf(id), PackedRuns.Pack(runs));
            }
        }

        await using var counts = await TableWriter.OpenAsync(connection, "SyncPeriodCounts", "PeriodId", "Kind", "ServerId", "Count");
        foreach (var count in packed.OrderBy(entry => entry.Key).SelectMany(entry => SyncRollup.CountsOf(entry.Key, entry.Value)))
        {
            await counts.WriteAsync(count.PeriodId, count.Kind, count.ServerId, count.Count);
        }
    }

    /// <summary>Minutes, hours and days, each as long as the retention keeps it, at most <see cref="HistoryOptions.SampleDays"/>.</summary>
    public async Task MakeSamplesAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var kept = new DashboardOptions();
        await using var chunks = await TableWriter.OpenAsync(connection, "SampleChunks", "ServerId", "Grain", "StartHour", "RollupDue", "Data");
        foreach (var (grain, days) in new[] { (SampleGrain.Minute, kept.Retention.MinuteSampleDays), (SampleGrain.Hour, kept.Retention.HourSampleDays), (SampleGrain.Day, kept.Retention.DaySampleDays) })
        {
            var first = Grains.UnitOf(grain, HistoryOptions.Now.AddDays(-Math.Min(days, options.SampleDays)));
            var last = Grains.UnitOf(grain, HistoryOptions.Now) - 1;
            var chunkStarts = Enumerable.Range(first, last - first + 1).GroupBy(unit => Grains.ChunkOf(grain, unit));
            foreach (var chunk in chunkStarts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var server = 1; server <= options.Servers; server++)
                {
                    await chunks.WriteAsync(server, (int)grain, chunk.Key, 0, PackedSamples.Pack(chunk.Select(unit => Draw(grain, server, unit))));
                }
            }
        }
    }

    /// <summary>State changes, events of Windows and repairs: some a week and server.</summary>
    public async Task MakeChangesAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var weeks = options.Days / 7;
        await using (var changes = await TableWriter.OpenAsync(connection, "StateChanges", "ServerId", "At", "Subject", "From", "To", "Detail"))
        {
            await EachWeekAsync(weeks, async (server, at) =>
            {
                await changes.WriteAsync(server, at, "pool:WsusPool", "Started", "Stopped", "");
                await changes.WriteAsync(server, at.AddMinutes(4), "pool:WsusPool", "Stopped", "Started", "");
                await changes.WriteAsync(server, at.AddHours(5), server % 40 == 0 ? "setting:WsusPool/queueLength" : "health", "Warning", "Healthy", "WsusPool passes its memory limit");
            });
        }

        cancellationToken.ThrowIfCancellationRequested();
        await using (var events = await TableWriter.OpenAsync(connection, "ServerEvents", "ServerId", "At", "LogName", "RecordId", "Provider", "EventId", "Level", "Message"))
        {
            await EachWeekAsync(Math.Min(weeks, 57), async (server, at) =>
            {
                for (var number = 0; number < 4; number++)
                {
                    await events.WriteAsync(server, at.AddHours(number), WindowsEvents.SystemLog, 100L + number, WindowsEvents.WasProvider, WindowsEvents.PrivateMemoryRecycle, (int)EventLevel.Information, "A worker process with process id of '4711' serving application pool 'WsusPool' has requested a recycle because it reached its private bytes memory limit.");
                }
            });
        }

        await using var repairs = await TableWriter.OpenAsync(connection, "Repairs", "ServerId", "RepairId", "Playbook", "Baseline", "State", "RequestedBy", "Reason", "StartedAt", "EndedAt", "Revision", "Sentence", "CanUndo", "UndoOf", "UndoneBy", "ReadAt", "Run");
        for (var server = 1; server <= options.Servers; server++)
        {
            var at = HistoryOptions.Now.AddDays(-20 - (server % 300));
            await repairs.WriteAsync(server, $"run-{server}", "full-repair", "guide", (int)RepairState.Succeeded, "anna", "", at, at.AddMinutes(6), 9L, "The sync succeeded.", true, "", "", at, "{}");
        }
    }

    private static string CauseOf(int number) => string.Create(CultureInfo.InvariantCulture, $"cause-{number}");

    private async Task EachWeekAsync(int weeks, Func<int, DateTime, Task> write)
    {
        for (var week = weeks; week > 0; week--)
        {
            for (var server = 1; server <= options.Servers; server++)
            {
                await write(server, HistoryOptions.Now.AddDays(-7 * week).AddMinutes(_random.Next(0, 7 * 24 * 60 - 400)));
            }
        }
    }

    /// <summary>Every server has bad weeks of its own, and a bad one now and then.</summary>
    private (SyncResult Result, int Cause) Draw(int server, int number)
    {
        var isBadWeek = (number / 20 + server * 7) % 23 == 0;
        if (_random.Next(100) >= (isBadWeek ? 80 : 4))
        {
            return (SyncResult.Succeeded, 0);
        }

        return (_random.Next(10) < 6 ? SyncResult.Cancelled : SyncResult.Failed, _random.Next(10) < 8 ? 1 + (server % Causes) : 0);
    }

    private SampleSpan Draw(SampleGrain grain, int server, int unit)
    {
        var mean = 1_200_000 + (server * 331L) + (Math.Abs((unit % 200) - 100) * 3_000L) + _random.Next(0, 4_000);
        var spread = grain == SampleGrain.Minute ? 0 : _random.Next(2_000, 60_000);
        return new()
        {
            Unit = unit,
            Samples = Grains.MinutesOf(grain),
            WorkerMinimum = mean - spread,
            WorkerMean = mean,
            WorkerMaximum = mean + spread,
            Limit = 1_843_200,
            QueuedMaximum = _random.Next(8) == 0 ? _random.Next(200) : 0,
            Rejected = _random.Next(40) == 0 ? _random.Next(50) : 0,
            Updates = 14_000 + (unit / Math.Max(1, 1440 / Grains.MinutesOf(grain))),
            ConfigMgrUpdates = 12_480,
            AgentMemoryMaximum = 50_000 + _random.Next(0, 300),
        };
    }
}
