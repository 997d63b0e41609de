using WsusDashboard.Agent.Windows;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs.Commands;

public sealed class DirectCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("stop", ServiceState.Stopped)]
    [InlineData("restart", ServiceState.Running)]
    [InlineData("start", ServiceState.Running)]
    public async Task ControlService_WaitsAndAnswersWithTheStatusAfterwards(string verb, ServiceState expected)
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var status = await agent.Service.ControlServiceAsync(ServiceNames.SmsExecutive, verb, Cancellation);

        Assert.Equal(expected, status.State);
        Assert.Null(agent.Gate.OccupiedBy);
    }

    [Theory]
    [InlineData("start", PoolState.Started)]
    [InlineData("stop", PoolState.Stopped)]
    [InlineData("recycle", PoolState.Started)]
    public async Task ControlPool_AnswersWithThePoolAfterwards(string verb, PoolState expected)
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        Assert.Equal(expected, (await agent.Service.ControlPoolAsync("WsusPool", verb, Cancellation)).State);
    }

    [Fact]
    public async Task Control_OfUnknownNamesAndVerbs_NamesWhatIsAllowed()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        await agent.Service.PlanAsync(PlaybookCatalog.SyncOnlyId, null, Cancellation);

        var service = await Assert.ThrowsAsync<CommandException>(() => agent.Service.ControlServiceAsync("Spooler", "kill", Cancellation));
        var pool = await Assert.ThrowsAsync<CommandException>(() => agent.Service.ControlPoolAsync("DefaultAppPool", "stop", Cancellation));

        Assert.Equal(["verb", "name"], service.Violations.Select(violation => violation.Field));
        Assert.Equal(["start", "stop", "restart"], service.Violations[0].AllowedValues);
        Assert.Equal(ServiceNames.Watched, service.Violations[1].AllowedValues);
        Assert.Equal(["WsusPool", "SMS Management Point Pool"], Assert.Single(pool.Violations).AllowedValues);
    }

    [Fact]
    public async Task Control_OfWhatThePolicyDoesNotList_IsRefused()
    {
        using var server = new FakeServer();
        server.WritePolicy("""{ "mode": "restart", "allowedServices": ["WsusService"], "allowedPools": [] }""");
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        await agent.Service.PlanAsync(PlaybookCatalog.SyncOnlyId, null, Cancellation);

        await RefusedAsync(() => agent.Service.ControlServiceAsync(ServiceNames.SmsExecutive, "stop", Cancellation), "allowed: WsusService");
        await RefusedAsync(() => agent.Service.ControlPoolAsync("WsusPool", "stop", Cancellation), "allowed: none");
        Assert.Equal(ServiceState.Running, (await agent.Service.ControlServiceAsync(ServiceNames.WsusService, "restart", Cancellation)).State);
    }

    [Fact]
    public async Task Control_OfAServiceWithAProtectedDependent_IsRefusedBeforeAnythingStops()
    {
        using var server = new FakeServer();
        server.WritePolicy("""{ "mode": "restart", "allowedServices": ["SMS_SITE_COMPONENT_MANAGER"] }""");
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        await RefusedAsync(() => agent.Service.ControlServiceAsync(ServiceNames.SiteComponentManager, "restart", Cancellation), ServiceNames.SmsExecutive);
        Assert.Empty(server.Services.Accepted);
    }

    [Fact]
    public async Task Control_UnderMonitorOnly_IsRefusedForEveryVerb()
    {
        using var server = new FakeServer();
        server.WritePolicy("""{ "mode": "monitor-only" }""");
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        await agent.Service.PlanAsync(PlaybookCatalog.SyncOnlyId, null, Cancellation);

        await RefusedAsync(() => agent.Service.ControlServiceAsync(ServiceNames.WsusService, "start", Cancellation), "monitor-only");
        await RefusedAsync(() => agent.Service.ControlPoolAsync("WsusPool", "recycle", Cancellation), "monitor-only");
        await RefusedAsync(() => agent.Service.StartSyncAsync(Cancellation), "monitor-only");
        await RefusedAsync(() => agent.Service.StopSyncAsync(Cancellation), "monitor-only");
    }

    [Fact]
    public async Task Verbs_WhileARepairGoesOn_AreRefusedAndNameIt()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var plan = await agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, null, Cancellation);
        server.BeforeRefresh = token => server.IsBusy ? held.Task.WaitAsync(token) : Task.CompletedTask;
        var run = await agent.Service.StartAsync(AgentLife.Request(plan), Cancellation);

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.ControlPoolAsync("WsusPool", "stop", Cancellation));
        held.SetResult();
        await agent.EndOfAsync(run.Id);

        Assert.Equal(CommandFailure.Conflict, failure.Failure);
        Assert.Contains(run.Id, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ControlService_ThatHangs_IsUnavailableAndNotKilled()
    {
        using var server = new FakeServer();
        server.Services.HangInStop(ServiceNames.SmsExecutive);
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.ControlServiceAsync(ServiceNames.SmsExecutive, "stop", Cancellation));

        Assert.Equal(CommandFailure.Unavailable, failure.Failure);
        Assert.Contains("didn't stop within 10 min", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RestartService_ThatHangsWithDependents_SaysWhatIsStartedLater()
    {
        using var server = new FakeServer();
        server.Services.HangInStop(ServiceNames.SiteComponentManager);
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.ControlServiceAsync(ServiceNames.SiteComponentManager, "restart", Cancellation));

        Assert.Contains($"starts {ServiceNames.SiteComponentManager}, {ServiceNames.SmsExecutive}", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ServiceState.Stopped, server.Services.StateOf(ServiceNames.SmsExecutive));
    }

    [Fact]
    public async Task StartSync_OnASiteServer_AsksBothAndSaysWhoRefused()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true } };
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        foreach (var section in (string[])[SectionNames.Wsus, SectionNames.ConfigMgr])
        {
            await server.RefreshAsync(section, Cancellation);
        }

        var both = await agent.Service.StartSyncAsync(Cancellation);
        server.Wsus.SyncNowFailure = new EdgeException(ReadFailure.AccessDenied, "Access denied.");
        var one = await agent.Service.StartSyncAsync(Cancellation);

        Assert.False(server.Wsus.LastSyncNowWasFull);
        Assert.True(both is { WsusAsked: true, ConfigMgrAsked: true });
        Assert.True(one is { WsusAsked: true, ConfigMgrAsked: false });
        Assert.Contains("Access denied", one.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FakeServer.ComputerName, @"root\SMS\site_BRN")]
    [InlineData("SMSPROV01.corp.example", @"\\SMSPROV01.corp.example\root\sms\site_BRN")]
    public async Task StartSync_ProviderHereOrElsewhere_GoesToItsOwnPath(string computer, string scope)
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true, ProviderComputer = computer } };
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        await server.RefreshAsync(SectionNames.ConfigMgr, Cancellation);

        await agent.Service.StartSyncAsync(Cancellation);

        Assert.Equal((1, scope), (server.Wsus.SyncNows, server.Wsus.SyncNowScope));
    }

    [Fact]
    public async Task StartSync_ProviderGone_AsksByFile()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true, SyncNowFailure = new EdgeException(ReadFailure.Unavailable, "Provider load failure (0x80041013).") } };
        var file = server.MakeSyncInbox();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        await server.RefreshAsync(SectionNames.ConfigMgr, Cancellation);

        var answer = await agent.Service.StartSyncAsync(Cancellation);

        Assert.True(answer.ConfigMgrAsked);
        Assert.True(File.Exists(file));
        Assert.Contains("0x80041013", answer.Message, StringComparison.Ordinal);
        Assert.Contains("SELF.SYN", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartSync_FullOneAskedFor_AsksConfigMgrForIt()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true } };
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        await server.RefreshAsync(SectionNames.ConfigMgr, Cancellation);

        var answer = await agent.Service.StartSyncAsync(Cancellation, isFull: true);

        Assert.True(answer.ConfigMgrAsked);
        Assert.True(server.Wsus.LastSyncNowWasFull);
    }

    [Fact]
    public async Task StartSync_FullOneAskedForAndProviderGone_AsksByTheFileForIt()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true, SyncNowFailure = new EdgeException(ReadFailure.Unavailable, "Provider load failure (0x80041013).") } };
        var file = server.MakeSyncInbox();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        await server.RefreshAsync(SectionNames.ConfigMgr, Cancellation);

        var answer = await agent.Service.StartSyncAsync(Cancellation, isFull: true);

        Assert.Contains("FULL.SYN", answer.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(file)!, "FULL.SYN")));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task StartSync_FullOneWithoutConfigMgr_IsRefusedAndNothingIsAsked()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        await server.RefreshAsync(SectionNames.ConfigMgr, Cancellation);

        await RefusedAsync(() => agent.Service.StartSyncAsync(Cancellation, isFull: true), "no site");

        Assert.Equal(0, server.Wsus.Starts);
    }

    [Fact]
    public async Task StartSync_ProviderRefusesTheAccount_IsNotGoneAround()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true, SyncNowFailure = new EdgeException(ReadFailure.AccessDenied, "Access denied.") } };
        var file = server.MakeSyncInbox();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        await server.RefreshAsync(SectionNames.ConfigMgr, Cancellation);

        var answer = await agent.Service.StartSyncAsync(Cancellation);

        Assert.False(answer.ConfigMgrAsked);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task StopSync_AsksWsus()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        await agent.Service.StopSyncAsync(Cancellation);

        Assert.Equal(1, server.Wsus.Stops);
    }

    private static async Task RefusedAsync(Func<Task> verb, string reason)
    {
        var failure = await Assert.ThrowsAsync<CommandException>(verb);
        Assert.Equal(CommandFailure.Refused, failure.Failure);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }
}
