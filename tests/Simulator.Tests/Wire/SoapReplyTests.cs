using System.Globalization;
using System.Text;
using System.Xml.Linq;
using WsusDashboard.Simulator.Model;
using WsusDashboard.Simulator.Scenarios;
using WsusDashboard.Simulator.Wire;

namespace WsusDashboard.Simulator.Tests.Wire;

public sealed class SoapReplyTests
{
    private static readonly XNamespace Api = WsusReplyWriter.Namespace;

    public static TheoryData<string> Operations =>
    [
        "GetSubscription", "GetSubscriptionState", "GetServerSyncProgress", "GetSubscriptionNextSynchronizationTime", "ExecuteSPSearchEventHistory", "ExecuteSPGetUpdateServerStatus",
        "ExecuteSPGetUpdateCount", "GetSubscriptionCategories", "ExecuteSPGetAllLanguagesWithEnabledState", "GetServerVersion", "ExecuteSPGetConfiguration", "ExecuteSPGetAllDownstreamServers", "StartSubscriptionManually", "StopSubscription",
    ];

    [Theory]
    [MemberData(nameof(Operations))]
    public void Answer_EachOperationOfEachKindOfServer_IsValidAgainstTheWsdl(string operation)
    {
        foreach (var scenario in new[] { Scenario.Healthy, Scenario.StarvedPool, Scenario.Upstream, Scenario.Replica, Scenario.Standalone, Scenario.ProxyRefuses })
        {
            using var bench = new ModelBench(ModelBench.Profile(scenario));
            bench.Run(TimeSpan.FromSeconds(2));
            bench.Model.StartSync();
            bench.Run(TimeSpan.FromSeconds(4));

            var reply = Ask(bench.Model, operation);

            Assert.NotNull(reply);
            Assert.Equal(200, reply.StatusCode);
            Assert.Equal(operation + "Response", WsdlSchema.ReadValid(reply.Body).Name.LocalName);
        }
    }

    [Fact]
    public void Answer_SyncRuns_TellsStatePhaseAndProgress()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Standalone));
        bench.Run(TimeSpan.FromSeconds(2));
        Ask(bench.Model, "StartSubscriptionManually");
        Assert.Equal("2", Value(bench.Model, "GetSubscriptionState"));
        bench.Run(TimeSpan.FromSeconds(30));

        Assert.Equal("3", Value(bench.Model, "GetSubscriptionState"));
        var row = Row(bench.Model, "GetServerSyncProgress");
        Assert.Equal(1, row[0]);
        Assert.InRange(row[2], 1, row[1] - 1);
    }

    [Fact]
    public void Answer_ServerStatus_CountsAddUp()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));
        bench.Run(TimeSpan.FromSeconds(2));

        var row = Row(bench.Model, "ExecuteSPGetUpdateServerStatus");

        Assert.Equal(19, row.Count);
        Assert.Equal(bench.Model.WsusUpdates, row[0]);
        Assert.Equal(row[0], row[1] + row[2] + row[14]);
    }

    [Fact]
    public void Answer_HistoryWithFilter_ReturnsOnlyWhatWasAskedFor()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.StarvedPool));
        bench.Run(TimeSpan.FromSeconds(2));
        var since = bench.Clock.GetUtcNow().AddDays(-3);
        var from = since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

        var reply = Ask(bench.Model, "ExecuteSPSearchEventHistory", $"""
            <eventHistoryFilter>
              <eventIdFilter><EventIdFilter><NamespaceId>2</NamespaceId><EventId>387</EventId></EventIdFilter></eventIdFilter>
              <fromTimeAtServer>{from}</fromTimeAtServer><toTimeAtServer>9999-12-31T00:00:00</toTimeAtServer>
            </eventHistoryFilter>
            """);

        var rows = XDocument.Load(new MemoryStream(reply!.Body)).Descendants(Api + "EventHistoryTableRow").ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal("387", row.Element(Api + "EventId")!.Value));
        Assert.All(rows, row => Assert.True((DateTime)row.Element(Api + "TimeAtServer")! >= since.UtcDateTime.AddSeconds(-1)));
    }

    [Fact]
    public void Answer_PoolStopped_Is503()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.PoolStopped));
        bench.Run(TimeSpan.FromSeconds(1));

        Assert.Equal(503, Ask(bench.Model, "GetSubscription")!.StatusCode);
    }

    [Fact]
    public void Answer_WebServiceStopped_DropsTheConnection()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));
        bench.Model.StopService("W3SVC");
        bench.Run(TimeSpan.FromSeconds(3));

        Assert.Null(Ask(bench.Model, "GetSubscription"));
    }

    [Theory]
    [InlineData("\"http://www.microsoft.com/SoftwareDistribution/Server/ApiRemotingWebService/GetSubscriptionState\"", "GetSubscription")]
    [InlineData("http://www.microsoft.com/SoftwareDistribution/Server/ApiRemotingWebService/GetSubscription", "GetSubscription")]
    [InlineData("\"http://www.microsoft.com/SoftwareDistribution/Server/ApiRemotingWebService/DropEverything\"", "DropEverything")]
    public void Answer_WrongSoapAction_IsAFault(string action, string operation)
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));
        bench.Run(TimeSpan.FromSeconds(1));

        var reply = new WsusSoapHandler(bench.Model).Answer(action, Envelope(operation, ""));

        Assert.Equal(500, reply!.StatusCode);
        Assert.Contains("did not recognize the value of HTTP Header SOAPAction", Encoding.UTF8.GetString(reply.Body), StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_HalfARequest_IsAFault()
    {
        using var bench = new ModelBench(ModelBench.Profile(Scenario.Healthy));
        bench.Run(TimeSpan.FromSeconds(1));
        using var half = new MemoryStream(Encoding.UTF8.GetBytes("<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"));

        var reply = new WsusSoapHandler(bench.Model).Answer($"\"{WsusReplyWriter.Namespace}/GetSubscription\"", half);

        Assert.Equal(500, reply!.StatusCode);
    }

    private static SoapReply? Ask(ServerModel model, string operation, string content = "") =>
        new WsusSoapHandler(model).Answer($"\"{WsusReplyWriter.Namespace}/{operation}\"", Envelope(operation, content));

    private static MemoryStream Envelope(string operation, string content) => new(Encoding.UTF8.GetBytes(
        $"""<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{WsusReplyWriter.SoapNamespace}"><soap:Body><{operation} xmlns="{WsusReplyWriter.Namespace}">{content}</{operation}></soap:Body></soap:Envelope>"""));

    private static string Value(ServerModel model, string operation) =>
        XDocument.Load(new MemoryStream(Ask(model, operation)!.Body)).Descendants(Api + (operation + "Result")).Single().Value;

    private static List<int> Row(ServerModel model, string operation) =>
        [.. XDocument.Load(new MemoryStream(Ask(model, operation)!.Body)).Descendants(Api + "anyType").Select(value => int.TryParse(value.Value, CultureInfo.InvariantCulture, out var number) ? number : -1)];
}
