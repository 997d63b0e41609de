using System.Text;

namespace WsusDashboard.Iis.Emulation.Text;

/// <summary>
/// An element that keeps every character of its text. A change touches the characters of what was changed and no others,
/// so writing an unchanged tree gives the text that was read.
/// </summary>
internal sealed class XmlTextElement(string name, TextPosition? position) : XmlTextNode
{
    private readonly List<XmlTextAttribute> _attributes = [];
    private readonly List<XmlTextNode> _content = [];

    public string Name => name;

    /// <summary>Where the start tag begins; null where the element was not read from the file.</summary>
    public TextPosition? Position => position;

    public XmlTextElement? Parent { get; private set; }

    public IReadOnlyList<XmlTextAttribute> Attributes => _attributes;

    public IEnumerable<XmlTextElement> Children => _content.OfType<XmlTextElement>();

    /// <summary>White space between the last attribute and the end of the start tag.</summary>
    public string TagTail { get; set; } = "";

    /// <summary>The end tag as written; null for an element that closes itself.</summary>
    public string? EndTag { get; set; }

    public XmlTextElement? Child(string childName) => Children.FirstOrDefault(child => child.Name == childName);

    public XmlTextAttribute? Attribute(string attributeName) => _attributes.Find(attribute => attribute.Name == attributeName);

    public void Append(XmlTextAttribute attribute) => _attributes.Add(attribute);

    public void Append(XmlTextNode node)
    {
        _content.Add(node);
        if (node is XmlTextElement element)
        {
            element.Parent = this;
        }
    }

    /// <summary>Gives an attribute a value; a new one is placed as <paramref name="order"/> has it, written like its neighbour.</summary>
    public void SetAttribute(string attributeName, string value, IReadOnlyList<string> order)
    {
        var attribute = Attribute(attributeName);
        if (attribute is null)
        {
            var index = PlaceFor(attributeName, order);
            var neighbour = _attributes.Count == 0 ? null : _attributes[Math.Max(index - 1, 0)];
            attribute = new XmlTextAttribute(neighbour?.Leading ?? " ", attributeName, "=", neighbour?.Quote ?? '"', "", null);
            _attributes.Insert(index, attribute);
        }

        attribute.Value = value;
    }

    public void RemoveAttribute(string attributeName) => _attributes.RemoveAll(attribute => attribute.Name == attributeName);

    /// <summary>Adds an empty element after <paramref name="previous"/>, or as the first where that is null, indented as the file is.</summary>
    public XmlTextElement AddChild(string childName, XmlTextElement? previous)
    {
        var child = new XmlTextElement(childName, null) { Parent = this, TagTail = " " };
        var ownIndentation = Indentation();
        var leading = LeadingWhiteSpace(previous ?? Children.FirstOrDefault()) ?? NewLeading(ownIndentation);
        if (EndTag is null)
        {
            TagTail = "";
            EndTag = $"</{name}>";
        }

        var index = previous is null ? IndexForFirst() : IndexAfter(previous);
        _content.Insert(index, child);
        if (leading.Length > 0)
        {
            _content.Insert(index, new XmlTextRun(leading));
        }

        if (ReferenceEquals(_content[^1], child) && ownIndentation is not null && leading.Contains('\n'))
        {
            _content.Add(new XmlTextRun(ownIndentation));
        }

        return child;
    }

    /// <summary>Takes a child out of the text, with the white space before it.</summary>
    public void RemoveChild(XmlTextElement child)
    {
        var index = _content.IndexOf(child);
        _content.RemoveAt(index);
        if (index > 0 && _content[index - 1] is XmlTextRun { IsWhiteSpace: true })
        {
            _content.RemoveAt(index - 1);
        }

        child.Parent = null;
    }

    public override void WriteTo(StringBuilder output)
    {
        output.Append('<').Append(name);
        _attributes.ForEach(attribute => attribute.WriteTo(output));
        output.Append(TagTail);
        if (EndTag is null)
        {
            output.Append("/>");
            return;
        }

        output.Append('>');
        _content.ForEach(node => node.WriteTo(output));
        output.Append(EndTag);
    }

    private int PlaceFor(string attributeName, IReadOnlyList<string> order)
    {
        var rank = Rank(attributeName);
        for (var i = _attributes.Count; i > 0; i--)
        {
            if (Rank(_attributes[i - 1].Name) < rank)
            {
                return i;
            }
        }

        return 0;

        int Rank(string candidate)
        {
            for (var i = 0; i < order.Count; i++)
            {
                if (order[i] == candidate)
                {
                    return i;
                }
            }

            return order.Count;
        }
    }

    /// <summary>A first child goes before the other elements, but after a comment that stands above an empty content's end.</summary>
    private int IndexForFirst()
    {
        var firstElement = _content.FindIndex(node => node is XmlTextElement);
        if (firstElement >= 0)
        {
            return firstElement > 0 && _content[firstElement - 1] is XmlTextRun { IsWhiteSpace: true } ? firstElement - 1 : firstElement;
        }

        return _content.FindLastIndex(node => node is not XmlTextRun { IsWhiteSpace: true }) + 1;
    }

    /// <summary>A comment that stands behind an element on its line stays with it.</summary>
    private int IndexAfter(XmlTextElement previous)
    {
        var index = _content.IndexOf(previous) + 1;
        for (var i = index; i < _content.Count && _content[i] is XmlTextRun run && !run.Text.Contains('\n'); i++)
        {
            index = run.IsWhiteSpace ? index : i + 1;
        }

        return index;
    }

    /// <summary>The line end and the indentation before an element; empty where it follows something on its line.</summary>
    private static string? LeadingWhiteSpace(XmlTextElement? element)
    {
        if (element?.Parent is not { } parent)
        {
            return null;
        }

        var index = parent._content.IndexOf(element);
        if (index == 0 || parent._content[index - 1] is not XmlTextRun { IsWhiteSpace: true } run)
        {
            return "";
        }

        // Blank lines above an element belong to that element, not to the one beside it.
        var lineEnd = run.Text.LastIndexOf('\n');
        if (lineEnd < 0)
        {
            return run.Text;
        }

        return lineEnd > 0 && run.Text[lineEnd - 1] == '\r' ? run.Text[(lineEnd - 1)..] : run.Text[lineEnd..];
    }

    /// <summary>Line end and white space that bring the next tag under this element's start; null where it does not stand on a line of its own.</summary>
    private string? Indentation() => Parent is null ? "\n" : LeadingWhiteSpace(this) is { } leading && leading.Contains('\n') ? leading : null;

    private string NewLeading(string? ownIndentation)
    {
        if (ownIndentation is null)
        {
            return "";
        }

        var parentIndentation = Parent?.Indentation();
        var step = parentIndentation is { Length: > 0 } && ownIndentation.Length > parentIndentation.Length
            && ownIndentation.StartsWith(parentIndentation, StringComparison.Ordinal)
            ? ownIndentation[parentIndentation.Length..]
            : "    ";
        return ownIndentation + step;
    }
}
