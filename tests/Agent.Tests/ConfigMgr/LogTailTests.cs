using System.Globalization;
using WsusDashboard.Agent.ConfigMgr;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

/// <summary>The end of a log comes in pieces, and they are the same lines as if it had been read at once.</summary>
public sealed class LogTailTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 10, 1)]
    [InlineData(2, 3_000, 5)]
    [InlineData(3, 9_000, 2_000)]
    [InlineData(4, 400, 2_000)]
    public void Tail_OfLinesOfAnyLength_IsTheLastOnes(int seed, int count, int wanted)
    {
        var random = new Random(seed);
        var lines = Enumerable.Range(0, count).Select(number => number.ToString(CultureInfo.InvariantCulture) + new string('x', random.Next(10) == 0 ? random.Next(20_000) : random.Next(300))).ToList();
        File.WriteAllLines(_folder.File("log"), lines);

        using var file = LogFollower.Open(_folder.File("log"));
        var tail = new LogTail(file, wanted);
        List<LogLine> read = [];
        while (tail.ReadPiece() is { } piece)
        {
            Assert.InRange(piece.Sum(line => line.Text.Length), 1, LogTail.PieceBytes);
            read.AddRange(piece);
        }

        Assert.Equal(lines.TakeLast(wanted), read.Select(line => line.Text));
        Assert.Equal(file.Length, tail.End);
    }

    [Fact]
    public void Tail_WithLinesThatAreTooLong_PassesOverThem()
    {
        File.WriteAllLines(_folder.File("log"), ["before", new string('x', 5 * LogTail.PieceBytes), "between", new string('y', LogSplitter.MaximumLineBytes + 1), "after"]);

        using var file = LogFollower.Open(_folder.File("log"));
        var tail = new LogTail(file, 10);
        List<string> read = [];
        while (tail.ReadPiece() is { } piece)
        {
            read.AddRange(piece.Select(line => line.Text));
        }

        Assert.Equal(["before", "between", "after"], read);
    }

    [Fact]
    public void Tail_OfAnEmptyFile_IsEmpty()
    {
        File.WriteAllText(_folder.File("log"), "");

        using var file = LogFollower.Open(_folder.File("log"));

        Assert.Null(new LogTail(file, 10).ReadPiece());
    }
}
