using System.Globalization;
using System.Xml;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Model.Events;
using WsusDashboard.Simulator.Scenarios;

namespace WsusDashboard.Simulator.Wire;

/// <summary>Writes the replies of ApiRemoting30 as the WSDL of the real service has them (wsus.md, section 1).</summary>
internal sealed class WsusReplyWriter(XmlWriter writer, ServerProfile profile)
{
    public const string Namespace = "http://www.microsoft.com/SoftwareDistribution/Server/ApiRemotingWebService";
    public const string SoapNamespace = "http://schemas.xmlsoap.org/soap/envelope/";
    public const string ServerVersion = "10.0.20348.2849";
    private const string SchemaNamespace = "http://www.w3.org/2001/XMLSchema";
    private const string InstanceNamespace = "http://www.w3.org/2001/XMLSchema-instance";
    private const string DateFormat = "yyyy-MM-ddTHH:mm:ss.fff";

    // WSUS says "none" with the smallest date.
    private const string NoDate = "0001-01-01T00:00:00";

    public void Subscription(WsusView view)
    {
        writer.WriteStartElement("GetSubscriptionResult", Namespace);
        Element("synchronizeAutomaticallyTimeOfDay", 10_800L);
        Element("LastModifiedBy", @"NT AUTHORITY\SYSTEM");
        Element("LastModifiedTime", "2024-03-05T09:12:44.213");
        Element("LastSynchronizationTime", Date(view.LastSuccess));
        Element("SynchronizeAutomatically", profile.SynchronizesAutomatically);
        Element("Anchor", string.Create(CultureInfo.InvariantCulture, $"{view.Updates},{Date(view.LastSuccess)}"));
        Element("DeploymentAnchor", Date(view.LastSuccess));
        Element("NumberOfSynchronizationsPerDay", profile.SynchronizesAutomatically ? 24 : 1);
        Element("IsCategoryOnly", false);
        writer.WriteEndElement();
    }

    public void NextSynchronization(WsusView view) => Element("GetSubscriptionNextSynchronizationTimeResult", Date(view.NextSync));

    public void State(WsusView view) => Element("GetSubscriptionStateResult", (int)view.State);

    public void Progress(WsusView view)
    {
        writer.WriteStartElement("GetServerSyncProgressResult", Namespace);

        // The numbers of the wire are one lower than ours, where 0 is "unknown".
        Row((int)view.Phase - 1, view.Total, view.Processed);
        writer.WriteEndElement();
    }

    public void Version() => Element("GetServerVersionResult", ServerVersion);

    public void UpdateCount(WsusView view) => Element("ExecuteSPGetUpdateCountResult", view.Updates);

