using System.Text;

namespace WsusDashboard.Iis.Emulation.Text;

/// <summary>An XML text as a tree that keeps every character.</summary>
internal sealed class XmlTextDocument(IReadOnlyList<XmlTextNode> nodes)
{
    public XmlTextElement Root { get; } = nodes.OfType<XmlTextElement>().Single();

    public override string ToString()
    {
        var output = new StringBuilder();
        foreach (var node in nodes)
        {
            node.WriteTo(output);
        }

        return output.ToString();
    }
}
