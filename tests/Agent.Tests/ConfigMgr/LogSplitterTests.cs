using System.Text;
using WsusDashboard.Agent.ConfigMgr;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

public sealed class LogSplitterTests
{
    private const string Good = "good  $$<C><12-09-2022 11:25:14.217+0><thread=1 (0x1)>\r\n";

    [Fact]
    public void Split_LineOfAMegabyte_IsSkippedAndCounted()
    {
        var piece = Split(Good + new string('x', 1024 * 1024) + "\n" + Good);

        Assert.Equal(["good", "good"], piece.Entries.Select(line => line.Text));
        Assert.Equal(1, piece.Skipped);
    }

    [Fact]
    public void Split_LongLineWithoutEnd_IsPassedOverAcrossPieces()
    {
        var first = Split(Good + new string('x', LogSplitter.MaximumLineBytes + 1));
        var second = SplitLog.Split(Encoding.UTF8.GetBytes("still the same line"), first.IsInsideLongLine, isFinal: false);
        var third = SplitLog.Split(Encoding.UTF8.GetBytes("its end\n" + Good), second.IsInsideLongLine, isFinal: false);

        Assert.Single(first.Entries);
        Assert.Equal(1, first.Skipped + second.Skipped + third.Skipped);
        Assert.Empty(second.Entries);
        Assert.Equal(["good"], third.Entries.Select(line => line.Text));
    }

    [Fact]
    public void Split_Utf16_SkipsEveryLineAndEnds()
    {
        var bytes = Encoding.Unicode.GetBytes(Good + Good);

        var piece = SplitLog.Split(bytes, startsInsideLongLine: false, isFinal: true);

        Assert.Empty(piece.Entries);
        Assert.Equal(bytes.Length, piece.Consumed);
        Assert.True(piece.Skipped >= 2);
    }

    [Fact]
    public void Split_AnsiBytes_AreReadAsText()
    {
        var bytes = Encoding.Latin1.GetBytes("Z\u00fcrich\n");

        Assert.Equal("Z\u00fcrich", SplitLog.Split(bytes, startsInsideLongLine: false, isFinal: false).Entries.Single().Text);
    }

    [Fact]
    public void Split_LineWithoutEnd_IsLeftForTheNextTime()
    {
        var piece = Split(Good + "half a li");

        Assert.Single(piece.Entries);
        Assert.Equal(Good.Length, piece.Consumed);
    }

    [Fact]
    public void Split_FullFormOverSeveralLines_IsOneEntry()
    {
        var piece = Split("<![LOG[first\r\nsecond]LOG]!><time=\"10:58:30.564+300\" date=\"01-17-2023\" component=\"c\" context=\"\" type=\"1\" thread=\"1\" file=\"f\">\r\n" + Good);

        Assert.Equal(["first\nsecond", "good"], piece.Entries.Select(line => line.Text));
        Assert.Equal(0, piece.Skipped);
    }

    [Fact]
    public void Split_FullFormThatIsNotEnded_IsLeftWhole()
    {
        var piece = Split(Good + "<![LOG[first\r\nsecond\r\n");

        Assert.Single(piece.Entries);
        Assert.Equal(Good.Length, piece.Consumed);
    }

    [Fact]
    public void Split_FullFormThatNeverEnds_IsGivenUpWhereAnotherBegins()
    {
        var piece = Split("<![LOG[lost\n<![LOG[kept]LOG]!><time=\"10:58:30.564+300\" date=\"01-17-2023\" component=\"c\" context=\"\" type=\"1\" thread=\"1\" file=\"f\">\n");

        Assert.Equal(["kept"], piece.Entries.Select(line => line.Text));
        Assert.Equal(1, piece.Skipped);
    }

    [Theory]
    [InlineData("<![LOG[no end of the text><time=\"10:58:30.564+300\" date=\"01-17-2023\">\n")]
    [InlineData("<![LOG[no date]LOG]!><time=\"10:58:30.564+300\" component=\"c\" type=\"1\">\n")]
    [InlineData("<![LOG[cut off]LOG]!><time=\"10:5\n")]
    [InlineData("text $$<C><12-09-2022 11:25:14\n")]
    [InlineData("text $$<C><99-99-2022 11:25:14.217+0><thread=1 (0x1)>\n")]
    [InlineData("text $$<C>\n")]
    [InlineData("$$<\n")]
    [InlineData("]LOG]!>\n")]
    public void Split_DamagedEntry_LosesNoOtherEntry(string damaged)
    {
        var pieces = SplitLog.Split(Encoding.UTF8.GetBytes(Good + damaged + "<![LOG[after]LOG]!><time=\"10:58:30.564+300\" date=\"01-17-2023\" component=\"c\" context=\"\" type=\"2\" thread=\"1\" file=\"f\">\n"), startsInsideLongLine: false, isFinal: true);

        Assert.Equal("good", pieces.Entries[0].Text);
        Assert.Equal("after", pieces.Entries[^1].Text);
        Assert.Equal(3, pieces.Entries.Count + pieces.Skipped);
    }

    [Fact]
    public void Split_AnyCut_GivesTheSameEntriesAsTheWhole()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Good + "<![LOG[a\r\nb]LOG]!><time=\"1:2:3.4\" date=\"1-7-2023\" component=\"c\" type=\"3\">\r\n", 3)));
        var whole = SplitLog.Split(bytes, startsInsideLongLine: false, isFinal: true).Entries;

        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var first = SplitLog.Split(bytes.AsSpan(0, cut), startsInsideLongLine: false, isFinal: false);
            var second = SplitLog.Split(bytes.AsSpan(first.Consumed), first.IsInsideLongLine, isFinal: true);

            Assert.Equal(whole, first.Entries.Concat(second.Entries));
        }
    }

    private static SplitLog Split(string text) => SplitLog.Split(Encoding.UTF8.GetBytes(text), startsInsideLongLine: false, isFinal: false);
}
