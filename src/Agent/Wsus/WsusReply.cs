using System.Xml;
using System.Xml.Linq;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Wsus;

/// <summary>The element that WSUS answered with.</summary>
/// <param name="Operation">What was asked.</param>
/// <param name="Body">The element named "…Response".</param>
public sealed record WsusReply(string Operation, XElement Body)
{
    private const int ShownCharacters = 300;

    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";

    /// <summary>The element "…Result"; null where the answer has none.</summary>
    public XElement? Result => Body.Element(WsusRequests.Namespace + (Operation + "Result"));

    internal static WsusReply Parse(Uri service, WsusRequest request, MemoryStream content)
    {
        if (content.Length == 0)
        {
            throw new EdgeException(ReadFailure.Malformed, $"WSUS at {service} gave an empty answer to {request.Operation}.");
        }

        try
        {
            var body = Load(content).Root?.Element(Soap + "Body");
            if (body?.Element(WsusRequests.Namespace + (request.Operation + "Response")) is { } response)
            {
                return new WsusReply(request.Operation, response);
            }

            throw new EdgeException(ReadFailure.Malformed, $"WSUS at {service} gave the wrong answer to {request.Operation}.{LooksLikeHtml(content)}");
        }
        catch (XmlException exception)
        {
            throw new EdgeException(ReadFailure.Malformed, $"WSUS at {service} answered {request.Operation} with broken or incomplete XML: {exception.Message}{LooksLikeHtml(content)}", exception);
        }
    }

    /// <summary>The text of a SOAP fault; null where the content is none.</summary>
    internal static string? FindFault(MemoryStream content)
    {
        try
        {
            content.Position = 0;
            var text = Load(content).Root?.Element(Soap + "Body")?.Element(Soap + "Fault")?.Element("faultstring")?.Value.Trim();
            return text is { Length: > ShownCharacters } ? text[..ShownCharacters] + "…" : text;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static XDocument Load(MemoryStream content)
    {
        using var reader = XmlReader.Create(content, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        return XDocument.Load(reader);
    }

    private static string LooksLikeHtml(MemoryStream content)
    {
        var start = System.Text.Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)Math.Min(content.Length, 512));
        return start.Contains("<html", StringComparison.OrdinalIgnoreCase)
            ? " It's a web page: another site may be bound to this port."
            : "";
    }
}
