using System.Text.RegularExpressions;
using System.Xml.Linq;
using System.Xml.XPath;
using WsusDashboard.Agent.Events;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Native;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Windows;

/// <summary>What Windows is asked for events, and what its XML says in return.</summary>
public sealed partial class EventQueryTests
{
    /// <summary>The display name of WAS on a French Windows.</summary>
    private const string FrenchWas = "Service d'activation des processus Windows";

    private static readonly DateTimeOffset Since = new(2026, 11, 17, 6, 0, 0, TimeSpan.FromHours(1));

    [Fact]
    public void For_OneProvider_NamesProviderTimeRecordAndIds()
    {
        var select = Assert.Single(Selectors(new EventQuery("System", "Microsoft-Windows-WAS", [5002, 5117], 1234, Since, 100)));

        Assert.Equal("System", select.Attribute("Path")?.Value);
        Assert.Equal(
            "*[System[Provider[@Name='Microsoft-Windows-WAS'] and TimeCreated[@SystemTime>='2026-11-17T05:00:00.000Z'] and EventRecordID>1234 and (EventID=5002 or EventID=5117)]]",
            select.Value);
    }

    [Fact]
    public void For_EverySource_StaysBelowTheNumberOfExpressionsThatWindowsTakes()
    {
        foreach (var source in EventSource.CreateAll("MSSQL$MICROSOFT##WID"))
        {
            var names = source.NamesServices ? ServiceNames.Watched : [];
            var query = new EventQuery(source.LogName, source.Provider, source.Kinds[0].EventIds, 99, Since, 100)
            {
                Others = [.. source.Kinds.Skip(1)],
                FirstValues = names,
                SecondValueIds = source.NamesServices ? WindowsEvents.NamesServiceSecond : [],
            };
            var selectors = Selectors(query);

            Assert.All(selectors, select => Assert.InRange(Comparison().Count(select.Value), 1, EventQueryXml.MaximumExpressions));
            Assert.All(source.Kinds, kinds => Assert.Equal(kinds.EventIds.Order(), Ids(selectors.Where(select => select.Value.Contains($"'{kinds.Provider}'", StringComparison.Ordinal)))));
            Assert.All(names, name => Assert.Contains(selectors, select => select.Value.Contains($"'{name}'", StringComparison.Ordinal)));
            Assert.All(selectors, select => Assert.True(IsXPath(select.Value)));
        }
    }

    [Fact]
    public void CreateAll_EverySource_HasABookmarkOfItsOwn()
    {
        var sources = EventSource.CreateAll("MSSQLSERVER");

        Assert.Equal(sources.Length, sources.DistinctBy(source => (source.LogName, source.Provider)).Count());
    }

