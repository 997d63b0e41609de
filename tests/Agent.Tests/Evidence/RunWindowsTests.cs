using WsusDashboard.Agent.Evidence;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Evidence;

public sealed class RunWindowsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly SyncRun Bad = Run(0, 6, 7, SyncResult.Failed);

    [Fact]
    public void Of_SixGoodRunsBefore_TakesTheNewestFive()
    {
        SyncRun[] runs = [Bad, .. Enumerable.Range(1, 6).Select(days => Run(days, 6, 7, SyncResult.Succeeded)), Run(-1, 6, 7, SyncResult.Succeeded)];

        var good = RunWindows.Of(Bad, runs, Now).Good;

        Assert.Equal([1, 2, 3, 4, 5], good.Select(window => (Bad.StartedAt - window.To).Days + 1));
        Assert.All(good, window => Assert.Equal(TimeSpan.FromMinutes(75 + 60 + 10), window.To - window.From));
    }

    [Theory]
    [InlineData(SyncResult.Succeeded, 1)]
    [InlineData(SyncResult.Failed, 0)]
    [InlineData(SyncResult.Cancelled, 0)]
    [InlineData(SyncResult.Unknown, 0)]
    public void Of_OtherViewOfAGoodRun_IsAWitnessOnlyWhereThatIsGoodToo(SyncResult other, int witnesses)
    {
        var good = Run(1, 6, 7, SyncResult.Succeeded);
        SyncRun[] runs = [Bad, good, good with { Id = "mecm", Source = SyncSource.ConfigMgr, Result = other }];

        Assert.Equal(witnesses, RunWindows.Of(Bad, runs, Now).Good.Count);
    }

    [Fact]
    public void Of_GoodRunBetweenFailures_LeavesOutTheirTime()
    {
        var before = Run(1, 5.5, 5.6, SyncResult.Failed);
        var good = Run(1, 6, 6.2, SyncResult.Succeeded);
        var after = Run(1, 6.3, 6.4, SyncResult.Failed);

        var window = Assert.Single(RunWindows.Of(Bad, [Bad, before, good, after], Now).Good);

        Assert.Equal(before.EndedAt + TimeSpan.FromMinutes(10), window.From);
        Assert.Equal(after.StartedAt, window.To);
    }

    [Fact]
    public void Of_GoodRunRightAfterAFailure_BeginsWithItself()
    {
        var before = Run(1, 5.5, 5.95, SyncResult.Failed);
        var good = Run(1, 6, 6.2, SyncResult.Succeeded);

        Assert.Equal(good.StartedAt, Assert.Single(RunWindows.Of(Bad, [Bad, before, good], Now).Good).From);
    }

    [Fact]
    public void Of_RunWithoutAnEnd_ReachesToTheNextOrToNow()
    {
        var open = Run(0, 6, null, SyncResult.Unknown);
        var next = Run(0, 9, 10, SyncResult.Succeeded);

        Assert.Equal(Now, RunWindows.Of(open, [open], Now).Run.To);
        Assert.Equal(next.StartedAt, RunWindows.Of(open, [open, next, next with { StartedAt = Now.AddHours(-1) }], Now).Run.To);
        Assert.Equal(open.StartedAt.AddDays(1), RunWindows.Of(open, [open], Now.AddDays(3)).Run.To);
    }

    private static SyncRun Run(int daysAgo, double fromHour, double? toHour, SyncResult result) => new()
    {
        Id = FormattableString.Invariant($"wsus-{daysAgo}-{fromHour}"),
        Source = SyncSource.Wsus,
        StartedAt = Now.Date.AddDays(-daysAgo).AddHours(fromHour).AsUtc(),
        EndedAt = toHour is { } hour ? Now.Date.AddDays(-daysAgo).AddHours(hour).AsUtc() : null,
        Result = result,
    };
}

file static class Times
{
    public static DateTimeOffset AsUtc(this DateTime time) => new(time, TimeSpan.Zero);
}
