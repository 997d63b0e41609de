using System.Net;
using System.Text;
using System.Threading.Channels;
using System.Xml.Linq;

namespace WsusDashboard.Agent.Tests.Wsus;

/// <summary>Answers each operation as the test says; "…Response" elements are built in the shape of the WSDL.</summary>
internal sealed class ScriptedWsus : HttpMessageHandler
{
    public const string Namespace = "http://www.microsoft.com/SoftwareDistribution/Server/ApiRemotingWebService";

    private readonly Dictionary<string, Func<HttpResponseMessage>> _answers = [];

    private readonly Dictionary<string, Task> _delays = [];
    private readonly Channel<string> _askedNow = Channel.CreateUnbounded<string>();

    /// <summary>Operations in the order in which they were asked for.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Answers every operation, where set.</summary>
    public Func<CancellationToken, Task<HttpResponseMessage>>? Everything { get; set; }

    public void Answer(string operation, string content) =>
        _answers[operation] = () => Text(HttpStatusCode.OK, $"<{operation}Response xmlns=\"{Namespace}\">{content}</{operation}Response>");

    /// <summary>Answers an operation only once the task has ended.</summary>
    public void Delay(string operation, Task until) => _delays[operation] = until;

    public async Task WaitUntilAskedAsync(string operation, CancellationToken cancellationToken)
    {
        while (await _askedNow.Reader.ReadAsync(cancellationToken) != operation)
        {
        }
    }

    public static HttpResponseMessage Text(HttpStatusCode status, string body) => new(status)
    {
        Content = new StringContent(
            $"<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body>{body}</soap:Body></soap:Envelope>",
            Encoding.UTF8,
            "text/xml"),
    };

    /// <summary>A healthy WSUS in which nothing runs.</summary>
    public static ScriptedWsus Healthy()
    {
        var wsus = new ScriptedWsus();
        wsus.SetState(1);
        wsus.Answer("GetSubscription", Subscription(automatic: true));
        wsus.Answer("GetSubscriptionNextSynchronizationTime", "<GetSubscriptionNextSynchronizationTimeResult>2026-01-06T02:00:00</GetSubscriptionNextSynchronizationTimeResult>");
        wsus.Answer("GetServerVersion", "<GetServerVersionResult>10.0.20348.1</GetServerVersionResult>");
        wsus.Answer("ExecuteSPGetConfiguration", "<ExecuteSPGetConfigurationResult><Configuration><SyncToMU>false</SyncToMU><UpstreamServerName>UP01</UpstreamServerName><UseProxy>true</UseProxy><ProxyName>proxy</ProxyName><ReplicaMode>true</ReplicaMode></Configuration></ExecuteSPGetConfigurationResult>");
        wsus.SetDownstream();
        wsus.SetCounts(12480);
        wsus.SetHistory("");
        wsus.Answer("GetServerSyncProgress", Progress(1, 6000, 1500));
        return wsus;
    }

    public void SetState(int state) => Answer("GetSubscriptionState", $"<GetSubscriptionStateResult>{state}</GetSubscriptionStateResult>");

    /// <param name="servers">Each with its last synchronization.</param>
    public void SetDownstream(params (string Name, string LastSync)[] servers) => Answer(
        "ExecuteSPGetAllDownstreamServers",
        $"<ExecuteSPGetAllDownstreamServersResult>{string.Concat(servers.Select(server => $"<GenericReadableRow><Values><anyType>{server.Name}</anyType><anyType>{Guid.NewGuid()}</anyType><anyType>{server.LastSync}</anyType></Values></GenericReadableRow>"))}</ExecuteSPGetAllDownstreamServersResult>");

    public void SetCounts(int updates) => Answer(
        "ExecuteSPGetUpdateServerStatus",
        $"<ExecuteSPGetUpdateServerStatusResult><ArrayOfGenericReadableRow><GenericReadableRow><Values>{string.Concat(Enumerable.Range(0, 19).Select(column => Value(column == 0 ? updates : column)))}</Values></GenericReadableRow></ArrayOfGenericReadableRow></ExecuteSPGetUpdateServerStatusResult>");

    public void SetHistory(string rows) => Answer("ExecuteSPSearchEventHistory", $"<ExecuteSPSearchEventHistoryResult>{rows}</ExecuteSPSearchEventHistoryResult>");

    public static string Event(Guid id, int eventId, string time, int code = 0, string reason = "") =>
        $"<EventHistoryTableRow><EventInstanceId>{id}</EventInstanceId><EventId>{eventId}</EventId><NamespaceId>2</NamespaceId><TimeAtServer>{time}</TimeAtServer><Win32HResult>{code}</Win32HResult><ReplacementStrings><string>{reason}</string></ReplacementStrings></EventHistoryTableRow>";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = XDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken)).Descendants().First(element => element.Name.NamespaceName == Namespace);
        Assert.Equal($"\"{Namespace}/{body.Name.LocalName}\"", request.Headers.GetValues("SOAPAction").Single());
        Asked.Add(body.Name.LocalName);
        await _askedNow.Writer.WriteAsync(body.Name.LocalName, cancellationToken);
        await _delays.GetValueOrDefault(body.Name.LocalName, Task.CompletedTask).WaitAsync(cancellationToken);

        return Everything is not null ? await Everything(cancellationToken) : _answers[body.Name.LocalName]();
    }

    private static string Subscription(bool automatic) =>
        $"<GetSubscriptionResult><synchronizeAutomaticallyTimeOfDay>7200</synchronizeAutomaticallyTimeOfDay><LastModifiedTime>2026-01-01T00:00:00</LastModifiedTime><LastSynchronizationTime>2026-01-05T02:00:00</LastSynchronizationTime><SynchronizeAutomatically>{(automatic ? "true" : "false")}</SynchronizeAutomatically><NumberOfSynchronizationsPerDay>1</NumberOfSynchronizationsPerDay><IsCategoryOnly>false</IsCategoryOnly></GetSubscriptionResult>";

    private static string Progress(int phase, int total, int processed) =>
        $"<GetServerSyncProgressResult><GenericReadableRow><Values>{Value(phase)}{Value(total)}{Value(processed)}</Values></GenericReadableRow></GetServerSyncProgressResult>";

    private static string Value(int number) => $"<anyType xsi:type=\"xsd:int\">{number}</anyType>";
}
