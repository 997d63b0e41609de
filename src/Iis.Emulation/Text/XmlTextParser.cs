using System.Xml;

namespace WsusDashboard.Iis.Emulation.Text;

/// <summary>Reads a text into an <see cref="XmlTextDocument"/>.</summary>
/// <remarks>
/// <see cref="XmlReader"/> first decides whether the text is well formed, and says where it is not; the scanner below then
/// only has to find where things begin and end.
/// </remarks>
internal sealed class XmlTextParser
{
    /// <summary>A real configuration is nested about 10 deep; the bound keeps a hostile file from exhausting the stack.</summary>
    public const int MaximumDepth = 128;

    private readonly string _text;
    private int _offset;
    private int _line = 1;
    private int _lineStart;
    private int _lineCountedTo;

    private XmlTextParser(string text) => _text = text;

    /// <exception cref="XmlException">The text is not well formed; carries line and column.</exception>
    public static XmlTextDocument Parse(string text)
    {
        RequireWellFormed(text);
        return new XmlTextDocument(new XmlTextParser(text).ReadNodes());
    }

    private static void RequireWellFormed(string text)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        using var reader = XmlReader.Create(new StringReader(text), settings);
        while (reader.Read())
        {
            if (reader.Depth > MaximumDepth)
            {
                var place = (IXmlLineInfo)reader;
                throw new XmlException($"Elements are nested more than {MaximumDepth} deep.", null, place.LineNumber, place.LinePosition);
            }
        }
    }

    private List<XmlTextNode> ReadNodes()
    {
        var top = new List<XmlTextNode>();
        var open = new Stack<XmlTextElement>();
        while (_offset < _text.Length)
        {
            if (At("</"))
            {
                open.Pop().EndTag = TakeThrough(">");
                continue;
            }

            var node = _text[_offset] != '<' ? new XmlTextRun(TakeUntilTag())
                : At("<!--") ? new XmlTextRun(TakeThrough("-->", skip: 4))
                : At("<![CDATA[") ? new XmlTextRun(TakeThrough("]]>"))
                : At("<?") ? new XmlTextRun(TakeThrough("?>"))
                : (XmlTextNode)ReadStartTag();
            if (open.TryPeek(out var parent))
            {
                parent.Append(node);
            }
            else
            {
                top.Add(node);
            }

            if (node is XmlTextElement element && _text[_offset - 2] != '/')
            {
                open.Push(element);
            }
        }

        return top;
    }

    private XmlTextElement ReadStartTag()
    {
        var position = Position(_offset);
        _offset++;
        var element = new XmlTextElement(TakeName(), position);
        while (true)
        {
            var white = TakeWhile(char.IsWhiteSpace);
            if (_text[_offset] is '/' or '>')
            {
                element.TagTail = white;
                _offset += _text[_offset] == '/' ? 2 : 1;
                return element;
            }

            var at = Position(_offset);
            var name = TakeName();
            var assignment = TakeWhile(character => character is not ('"' or '\''));
            var quote = _text[_offset++];
            var value = TakeWhile(character => character != quote);
            _offset++;
            element.Append(new XmlTextAttribute(white, name, assignment, quote, value, at));
        }
    }

    private bool At(string mark) => string.CompareOrdinal(_text, _offset, mark, 0, mark.Length) == 0;

    private string TakeName() => TakeWhile(character => !char.IsWhiteSpace(character) && character is not ('=' or '/' or '>'));

    private string TakeUntilTag() => TakeWhile(character => character != '<');

    private string TakeThrough(string mark, int skip = 2)
    {
        // The characters that open a construct are not part of the mark that ends it: "<!-->" is no whole comment.
        var end = _text.IndexOf(mark, _offset + skip, StringComparison.Ordinal) + mark.Length;
        var taken = _text[_offset..end];
        _offset = end;
        return taken;
    }

    private string TakeWhile(Func<char, bool> accepts)
    {
        var start = _offset;
        while (_offset < _text.Length && accepts(_text[_offset]))
        {
            _offset++;
        }

        return _text[start.._offset];
    }

    private TextPosition Position(int offset)
    {
        for (; _lineCountedTo < offset; _lineCountedTo++)
        {
            if (_text[_lineCountedTo] == '\n' || (_text[_lineCountedTo] == '\r' && _text[_lineCountedTo + 1] != '\n'))
            {
                _line++;
                _lineStart = _lineCountedTo + 1;
            }
        }

        return new TextPosition(_line, offset - _lineStart + 1);
    }
}
