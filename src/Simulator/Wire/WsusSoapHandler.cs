using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Model.Events;

namespace WsusDashboard.Simulator.Wire;

/// <summary>What is sent back.</summary>
/// <param name="StatusCode">200, 500 with a fault or a page of IIS, or 503.</param>
/// <param name="ContentType">text/xml, or text/html for what HTTP.sys says itself.</param>
/// <param name="Body">UTF-8.</param>
internal sealed record SoapReply(int StatusCode, string ContentType, byte[] Body);

/// <summary>The administration web service of one simulated WSUS: document/literal SOAP 1.1 over its model.</summary>
internal sealed class WsusSoapHandler(ServerModel model)
{
    private const string Html = "text/html; charset=us-ascii";
    private const string HtmlPage = "text/html; charset=utf-8";
    private const string SoapXml = "text/xml; charset=utf-8";
    private static readonly XNamespace Soap = WsusReplyWriter.SoapNamespace;
    private static readonly XNamespace Api = WsusReplyWriter.Namespace;

    /// <summary>Answers a request; null where nobody listens and the connection is to be dropped.</summary>
    /// <param name="soapAction">The header as it came, with its quotes.</param>
    /// <param name="body">The envelope.</param>
    public SoapReply? Answer(string soapAction, Stream body)
    {
        switch (model.Answer)
        {
            case WebAnswer.NoListener:
                return null;
            case WebAnswer.Unavailable:
                return new SoapReply(503, Html, ServiceUnavailablePage());
            case WebAnswer.Broken:
                return new SoapReply(500, HtmlPage, CannotLoadPage());
        }

        XElement request;
        try
        {
            request = XDocument.Load(body).Root?.Element(Soap + "Body")?.Elements().FirstOrDefault() ?? throw new XmlException("The envelope has no body.");
        }
        catch (XmlException exception)
        {
            return Fault($"Server was unable to read request. ---> {exception.Message}");
        }

        return soapAction == $"\"{WsusReplyWriter.Namespace}/{request.Name.LocalName}\"" && request.Name.Namespace == Api
            ? Reply(request)
            : Fault($"Server did not recognize the value of HTTP Header SOAPAction: {soapAction.Trim('"')}.");
    }

    /// <summary>What HTTP.sys itself says: no sub-status, and nothing of IIS.</summary>
    public static byte[] ServiceUnavailablePage() => Encoding.ASCII.GetBytes("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n<HTML><HEAD><TITLE>Service Unavailable</TITLE></HEAD>\r\n<BODY><h2>Service Unavailable</h2>\r\n<hr><p>HTTP Error 503. The service is unavailable.</p>\r\n</BODY></HTML>\r\n");

    /// <summary>What IIS sends to a caller on the server itself; others get a shorter page with the same status.</summary>
    public static byte[] CannotLoadPage() => Encoding.UTF8.GetBytes("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n<html xmlns=\"http://www.w3.org/1999/xhtml\">\r\n<head><title>IIS 10.0 Detailed Error - 500.19 - Internal Server Error</title></head>\r\n<body><h2>HTTP Error 500.19 - Internal Server Error</h2>\r\n<h3>The requested page cannot be accessed because the related configuration data for the page is invalid.</h3>\r\n<table><tr><th>Module</th><td>DynamicCompressionModule</td></tr><tr><th>Error Code</th><td>0x8007007e</td></tr></table>\r\n</body></html>\r\n");

    private SoapReply Reply(XElement request)
    {
        Action<WsusReplyWriter>? write = request.Name.LocalName switch
        {
            "GetSubscription" => replies => replies.Subscription(model.ReadWsus()),
            "GetSubscriptionState" => replies => replies.State(model.ReadWsus()),
            "GetSubscriptionNextSynchronizationTime" => replies => replies.NextSynchronization(model.ReadWsus()),
            "GetServerSyncProgress" => replies => replies.Progress(model.ReadWsus()),
            "GetServerVersion" => replies => replies.Version(),
            "ExecuteSPGetAllDownstreamServers" => replies => replies.DownstreamServers(model.ReadWsus()),
            "ExecuteSPGetConfiguration" => replies => replies.Configuration(),
            "GetSubscriptionCategories" => replies => replies.SelectedCategories(request.Element(Api + "retrieveUpdateClassifications")?.Value is "true" or "1"),
            "ExecuteSPGetAllLanguagesWithEnabledState" => replies => replies.Languages(),
            "ExecuteSPGetUpdateCount" => replies => replies.UpdateCount(model.ReadWsus()),
            "ExecuteSPGetUpdateServerStatus" => replies => replies.ServerStatus(model.ReadWsus()),
            "ExecuteSPSearchEventHistory" => replies => replies.History(Select(request)),
            "StartSubscriptionManually" => _ => model.StartSync(),
            "StopSubscription" => _ => model.StopSync(),
            _ => null,
        };
        return write is null
            ? Fault($"Server did not recognize the value of HTTP Header SOAPAction: {WsusReplyWriter.Namespace}/{request.Name.LocalName}.")
            : Envelope(200, writer =>
            {
                writer.WriteStartElement(request.Name.LocalName + "Response", WsusReplyWriter.Namespace);
                write(new(writer, model.Profile));
                writer.WriteEndElement();
            });
    }

    private IEnumerable<WsusEventRow> Select(XElement request)
    {
        var filter = request.Element(Api + "eventHistoryFilter");
        var wanted = filter?.Element(Api + "eventIdFilter")?.Elements(Api + "EventIdFilter")
            .Where(one => (int?)one.Element(Api + "NamespaceId") == 2)
            .Select(one => (short)((int?)one.Element(Api + "EventId") ?? 0))
            .ToHashSet();
        var (from, to) = (Time(filter, "fromTimeAtServer", DateTime.MinValue), Time(filter, "toTimeAtServer", DateTime.MaxValue));
        return model.ReadHistory().Where(row => (wanted is null || wanted.Contains(row.EventId)) && row.At.UtcDateTime >= from && row.At.UtcDateTime <= to);
    }

    private static DateTime Time(XElement? filter, string name, DateTime missing) =>
        DateTime.TryParse(filter?.Element(Api + name)?.Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ? time : missing;

    private static SoapReply Fault(string text) => Envelope(500, writer => WsusReplyWriter.Fault(writer, text));

    private static SoapReply Envelope(int statusCode, Action<XmlWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, new() { Encoding = new UTF8Encoding(false) }))
        {
            writer.WriteStartElement("soap", "Envelope", WsusReplyWriter.SoapNamespace);
            writer.WriteAttributeString("xmlns", "xsi", null, "http://www.w3.org/2001/XMLSchema-instance");
            writer.WriteAttributeString("xmlns", "xsd", null, "http://www.w3.org/2001/XMLSchema");
            writer.WriteStartElement("soap", "Body", WsusReplyWriter.SoapNamespace);
            write(writer);
            writer.WriteEndElement();
            writer.WriteEndElement();
        }

        return new(statusCode, SoapXml, stream.ToArray());
    }
}