    [Fact]
    public void For_IdsThatNameTheServiceSecond_AreAskedForBySecondValue()
    {
        var selectors = Selectors(new EventQuery("System", "Service Control Manager", [7009, 7036], 0, Since, 100) { FirstValues = ["WsusService"], SecondValueIds = [7009, 7011] });

        Assert.Equal(2, selectors.Count);
        Assert.EndsWith("(EventID=7036)] and EventData[Data[@Name='param1']='WsusService']]", selectors[0].Value, StringComparison.Ordinal);
        Assert.EndsWith("(EventID=7009)] and EventData[Data[@Name='param2']='WsusService']]", selectors[1].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void For_NamesOfServices_AreAskedForAsValues()
    {
        var select = Assert.Single(Selectors(new EventQuery("System", "Service Control Manager", [7036], 0, Since, 100) { FirstValues = ["WSUS-Dienst", FrenchWas] }));

        Assert.EndsWith($"and (EventID=7036)] and EventData[Data[@Name='param1']='WSUS-Dienst' or Data[@Name='param1']=\"{FrenchWas}\"]]", select.Value, StringComparison.Ordinal);
        Assert.True(IsXPath(select.Value));
    }

    [Fact]
    public void For_NameWithBothKindsOfQuotes_AsksForAllServices()
    {
        var select = Assert.Single(Selectors(new EventQuery("System", "Service Control Manager", [7036], 0, Since, 100) { FirstValues = ["WSUS-Dienst", "it's \"quoted\""] }));

        Assert.EndsWith("and (EventID=7036)]]", select.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void For_ProviderWithQuotes_Throws() =>
        Assert.Throws<ArgumentException>(() => EventQueryXml.For(new EventQuery("System", "x' or '1'='1", [], 0, DateTimeOffset.UnixEpoch, 1)));

    [Theory]
    [InlineData("540072007500730074006500640049006E007300740061006C006C00650072002F0031000000", "TrustedInstaller", ServiceState.Stopped)]
    [InlineData("770069006E006C006F00670062006500610074002F0034000000", "winlogbeat", ServiceState.Running)]
    [InlineData("", "Windows Modules Installer", ServiceState.Unknown)]
    [InlineData("05000780", "Windows Modules Installer", ServiceState.Unknown)]
    [InlineData("zz", "Windows Modules Installer", ServiceState.Unknown)]
    public void Describe_ServiceChangedState_TakesNameAndStateFromTheBytes(string binary, string subject, ServiceState entered)
    {
        // The words are German; neither the name nor the state comes from them.
        var described = EventXml.Describe(
            Event(WindowsEvents.ServicesProvider, 7036),
            $"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System /><EventData><Data Name='param1'>Windows Modules Installer</Data><Data Name='param2'>beendet</Data><Binary>{binary}</Binary></EventData></Event>");

        Assert.Equal((subject, entered), (described.Subject, described.Entered));
    }

    [Fact]
    public void Describe_ServiceThatEnded_IsNamedAsThisServerDisplaysIt()
    {
        var described = EventXml.Describe(
            Event(WindowsEvents.ServicesProvider, 7031),
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><EventData><Data Name='param1'>WSUS-Dienst</Data><Data Name='param2'>1</Data></EventData></Event>");

        Assert.Equal(("WSUS-Dienst", ServiceState.Unknown), (described.Subject, described.Entered));
    }

    [Fact]
    public void Describe_WorkerOfAPool_NamesThePool() => Assert.Equal(
        "WsusPool",
        EventXml.Describe(
            Event(WindowsEvents.WasProvider, 5117),
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><EventData><Data Name=\"AppPoolID\">WsusPool</Data><Data Name=\"ProcessID\">4528</Data><Binary>6D000780</Binary></EventData></Event>").Subject);

    [Fact]
    public void Describe_ServiceThatDidNotAnswer_IsNamedByTheSecondValue() => Assert.Equal(
        "WsusService",
        Describe(WindowsEvents.ServicesProvider, 7011, "", "<Data Name='param1'>30000</Data><Data Name='param2'>WsusService</Data>").Subject);

    [Theory]
    [InlineData("<Data>w3wp.exe</Data><Data>10.0.20348.1</Data>")]
    [InlineData("<Data Name='AppVersion'>10.0.26100.1</Data><Data Name='AppName'>w3wp.exe</Data>")]
    public void Describe_CrashOfAProgram_NamesItsFile(string data) => Assert.Equal("w3wp.exe", Describe(WindowsEvents.CrashProvider, 1000, "", data).Subject);

    [Theory]
    [InlineData("Anwendung: WsusService.exe\nFrameworkversion: v4.0.30319", "WsusService.exe")]
    [InlineData("Application: other.exe", "")]
    public void Describe_EndOfADotNetProgram_NamesAWatchedOne(string text, string subject) => Assert.Equal(subject, Describe(WindowsEvents.ClrProvider, 1026, text, $"<Data>{text}</Data>").Subject);

    [Fact]
    public void Describe_FailedRequest_KeepsTheExceptionAndNobodysAddressOrName()
    {
        string[] values =
        [
            "3005", "An unhandled exception has occurred.", "1/5/2026 6:11:02 AM", "1/5/2026 6:11:02 AM", "38136224cea44d0190c8a8632b3702b3", "36", "1", "0", "/LM/W3SVC/5/ROOT/ApiRemoting30-5", "Full",
            "/ApiRemoting30", "C:\\Program Files\\Update Services\\WebServices\\ApiRemoting30\\", "BRN-WSUS02", " ", "19988", "w3wp.exe", "NT AUTHORITY\\NETWORK SERVICE", "SqlException",
            "Timeout expired.", "http://brn-wsus02:8530/ApiRemoting30/WebService.asmx", "/ApiRemoting30/WebService.asmx", "10.1.1.77", "CORP\\anna", "True",
        ];

        var described = Describe(WindowsEvents.AspNetProvider, 1309, "User host address: 10.1.1.77 User: CORP\\anna", string.Concat(values.Select(value => $"<Data>{value}</Data>")));

        Assert.Equal(("ApiRemoting30", "SqlException: Timeout expired."), (described.Subject, described.Message));
    }

    [Theory]
    [InlineData("Login failed for user 'CORP\\BRN-WSUS02$'. Reason: … [CLIENT: 10.1.1.77]", "Login failed for user 'CORP\\BRN-WSUS02$'. Reason: …")]
    [InlineData("Login failed for user [x", "Login failed for user [x")]
    public void Describe_RefusedLogin_LosesTheAddress(string message, string kept) => Assert.Equal(kept, Describe("MSSQL$MICROSOFT##WID", 18456, message, "<Data>x</Data>").Message);

    [Theory]
    [InlineData("")]
    [InlineData("<Event")]
    [InlineData("<Event><System /></Event>")]
    public void Describe_XmlThatSaysNothing_LeavesTheEventAsItIs(string xml) => Assert.Equal(Event(WindowsEvents.WasProvider, 5117), EventXml.Describe(Event(WindowsEvents.WasProvider, 5117), xml));

    private static WindowsEvent Describe(string provider, int id, string message, string data) => EventXml.Describe(
        Event(provider, id) with { Message = message }, $"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System /><EventData>{data}</EventData></Event>");

    private static IEnumerable<int> Ids(IEnumerable<XElement> selectors) =>
        selectors.SelectMany(select => Id().Matches(select.Value)).Select(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).Distinct().Order();

    private static WindowsEvent Event(string provider, int id) => new() { LogName = "System", Provider = provider, EventId = id, RecordId = 1 };

    /// <summary>What .NET's own parser of XPath 1.0 takes for well-formed.</summary>
    private static bool IsXPath(string text)
    {
        try
        {
            XPathExpression.Compile(text);
            return true;
        }
        catch (XPathException)
        {
            return false;
        }
    }

    private static List<XElement> Selectors(EventQuery query) => [.. XElement.Parse(EventQueryXml.For(query)).Elements("Query").Elements("Select")];

    [GeneratedRegex("EventID=([0-9]+)")]
    private static partial Regex Id();

    [GeneratedRegex("=|>(?!=)")]
    private static partial Regex Comparison();
}
