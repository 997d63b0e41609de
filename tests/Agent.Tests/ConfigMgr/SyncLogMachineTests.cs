using System.Globalization;
using System.Text;
using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Agent.ConfigMgr.Status;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

public sealed class SyncLogMachineTests
{
    private const string FailedLine = "Sync failed: Request for principal permission failed. Source: Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer";

    private const string FailedMessage = "STATMSG: ID=6703 SEV=E LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\" SYS=cm1.contoso.com SITE=CHQ PID=2836 TID=9640 GMTDATE=Fri Aug 02 20:54:26.571 2024 ISTR0=\"Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer\" ISTR1=\"Request for principal permission failed\" ISTR2=\"\" ISTR3=\"\" ISTR4=\"\" ISTR5=\"\" ISTR6=\"\" ISTR7=\"\" ISTR8=\"\" ISTR9=\"\" NUMATTRS=0 LE=0X8013150a";

    private static readonly DateTimeOffset Start = new(2026, 1, 5, 6, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Take_Success_IsOneRunInSpiteOfTheWordCanceled()
    {
        var run = Assert.Single(Read(
            "Performing sync on regular schedule",
            "Starting Sync",
            "STATMSG: ID=6701 SEV=I LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\"",
            "sync: Starting WSUS synchronization",
            "STATMSG: ID=6704 SEV=I LEV=M SOURCE=\"SMS Server\"",
            "Updated 12 items in SMS database, new update source content version is 5",
            "Sync succeeded. Setting sync alert to canceled state on site BRN",
            "STATMSG: ID=6702 SEV=I LEV=M SOURCE=\"SMS Server\""));

        Assert.Equal(SyncResult.Succeeded, run.Result);
        Assert.Equal(SyncTrigger.Scheduled, run.Trigger);
        Assert.Equal(12, run.UpdatesChanged);
        Assert.Equal(Start.AddMinutes(1), run.StartedAt);
        Assert.Equal(Start.AddMinutes(6), run.EndedAt);
    }

    [Fact]
    public void Take_Failure_KeepsReasonAndCode()
    {
        var run = Assert.Single(Read(
            "Performing sync on local request",
            "STATMSG: ID=6701 SEV=I LEV=M SOURCE=\"SMS Server\"",
            "STATMSG: ID=6703 SEV=E LEV=M SOURCE=\"SMS Server\"",
            "Sync failed: The request failed with HTTP status 503: Service Unavailable. Source: Microsoft.UpdateServices.Administration.AdminProxy.CreateUpdateServer",
            "Sync failed. Will retry in 60 minutes"));

        Assert.Equal(SyncResult.Failed, run.Result);
        Assert.Equal(SyncTrigger.Manual, run.Trigger);
        Assert.Equal("The request failed with HTTP status 503: Service Unavailable", run.ErrorText);
        Assert.Equal(503, run.ErrorCode);
    }

    /// <summary>The lines as Configuration Manager writes them; they come in either order.</summary>
    [Theory]
    [InlineData(FailedLine, FailedMessage, 0x8013150A)]
    [InlineData(FailedMessage, FailedLine, 0x8013150A)]
    [InlineData("Sync failed: The request failed with HTTP status 503: Service Unavailable. Source: x", FailedMessage, 503)]
    [InlineData(FailedMessage, "Sync failed: The request failed with HTTP status 503: Service Unavailable. Source: x", 503)]
    [InlineData("Sync failed: The remote server returned an error: (407) Proxy Authentication Required. Source: x", FailedMessage, 407)]
    [InlineData("Sync failed: Exception from HRESULT: 0x800706BA. Source: x", FailedMessage, 0x800706BA)]
    [InlineData("STATMSG: ID=6703 SEV=E LEV=M SOURCE=\"SMS Server\" NUMATTRS=0 LE=0X5", FailedLine, 0x80070005)]
    [InlineData("STATMSG: ID=6703 SEV=E LEV=M SOURCE=\"SMS Server\" NUMATTRS=0 LE=0X0", FailedLine, 0)]
    [InlineData("Sync failed. Will retry in 60 minutes", FailedMessage, 0x8013150A)]
    public void Take_FailureWithAMessage_TakesItsNumberWhereTheReasonHasNone(string first, string second, long expected)
    {
        foreach (var lines in new[] { Read("Starting Sync", first, second), Read("Starting Sync", first, second, first, second) })
        {
            var run = Assert.Single(lines);

            Assert.Equal(SyncResult.Failed, run.Result);
            Assert.Equal(expected, run.ErrorCode);
        }
    }

    /// <summary>The other form of the log.</summary>
    [Fact]
    public void Take_FailureWithAMessageInTheTaggedForm_TakesItsNumber()
    {
        var machine = new SyncLogMachine(new SyncLogState());
        foreach (var (text, minute) in new[] { ("Starting Sync", 0), (FailedLine, 1), (FailedMessage, 2) })
        {
            Take(machine, $"<![LOG[{text}]LOG]!><time=\"06:{minute:00}:00.000+000\" date=\"1-5-2026\" component=\"SMS_WSUS_SYNC_MANAGER\" context=\"\" type=\"3\" thread=\"1\" file=\"x.cpp:1\">");
        }

        var run = Assert.Single(machine.Changed);
        Assert.Equal((SyncResult.Failed, 0x8013150A, "Request for principal permission failed"), (run.Result, run.ErrorCode, run.ErrorText));
    }

    [Fact]
    public void Take_MessageAfterASuccess_ChangesNothing()
    {
        var run = Assert.Single(Read("Starting Sync", "Sync succeeded. Setting sync alert to canceled state on site BRN", FailedMessage));

        Assert.Equal((SyncResult.Succeeded, 0L), (run.Result, run.ErrorCode));
    }

    [Theory]
    [InlineData("SMS_EXECUTIVE signalled SMS_WSUS_SYNC_MANAGER to stop.")]
    [InlineData("SMS_WSUS_SYNC_MANAGER received STOP notification.")]
    [InlineData("Sync was cancelled.")]
    [InlineData("sync: Synchronization aborted")]
    public void Take_StoppedInTheMiddle_IsCancelled(string line) =>
        Assert.Equal(SyncResult.Cancelled, Assert.Single(Read("Starting Sync", line)).Result);

    [Fact]
    public void Take_StartWithoutEndBeforeAnother_IsUnknown()
    {
        var runs = Read("Starting Sync", "Starting Sync", "Sync succeeded. Setting sync alert to canceled state on site BRN");

        Assert.Equal([SyncResult.Unknown, SyncResult.Succeeded], runs.OrderBy(run => run.StartedAt).Select(run => run.Result));
    }

    [Fact]
    public void Take_ProgressLine_TellsPhaseAndNumbers()
    {
        var machine = Run(
            "Starting Sync",
            "sync: WSUS synchronizing updates, processed 1500 out of 6000 items (25%), ETA in 00:12:30");

        Assert.Equal("WSUS synchronizing updates", machine.State.Progress?.Phase);
        Assert.Equal(1500, machine.State.Progress?.Processed);
        Assert.Equal(6000, machine.State.Progress?.Total);
    }

    [Fact]
    public void Take_EndWithoutStart_MakesNoRun() => Assert.Empty(Read("Sync succeeded. Setting sync alert to canceled state on site BRN", "Sync failed. Will retry in 60 minutes"));

    [Fact]
    public void State_WrittenAndRead_GoesOnWithTheOpenRun()
    {
        var before = Run("Performing sync on parent request", "Starting Sync");

        var after = new SyncLogMachine(SyncLogState.Parse(before.State.ToString()));
        Take(after, Line("Sync succeeded. Setting sync alert to canceled state on site BRN", 9));

        var run = Assert.Single(after.Changed);
        Assert.Equal(SyncTrigger.ParentSite, run.Trigger);
        Assert.Equal(before.Changed.Single().Id, run.Id);
        Assert.Equal(SyncResult.Succeeded, run.Result);
    }

    [Theory]
    [InlineData("STATMSG: ID=6702 SEV=I LEV=M SYS=brn01 SITE=BRN PID=432 TID=3404 GMTDATE=Thu Jan 16 18:57:46.304 2014 ISTR0=\"\"", 6702, "2014-01-16 18:57:46Z")]
    [InlineData("STATMSG: ID=6701 SEV=I SITE=BRN GMTDATE=Mon Jan  5 06:00:00 2026", 6701, "2026-01-05 06:00:00Z")]
    [InlineData("STATMSG: ID=6703 SEV=E SITE=BRN GMTDATE=Mon Jan 05 06:12:00.571 2026 LE=0X80131500", 6703, "2026-01-05 06:12:00Z")]
    public void Take_StatusMessage_KeepsItsNumberAndTimeOverARestart(string line, int id, string at) => Assert.Equal(
        new SyncStatusMessage(id, DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)), SyncLogState.Parse(Run(line).State.ToString()).LastMessage);

