using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Wsus;

/// <summary>One event of the history of WSUS.</summary>
public sealed record WsusHistoryEvent(Guid InstanceId, short EventId, DateTimeOffset At, int ErrorCode, string ErrorText);

/// <summary>Reads the answers of WSUS. What is missing or not a number is named with its operation.</summary>
internal static class WsusReplyReader
{
    private const int DownstreamName = 0;
    private const int DownstreamLastSync = 2;
    private const int MaximumDownstreamServers = 1000;
    private const int MaximumLanguages = 50;
    private const int LongestLanguage = 8;
    private const int UpdateCount = 0;
    private const int Declined = 1;
    private const int NotApproved = 2;
    private const int Expired = 4;
    private const int WithClientErrors = 7;
    private const int NeedingFiles = 9;
    private const int Computers = 11;
    private const int ComputersNeedingUpdates = 12;
    private const int ComputersWithErrors = 13;
    private const int Approved = 14;

    private static readonly XNamespace Tns = WsusRequests.Namespace;
    private static readonly XNamespace Instance = "http://www.w3.org/2001/XMLSchema-instance";

    public static SubscriptionReading Subscription(WsusReply reply)
    {
        var row = Result(reply);
        return new SubscriptionReading
        {
            SynchronizesAutomatically = Read(reply, row, "SynchronizeAutomatically", XmlConvert.ToBoolean),
            LastSyncAt = Read(reply, row, "LastSynchronizationTime", Time),
        };
    }

    public static SubscriptionState SubscriptionState(WsusReply reply)
    {
        var number = Parse(reply, Result(reply), XmlConvert.ToInt32);
        return Enum.IsDefined((SubscriptionState)number) ? (SubscriptionState)number : Shared.Snapshots.SubscriptionState.Unknown;
    }

    /// <summary>Null where WSUS sends no row, as it may between two phases.</summary>
    public static SyncProgress? Progress(WsusReply reply)
    {
        var values = Values(Result(reply).Elements(Tns + "GenericReadableRow").FirstOrDefault());
        if (values.Count < 3)
        {
            return null;
        }

        // WSUS counts phases from 0 ("not processing"); here 0 is "unknown".
        var phase = (SyncPhase)(Number(reply, values, 0) + 1);
        return new SyncProgress(Enum.IsDefined(phase) ? phase : SyncPhase.Unknown, Number(reply, values, 2), Number(reply, values, 1), null);
    }

    public static DateTimeOffset? NextSynchronization(WsusReply reply) => Parse(reply, Result(reply), Time);

    public static string Version(WsusReply reply) => Result(reply).Value;

    public static WsusSetup Setup(WsusReply reply)
    {
        var row = Result(reply).Element(Tns + "Configuration") ?? throw Malformed(reply, "Configuration");
        var upstream = Text(row, "UpstreamServerName");
        return new WsusSetup
        {
            Source = Read(reply, row, "SyncToMU", XmlConvert.ToBoolean) || upstream.Length == 0 ? "Microsoft Update" : upstream,
            IsReplica = Read(reply, row, "ReplicaMode", XmlConvert.ToBoolean),
            UsesProxy = Read(reply, row, "UseProxy", XmlConvert.ToBoolean),
            ProxyName = Text(row, "ProxyName"),
        };
    }

    public static WsusSelection Selection(WsusReply reply)
    {
        var row = Result(reply).Element(Tns + "Configuration") ?? throw Malformed(reply, "Configuration");
        return new WsusSelection
        {
            StoresContent = !Read(reply, row, "HostOnMu", XmlConvert.ToBoolean),
            AllLanguages = Read(reply, row, "ServerSupportsAllLanguages", XmlConvert.ToBoolean),
            ExcludesDrivers = Read(reply, row, "DisableSyncDrivers", XmlConvert.ToBoolean),
        };
    }

