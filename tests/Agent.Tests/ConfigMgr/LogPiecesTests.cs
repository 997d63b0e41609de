using System.Globalization;
using WsusDashboard.Agent.ConfigMgr;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

public sealed class LogPiecesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50_000)]
    public void Read_SeveralPieces_GivesEachLineOnce(int lines)
    {
        var expected = Enumerable.Range(1, lines).Select(number => string.Create(CultureInfo.InvariantCulture, $"line {number}")).ToList();

        Assert.Equal(expected, Read(string.Join('\n', expected), 0));
    }

    [Fact]
    public void Read_FromTheMiddle_PassesOverTheBrokenLine() => Assert.Equal(["two", "three"], Read("first\ntwo\nthree\n", 3));

    [Fact]
    public void Read_LineLongerThanAPiece_IsPassedOver() => Assert.Equal(["one", "three"], Read($"one\n{new string('x', 3 * LogTail.PieceBytes)}\nthree\n", 0));

    [Fact]
    public void Read_FullFormOverThePiecesEnd_IsOneEntry()
    {
        var entry = """<![LOG[a""" + "\n" + """b]LOG]!><time="06:00:00.000+0" date="01-05-2026" component="X" context="" type="1" thread="1" file="a.cpp:1">""";

        var entries = Read($"{new string('x', LogSplitter.MaximumLineBytes - 10)}\n{new string('y', LogSplitter.MaximumLineBytes - 20)}\n{entry}\nlast\n", 0);

        Assert.Equal(4, entries.Count);
        Assert.Equal("last", entries[3]);
        Assert.Contains('b', entries[2]);
    }

    private List<string> Read(string text, long start)
    {
        File.WriteAllText(_folder.File("a.log"), text);
        using var file = LogFollower.Open(_folder.File("a.log"));
        List<string> entries = [];
        LogPieces.Read(file, start, (in LogEntry entry) => entries.Add(entry.ToLine().Text));

        return entries;
    }
}
