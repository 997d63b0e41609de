using WsusDashboard.Dashboard.Components.Parts;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Features.History;
using WsusDashboard.Dashboard.Features.Timelines;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Dashboard.Tests.Features;

/// <summary>What stands on the timeline, and what is said of the time before a failure.</summary>
public sealed class TimelineItemsTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 5, 6, 0, 0, TimeSpan.Zero);

    private static readonly TimelineSync Failed = new("run-1", SyncSource.Wsus, Start, Start.AddMinutes(10), SyncResult.Cancelled, null, null, true);

    [Fact]
    public void Of_PoolStoppedAndStarted_IsOneSpan()
    {
        var items = TimelineItems.Of(Line(changes:
        [
            Change(Start.AddMinutes(5), ChangeKind.Pool, "WsusPool", "Started", "Stopped"),
            Change(Start.AddMinutes(6), ChangeKind.Pool, "WsusPool", "Stopped", "Started"),
        ]));

        var item = Assert.Single(items);
        Assert.Equal((TimelineLane.Pool, Tone.Bad), (item.Lane, item.Tone));
        Assert.Equal(Start.AddMinutes(6), item.To);
        AssertText.Tells(item.What, "WsusPool", "1 min");
    }

    [Fact]
    public void Of_ServiceStillStopped_GoesOnToTheEnd()
    {
        var items = TimelineItems.Of(Line(changes: [Change(Start, ChangeKind.Service, "WsusService", "Running", "Stopped")]));

        Assert.Equal(Start.AddHours(2), Assert.Single(items).To);
    }

    [Fact]
    public void Of_ClientsThatGotNothing_AreASpanOfErrors()
    {
        var items = TimelineItems.Of(Line(changes:
        [
            Change(Start, ChangeKind.Client, "ClientWebService", "Answered", "Unavailable"),
            Change(Start.AddMinutes(2), ChangeKind.Client, "ClientWebService", "Unavailable", "Failed"),
            Change(Start.AddMinutes(6), ChangeKind.Client, "ClientWebService", "Failed", "Answered"),
            Change(Start.AddMinutes(30), ChangeKind.Client, "ApiRemoting30", "Answered", "Refused"),
            Change(Start.AddMinutes(40), ChangeKind.Client, "Content", "Answered", "PoolStopped"),
        ]));

        Assert.All(items, item => Assert.Equal((TimelineLane.Errors, Tone.Bad), (item.Lane, item.Tone)));
        Assert.Equal((Start, Start.AddMinutes(6)), (items[0].From, items[^1].To));
        AssertText.Tells(items[0].What, "ClientWebService");
    }

    [Fact]
    public void Of_SettingChangedByARepair_NamesWhoAndAsksForNobody()
    {
        var items = TimelineItems.Of(Line(changes: [Change(Start, ChangeKind.Setting, "WsusPool/queueLength", "1000", "30000") with { By = "anna" }]));

        var item = Assert.Single(items);
        Assert.Equal(Tone.Busy, item.Tone);
        AssertText.Tells(item.What, "1,000 → 30,000", "anna");
    }

    [Fact]
    public void Of_SettingChangedByHand_SaysSo()
    {
        var items = TimelineItems.Of(Line(changes: [Change(Start, ChangeKind.Setting, "WsusPool/queueLength", "30000", "1000")]));

        Assert.Contains("not by WsusDashboard", Assert.Single(items).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SyncThatARepairCutOff_IsShownQuietly()
    {
        var item = Assert.Single(TimelineItems.Of(Line(syncs: [Failed with { IsCounted = false, RepairId = "r", RepairTrace = RepairTrace.Interrupted }])));

        Assert.Equal((TimelineLane.Syncs, Tone.Quiet), (item.Lane, item.Tone));
    }

    [Fact]
    public void Of_SecondViewOfASync_IsNotShown() =>
        Assert.Empty(TimelineItems.Of(Line(syncs: [Failed with { IsCounted = false }])));

    [Fact]
    public void Tell_RecycleAtTheEndAndAStopEarlier_NearestFirst()
    {
        var timeline = Line(
            syncs: [Failed],
            changes: [Change(Start.AddMinutes(-20), ChangeKind.Service, "WsusService", "Running", "Stopped"), Change(Start.AddMinutes(-15), ChangeKind.Service, "WsusService", "Stopped", "Running")],
            events: [new(Start.AddMinutes(9), ServerEventKind.MemoryRecycle, "Microsoft-Windows-WAS", 5117, EventLevel.Information, "")]);

        var lines = BeforeFailure.Tell(Failed, TimelineItems.Of(timeline), []);

        Assert.Equal(2, lines.Count);
        Assert.Equal(TimeSpan.FromMinutes(1), lines[0].Before);
        AssertText.Tells(lines[0].What, "5117");
        AssertText.Tells(lines[1].What, "WsusService");
    }

    [Fact]
    public void Tell_WorkerAtItsLimitAndRequestsRefused_AreSaid()
    {
        SamplePoint[] samples =
        [
            Sample(Start.AddMinutes(8), worker: 1_800_000, rejected: 0),
            Sample(Start.AddMinutes(9), worker: 900_000, rejected: 12),
        ];

        var lines = BeforeFailure.Tell(Failed, [], samples);

        Assert.Equal(2, lines.Count);
        AssertText.Tells(Assert.Single(lines, line => line.Tone == Tone.Bad && line.What.Contains("GB", StringComparison.Ordinal)).What, "1.7 GB", "1.8 GB");
        AssertText.Tells(Assert.Single(lines, line => line.What.Contains("503", StringComparison.Ordinal)).What, "12 ");
    }

    [Fact]
    public void Tell_WorkerFarFromItsLimit_DoesNotAccuseIt()
    {
        var line = Assert.Single(BeforeFailure.Tell(Failed, [], [Sample(Start.AddMinutes(9), worker: 400_000, rejected: 0)]));

        Assert.Equal(Tone.Quiet, line.Tone);
    }

    [Fact]
    public void Tell_RecycledAtTheLimitBetweenTwoSamples_DoesNotClearIt()
    {
        TimelineItem recycle = new(TimelineLane.Pool, Start.AddMinutes(9), null, Tone.Warning, "The worker of the pool was recycled: it reached a memory limit (event 5117)");

        SamplePoint[] samples = [Sample(Start.AddMinutes(9), worker: 400_000, rejected: 0)];
        var clearing = Assert.Single(BeforeFailure.Tell(Failed, [], samples)).What;

        var lines = BeforeFailure.Tell(Failed, [recycle], samples);

        Assert.Equal(2, lines.Count);
        Assert.DoesNotContain(lines, line => line.What == clearing);
    }

    [Fact]
    public void Of_StatesOfAnUpdatePoint_AreWords()
    {
        var item = Assert.Single(TimelineItems.Of(Line(changes: [Change(Start, ChangeKind.SoftwareUpdatePoint, "sup01", "6704", "6703")])));

        Assert.DoesNotContain("6704 →", item.What, StringComparison.Ordinal);
        Assert.Contains("fail", item.What, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Tell_ThingsOfTheDayBeforeOrAfter_AreNotSaid()
    {
        TimelineItem[] items =
        [
            new(TimelineLane.Pool, Start.AddHours(-20), null, Tone.Warning, "old"),
            new(TimelineLane.Pool, Start.AddHours(1), null, Tone.Warning, "later"),
        ];

        Assert.Empty(BeforeFailure.Tell(Failed, items, []));
    }

    [Fact]
    public void Draw_Items_StandInTheTableNewestFirst()
    {
        var timeline = Line(syncs: [Failed], events: [new(Start.AddMinutes(-5), ServerEventKind.WorkerDied, "Microsoft-Windows-WAS", 5009, EventLevel.Warning, "")]);

        var chart = TimelineChart.Draw(timeline, TimelineItems.Of(timeline), Failed, at => at.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(["06:10", "05:55"], chart.Rows.Select(row => row.Name));
        AssertText.Tells(chart.Rows[0].Values[1], "cancelled", "10 min");
    }

    private static Timeline Line(IReadOnlyList<TimelineSync>? syncs = null, IReadOnlyList<TimelineChange>? changes = null, IReadOnlyList<TimelineEvent>? events = null) => new()
    {
        ServerId = 1,
        ServerName = "BRN-WSUS02",
        Site = "BRN",
        From = Start.AddHours(-1),
        To = Start.AddHours(2),
        Syncs = syncs ?? [],
        Changes = changes ?? [],
        Events = events ?? [],
        Repairs = [],
        Samples = [],
        Grain = SampleGrain.Minute,
        PatchTuesdays = [],
    };

    private static TimelineChange Change(DateTimeOffset at, ChangeKind kind, string subject, string from, string to) => new(at, kind, subject, from, to, "", null);

    private static SamplePoint Sample(DateTimeOffset at, long worker, long rejected) => new(at, TimeSpan.FromMinutes(1), 1, worker, worker, worker, 1_843_200, 0, rejected, null, null, null);
}
