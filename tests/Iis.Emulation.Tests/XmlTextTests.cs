using System.Xml.Linq;
using WsusDashboard.Iis.Emulation.Text;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>The text that keeps every character, and its tree.</summary>
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

        Assert.Equal(text, XmlFileText.Parse(text).ToString());
    }

    [Fact]
    public void SetAndRemoveAttribute_EveryElementOfTheRealFile_FindsItsTagAndIsUndone()
    {
        var text = File.ReadAllText(SharedMaterial.Find("iis-express-applicationHost.config"));
        var document = XmlFileText.Parse(text);
        var elements = document.Root.DescendantsAndSelf().ToArray();

        for (var i = 0; i < elements.Length; i++)
        {
            document.SetAttribute(elements[i], "added", $"{i} & more", []);
        }

        Assert.Equal(elements.Select((_, i) => $"{i} & more"), XDocument.Parse(document.ToString()).Descendants().Select(element => (string?)element.Attribute("added")));
        Assert.True(XmlFileText.Parse(document.ToString()).HasSameTree(document));
        Array.ForEach(elements, element => document.RemoveAttribute(element, "added"));
        Assert.Equal(text, document.ToString());
    }

    [Fact]
    public void HasSameTree_OneAttributeOther_IsFalse()
    {
        var document = XmlFileText.Parse("<a x='1' y='2'><b/></a>");

        Assert.True(document.HasSameTree(XmlFileText.Parse("<a y='2' x='&#49;'> <b></b></a>")));
        Assert.False(document.HasSameTree(XmlFileText.Parse("<a x='1' y='3'><b/></a>")));
        Assert.False(document.HasSameTree(XmlFileText.Parse("<a x='1' y='2'><b/><b/></a>")));
        Assert.False(document.HasSameTree(XmlFileText.Parse("<a x='1'><b y='2'/></a>")));
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
    [InlineData("<x:a xmlns:x='u'>\r\n</x:a>", "<x:a xmlns:x='u'>\r\n    <x:n />\r\n</x:a>")]
    [InlineData("<a xmlns='u'\n/>", "<a xmlns='u'>\n    <n />\n</a>")]
    public void AddChild_Last_FollowsTheWritingOfItsNeighbours(string before, string expected)
    {
        var document = XmlFileText.Parse(before);

        document.AddChild(document.Root, "n", document.Root.Elements().LastOrDefault());

        Assert.Equal(expected.Replace("<a><n />\n</a>", "<a>\n    <n />\n</a>", StringComparison.Ordinal), document.ToString());
        Assert.True(XmlFileText.Parse(document.ToString()).HasSameTree(document));
    }

    [Theory]
    [InlineData("<a>\n  <b/>\n</a>", "<a>\n  <n />\n  <b/>\n</a>")]
    [InlineData("<a>\n  <!-- of b -->\n  <b/>\n</a>", "<a>\n  <!-- of b -->\n  <n />\n  <b/>\n</a>")]
    public void AddChild_First_StandsBeforeTheOthers(string before, string expected)
    {
        var document = XmlFileText.Parse(before);

        document.AddChild(document.Root, "n", null);

        Assert.Equal(expected, document.ToString());
    }

    [Fact]
    public void SetAttribute_AttributesOnLinesOfTheirOwn_AreContinuedTheSameWay()
    {
        var document = XmlFileText.Parse("<a\n   x='1'\n   z='3'\n/>");

        document.SetAttribute(document.Root, "y", "\"2\" & 'two'", ["x", "y", "z"]);

        Assert.Equal("<a\n   x='1'\n   y='\"2\" &amp; &apos;two&apos;'\n   z='3'\n/>", document.ToString());
    }

    [Theory]
    [InlineData("<a>\n  <b><c/></b> <!-- of b -->\n  <d/>\n</a>", "b", "<a> <!-- of b -->\n  <d/>\n</a>")]
    [InlineData("<a><b/><d></d><e/></a>", "d", "<a><b/><e/></a>")]
    public void Remove_Element_TakesItAndTheSpaceBeforeIt(string before, string name, string expected)
    {
        var document = XmlFileText.Parse(before);
        var after = document.Root.Elements().Last();

        document.Remove(document.Root.Element(name)!);
        Assert.Equal(expected, document.ToString());

        document.SetAttribute(after, "x", "1", []);
        Assert.Equal("1", (string?)XElement.Parse(document.ToString()).Elements().Last().Attribute("x"));
    }

    [Fact]
    public void AddChild_IntoAddedChildren_EachKnowsItsPlace()
    {
        var document = XmlFileText.Parse("<a>\n\t<b/>\n</a>");

        var added = document.AddChild(document.Root.Element("b")!, "c", null);
        document.SetAttribute(document.AddChild(added, "d", null), "x", "\t\r\n<>'", []);
        document.SetAttribute(added, "y", "2", []);

        Assert.Equal("<a>\n\t<b>\n\t\t<c y=\"2\">\n\t\t\t<d x=\"&#x9;&#xD;&#xA;&lt;&gt;'\" />\n\t\t</c>\n\t</b>\n</a>", document.ToString());
    }
}