    [Theory]
    [InlineData("STATMSG: ID=6702 SEV=I")]
    [InlineData("STATMSG: ID=6702 GMTDATE=Thu Foo 16 18:57:46 2014")]
    [InlineData("STATMSG: ID=6702 GMTDATE=Mon Feb 30 18:57:46 2026")]
    [InlineData("sync: Starting WSUS synchronization, GMTDATE=Thu Jan 16 18:57:46.304 2014")]
    public void Take_LineWithoutATimeOfAMessage_KeepsNone(string line) => Assert.Null(Run(line).State.LastMessage);

    private static IReadOnlyCollection<SyncRun> Read(params string[] lines) => Run(lines).Changed;

    private static SyncLogMachine Run(params string[] lines)
    {
        var machine = new SyncLogMachine(new SyncLogState());
        for (var minute = 0; minute < lines.Length; minute++)
        {
            Take(machine, Line(lines[minute], minute));
        }

        return machine;
    }

    private static void Take(SyncLogMachine machine, string line) => machine.Take(LogEntry.Read(Encoding.UTF8.GetBytes(line), 0));

    private static string Line(string text, int minute) =>
        string.Create(CultureInfo.InvariantCulture, $"{text}  $$<SMS_WSUS_SYNC_MANAGER><{Start.AddMinutes(minute):MM-dd-yyyy HH:mm:ss.fff}+0><thread=1 (0x1)>");

    [Theory]
    [InlineData("sync: WSUS synchronizing updates, processed 1500 out of 6000 items (25%), ETA in 00:12:30")]
    [InlineData("Starting Sync")]
    [InlineData("STATMSG: ID=6701 SEV=I")]
    [InlineData("Sync failed: Failed. Source: a")]
    [InlineData("Synchronization was cancelled")]
    [InlineData("Wakeup for scheduled regular sync")]
    [InlineData("Found parent sync notification file")]
    [InlineData("Updated 17 items in SMS database, new update source content version is 3")]
    [InlineData("SMS_EXECUTIVE signalled SMS_WSUS_SYNC_MANAGER to stop.")]
    public void MayMatter_LineThatMeansSomething_IsLookedAt(string text) => Assert.True(SyncLogMarkers.MayMatter(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("Synchronizing update 7f3c0c1a-2b5b-4a27-8df5-0f6e3a0c9f10 - Security Update")]
    [InlineData("Thread terminated by service request.")]
    [InlineData("")]
    public void MayMatter_LineThatMeansNothing_IsPassedOver(string text) => Assert.False(SyncLogMarkers.MayMatter(Encoding.UTF8.GetBytes(text)));
}
