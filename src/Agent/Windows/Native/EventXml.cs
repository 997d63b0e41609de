using System.Text;
using System.Xml;
using System.Xml.Linq;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>What an event speaks of, from the values in its XML: its text is in the language of the server.</summary>
/// <remarks>
/// Forms of the XML as published samples have them: WAS names its pool in the value AppPoolID; the service control manager adds to 7036 the
/// service's short name and the number of the state it entered, as UTF-16 ("TrustedInstaller/1" stopped, "/4" running).
/// </remarks>
internal static class EventXml
{
    private const string Stopped = "1";
    private const string Running = "4";

    /// <summary>The event with <see cref="WindowsEvent.Subject"/> and <see cref="WindowsEvent.Entered"/> where its XML tells them.</summary>
    public static WindowsEvent Describe(WindowsEvent windowsEvent, string xml)
    {
        if (Parse(xml) is not { } data)
        {
            return windowsEvent;
        }

        return windowsEvent.Provider switch
        {
            WindowsEvents.WasProvider => windowsEvent with { Subject = Value(data, "AppPoolID") },
            WindowsEvents.ServicesProvider => DescribeService(windowsEvent, data),
            _ => windowsEvent,
        };
    }

    private static WindowsEvent DescribeService(WindowsEvent windowsEvent, XElement data)
    {
        var parts = DecodeText(Element(data, "Binary")).Split('/');
        var (name, state) = parts is [{ Length: > 0 } first, ..] ? (first, parts.Length > 1 ? parts[^1] : "") : (Value(data, "param1"), "");
        return windowsEvent with
        {
            Subject = name,
            Entered = windowsEvent.EventId != WindowsEvents.ServiceChangedState ? ServiceState.Unknown : state switch
            {
                Stopped => ServiceState.Stopped,
                Running => ServiceState.Running,
                _ => ServiceState.Unknown,
            },
        };
    }

    /// <summary>Empty where the bytes are no printable text: other providers put codes there.</summary>
    private static string DecodeText(string hexadecimal)
    {
        try
        {
            var text = Encoding.Unicode.GetString(Convert.FromHexString(hexadecimal)).TrimEnd('\0');
            return text.All(character => character is > ' ' and < '\u007F') ? text : "";
        }
        catch (FormatException)
        {
            return "";
        }
    }

    private static XElement? Parse(string xml)
    {
        try
        {
            return XElement.Parse(xml).Elements().FirstOrDefault(element => element.Name.LocalName == "EventData");
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string Value(XElement data, string name) =>
        data.Elements().FirstOrDefault(element => element.Name.LocalName == "Data" && element.Attribute("Name")?.Value == name)?.Value ?? "";

    private static string Element(XElement data, string name) => data.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value ?? "";
}
