using Grpc.Core;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Windows.Tests.Support;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Windows.Tests;

/// <summary>The services of a server through the real service control API, driven over the agent's contract.</summary>
[Collection(WindowsServerCollection.Name)]
public sealed class ServiceTests(WindowsServer server)
{
    private const string Executive = ServiceNames.SmsExecutive;

    [Fact]
    public async Task Snapshot_OfInstalledAndMissingServices_SaysStateStartupTypeAndAccount()
    {
        await server.BeginAsync();

        var snapshot = await server.SnapshotAsync("all services run", now => State(now, Executive) == ServiceState.Running && State(now, ServiceNames.WorldWideWeb) == ServiceState.Running);

        var executive = Find(snapshot, Executive);
        Assert.Equal(ServiceStartType.Automatic, executive.StartType);
        Assert.Equal("LocalSystem", executive.Account);
        Assert.Equal("SMS Agent Host", Find(snapshot, ServiceNames.SmsAgentHost).DisplayName);
        Assert.Equal(ServiceStartType.Manual, Find(snapshot, ServiceNames.ProcessActivation).StartType);
        Assert.Equal(ServiceState.NotInstalled, Find(snapshot, ServiceNames.NotificationServer).State);
    }

    [Fact]
    public async Task Control_StopThenStart_DoesEachAndSnapshotFollows()
    {
        await server.BeginAsync();

        Assert.Equal(ServiceState.Stopped, await ControlAsync(Executive, "stop"));
        await server.SnapshotAsync("the stop is seen", now => State(now, Executive) == ServiceState.Stopped);

        Assert.Equal(ServiceState.Running, await ControlAsync(Executive, "start"));
        await server.SnapshotAsync("the start is seen", now => State(now, Executive) == ServiceState.Running);
        Assert.Equal(["SMS_EXECUTIVE stopping", "SMS_EXECUTIVE stopped", "SMS_EXECUTIVE starting", "SMS_EXECUTIVE started"], server.Stage.Journal());
    }

    [Fact]
    public async Task Control_Restart_StopsOnceAndStartsOnce()
    {
        await server.BeginAsync();

        Assert.Equal(ServiceState.Running, await ControlAsync(ServiceNames.SiteComponentManager, "restart"));

        Assert.Equal(
            ["SMS_SITE_COMPONENT_MANAGER stopping", "SMS_SITE_COMPONENT_MANAGER stopped", "SMS_SITE_COMPONENT_MANAGER starting", "SMS_SITE_COMPONENT_MANAGER started"],
            server.Stage.Journal());
    }

    [Fact]
    public async Task Control_ServiceThatStartsSlowly_IsWaitedFor()
    {
        await server.BeginAsync();
        await ControlAsync(Executive, "stop");
        server.Stage.Give(Executive + Stage.StartHeld);

        var starting = ControlAsync(Executive, "start");
        await server.SnapshotAsync("it is starting", now => State(now, Executive) == ServiceState.StartPending);
        Assert.False(starting.IsCompleted);
        server.Stage.Take(Executive + Stage.StartHeld);

        Assert.Equal(ServiceState.Running, await starting);
    }

    [Fact]
    public async Task Control_ServiceThatHangsInStopping_IsNamedAndNotKilled()
    {
        await server.BeginAsync();
        server.Stage.Give(Executive + Stage.StopHeld);

        var refused = await Assert.ThrowsAsync<RpcException>(() => ControlAsync(Executive, "restart"));

        Assert.Contains("SMS_EXECUTIVE didn't stop within", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("wasn't killed", refused.Status.Detail, StringComparison.Ordinal);
        await server.SnapshotAsync("it is still stopping", now => State(now, Executive) == ServiceState.StopPending);
        server.Stage.Take(Executive + Stage.StopHeld);
        await server.SnapshotAsync("it stops by itself", now => State(now, Executive) == ServiceState.Stopped);
        Assert.Equal(["SMS_EXECUTIVE stopping", "SMS_EXECUTIVE stopped"], server.Stage.Journal());
    }

    [Fact]
    public async Task Control_ServiceThatFailsToStart_SaysSo()
    {
        await server.BeginAsync();
        await ControlAsync(Executive, "stop");
        server.Stage.Give(Executive + Stage.StartFails);

        var refused = await Assert.ThrowsAsync<RpcException>(() => ControlAsync(Executive, "start"));

        Assert.Contains(Executive, refused.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("SMS_EXECUTIVE failed", server.Stage.Journal());
        await server.SnapshotAsync("it is stopped", now => State(now, Executive) == ServiceState.Stopped);
    }

    [Fact]
    public async Task Control_MissingService_IsRefusedByItsName()
    {
        await server.BeginAsync();

        var refused = await Assert.ThrowsAsync<RpcException>(() => ControlAsync(ServiceNames.NotificationServer, "start"));

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        Assert.Contains("the service SMS_NOTIFICATION_SERVER isn't installed on this server", refused.Status.Detail, StringComparison.Ordinal);
    }

    private static ServiceState State(Snapshot snapshot, string name) => Find(snapshot, name).State;

    private static ServiceStatus Find(Snapshot snapshot, string name) =>
        snapshot.Services.Value?.Find(name) ?? throw new InvalidOperationException($"The snapshot has no {name}.");

    private async Task<ServiceState> ControlAsync(string name, string verb)
    {
        var request = new Wire.ControlServiceRequest { Name = name, Verb = verb, Context = new() { Person = "test" } };
        return (await server.Agent.ControlServiceAsync(request, cancellationToken: WindowsServer.Ending)).ToDomain().State;
    }
}
