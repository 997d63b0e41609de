using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs.Planning;

/// <summary>The playbooks for one cause each: what they touch, and what they leave alone.</summary>
public sealed class PlaybookTests
{
    private static readonly string[] Disabled = [ServiceNames.WorldWideWeb, ServiceNames.WsusService, ServiceNames.SmsExecutive];

    [Fact]
    public async Task StartWsus_StartsWhatIsStoppedAndWaitsForThePort()
    {
        using var server = StoppedWsus();
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.StartWsusId);

        Assert.True(run.State == RepairState.Succeeded, Failure(run));
        Assert.Equal([$"start {ServiceNames.WorldWideWeb}", $"start {ServiceNames.WsusService}"], server.Services.Accepted);
        Assert.Empty(server.Iis.Done);
        Assert.Empty(run.Changes);
        Assert.False(run.CanUndo);
        Assert.Equal(1, server.Wsus.Starts);
    }

    [Fact]
    public async Task StartWsus_WherePortStaysSilent_FailsAndAsksForNoSync()
    {
        using var server = StoppedWsus();
        server.Wsus.IsSilent = () => true;
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.StartWsusId);

        Assert.Equal(RepairState.Failed, run.State);
        Assert.Equal(StepState.Failed, run.Steps.Single(step => step.Kind == StepKind.VerifyWsus).State);
        Assert.Contains("8530", run.Steps.Single(step => step.Kind == StepKind.VerifyWsus).Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Wsus.Starts);
    }

    [Fact]
    public async Task StartWsus_WhosePortAnswersLate_WaitsForIt()
    {
        using var server = StoppedWsus();
        var readyAt = server.Time.GetUtcNow().AddMinutes(3);
        server.Wsus.IsSilent = () => server.Time.GetUtcNow() < readyAt;
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.StartWsusId);

        Assert.True(run.State == RepairState.Succeeded, Failure(run));
        Assert.True(run.Steps.Single(step => step.Kind == StepKind.VerifyWsus).EndedAt >= readyAt);
    }

    [Fact]
    public async Task StartWsus_WhereWsusIsNotInstalled_SkipsTheWait()
    {
        using var server = new FakeServer { Wsus = { IsInstalled = false, IsSiteServer = true } };
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var plan = await agent.Service.PlanAsync(PlaybookCatalog.StartWsusId, null, TestContext.Current.CancellationToken);

        Assert.True(plan.Steps.Single(step => step.Kind == StepKind.VerifyWsus).WillBeSkipped);
    }

    [Fact]
    public async Task StartSmsExecutive_StartsItAndNothingElse()
    {
        using var server = new FakeServer { Wsus = { IsSiteServer = true } };
        server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.StartSmsExecutiveId);

        Assert.True(run.State == RepairState.Succeeded, Failure(run));
        Assert.Equal([$"start {ServiceNames.SmsExecutive}"], server.Services.Accepted);
        Assert.Empty(server.Iis.Done);
        Assert.Equal(1, server.Wsus.SyncNows);
    }

    [Fact]
    public async Task RestoreStartup_EnablesWhatIsDisabledStartsItAndIsUndone()
    {
        using var server = DisabledServices();
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.RestoreStartupId);

        Assert.True(run.State == RepairState.Succeeded, Failure(run));
        Assert.Equal(Disabled.Select(ServiceSettings.StartTypeOf), run.Changes.Select(change => change.Setting));
        Assert.All(Disabled, name => Assert.Equal((ServiceState.Running, ServiceStartType.Automatic), (server.Services.StateOf(name), server.Services.StartTypeOf(name))));
        Assert.Equal(ServiceStartType.Manual, server.Services.StartTypeOf(ServiceNames.NotificationServer));
        Assert.True(run.CanUndo);

        var undo = await agent.UndoAsync(run.Id);

        Assert.True(undo.State == RepairState.Succeeded, Failure(undo));
        Assert.All(Disabled, name => Assert.Equal((ServiceState.Running, ServiceStartType.Disabled), (server.Services.StateOf(name), server.Services.StartTypeOf(name))));
        Assert.Equal(undo.Id, agent.Service.Get(run.Id).UndoneBy);
    }

    [Fact]
    public async Task RestoreStartup_OfAServiceThatSomeoneEnabledMeanwhile_LeavesItAsItIs()
    {
        using var server = DisabledServices();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = await AgentLife.BeginAsync(server);
        server.Services.Blocked = name => name == ServiceNames.WorldWideWeb ? held.Task : Task.CompletedTask;
        var started = await agent.StartAsync(PlaybookCatalog.RestoreStartupId);
        await server.Services.SetStartTypeAsync(ServiceNames.SmsExecutive, ServiceStartType.Manual, TestContext.Current.CancellationToken);
        held.SetResult();

        var run = await agent.EndOfAsync(started.Id);

        Assert.Equal(ServiceStartType.Manual, server.Services.StartTypeOf(ServiceNames.SmsExecutive));
        Assert.Equal(StepState.Skipped, run.Steps.Single(step => step is { Kind: StepKind.SetStartType, Target: ServiceNames.SmsExecutive }).State);
    }

    [Fact]
    public async Task RestoreStartup_ThatWindowsRefuses_LeavesNothingToUndo()
    {
        using var server = DisabledServices();
        server.Services.RefusesStartTypes = true;
        await using var agent = await AgentLife.BeginAsync(server);

        var run = await agent.RunAsync(PlaybookCatalog.RestoreStartupId);

        Assert.Equal(RepairState.Failed, run.State);
        Assert.False(run.CanUndo);
        Assert.All(Disabled, name => Assert.Equal(ServiceStartType.Disabled, server.Services.StartTypeOf(name)));
    }

    [Fact]
    public async Task Undo_OfStartupTypesUnderARestartPolicy_IsRefused()
    {
        using var server = DisabledServices();
        await using var agent = await AgentLife.BeginAsync(server);
        var run = await agent.RunAsync(PlaybookCatalog.RestoreStartupId);
        server.WritePolicy("""{ "mode": "restart" }""");

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.UndoAsync(run.Id, TestContext.Current.CancellationToken));

        Assert.Equal(CommandFailure.Refused, failure.Failure);
        Assert.All(Disabled, name => Assert.Equal(ServiceStartType.Automatic, server.Services.StartTypeOf(name)));
    }

    [Theory]
    [InlineData(PlaybookCatalog.PoolOnlyId)]
    [InlineData(PlaybookCatalog.RestartServicesId)]
    [InlineData(PlaybookCatalog.StartWsusId)]
    [InlineData(PlaybookCatalog.StartSmsExecutiveId)]
    [InlineData(PlaybookCatalog.RestoreStartupId)]
    [InlineData(PlaybookCatalog.SyncOnlyId)]
    public async Task Playbook_WithTheAgentEndedAtEveryPlace_EndsAsIfItHadNotBeen(string playbook)
    {
        int places;
        string[] done;
        using (var rehearsal = ServerOf(playbook))
        {
            await using var agent = await AgentLife.BeginAsync(rehearsal);
            Assert.Equal(RepairState.Succeeded, (await agent.RunAsync(playbook)).State);
            (places, done) = (rehearsal.Crash.Passed.Count, DoneOn(rehearsal));
        }

        Assert.True(places > 15, $"Only {places} places were passed.");
        for (var place = 0; place < places; place++)
        {
            await EndAndResumeAsync(playbook, place, done);
        }
    }

    [Fact]
    public async Task UndoOfStartupTypes_WithTheAgentEndedAtEveryPlace_RestoresEach()
    {
        for (var place = 0; place < 25; place++)
        {
            using var server = DisabledServices();
            Repair run;
            await using (var repair = await AgentLife.BeginAsync(server))
            {
                run = await repair.RunAsync(PlaybookCatalog.RestoreStartupId);
            }

            await using (var first = await AgentLife.BeginAsync(server, place))
            {
                await first.UntilOpenAsync();
                await first.Service.UndoAsync(run.Id, TestContext.Current.CancellationToken);
                await server.Ended.ReadAsync(TestContext.Current.CancellationToken);
            }

            await using var second = await AgentLife.BeginAsync(server);
            await second.UntilOpenAsync();

            Assert.All(Disabled, name => Assert.Equal(ServiceStartType.Disabled, server.Services.StartTypeOf(name)));
            Assert.Equal(RepairState.Succeeded, second.Service.Get(second.Service.Get(run.Id).UndoneBy).State);
        }
    }

    private static async Task EndAndResumeAsync(string playbook, int place, string[] done)
    {
        using var server = ServerOf(playbook);
        string? id = null;
        await using (var first = await AgentLife.BeginAsync(server, place))
        {
            try
            {
                id = (await first.StartAsync(playbook)).Id;
                await server.Ended.ReadAsync(TestContext.Current.CancellationToken);
            }
            catch (OperationCanceledException) when (id is null)
            {
                // It ended while it planned: there is no run to resume.
            }
        }

        await using var second = await AgentLife.BeginAsync(server);
        if (id is null)
        {
            id = (await second.RunAsync(playbook)).Id;
        }
        else
        {
            await second.UntilOpenAsync();
        }

        var run = second.Service.Get(id);
        var where = $"ended at place {place}, after {string.Join(", ", server.Crash.Passed.Take(place).TakeLast(3))}";
        Assert.True(run.State == RepairState.Succeeded, $"{where}: {run.State}, {Failure(run)}");
        Assert.True(DoneOn(server).SequenceEqual(done), $"{where}: {string.Join(", ", DoneOn(server))}");
        Assert.True(server.Iis.Settings.QueueLength == (playbook == PlaybookCatalog.PoolOnlyId ? 30_000 : 1000), where);
        Assert.True(run.CanUndo == (run.Changes.Count > 0), where);
    }

    /// <summary>All that was done to the server, each thing as often as it was done; only the order of unlike things is lost.</summary>
    private static string[] DoneOn(FakeServer server) => [.. server.Iis.Done, .. server.Services.Accepted, $"{server.Wsus.Starts} syncs", $"{server.Wsus.SyncNows} SyncNow"];

    private static FakeServer ServerOf(string playbook) => playbook switch
    {
        PlaybookCatalog.StartWsusId => StoppedWsus(),
        PlaybookCatalog.RestoreStartupId => DisabledServices(),
        _ => StoppedExecutive(),
    };

    private static FakeServer StoppedExecutive()
    {
        var server = new FakeServer { Wsus = { IsSiteServer = true } };
        server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        return server;
    }

    private static FakeServer StoppedWsus()
    {
        var server = new FakeServer();
        server.Services.Force(ServiceNames.WorldWideWeb, ServiceState.Stopped);
        server.Services.Force(ServiceNames.WsusService, ServiceState.Stopped);
        server.Wsus.IsSilent = () => server.Services.StateOf(ServiceNames.WorldWideWeb) != ServiceState.Running;
        return server;
    }

    private static FakeServer DisabledServices()
    {
        var server = new FakeServer();
        foreach (var name in Disabled)
        {
            server.Services.Add(name, ServiceState.Stopped, ServiceStartType.Disabled);
        }

        server.Wsus.IsSilent = () => server.Services.StateOf(ServiceNames.WorldWideWeb) != ServiceState.Running;
        return server;
    }

    private static string? Failure(Repair run) => run.Steps.FirstOrDefault(step => step.State == StepState.Failed)?.Message;
}
