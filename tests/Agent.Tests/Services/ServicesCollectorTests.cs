using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Snapshots;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Services;

public sealed class ServicesCollectorTests
{
    private readonly FakeEdges _edges = new();

    [Fact]
    public async Task CollectAsync_OneServiceRefused_ShowsTheOthersAndSaysWhy()
    {
        _edges.Services[ServiceNames.WsusService] = new ServiceStatus { Name = ServiceNames.WsusService, State = ServiceState.Running };
        _edges.RefusedServices.Add(ServiceNames.SmsExecutive);

        var reading = await CollectAsync();

        Assert.Equal(SectionStatus.Ok, reading.Status);
        var state = Assert.IsType<ServicesState>(reading.Value);
        Assert.Equal(ServiceState.Running, state.Find(ServiceNames.WsusService)?.State);
        Assert.Equal(ServiceState.NotInstalled, state.Find(ServiceNames.NotificationServer)?.State);
        Assert.Equal(ServiceState.Unknown, state.Find(ServiceNames.SmsExecutive)?.State);
        Assert.Contains("Windows error 5", state.Find(ServiceNames.SmsExecutive)?.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CollectAsync_AllRefused_IsUnreadable()
    {
        _edges.RefusedServices.UnionWith(ServiceNames.Watched);

        var reading = await CollectAsync();

        Assert.Equal((SectionStatus.Unreadable, ReadFailure.AccessDenied), (reading.Status, reading.Failure));
    }

    private Task<Reading> CollectAsync() => new ServicesCollector(_edges, new AgentOptions()).CollectAsync(ReadDepth.Scheduled, TestContext.Current.CancellationToken);
}
