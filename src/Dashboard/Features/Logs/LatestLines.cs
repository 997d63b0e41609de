namespace WsusDashboard.Dashboard.Features.Logs;

/// <summary>The last lines of a log, as many as were asked for and of at most four million characters: the oldest go, however many an agent sends.</summary>
internal sealed class LatestLines(int maximum)
{
    internal const int MaximumCharacters = 4_000_000;

    private readonly Queue<LogEntry> _lines = [];
    private int _characters;

    public void Add(LogEntry line)
    {
        _lines.Enqueue(line);
        _characters += line.Text.Length;
        while (_lines.Count > maximum || _characters > MaximumCharacters)
        {
            _characters -= _lines.Dequeue().Text.Length;
        }
    }

    /// <summary>Oldest first.</summary>
    public List<LogEntry> ToList(int last = int.MaxValue) => [.. _lines.TakeLast(last)];
}
