using WsusDashboard.Agent.ConfigMgr;

namespace WsusDashboard.Agent.Tests.ConfigMgr;

/// <summary>A piece of a log with its entries as text.</summary>
internal sealed record SplitLog(IReadOnlyList<LogLine> Entries, int Consumed, int Skipped, bool IsInsideLongLine)
{
    public static SplitLog Split(ReadOnlySpan<byte> bytes, bool startsInsideLongLine, bool isFinal)
    {
        List<LogLine> entries = [];
        var piece = LogSplitter.Split(bytes, startsInsideLongLine, isFinal, (in LogEntry entry) => entries.Add(entry.ToLine()));
        Assert.Equal(entries.Count, piece.EntryCount);

        return new SplitLog(entries, piece.Consumed, piece.Skipped, piece.IsInsideLongLine);
    }
}
