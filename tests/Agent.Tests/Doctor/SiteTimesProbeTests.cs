using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Tests.Support;

namespace WsusDashboard.Agent.Tests.Doctor;

/// <summary>The times of the update points, character by character, beside the one time in wsyncmgr.log that is known to be UTC.</summary>
public sealed class SiteTimesProbeTests : IDisposable
{
    private const string GmtDate = "2026-01-05 05:30:10";
    private const string UtcWithoutZone = "20260105053000.000000+***";
    private const string LocalWithoutZone = "20260105073000.000000+***";
    private const string WithZone = "20260105073000.000000+120";

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly FakeEdges _edges = new();

    public SiteTimesProbeTests() => _time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(2), "test", "test"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(UtcWithoutZone, "UTC")]
    [InlineData(LocalWithoutZone, "local")]
    public async Task Examine_TimesWithoutZone_AreShownRawBesideGmtDateAndJudged(string time, string zone)
    {
        WriteLog();

        var summary = await ExamineAsync(("sup01", time, time));

        Assert.Contains($"sup01: 6702 at {time}, last success {time}", summary, StringComparison.Ordinal);
        Assert.Contains($"6702 at {GmtDate} (GMTDATE)", summary, StringComparison.Ordinal);
        Assert.EndsWith(zone, summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examine_TimesWithZone_AreShownRawAndNotJudged()
    {
        WriteLog();

        var summary = await ExamineAsync(("sup01", WithZone, WithZone));

        Assert.Contains($"sup01: 6702 at {WithZone}, last success {WithZone}", summary, StringComparison.Ordinal);
        Assert.EndsWith($"6702 at {GmtDate} (GMTDATE)", summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examine_OnePointWithZoneAndOneWithout_JudgesTheOneWithout()
    {
        WriteLog();

        Assert.EndsWith("local", await ExamineAsync(("sup01", WithZone, WithZone), ("sup02", LocalWithoutZone, LocalWithoutZone)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examine_NothingToCompareWith_LeavesItOpen()
    {
        var summary = await ExamineAsync(("sup01", LocalWithoutZone, null));

        Assert.Contains($"sup01: 6702 at {LocalWithoutZone};", summary, StringComparison.Ordinal);
        Assert.DoesNotContain("GMTDATE", summary, StringComparison.Ordinal);
        Assert.Contains("UTC or local", summary, StringComparison.Ordinal);
    }

    private void WriteLog() => File.WriteAllText(
        _folder.File("wsyncmgr.log"),
        "STATMSG: ID=6702 SEV=I LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\" SYS=SUP01 SITE=BRN PID=1 TID=2 GMTDATE=Mon Jan 05 05:30:10.500 2026  $$<SMS_WSUS_SYNC_MANAGER><01-05-2026 07:30:10.500-120><thread=4711 (0x1267)>\r\n");

    private async Task<string> ExamineAsync(params (string Server, string StateTime, string? SuccessTime)[] points)
    {
        _edges.Wmi = (_, query) => query switch
        {
            _ when query.Contains("SMS_ProviderLocation", StringComparison.Ordinal) => [FakeEdges.Row(("SiteCode", "BRN"), ("Machine", "SUP01"), ("NamespacePath", ""))],
            _ when query.Contains("SMS_SUPSyncStatus", StringComparison.Ordinal) =>
            [
                .. points.Select(point => FakeEdges.Row(
                    ("WSUSServerName", point.Server), ("SiteCode", "BRN"), ("LastSyncState", 6702u), ("LastSyncStateTime", point.StateTime), ("LastSuccessfulSyncTime", point.SuccessTime))),
            ],
            _ => [],
        };
        var options = new AgentOptions { DataDirectory = _folder.Path, ComputerName = "SUP01", Port = 1, ConfigMgrLogDirectory = _folder.Path };
        var report = await ServerExamination.RunAsync(options, [], _edges.ToEdges(), _time, isForReport: false, TestContext.Current.CancellationToken);
        return report.Results.Single(result => result.Edge == "times of the update points").Outcome.Summary;
    }
}
