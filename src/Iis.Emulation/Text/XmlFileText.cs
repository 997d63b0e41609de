using System.Buffers;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace WsusDashboard.Iis.Emulation.Text;

/// <summary>
/// An XML text and its tree. The tree is for reading. A change is made in both, in the text as the fewest characters that say it:
/// saving an <see cref="XDocument"/> would rewrite quotes, references and the white space inside tags (counted in the README).
/// </summary>
internal sealed partial class XmlFileText
{
    /// <summary>A real configuration is nested about 10 deep; the bound keeps a hostile file from exhausting the stack.</summary>
    public const int MaximumDepth = 128;

    private static readonly SearchValues<char> AfterName = SearchValues.Create(" \t\r\n/>");

    private readonly XDocument _tree;
    private string _text;

    private XmlFileText(string text, XDocument tree) => (_text, _tree) = (text, tree);

    public XElement Root => _tree.Root!;

    /// <exception cref="XmlException">The text is not well formed, or nested too deep; carries line and column.</exception>
    public static XmlFileText Parse(string text)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreWhitespace = true };
        using var reader = XmlReader.Create(new StringReader(text), settings);
        var tree = XDocument.Load(reader, LoadOptions.SetLineInfo);

        // The text is well formed, so its start tags come in the order of the tree's elements.
        using var elements = tree.Descendants().GetEnumerator();
        var open = new Stack<Place>();
        foreach (var match in Markup().EnumerateMatches(text))
        {
            var tag = text.AsSpan(match.Index, match.Length);
            if (tag[1] == '/')
            {
                open.Pop().EndTag = match.Index;
            }
            else if (tag[1] is not ('!' or '?') && elements.MoveNext())
            {
                var place = new Place { Start = match.Index };
                elements.Current.AddAnnotation(place);
                if (tag[^2] != '/')
                {
                    open.Push(place);
                }

                if (open.Count > MaximumDepth)
                {
                    var line = (IXmlLineInfo)elements.Current;
                    throw new XmlException($"Elements are nested more than {MaximumDepth} deep.", null, line.LineNumber, line.LinePosition);
                }
            }
        }

        return new XmlFileText(text, tree);
    }

    public override string ToString() => _text;

    /// <summary>True where both trees have the same elements with the same attributes, in whatever order the attributes are.</summary>
    public bool HasSameTree(XmlFileText other) => Describe(Root).SequenceEqual(Describe(other.Root));

    /// <summary>Gives an attribute a value; a new one is placed as <paramref name="order"/> has it, written like its neighbour.</summary>
    public void SetAttribute(XElement element, string name, string value, string[] order)
    {
        var (start, tag) = (PlaceOf(element).Start, TagOf(element));
        var attributes = Attributes().Matches(tag);
        if (attributes.FirstOrDefault(attribute => attribute.Groups["name"].Value == name)?.Groups["value"] is { } old)
        {
            Replace(start + old.Index, old.Length, Quote(value, old.Value[0]));
        }
        else
        {
            var previous = attributes.LastOrDefault(attribute => Rank(attribute.Groups["name"].Value) < Rank(name));
            var neighbour = previous ?? attributes.FirstOrDefault();
            var at = previous is null ? 1 + QualifiedName(tag).Length : previous.Index + previous.Length;
            Replace(start + at, 0, $"{neighbour?.Groups["space"].Value ?? " "}{name}={Quote(value, neighbour?.Groups["value"].Value[0] ?? '"')}");
        }

        element.SetAttributeValue(name, value);

        int Rank(string candidate) => Array.IndexOf(order, candidate) is >= 0 and var index ? index : order.Length;
    }

    public void RemoveAttribute(XElement element, string name)
    {
        if (Attributes().Matches(TagOf(element)).FirstOrDefault(attribute => attribute.Groups["name"].Value == name) is { } old)
        {
            Replace(PlaceOf(element).Start + old.Index, old.Length, "");
            element.SetAttributeValue(name, null);
        }
    }

    /// <summary>Adds an empty element after <paramref name="previous"/>, or as the first where that is null, indented as the file is.</summary>
    public XElement AddChild(XElement parent, string name, XElement? previous)
    {
        Open(parent);
        var (place, tag) = (PlaceOf(parent), TagOf(parent));
        var first = parent.Elements().FirstOrDefault();
        var space = (previous ?? first) is { } neighbour ? SpaceBefore(neighbour) : ChildIndentation(parent);
        var at = previous is not null ? EndWithComments(previous)
            : first is not null ? PlaceOf(first).Start - space.Length
            : place.Start + tag.Length + _text[(place.Start + tag.Length)..place.EndTag!.Value].TrimEnd().Length;
        var spaceAfter = at == place.EndTag && space.Contains('\n') ? Indentation(parent) : "";

        var child = new XElement(parent.Name.Namespace + name);
        var parentName = QualifiedName(tag);
        Replace(at, 0, $"{space}<{parentName[..(parentName.IndexOf(':') + 1)]}{name} />{spaceAfter}");
        child.AddAnnotation(new Place { Start = at + space.Length });
        if (previous is null)
        {
            parent.AddFirst(child);
        }
        else
        {
            previous.AddAfterSelf(child);
        }

        return child;
    }

    /// <summary>Takes an element out of the text, with the white space before it.</summary>
    public void Remove(XElement element)
    {
        var start = PlaceOf(element).Start - SpaceBefore(element).Length;
        var length = End(element) - start;
        element.Remove();
        Replace(start, length, "");
    }

    private static Place PlaceOf(XElement element) => element.Annotation<Place>()!;

    private static string QualifiedName(string tag) => tag[1..tag.AsSpan().IndexOfAny(AfterName)];

    private static string Quote(string value, char quote)
    {
        var quoted = new XAttribute("v", value).ToString()[2..];
        return quote == '"' ? quoted : $"'{quoted[1..^1].Replace("&quot;", "\"", StringComparison.Ordinal).Replace("'", "&apos;", StringComparison.Ordinal)}'";
    }

    private static IEnumerable<string> Describe(XElement root) => root.DescendantsAndSelf()
        .Select(element => $"{element.Ancestors().Count()} {element.Name} {string.Join(' ', element.Attributes().Select(attribute => attribute.ToString()).Order(StringComparer.Ordinal))}");

    private string TagOf(XElement element) => Markup().Match(_text, PlaceOf(element).Start).Value;

    private int End(XElement element) =>
        PlaceOf(element).EndTag is { } endTag ? _text.IndexOf('>', endTag) + 1 : PlaceOf(element).Start + TagOf(element).Length;

    /// <summary>A comment that stands behind an element on its line stays with it.</summary>
    private int EndWithComments(XElement element)
    {
        var end = End(element);
        return end + CommentsOnTheLine().Match(_text[end..]).Length;
    }

    /// <summary>The line end and the indentation before an element. Blank lines above it belong to that element, not to the one beside it.</summary>
    private string SpaceBefore(XElement element)
    {
        var end = PlaceOf(element).Start;
        var start = end;
        while (start > 0 && char.IsWhiteSpace(_text[start - 1]) && (start == end || _text[start] != '\n'))
        {
            start--;
        }

        return start > 0 && _text[start] == '\n' && _text[start - 1] == '\r' ? _text[(start - 1)..end] : _text[start..end];
    }

    /// <summary>Line end and white space that bring the next tag under this element's start; null where it does not stand on a line of its own.</summary>
    private string? Indentation(XElement element) =>
        element.Parent is null ? (_text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n")
        : SpaceBefore(element) is var space && space.Contains('\n') ? space
        : null;

    private string ChildIndentation(XElement parent)
    {
        if (Indentation(parent) is not { } own)
        {
            return "";
        }

        var outer = parent.Parent is { } grandparent ? Indentation(grandparent) : null;
        return own + (outer is not null && own.Length > outer.Length && own.StartsWith(outer, StringComparison.Ordinal) ? own[outer.Length..] : "    ");
    }

    /// <summary>Gives an element that closes itself an end tag.</summary>
    private void Open(XElement element)
    {
        var (place, tag) = (PlaceOf(element), TagOf(element));
        if (place.EndTag is null)
        {
            var opened = tag[..^2].TrimEnd() + ">";
            Replace(place.Start, tag.Length, $"{opened}</{QualifiedName(tag)}>");
            place.EndTag = place.Start + opened.Length;
        }
    }

    private void Replace(int start, int length, string replacement)
    {
        _text = string.Concat(_text.AsSpan(0, start), replacement, _text.AsSpan(start + length));
        foreach (var place in _tree.Descendants().Select(PlaceOf))
        {
            place.Start += place.Start >= start + length ? replacement.Length - length : 0;
            place.EndTag += place.EndTag >= start + length ? replacement.Length - length : 0;
        }
    }

    [GeneratedRegex("""<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<[^!?](?:[^"'>]|"[^"]*"|'[^']*')*>""", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Markup();

    [GeneratedRegex("""(?<space>\s+)(?<name>[^\s=/>]+)\s*=\s*(?<value>"[^"]*"|'[^']*')""", RegexOptions.NonBacktracking)]
    private static partial Regex Attributes();

    [GeneratedRegex(@"\A(?:[^\S\n]*<!--[^\n]*?-->)*", RegexOptions.NonBacktracking)]
    private static partial Regex CommentsOnTheLine();

    /// <summary>Where an element stands in the text: the offsets of its start tag and of its end tag, which is null where it closes itself.</summary>
    private sealed class Place
    {
        public int Start { get; set; }

        public int? EndTag { get; set; }
    }
}
