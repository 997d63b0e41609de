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
    /// <summary>Of an exception's text: what it says stands before its calls.</summary>
    private const int LongestText = 800;

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
            WindowsEvents.CrashProvider => windowsEvent with { Subject = Value(data, "AppName") is { Length: > 0 } named ? named : ValueAt(data, 0) },
            WindowsEvents.ClrProvider => windowsEvent with { Subject = WindowsEvents.WatchedPrograms.FirstOrDefault(program => ValueAt(data, 0).Contains(program, StringComparison.OrdinalIgnoreCase)) ?? "" },
            WindowsEvents.AspNetProvider => DescribeRequest(windowsEvent, data),
            _ when windowsEvent.EventId == WindowsEvents.DatabaseLoginFailed => windowsEvent with { Message = WithoutClient(windowsEvent.Message) },
            _ => windowsEvent,
        };
    }

    /// <summary>ASP.NET's own text holds the address and the name of who asked, so the exception alone is taken; the order of the values is that of published samples.</summary>
    private static WindowsEvent DescribeRequest(WindowsEvent windowsEvent, XElement data)
    {
        const int ApplicationPath = 10;
        const int ExceptionType = 17;
        const int ExceptionText = 18;

        var text = ValueAt(data, ExceptionText);
        return windowsEvent with
        {
            Subject = ValueAt(data, ApplicationPath).Trim().Trim('/'),
            Message = ValueAt(data, ExceptionType) is { Length: > 0 } type ? $"{type.Trim()}: {(text.Length > LongestText ? text[..LongestText] : text).Trim()}" : "",
        };
    }

    /// <summary>The words of SQL Server end with the address of who wanted in: "[CLIENT: 10.1.1.5]".</summary>
    private static string WithoutClient(string message) =>
        message.LastIndexOf('[') is >= 0 and var start && message.IndexOf(']', start) is > 0 and var end ? message.Remove(start, end - start + 1).TrimEnd() : message;

    private static WindowsEvent DescribeService(WindowsEvent windowsEvent, XElement data)
    {
        var parts = DecodeText(Element(data, "Binary")).Split('/');
        var (name, state) = parts is [{ Length: > 0 } first, ..] ? (first, parts.Length > 1 ? parts[^1] : "") : (Value(data, WindowsEvents.NamesServiceSecond.Contains(windowsEvent.EventId) ? "param2" : "param1"), "");
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

    private static string ValueAt(XElement data, int index) => data.Elements().Where(element => element.Name.LocalName == "Data").ElementAtOrDefault(index)?.Value ?? "";

    private static string Element(XElement data, string name) => data.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value ?? "";
}
