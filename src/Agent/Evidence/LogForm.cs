using WsusDashboard.Agent.ConfigMgr;
using WsusDashboard.Shared.Rules.Causes;

namespace WsusDashboard.Agent.Evidence;

/// <summary>What is kept of a line.</summary>
/// <param name="Text">For the evidence.</param>
/// <param name="Shape">The same for the same line, whenever it is written.</param>
internal readonly record struct TakenLine(string Text, string Shape);

/// <summary>How the lines of a log are read. One for each file that is read, from its beginning or the beginning of its tail on.</summary>
internal abstract class LogForm
{
    /// <summary>Takes the first lines of the file, where only its end is read.</summary>
    public virtual void ReadHead(ReadOnlySpan<byte> head)
    {
    }

    /// <summary>UTC; null where the line carries no time.</summary>
    public abstract DateTimeOffset? ReadTime(in LogEntry entry);

    /// <summary>Null where the line says nothing about a cause.</summary>
    public abstract TakenLine? Take(in LogEntry entry);
}

/// <summary>The logs of Configuration Manager and of WSUS: lines for people.</summary>
internal sealed class PlainLogForm : LogForm
{
    private const int LongestText = 1000;

    public override DateTimeOffset? ReadTime(in LogEntry entry) => entry.At ?? LeadingTime.Read(entry.Text);

    public override TakenLine? Take(in LogEntry entry)
    {
        var text = entry.ToLine().Text;
        text = text.Length > LongestText ? text[..LongestText] : text;
        return CauseEngine.MaySpeak(text) ? new TakenLine(text, LineShape.Of(text)) : null;
    }
}