    /// <summary>The ids in the rows of an answer, wherever in a row they stand.</summary>
    public static IReadOnlySet<Guid> SelectedIds(WsusReply reply) =>
        (reply.Result?.Elements(Tns + "GenericReadableRow") ?? []).Where(row => !IsNil(row)).SelectMany(Values).Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty).ToHashSet();

    /// <summary>
    /// The short names ("en", "pt-br") of the rows whose flag is set. Where in a row they stand isn't known, so each is found by its kind: the first short text of letters, and a value that
    /// says that it is a boolean.
    /// </summary>
    public static IReadOnlyList<string> EnabledLanguages(WsusReply reply) =>
    [
        .. (reply.Result?.Elements(Tns + "GenericReadableRow") ?? [])
            .Where(row => !IsNil(row))
            .Select(row => row.Element(Tns + "Values")?.Elements(Tns + "anyType").ToList() ?? [])
            .Where(values => values.Any(value => IsOfType(value, "boolean") && value.Value is "true" or "1"))
            .Select(values => values.Find(value => IsOfType(value, "string") && IsLanguage(value.Value))?.Value)
            .OfType<string>()
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Take(MaximumLanguages),
    ];

    /// <summary>Full names of the servers below that have synchronized since a time: one that no longer does stays in WSUS's list until somebody removes it.</summary>
    public static IReadOnlyList<string> DownstreamServers(WsusReply reply, DateTimeOffset since) =>
    [
        .. (reply.Result?.Elements(Tns + "GenericReadableRow") ?? [])
            .Where(row => !IsNil(row))
            .Select(row => (Row: row, Values: Values(row)))
            .Where(row => row.Values.Count > DownstreamLastSync
                && Uri.CheckHostName(row.Values[DownstreamName]) == UriHostNameType.Dns
                && row.Values[DownstreamLastSync].Length > 0
                && Parse(reply, row.Row, _ => Time(row.Values[DownstreamLastSync])) >= since)
            .Select(row => row.Values[DownstreamName])
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Take(MaximumDownstreamServers),
    ];

    public static WsusCounts Counts(WsusReply reply)
    {
        var first = Result(reply).Elements(Tns + "ArrayOfGenericReadableRow").FirstOrDefault()?.Elements(Tns + "GenericReadableRow").FirstOrDefault();
        var values = Values(first);
        return new WsusCounts
        {
            Updates = Number(reply, values, UpdateCount),
            Declined = Number(reply, values, Declined),
            NotApproved = Number(reply, values, NotApproved),
            Expired = Number(reply, values, Expired),
            WithClientErrors = Number(reply, values, WithClientErrors),
            NeedingFiles = Number(reply, values, NeedingFiles),
            Computers = Number(reply, values, Computers),
            ComputersNeedingUpdates = Optional(reply, values, ComputersNeedingUpdates),
            ComputersWithErrors = Optional(reply, values, ComputersWithErrors),
            Approved = Optional(reply, values, Approved),
        };
    }

    public static IReadOnlyList<WsusHistoryEvent> Events(WsusReply reply) =>
        [.. (reply.Result?.Elements(Tns + "EventHistoryTableRow") ?? []).Where(row => !IsNil(row)).Select(row => Event(reply, row))];

    private static WsusHistoryEvent Event(WsusReply reply, XElement row)
    {
        var texts = row.Element(Tns + "ReplacementStrings")?.Elements(Tns + "string").Select(text => text.Value.Trim()).Where(text => text.Length > 0) ?? [];
        return new WsusHistoryEvent(
            Read(reply, row, "EventInstanceId", Guid.Parse),
            Read(reply, row, "EventId", XmlConvert.ToInt16),
            Read(reply, row, "TimeAtServer", Time) ?? throw Malformed(reply, "TimeAtServer"),
            Read(reply, row, "Win32HResult", XmlConvert.ToInt32),
            string.Join(" ", texts));
    }

    private static XElement Result(WsusReply reply) => reply.Result ?? throw Malformed(reply, reply.Operation + "Result");

    private static List<string> Values(XElement? row) =>
        [.. (row?.Element(Tns + "Values")?.Elements(Tns + "anyType") ?? []).Select(value => value.Value)];

    private static long Number(WsusReply reply, List<string> values, int index) =>
        index < values.Count && long.TryParse(values[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Malformed(reply, string.Create(CultureInfo.InvariantCulture, $"column {index}"));

    /// <summary>Older versions of WSUS send fewer columns.</summary>
    private static long Optional(WsusReply reply, List<string> values, int index) => index < values.Count ? Number(reply, values, index) : 0;

    private static string Text(XElement row, string name) => row.Element(Tns + name)?.Value.Trim() ?? "";

    private static T Read<T>(WsusReply reply, XElement row, string name, Func<string, T> parse) =>
        Parse(reply, row.Element(Tns + name) ?? throw Malformed(reply, name), parse);

    private static T Parse<T>(WsusReply reply, XElement element, Func<string, T> parse)
    {
        try
        {
            return parse(element.Value);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw Malformed(reply, element.Name.LocalName, exception);
        }
    }

    /// <summary>A time without a zone is UTC; the years 1, 1753 and 9999 mean "none" (wsus.md, 1.2).</summary>
    private static DateTimeOffset? Time(string text)
    {
        var time = XmlConvert.ToDateTime(text, XmlDateTimeSerializationMode.RoundtripKind);
        return time.Year is <= 1753 or 9999
            ? null
            : time.Kind == DateTimeKind.Local ? new DateTimeOffset(time.ToUniversalTime()) : new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc));
    }

    private static bool IsOfType(XElement element, string name) => element.Attribute(Instance + "type")?.Value.Split(':')[^1] == name;

    private static bool IsLanguage(string text) => text.Length is >= 2 and <= LongestLanguage && text.All(letter => char.IsAsciiLetter(letter) || letter == '-');

    private static bool IsNil(XElement element) => element.Attribute(Instance + "nil")?.Value is "true" or "1";

    private static EdgeException Malformed(WsusReply reply, string what, Exception? inner = null) =>
        new(ReadFailure.Malformed, $"WSUS's answer to {reply.Operation} can't be understood: {what} is missing or wrong.", inner);
}