    public void ServerStatus(WsusView view)
    {
        var approved = view.Updates * 2 / 5;
        var needing = view.Updates == 0 ? 0 : view.Computers / 3;
        writer.WriteStartElement("ExecuteSPGetUpdateServerStatusResult", Namespace);
        writer.WriteStartElement("ArrayOfGenericReadableRow", Namespace);
        Row(
            view.Updates, view.Declined, view.Updates - view.Declined - approved, 0, view.Updates / 14, view.Updates / 120, 0, view.Computers / 90, 0, view.Updates / 60,
            6, view.Computers, needing, view.Computers / 90, approved, approved / 7, false, approved - (approved / 7), view.Computers - needing);
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    public void History(IEnumerable<WsusEventRow> rows)
    {
        writer.WriteStartElement("ExecuteSPSearchEventHistoryResult", Namespace);
        foreach (var row in rows)
        {
            HistoryRow(row);
        }

        writer.WriteEndElement();
    }

    public void Configuration()
    {
        writer.WriteStartElement("ExecuteSPGetConfigurationResult", Namespace);
        writer.WriteStartElement("Configuration", Namespace);
        WsusConfigurationRow.Write(Element, profile);
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    public void DownstreamServers(WsusView view)
    {
        writer.WriteStartElement("ExecuteSPGetAllDownstreamServersResult", Namespace);
        foreach (var name in profile.DownstreamNames)
        {
            var draw = new SeededDraw(profile.Seed, name);
            Row(name, draw.Identifier("server", 0).ToString("D"), Date(view.LastSuccess), Guid.Empty.ToString("D"), NoDate, ServerVersion, true);
        }

        writer.WriteEndElement();
    }

    /// <summary>Its products or its classifications: id, type and title stand where Microsoft's console reads them (wsus.md, 1.3); what else a row has isn't known and is empty here.</summary>
    public void SelectedCategories(bool areClassifications)
    {
        writer.WriteStartElement("GetSubscriptionCategoriesResult", Namespace);
        foreach (var (id, title) in areClassifications ? Classifications(profile.SynchronizesDrivers) : Products)
        {
            Row(0, id, areClassifications ? "UpdateClassification" : "Product", "", "", "", "", title);
        }

        writer.WriteEndElement();
    }

    /// <summary>A row for each language: number, short name, name, and whether it is selected (from memory).</summary>
    public void Languages()
    {
        writer.WriteStartElement("ExecuteSPGetAllLanguagesWithEnabledStateResult", Namespace);
        Row(1, "en", "English", true);
        Row(2, "de", "German", true);
        Row(3, "fr", "French", false);
        writer.WriteEndElement();
    }

    public static void Fault(XmlWriter writer, string text)
    {
        writer.WriteStartElement("soap", "Fault", SoapNamespace);
        writer.WriteElementString("faultcode", "soap:Client");
        writer.WriteElementString("faultstring", text);
        writer.WriteElementString("detail", "");
        writer.WriteEndElement();
    }

    private static readonly (string Id, string Title)[] Products = [("21210d67-50bc-4254-a695-281765e10665", "Windows Server, version 1903 and later")];

    private static IEnumerable<(string Id, string Title)> Classifications(bool withDrivers) =>
    [
        ("0fa1201d-4330-4fa8-8ae9-b877473b6441", "Security Updates"),
        ("e6cf1350-c01b-414d-a61f-263d14d133b4", "Critical Updates"),
        .. withDrivers ? [("ebfc1fc5-71a4-4f7b-9aca-3b9a503104a0", "Drivers")] : ((string, string)[])[],
    ];

    private static string Date(DateTimeOffset? at) => at?.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture) ?? NoDate;

    private void HistoryRow(WsusEventRow row)
    {
        var failed = row.EventId == WsusEventRow.Failed;
        writer.WriteStartElement("EventHistoryTableRow", Namespace);
        Element("EventInstanceId", row.InstanceId.ToString("D"));
        Element("EventId", row.EventId);
        Element("NamespaceId", 2);
        Element("SourceId", (short)1);
        Element("TimeAtTarget", Date(row.At));
        Element("TimeAtServer", Date(row.At));
        Element("StateId", row.IsStart ? 323 : 324);
        Element("SeverityId", failed ? 1 : 4);
        Element("Win32HResult", 0);
        Element("MessageTemplate", Template(row.EventId));
        Element("ComputerId", "");
        Element("AppName", "");
        Strings("MiscData", row.EventId is WsusEventRow.ManualStart or WsusEventRow.Cancelled && row.Text.Length > 0 ? ["Administrator=" + row.Text] : []);
        Strings("ReplacementStrings", failed ? [row.Text] : []);
        Element("UpdateId", Guid.Empty.ToString("D"));
        Element("RevisionNumber", 0);
        writer.WriteEndElement();
    }

    private static string Template(short eventId) => eventId switch
    {
        WsusEventRow.ScheduledStart => "A scheduled synchronization was started.",
        WsusEventRow.ManualStart => "Synchronization was started manually.",
        WsusEventRow.Succeeded => "Synchronization completed successfully.",
        WsusEventRow.Failed => "Synchronization failed. Reason: %1.",
        _ => "Synchronization was canceled.",
    };

    private void Strings(string name, IEnumerable<string> values)
    {
        writer.WriteStartElement(name, Namespace);
        foreach (var value in values)
        {
            Element("string", value);
        }

        writer.WriteEndElement();
    }

    private void Row(params object[] values)
    {
        writer.WriteStartElement("GenericReadableRow", Namespace);
        writer.WriteStartElement("Values", Namespace);
        foreach (var value in values)
        {
            writer.WriteStartElement("anyType", Namespace);
            var prefix = writer.LookupPrefix(SchemaNamespace) ?? "xsd";
            writer.WriteAttributeString("xsi", "type", InstanceNamespace, prefix + value switch { bool => ":boolean", string => ":string", _ => ":int" });
            writer.WriteValue(value);
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private void Element(string name, object value)
    {
        writer.WriteStartElement(name, Namespace);
        writer.WriteString(value switch
        {
            bool flag => flag ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => (string)value,
        });
        writer.WriteEndElement();
    }
}
