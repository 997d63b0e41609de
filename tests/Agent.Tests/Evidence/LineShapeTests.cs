using WsusDashboard.Agent.Evidence;

namespace WsusDashboard.Agent.Tests.Evidence;

public sealed class LineShapeTests
{
    [Theory]
    [InlineData("Waiting for changes for 46 minutes", "Waiting for changes for 7 minutes")]
    [InlineData("sync: WSUS synchronizing updates, processed 12 out of 3450 items (0%)", "sync: WSUS synchronizing updates, processed 900 out of 41 items (97%)")]
    [InlineData("Sync time: 0d00h03m53s", "Sync time: 0d01h13m5s")]
    [InlineData("2026-01-05 06:11:02.100 UTC\tError\tWsusService.15\tthe proxy said no", "2026-02-15 16:01:42.900 UTC\tError\tWsusService.7\tthe proxy said no")]
    [InlineData("STATMSG: ID=6703 SEV=E PID=4120 TID=88 GMTDATE=Mon Jan  5 06:12:01.304 2026", "STATMSG: ID=6703 SEV=E PID=512 TID=4188 GMTDATE=Tue Feb 17 16:02:11.001 2026")]
    [InlineData("update 0fa1201d-4330-4fa8-8ae9-b877473b6441 is invalid", "update 28BC880E-0592-4CBF-8F95-C79B17911D5F is invalid")]
    [InlineData("started X as thread ID 5120 (0x1400).", "started X as thread ID 88 (0x58).")]
    [InlineData("handle 00007FF8A2 closed", "handle 00007FF1B3 closed")]
    public void Of_SameLineAtAnotherTime_IsTheSame(string one, string other) => Assert.Equal(LineShape.Of(one), LineShape.Of(other));

    [Theory]
    [InlineData("The request failed with HTTP status 407: Proxy", "The request failed with HTTP status 503: Proxy")]
    [InlineData("STATMSG: ID=6702 SEV=I", "STATMSG: ID=6703 SEV=I")]
    [InlineData("EventId=384", "EventId=386")]
    [InlineData("Failed. Error:(-2147467259)", "Failed. Error:(-2147024891)")]
    [InlineData("failed, error = 0x80072EE2", "failed, error = 0x80072EFD")]
    [InlineData("failed with 80072EE2", "failed with 80072EFD")]
    [InlineData("hat einen Fehler zurückgegeben: (503) Server", "hat einen Fehler zurückgegeben: (401) Server")]
    [InlineData("SQL error 1205", "SQL error 2627")]
    [InlineData("the proxy said no", "the proxy said yes")]
    public void Of_AnotherErrorOrOtherWords_IsAnother(string one, string other) => Assert.NotEqual(LineShape.Of(one), LineShape.Of(other));

    [Theory]
    [InlineData("")]
    [InlineData("(")]
    [InlineData("5")]
    [InlineData("(503")]
    [InlineData("0fa1201d-4330-4fa8-8ae9-b877473b644")]
    [InlineData("\u00D6l 5\uD83D")]
    public void Of_ShortOrCutText_GivesAShape(string text) => Assert.Equal(text.Length == 0, LineShape.Of(text).Length == 0);
}
