using System.Xml;
using System.Xml.Linq;
using WsusDashboard.Iis.Emulation.Text;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>The tree that keeps every character.</summary>
public sealed class XmlTextTests
{
    [Theory]
    [InlineData("<?xml version='1.0'?>\r\n<!--> a <b> -->\r<a\n\t x = '<' y=\">/>\"><![CDATA[</a>]]>]]&gt;</a >\n<?pi <x> ?>")]
    [InlineData("<a/>")]
    [InlineData("<a></a>")]
    [InlineData("<a b='/'/>")]
    [InlineData("<a b='/'><c d = \"/\" /></a\t>")]
    [InlineData("<!--x--><a><!----><?p?><b\n/>tail &amp; text</a><!-- </a> -->")]
    [InlineData("<a>]]<b/> > </a>")]
    public void Parse_AnyWellFormedText_WritesItBack(string text)
    {
        text = text.Replace("'<'", "'&lt;'", StringComparison.Ordinal);
        XDocument.Parse(text);

        Assert.Equal(text, XmlTextParser.Parse(text).ToString());
    }

    [Fact]
    public void Parse_RealFile_FindsWhatAnXmlReaderFinds()
    {
        var text = File.ReadAllText(SharedMaterial.Find("iis-express-applicationHost.config"));

        AssertSame(XDocument.Parse(text, LoadOptions.SetLineInfo).Root!, XmlTextParser.Parse(text).Root);
    }

    [Fact]
    public void Value_References_MeanWhatAnXmlReaderSays()
    {
        const string Text = "<a b=\"&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#x1F600;&#xA; &#9;\tx\r\ny\nz\"/>";

        Assert.Equal((string?)XElement.Parse(Text).Attribute("b"), XmlTextParser.Parse(Text).Root.Attributes[0].Value);
    }

    [Theory]
    [InlineData("<a/>", "<a><n />\n</a>")]
    [InlineData("<a />", "<a><n />\n</a>")]
    [InlineData("<a></a>", "<a><n />\n</a>")]
    [InlineData("<a>\n\t<b/>\n</a>", "<a>\n\t<b/>\n\t<n />\n</a>")]
    [InlineData("<a>\r\n\t<b/> <!-- of b -->\r\n\t<!-- below -->\r\n</a>", "<a>\r\n\t<b/> <!-- of b -->\r\n\t<n />\r\n\t<!-- below -->\r\n</a>")]
    [InlineData("<a>\n\n\n  <b/>\n</a>", "<a>\n\n\n  <b/>\n  <n />\n</a>")]
    [InlineData("<a><b/></a>", "<a><b/><n /></a>")]
    [InlineData("<a>\n  <!-- nothing yet -->\n</a>", "<a>\n  <!-- nothing yet -->\n    <n />\n</a>")]
    public void AddChild_Last_FollowsTheWritingOfItsNeighbours(string before, string expected)
    {
        var document = XmlTextParser.Parse(before);

        document.Root.AddChild("n", document.Root.Children.LastOrDefault());

        Assert.Equal(expected.Replace("<a><n />\n</a>", "<a>\n    <n />\n</a>", StringComparison.Ordinal), document.ToString());
        Assert.Equal(before.Contains("<b/>", StringComparison.Ordinal) ? 2 : 1, XElement.Parse(document.ToString()).Elements().Count());
    }

    [Theory]
    [InlineData("<a>\n  <b/>\n</a>", "<a>\n  <n />\n  <b/>\n</a>")]
    [InlineData("<a>\n  <!-- of b -->\n  <b/>\n</a>", "<a>\n  <!-- of b -->\n  <n />\n  <b/>\n</a>")]
    public void AddChild_First_StandsBeforeTheOthers(string before, string expected)
    {
        var document = XmlTextParser.Parse(before);

        document.Root.AddChild("n", null);

        Assert.Equal(expected, document.ToString());
    }

    [Fact]
    public void SetAttribute_AttributesOnLinesOfTheirOwn_AreContinuedTheSameWay()
    {
        var document = XmlTextParser.Parse("<a\n   x='1'\n   z='3'\n/>");

        document.Root.SetAttribute("y", "\"2\" & 'two'", ["x", "y", "z"]);

        Assert.Equal("<a\n   x='1'\n   y='\"2\" &amp; &apos;two&apos;'\n   z='3'\n/>", document.ToString());
    }

    private static void AssertSame(XElement expected, XmlTextElement actual)
    {
        Assert.Equal(expected.Name.LocalName, actual.Name);
        var place = (IXmlLineInfo)expected;
        Assert.Equal(new TextPosition(place.LineNumber, place.LinePosition - 1), actual.Position);
        Assert.Equal(
            expected.Attributes().Select(attribute => (attribute.Name.LocalName, attribute.Value)),
            actual.Attributes.Select(attribute => (attribute.Name, attribute.Value)));
        Assert.Equal(expected.Elements().Count(), actual.Children.Count());
        foreach (var (left, right) in expected.Elements().Zip(actual.Children))
        {
            AssertSame(left, right);
        }
    }
}
