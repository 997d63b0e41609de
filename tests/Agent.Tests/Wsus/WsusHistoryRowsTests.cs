using WsusDashboard.Agent.Wsus;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Wsus;

public sealed class WsusHistoryRowsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 2, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(384, SyncResult.Succeeded)]
    [InlineData(386, SyncResult.Failed)]
    [InlineData(387, SyncResult.Cancelled)]
    public void Pair_StartAndEnd_IsOneRun(short endId, SyncResult result)
    {
        var run = Assert.Single(WsusHistoryRows.Pair([Event(endId, 9, "reason"), Event(381, 0)]));

        Assert.Equal(result, run.Result);
        Assert.Equal(SyncTrigger.Scheduled, run.Trigger);
        Assert.Equal(TimeSpan.FromMinutes(9), run.Duration);
        Assert.Equal(result == SyncResult.Failed ? "reason" : "", run.ErrorText);
    }

    [Fact]
    public void Pair_StartAfterStart_LeavesTheFirstUnknownAndTheNewestRunning()
    {
        var runs = WsusHistoryRows.Pair([Event(382, 0), Event(382, 60)]);

        Assert.Equal([SyncResult.Unknown, SyncResult.Running], runs.Select(run => run.Result));
        Assert.All(runs, run => Assert.Null(run.EndedAt));
    }

    [Fact]
    public void Pair_EndAndNextStartInTheSameMoment_EndsTheFirstRun()
    {
        var runs = WsusHistoryRows.Pair([Event(381, 0), Event(382, 5), Event(387, 5)]);

        Assert.Equal([SyncResult.Cancelled, SyncResult.Running], runs.Select(run => run.Result));
    }

    [Fact]
    public void Pair_EndWithoutStart_IsPassedOver() => Assert.Empty(WsusHistoryRows.Pair([Event(384, 0)]));

    private static WsusHistoryEvent Event(short id, int minutes, string text = "") => new(Guid.NewGuid(), id, Start.AddMinutes(minutes), 0, text);
}
