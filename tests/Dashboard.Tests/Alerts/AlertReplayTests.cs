using Microsoft.EntityFrameworkCore;
using WsusDashboard.Dashboard.Alerts;
using WsusDashboard.Dashboard.Alerts.Deciding;
using WsusDashboard.Dashboard.Tests.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Alerts;

public sealed class SqliteAlertReplayTests() : AlertReplayTests(DatabaseKind.Sqlite);

public sealed class PostgreSqlAlertReplayTests() : AlertReplayTests(DatabaseKind.PostgreSql);

public abstract class AlertReplayTests(DatabaseKind kind) : IAsyncDisposable
{
    private static readonly AlertRoute[] Routes =
    [
        AlertBench.Route(1, new() { Channels = [1], EscalationMinutes = 45, EscalationChannels = [2] }),
        AlertBench.Route(2, new() { Sites = ["ZRH"], Channels = [3], LeastSeverity = Severity.Critical }),
    ];

    private static readonly MaintenanceWindow[] Windows = [new(1, "evening", new() { Sites = ["ZRH"], From = new(2026, 3, 10), At = new(15, 0), Minutes = 60 })];

    private readonly ProblemHarness _harness = new(kind);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _harness.DisposeAsync();
    }

    [Fact]
    public async Task Of_StoredProblems_GivesTheMessagesThatWereSentLive()
    {
        await _harness.AddServersAsync(4, id => id == 4 ? "ZRH" : "BRN");
        var start = _harness.Now;
        var reader = new AlertReader(_harness.Tracker, _harness.Triages, _harness.Live);
        var (alerts, live) = (LatestAlerts.None, new List<AlertOrder>());

        // Minutes at which each server has a cause, and how severe it is.
        (int Server, int From, int To, string Cause, Severity Severity)[] faults =
        [
            (1, 10, 400, FindingIds.PoolStopped, Severity.Critical),
            (2, 60, 90, FindingIds.PoolStopped, Severity.Critical),
            (3, 30, 33, FindingIds.DiskFull, Severity.Warning),
            (3, 100, 180, FindingIds.DiskFull, Severity.Warning),
            (3, 140, 180, FindingIds.DiskFull, Severity.Critical),
            (4, 185, 300, FindingIds.WsusServiceStopped, Severity.Critical),
            (4, 20, 22, FindingIds.SettingsDrift, Severity.Warning),
        ];
        for (var minute = 1; minute <= 480; minute++)
        {
            _harness.Time.Advance(TimeSpan.FromMinutes(1));
            var now = _harness.Now;
            await _harness.LookAsync(
            [
                .. Enumerable.Range(1, 4).Select(server => ProblemSamples.Server(
                    server,
                    now,
                    [.. faults.Where(fault => fault.Server == server && minute >= fault.From && minute < fault.To).GroupBy(fault => fault.Cause).Select(same => ProblemSamples.Finding(same.Key, same.Max(fault => fault.Severity)))]) with { Site = server == 4 ? "ZRH" : "BRN" }),
            ]);
            for (var second = 0; second < 60; second += 10)
            {
                var decision = AlertDecisions.Of(new(now.AddSeconds(second), reader.Read(now.AddSeconds(second)), Routes, Windows, alerts));
                alerts = decision.Alerts;
                live.AddRange(decision.Orders);
            }
        }

        var events = await _harness.Database.ReadAsync(context => context.ProblemEvents.AsNoTracking().ToListAsync(Token));
        var replay = AlertReplay.Of(new(await _harness.ProblemsAsync(), events, _harness.Live.GetAll()), Routes, Windows, start.AddDays(-1), start, _harness.Now.AddSeconds(59), Token);

        Assert.Equal(Lines(live), Lines(replay));
        Assert.InRange(live.Count, 10, 40);
        Assert.Contains(live, order => order.Message.Reason == AlertReason.Escalation);
        Assert.Contains(live, order => order.Message.Reason == AlertReason.Reminder);
        Assert.Contains(live, order => order.Message.Reason == AlertReason.Worse);
        Assert.Contains(live, order => order.Message.Reason == AlertReason.MoreServers);
    }

    private static List<string> Lines(IEnumerable<AlertOrder> orders) =>
        [.. orders.Select(order => $"{order.Message.At:HH:mm} {order.Message.Reason} {order.Alert.RouteId} {order.Alert.GroupKey} {order.Message.Occurrence}.{order.Message.Number} {string.Join(',', order.Channels)} {order.Message.ServerCount}").Order(StringComparer.Ordinal)];
}
