using System.Globalization;
using System.Xml.Linq;

namespace WsusDashboard.Agent.Wsus;

/// <summary>A request: the operation, and its element as the WSDL describes it.</summary>
/// <param name="Operation">Name of the operation.</param>
/// <param name="Body">The element in the SOAP body.</param>
public sealed record WsusRequest(string Operation, XElement Body)
{
    /// <summary>So long its answer is waited for. Microsoft's own client waits 3 minutes where we wait 30 seconds, and 30 minutes where we wait 3 (wsus.md, 1.2).</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>The requests of ApiRemoting30 that the agent sends: a closed list (wsus.md, 1.3).</summary>
public static class WsusRequests
{
    public static readonly XNamespace Namespace = "http://www.microsoft.com/SoftwareDistribution/Server/ApiRemotingWebService";

    /// <summary>Namespace id of events that the server itself writes.</summary>
    public const int ServerEvents = 2;

    private static readonly TimeSpan HistoryDeadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CountsDeadline = TimeSpan.FromMinutes(3);

    private const int AllSources = -1;
    private const int AnyPublicationState = int.MaxValue;
    private const int AllProperties = 0;

    /// <summary>The oldest time that the database of WSUS takes for "no limit".</summary>
    private static readonly DateTimeOffset Beginning = new(1753, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    public static WsusRequest GetSubscription() => Empty("GetSubscription");

    public static WsusRequest GetSubscriptionState() => Empty("GetSubscriptionState");

    public static WsusRequest GetServerSyncProgress() => Empty("GetServerSyncProgress");

    public static WsusRequest GetNextSynchronizationTime() => Empty("GetSubscriptionNextSynchronizationTime");

    public static WsusRequest GetServerVersion() => Empty("GetServerVersion");

    public static WsusRequest GetConfiguration() => Empty("ExecuteSPGetConfiguration");

    /// <summary>The classifications that are selected for synchronization.</summary>
    public static WsusRequest GetSelectedClassifications(CultureInfo culture) =>
        Request("GetSubscriptionCategories", Element("preferredCulture", culture.Name), Element("retrieveUpdateClassifications", "true"));

    /// <summary>All languages, and which of them are selected.</summary>
    public static WsusRequest GetLanguages() => Empty("ExecuteSPGetAllLanguagesWithEnabledState");

    /// <summary>The servers below this one and below those.</summary>
    public static WsusRequest GetAllDownstreamServers() => Request("ExecuteSPGetAllDownstreamServers", Element("parentServerId", Guid.Empty.ToString("D")), Element("includeNestedChildren", "true"));

    public static WsusRequest StartSubscriptionManually() => Empty("StartSubscriptionManually");

    public static WsusRequest StopSubscription() => Empty("StopSubscription");

    /// <summary>The events that synchronizations leave, between two times of the server's clock.</summary>
    public static WsusRequest SearchEventHistory(DateTimeOffset since, DateTimeOffset until) => Request(
        "ExecuteSPSearchEventHistory",
        Element(
            "eventHistoryFilter",
            Element("eventIdFilter", WsusEventIds.Synchronization.Select(id => Element("EventIdFilter", Element("NamespaceId", ServerEvents), Element("EventId", id)))),
            Element("fromTimeAtTarget", Time(Beginning)),
            Element("toTimeAtTarget", Time(End)),
            Element("fromTimeAtServer", Time(since)),
            Element("toTimeAtServer", Time(until)),
            // The schema names these four a second time and asks for them, so they say the same again.
            Element("FromTimeAtTarget", Time(Beginning)),
            Element("ToTimeAtTarget", Time(End)),
            Element("FromTimeAtServer", Time(since)),
            Element("ToTimeAtServer", Time(until)))) with
    { Deadline = HistoryDeadline };

    /// <summary>Counts over all updates and all computers of this server.</summary>
    public static WsusRequest GetUpdateServerStatus(CultureInfo culture) => Request(
        "ExecuteSPGetUpdateServerStatus",
        Element("updateSources", AllSources),
        Element("includeDownstreamComputers", "false"),
        Element("updateScopeXml", "<UpdateScope ApprovedStates=\"-1\" />"),
        Element("computerTargetScopeXml", "<ComputerTargetScope IncludeDownstreamComputerTargets=\"false\" />"),
        Element("preferredCulture", culture.Name),
        Element("publicationState", AnyPublicationState),
        Element("propertiesToGet", AllProperties)) with
    { Deadline = CountsDeadline };

    private static WsusRequest Empty(string operation) => Request(operation);

    private static WsusRequest Request(string operation, params object[] content) => new(operation, new XElement(Namespace + operation, content));

    private static XElement Element(string name, params object[] content) => new(Namespace + name, content);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>Event ids of the history of WSUS (wsus.md, 2.2).</summary>
public static class WsusEventIds
{
    public const short ScheduledStart = 381;
    public const short ManualStart = 382;
    public const short Succeeded = 384;
    public const short Failed = 386;
    public const short Cancelled = 387;

    /// <summary>All that a synchronization may leave.</summary>
    public static IReadOnlyList<short> Synchronization { get; } = [ScheduledStart, ManualStart, Succeeded, Failed, Cancelled];
}
