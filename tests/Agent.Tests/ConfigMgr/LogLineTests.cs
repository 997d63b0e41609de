using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

public sealed class LogLineTests
{
    [Fact]
    public void Parse_SimpleForm_AddsTheBiasToGetUtc()
    {
        var line = LogLine.Parse("Wakeup by inbox drop  $$<SMS_WSUS_SYNC_MANAGER><12-09-2022 11:25:14.217+360><thread=4764 (0x129C)>");

        Assert.Equal("Wakeup by inbox drop", line.Text);
        Assert.Equal("SMS_WSUS_SYNC_MANAGER", line.Component);
        Assert.Equal(new DateTimeOffset(2022, 12, 9, 17, 25, 14, 217, TimeSpan.Zero), line.At);
        Assert.Equal(LogSeverities.Information, line.Severity);
    }

    [Theory]
    [InlineData("1-7-2023", "1:58:30.564-120", "2023-01-06T23:58:30.564Z")]
    [InlineData("01-17-2023", "10:58:30.5640000", "2023-01-17T10:58:30.564Z")]
    [InlineData("12-31-2023", "23:30:00.000+300", "2024-01-01T04:30:00.000Z")]
    public void Parse_FullForm_ReadsDateAndTime(string date, string time, string expected)
    {
        var line = LogLine.Parse($"""<![LOG[Done]LOG]!><time="{time}" date="{date}" component="ccmsetup" context="" type="3" thread="2584" file="a.cpp:1">""");

        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), line.At);
        Assert.Equal(LogSeverities.Error, line.Severity);
        Assert.Equal("Done", line.Text);
    }

    [Theory]
    [InlineData("STATMSG: ID=6703 SEV=E LEV=M SOURCE=\"SMS Server\"", LogSeverities.Error)]
    [InlineData("STATMSG: ID=6708 SEV=W LEV=M SOURCE=\"SMS Server\"", LogSeverities.Warning)]
    [InlineData("STATMSG: ID=6702 SEV=I LEV=M SOURCE=\"SMS Server\"", LogSeverities.Information)]
    [InlineData("Sync failed: WSUS server not configured.", LogSeverities.Error)]
    public void Parse_SimpleForm_TakesTheSeverityFromTheText(string text, string expected) =>
        Assert.Equal(expected, LogLine.Parse($"{text}  $$<C><12-09-2022 11:25:14.217+0><thread=1 (0x1)>").Severity);

    [Theory]
    [InlineData("\uFEFF<Fri Dec  9 11:25:00 2022> role set-up", "<Fri Dec  9 11:25:00 2022> role set-up")]
    [InlineData("no form at all", "no form at all")]
    [InlineData("text~  $$<C><99-99-2022 11:25:14.217+0><thread=1 (0x1)>", "text")]
    public void Parse_WithoutATime_KeepsTheText(string entry, string expected)
    {
        var line = LogLine.Parse(entry);

        Assert.Null(line.At);
        Assert.Equal(expected, line.Text);
    }

    [Theory]
    [InlineData("fspmgr.log")]
    [InlineData("ccmsetup-client.log")]
    public void Split_RealLog_GivesEachEntryItsTimeAndComponent(string name)
    {
        var bytes = File.ReadAllBytes(SharedMaterial.Find(name));

        var piece = SplitLog.Split(bytes, startsInsideLongLine: false, isFinal: true);

        Assert.Equal(0, piece.Skipped);
        Assert.Equal(bytes.Length, piece.Consumed);
        Assert.True(piece.Entries.Count > 100);
        Assert.All(piece.Entries, line => Assert.NotNull(line.At));
        Assert.All(piece.Entries, line => Assert.NotEmpty(line.Component));
    }
}
