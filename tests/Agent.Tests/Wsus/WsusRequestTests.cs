using System.Globalization;
using System.Xml.Linq;
using WsusDashboard.Agent.Wsus;

namespace WsusDashboard.Agent.Tests.Wsus;

public sealed class WsusRequestTests
{
    public static TheoryData<string> Operations => [.. Requests.Keys];

    private static Dictionary<string, WsusRequest> Requests { get; } = new[]
    {
        WsusRequests.GetSubscription(),
        WsusRequests.GetSubscriptionState(),
        WsusRequests.GetServerSyncProgress(),
        WsusRequests.GetNextSynchronizationTime(),
        WsusRequests.GetServerVersion(),
        WsusRequests.GetConfiguration(),
        WsusRequests.GetSelectedClassifications(CultureInfo.GetCultureInfo("en-US")),
        WsusRequests.GetLanguages(),
        WsusRequests.GetAllDownstreamServers(),
        WsusRequests.StartSubscriptionManually(),
        WsusRequests.StopSubscription(),
        WsusRequests.SearchEventHistory(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)),
        WsusRequests.GetUpdateServerStatus(CultureInfo.GetCultureInfo("en-US")),
    }.ToDictionary(request => request.Operation);

    [Theory]
    [MemberData(nameof(Operations))]
    public void Request_OfEachOperation_IsValidAgainstTheWsdl(string operation) =>
        Assert.Empty(WsdlSchema.Validate(AsSent(Requests[operation])));

    [Fact]
    public void Validate_WrongElement_IsSeen()
    {
        var request = WsusRequests.GetUpdateServerStatus(CultureInfo.GetCultureInfo("en-US"));
        request.Body.Elements().First().Remove();

        Assert.NotEmpty(WsdlSchema.Validate(AsSent(request)));
    }

    [Fact]
    public void Requests_AreAllThatTheFactoryMakes() => Assert.Equal(
        typeof(WsusRequests).GetMethods().Count(method => method.IsStatic && method.ReturnType == typeof(WsusRequest)),
        Requests.Count);

    private static XElement AsSent(WsusRequest request) => XElement.Parse(request.Body.ToString());
}
