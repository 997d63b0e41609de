using System.Globalization;
using System.Xml;

namespace WsusDashboard.Agent.Doctor.Recording;

/// <summary>An answer of WSUS without its values: which elements it had, and how many.</summary>
/// <param name="Operation">What was asked.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Bytes">Length of the answer.</param>
/// <param name="Elements">In the order of their first appearance, at most <see cref="ReplyShapes.MaximumPaths"/> places; an entry after them says how many elements stood elsewhere.</param>
public sealed record ReplyShape(string Operation, int Status, long Bytes, IReadOnlyList<ElementCount> Elements);

/// <summary>How often an element stood at one place.</summary>
/// <param name="Path">Names from the envelope on; {namespace} where it isn't that of the element around it, [type] and [nil] as the element itself says.</param>
/// <param name="Count">How often.</param>
public sealed record ElementCount(string Path, int Count);

/// <summary>Keeps the shapes of the answers of one examination: what a WSUS that nobody has seen answers is what a bug report needs, and its values are nobody's business.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class ReplyShapes
{
    public const int MaximumPaths = 200;

    public const int MaximumShapes = 50;

    private const int MaximumDepth = 32;
    private const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

    private readonly Lock _gate = new();
    private readonly List<ReplyShape> _shapes = [];
    private int _more;

    /// <summary>In the order of the answers, at most <see cref="MaximumShapes"/>.</summary>
    public IReadOnlyList<ReplyShape> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _shapes];
            }
        }
    }

    /// <summary>How many answers came after those.</summary>
    public int More
    {
        get
        {
            lock (_gate)
            {
                return _more;
            }
        }
    }

    /// <summary>Takes an answer; its stream stays where it is.</summary>
    public void Take(string operation, int status, MemoryStream content)
    {
        var shape = new ReplyShape(operation, status, content.Length, Count(new MemoryStream(content.GetBuffer(), 0, (int)content.Length, writable: false)));
        lock (_gate)
        {
            if (_shapes.Count < MaximumShapes)
            {
                _shapes.Add(shape);
            }
            else
            {
                _more++;
            }
        }
    }

    private static IReadOnlyList<ElementCount> Count(MemoryStream content)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var order = new List<string>();
        var (more, isXml) = (0, true);
        try
        {
            using var reader = XmlReader.Create(content, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var around = new Stack<(string Path, string Namespace)>();
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.EndElement)
                {
                    around.Pop();
                }
                else if (reader.NodeType == XmlNodeType.Element)
                {
                    var isEmpty = reader.IsEmptyElement;
                    var (outer, outerNamespace) = around.TryPeek(out var parent) ? parent : ("", "");
                    var path = Path(reader, outer, outerNamespace);
                    Add(path);
                    if (!isEmpty)
                    {
                        around.Push((around.Count < MaximumDepth ? path : outer, reader.NamespaceURI));
                    }
                }
            }
        }
        catch (XmlException)
        {
            isXml = false;
        }

        return
        [
            .. order.Select(path => new ElementCount(path, counts[path])),
            .. more == 0 ? Array.Empty<ElementCount>() : [new ElementCount(string.Create(CultureInfo.InvariantCulture, $"(and {more} more)"), more)],
            .. isXml ? Array.Empty<ElementCount>() : [new ElementCount("(from here on no XML)", 1)],
        ];

        void Add(string path)
        {
            if (counts.TryGetValue(path, out var count))
            {
                counts[path] = count + 1;
            }
            else if (order.Count < MaximumPaths)
            {
                order.Add(path);
                counts[path] = 1;
            }
            else
            {
                more++;
            }
        }
    }

    private static string Path(XmlReader reader, string outer, string outerNamespace)
    {
        var space = reader.NamespaceURI == outerNamespace ? "" : $"{{{reader.NamespaceURI}}}";
        var type = reader.GetAttribute("type", SchemaInstance) is { Length: > 0 } named ? $"[{named}]" : "";
        var nil = reader.GetAttribute("nil", SchemaInstance) is "true" or "1" ? "[nil]" : "";
        return $"{outer}/{space}{reader.LocalName}{type}{nil}";
    }
}
