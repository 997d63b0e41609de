using System.Globalization;
using WsusDashboard.Agent.ConfigMgr;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

public sealed class SyncLogMarkersTests
{
    [Theory]
    [InlineData("STATMSG: ID=6703 SEV=E", 6703)]
    [InlineData("STATMSG: ID=6703", 6703)]
    [InlineData("STATMSG: ID=1234567 SEV=E", 0)]
    [InlineData("STATMSG: ID=6703x", 0)]
    [InlineData("STATMSG: ID=", 0)]
    [InlineData("STATMSG: ID=٣ SEV=E", 0)]
    [InlineData("a STATMSG: ID=6703", 0)]
    public void StatusMessage_Line_GivesItsNumber(string text, int expected) => Assert.Equal(expected, SyncLogMarkers.StatusMessage(text));

    [Theory]
    [InlineData("PID=1 GMTDATE=Thu Jan 16 18:57:46.304 2014 ISTR0=\"\"", "2014-01-16T18:57:46Z")]
    [InlineData("GMTDATE=Fri Feb  3 08:07:06 2023", "2023-02-03T08:07:06Z")]
    [InlineData("GMTDATE=Fri Feb 30 08:07:06 2023", null)]
    [InlineData("GMTDATE=Fri Feb 3 08:07:06 20231", null)]
    [InlineData("GMTDATE=Fri Feb 3 08:07:06", null)]
    [InlineData("XGMTDATE=Fri Feb 3 08:07:06 2023", null)]
    [InlineData("GMTDATE=", null)]
    public void StatusMessageTime_Line_IsUtc(string text, string? expected) =>
        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), SyncLogMarkers.StatusMessageTime(text));

    [Theory]
    [InlineData("STATMSG: ID=6703 LE=0X8013150a", 0x8013150AL)]
    [InlineData("STATMSG: ID=6703 LE=0X1 LE=0X80072EE7", 0x80072EE7L)]
    [InlineData("STATMSG: ID=6703 LE=0X0", 0)]
    [InlineData("STATMSG: ID=6703 LE=0X80072EE7G", 0)]
    [InlineData("STATMSG: ID=6703 LE=0X180072EE7", 0)]
    [InlineData("STATMSG: ID=6703 FILE=0X80072EE7", 0)]
    [InlineData("LE=0X80072EE7", 0)]
    public void MessageErrorCode_Line_GivesTheLast(string text, long expected) => Assert.Equal(expected, SyncLogMarkers.MessageErrorCode(text) & uint.MaxValue);

    [Theory]
    [InlineData("Synchronization was cancelled by user", true)]
    [InlineData("sync: the sync has been canceled", true)]
    [InlineData("The synchronization  has been aborted.", true)]
    [InlineData("sync terminated", true)]
    [InlineData("SYNC STOPPED", true)]
    [InlineData("SMS_EXECUTIVE signalled SMS_WSUS_SYNC_MANAGER to stop", true)]
    [InlineData("Sync succeeded. Setting sync alert to canceled state on site P01", false)]
    [InlineData("sync stoppedness", false)]
    [InlineData("syncstopped", false)]
    [InlineData("thesync stopped", false)]
    [InlineData("sync wasstopped", false)]
    [InlineData("a sync stopped", false)]
    [InlineData("sync: stopped", false)]
    public void IsCancellation_Line_SaysThatItWasGivenUp(string text, bool expected) => Assert.Equal(expected, SyncLogMarkers.IsCancellation(text));

    [Theory]
    [InlineData("Sync failed: WSUS server not configured.. Source: CWSyncMgr::DoSync", "WSUS server not configured.")]
    [InlineData("Sync failed: no source", "no source")]
    [InlineData("Sync failed. The operation has timed out . source: X Source: Y", "The operation has timed out")]
    [InlineData("Sync failed: Will retry in 60 minutes", "")]
    [InlineData("Sync failed", "")]
    [InlineData("Sync failed;x", "")]
    public void Reason_Line_EndsBeforeItsSource(string text, string expected) => Assert.Equal(expected, SyncLogMarkers.Reason(text));

    [Theory]
    [InlineData("Updated 125 items in SMS database, new update source content version is 8", 125)]
    [InlineData("updated x Updated 0 items in sms database", 0)]
    [InlineData("NotUpdated 5 items in SMS database", null)]
    [InlineData("Updated 5 items", null)]
    public void UpdatesChanged_Line_GivesTheirNumber(string text, int? expected) => Assert.Equal(expected, SyncLogMarkers.UpdatesChanged(text));

    [Theory]
    [InlineData("sync: SMS synchronizing updates, processed 20 out of 3100 items (0%)", "SMS synchronizing updates", 20, 3100)]
    [InlineData("sync: SMS performing cleanup", "SMS performing cleanup", 0, 0)]
    [InlineData("sync: WSUS synchronizing updates, processed many", "WSUS synchronizing updates", 0, 0)]
    [InlineData("sync: ", "", 0, 0)]
    public void Progress_Line_GivesPhaseAndNumbers(string text, string phase, long processed, long total) => Assert.Equal((phase, processed, total), SyncLogMarkers.Progress(text));

    [Theory]
    [InlineData("sync:")]
    [InlineData("sync:,")]
    [InlineData("resync: x")]
    public void Progress_OtherLine_IsNone(string text) => Assert.Null(SyncLogMarkers.Progress(text));
}
