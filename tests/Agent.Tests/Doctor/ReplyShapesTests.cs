using System.Runtime.InteropServices;
using System.Text;
using WsusDashboard.Agent.Doctor.Recording;
using WsusDashboard.Agent.Iis;

namespace WsusDashboard.Agent.Tests.Doctor;

/// <summary>What a report keeps of the answers of a server that nobody has seen: the shapes, and the numbers of the refusals.</summary>
public sealed class ReplyShapesTests
{
    private const string Rows = """
        <e:Envelope xmlns:e="urn:envelope" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body>
        <GetResponse xmlns="urn:wsus"><Row><Value xsi:type="xsd:int">4711</Value><Value xsi:nil="true" /></Row><Row><Value xsi:type="xsd:int">4712</Value></Row></GetResponse>
        </e:Body></e:Envelope>
        """;

    private readonly ReplyShapes _shapes = new();

    [Fact]
    public void Take_Answer_KeepsNamesAndCountsAndNoValue()
    {
        Take(Rows);

        var shape = Assert.Single(_shapes.All);
        Assert.Equal(("Get", 200, Encoding.UTF8.GetByteCount(Rows)), (shape.Operation, shape.Status, shape.Bytes));
        const string row = "/{urn:envelope}Envelope/Body/{urn:wsus}GetResponse/Row";
        Assert.Equal(
            [("/{urn:envelope}Envelope", 1), ("/{urn:envelope}Envelope/Body", 1), (row[..^4], 1), (row, 2), ($"{row}/Value[xsd:int]", 2), ($"{row}/Value[nil]", 1)],
            shape.Elements.Select(element => (element.Path, element.Count)));
        Assert.DoesNotContain(shape.Elements, element => element.Path.Contains("471", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<html><body>IIS <br></body></html>")]
    [InlineData("Service Unavailable")]
    [InlineData("")]
    public void Take_WhatIsNoXml_SaysSo(string content)
    {
        Take(content, 503);

        var shape = Assert.Single(_shapes.All);
        Assert.Equal(503, shape.Status);
        Assert.Contains(shape.Elements, element => element.Path.Contains("no XML", StringComparison.Ordinal));
    }

    [Fact]
    public void Take_EndlessAnswers_KeepsABoundedPart()
    {
        Take($"<r>{string.Concat(Enumerable.Range(0, 5000).Select(number => $"<a{number} />"))}</r>");
        Take(string.Concat(Enumerable.Repeat("<a>", 500)) + string.Concat(Enumerable.Repeat("</a>", 500)));
        foreach (var _ in Enumerable.Range(0, 200))
        {
            Take("<r />");
        }

        Assert.Equal((ReplyShapes.MaximumShapes, 202 - ReplyShapes.MaximumShapes), (_shapes.All.Count, _shapes.More));
        Assert.All(_shapes.All, shape => Assert.InRange(shape.Elements.Count, 1, ReplyShapes.MaximumPaths + 1));
    }

    [Fact]
    public void Take_MoreElementsThanAreKept_SaysHowManyAndThatItBroke()
    {
        Take($"<r>{string.Concat(Enumerable.Range(0, 300).Select(number => $"<a{number} />"))}");

        var elements = Assert.Single(_shapes.All).Elements;
        Assert.Equal(ReplyShapes.MaximumPaths + 2, elements.Count);
        Assert.Equal(new ElementCount("(and 101 more)", 101), elements[^2]);
        Assert.Contains("no XML", elements[^1].Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_RefusedCalls_AreCountedByTheirNumber()
    {
        var refusals = new IisRefusals();

        refusals.Record("state of a pool", new RaisedByIis("Der Dienst wurde nicht gestartet.", unchecked((int)0x80070426)));
        refusals.Record("state of a pool", new RaisedByIis("Der Dienst wurde nicht gestartet.", unchecked((int)0x80070426)));
        refusals.Record("state of a pool", new RaisedByIis("", unchecked((int)0x80070005)));

        Assert.Equal([("0x80070426", 2, nameof(RaisedByIis)), ("0x80070005", 1, nameof(RaisedByIis))], refusals.All.Select(refusal => (refusal.Result, refusal.Count, refusal.Type)));
    }

    private void Take(string content, int status = 200)
    {
        using var stream = new MemoryStream();
        stream.Write(Encoding.UTF8.GetBytes(content));
        stream.Position = 0;
        _shapes.Take("Get", status, stream);
        Assert.Equal(0, stream.Position);
    }

    /// <summary>An exception as the interop layer makes it; nobody may throw that type itself.</summary>
    private sealed class RaisedByIis(string message, int code) : COMException(message, code);
}
