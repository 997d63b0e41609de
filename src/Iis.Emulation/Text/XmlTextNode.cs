using System.Text;

namespace WsusDashboard.Iis.Emulation.Text;

/// <summary>A stretch of an XML file that can write itself exactly as it was read.</summary>
internal abstract class XmlTextNode
{
    public abstract void WriteTo(StringBuilder output);
}

/// <summary>White space, a comment, a processing instruction, CDATA or other text between elements.</summary>
internal sealed class XmlTextRun(string text) : XmlTextNode
{
    public string Text => text;

    public bool IsWhiteSpace => string.IsNullOrWhiteSpace(text);

    public override void WriteTo(StringBuilder output) => output.Append(text);
}
