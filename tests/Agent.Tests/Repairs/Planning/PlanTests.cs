using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs.Planning;

public sealed class PlanTests
{
    [Fact]
    public async Task Plan_OfFullRepair_NamesStepsChangesAndEverySiteThatStops()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var plan = await PlanAsync(agent);

        Assert.Equal("", plan.Refusal);
        Assert.Equal([.. PlaybookCatalog.FullRepair.Steps.Select(step => step.Kind)], plan.Steps.Select(step => step.Kind));
        var queue = plan.Changes.Single(change => change.Setting == "queueLength");
        Assert.Equal(("1000", "30000"), (queue.Before, queue.After));
        Assert.NotEmpty(queue.Reason);
        Assert.NotEmpty(queue.Source);
        var reset = Assert.Single(plan.Interruptions, line => line.Contains("iisreset", StringComparison.Ordinal));
        Assert.Contains("Default Web Site and WSUS Administration", reset, StringComparison.Ordinal);
        Assert.Contains(plan.Warnings, warning => warning.Contains("4 GB", StringComparison.Ordinal));
        Assert.True(plan.ExpectedDuration > TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Plan_MadeTwice_HasOneFingerprint()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var first = await PlanAsync(agent);
        server.Time.Advance(TimeSpan.FromHours(1));
        server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        server.Iis.State = Microsoft.Web.Administration.ObjectState.Stopped;
        await server.Wsus.StartAsync();
        var second = await PlanAsync(agent);

        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.Matches("^[0-9a-f]{64}$", first.Fingerprint);
    }

    [Fact]
    public async Task Plan_BeforeTheFirstReadingOfTheSite_IsTheOneThatIsFoundLater()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        Assert.Equal(SectionStatus.Pending, server.Current.ConfigMgr.Status);

        var first = await PlanAsync(agent);
        await server.RefreshAsync(SectionNames.ConfigMgr, TestContext.Current.CancellationToken);

        Assert.Equal(SectionStatus.NotInstalled, server.Current.ConfigMgr.Status);
        Assert.Equal(first.Fingerprint, (await PlanAsync(agent)).Fingerprint);
    }

    [Fact]
    public async Task Fingerprint_OfAnotherSettingServicePolicyPlaybookOrBaseline_Differs()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();
        var fingerprints = new List<string> { (await PlanAsync(agent)).Fingerprint, (await PlanAsync(agent, PlaybookCatalog.PoolOnlyId)).Fingerprint };
        fingerprints.Add((await agent.Service.PlanAsync(PlaybookCatalog.FullRepairId, "microsoft", TestContext.Current.CancellationToken)).Fingerprint);

        server.Iis.Set(pool => pool.Recycling.PeriodicRestart.Memory = 5000);
        fingerprints.Add((await PlanAsync(agent)).Fingerprint);
        server.Services.Force(ServiceNames.NotificationServer, ServiceState.NotInstalled);
        fingerprints.Add((await PlanAsync(agent)).Fingerprint);
        server.WritePolicy("""{ "mode": "apply-settings", "allowedPools": ["WsusPool", "Other"] }""");
        fingerprints.Add((await PlanAsync(agent)).Fingerprint);

        Assert.Equal(fingerprints.Count, fingerprints.Distinct().Count());
    }

    [Fact]
    public async Task Plan_WithADamagedConfiguration_IsRefusedWithTheReason()
    {
        using var server = new FakeServer { IisError = "IIS's configuration is damaged at line 12, column 3" };
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        Assert.Contains("line 12, column 3", (await PlanAsync(agent)).Refusal, StringComparison.Ordinal);
        Assert.Equal("", (await PlanAsync(agent, PlaybookCatalog.RestartServicesId)).Refusal);
    }

    [Fact]
    public async Task Plan_WhereTwoSitesLookLikeWsus_IsRefusedWithTheReason()
    {
        using var server = new FakeServer { Iis = { PoolNote = "2 sites look like WSUS, A (X) and B (Y), so none is changed." } };
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        Assert.Contains("2 sites look like WSUS", (await PlanAsync(agent)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_WithoutThePool_IsRefused()
    {
        using var server = new FakeServer { Iis = { IsMissing = true } };
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        Assert.Contains("WsusPool, which doesn't exist", (await PlanAsync(agent)).Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("monitor-only", "full-repair", "monitor-only")]
    [InlineData("monitor-only", "sync-only", "monitor-only")]
    [InlineData("restart", "full-repair", "no settings changes")]
    [InlineData("restart", "restart-services", "")]
    [InlineData("restart", "start-wsus", "")]
    [InlineData("restart", "restore-startup", "no settings changes")]
    [InlineData("monitor-only", "restore-startup", "monitor-only")]
    public async Task Plan_UnderAPolicy_IsRefusedOrNot(string mode, string playbook, string reason)
    {
        using var server = new FakeServer();
        server.Services.Add(ServiceNames.WsusService, ServiceState.Stopped, ServiceStartType.Disabled);
        server.WritePolicy($$"""{ "mode": "{{mode}}" }""");
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var refusal = (await PlanAsync(agent, playbook)).Refusal;

        Assert.Equal(reason.Length == 0, refusal.Length == 0);
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_WithAServiceThatIsNotInstalled_SkipsItsStepAndSaysSo()
    {
        using var server = new FakeServer();
        server.Services.Force(ServiceNames.NotificationServer, ServiceState.NotInstalled);
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var step = (await PlanAsync(agent)).Steps.Single(step => step.Target == ServiceNames.NotificationServer);

        Assert.True(step.WillBeSkipped);
        Assert.Contains("isn't installed", step.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_OfASiteWhoseWsusIsElsewhere_ActsOnTheSitesHalfOnlyAndSaysWhereTheOtherIs()
    {
        using var server = new FakeServer { Iis = { IsMissing = true }, Wsus = { IsInstalled = false, IsSiteServer = true, UpdatesBefore = 12_480, UpdatePoint = new() { ServerName = "sup02.corp.example", SiteCode = "BRN" } } };
        server.Services.Force(ServiceNames.WsusService, ServiceState.NotInstalled);
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var plan = await PlanAsync(agent);
        var run = await agent.RunAsync();

        Assert.Equal("", plan.Refusal);
        StepKind[] ofWsus = [StepKind.SaveSettings, StepKind.ApplySettings, StepKind.RestartPool, StepKind.ResetIis];
        Assert.All(plan.Steps.Where(step => ofWsus.Contains(step.Kind) || step.Target == ServiceNames.WsusService), step =>
        {
            Assert.True(step.WillBeSkipped);
            Assert.Contains("sup02.corp.example", step.Detail, StringComparison.Ordinal);
        });
        Assert.All(plan.Steps.Where(step => step.Target is ServiceNames.SmsExecutive or ServiceNames.SiteComponentManager || step.Kind is StepKind.StartSync or StepKind.VerifySync), step => Assert.False(step.WillBeSkipped));
        Assert.True(run.State == RepairState.Succeeded, string.Join(" / ", run.Steps.Select(step => $"{step.Kind} {step.Target}: {step.State} {step.Message}")));
        Assert.Contains($"start {ServiceNames.SmsExecutive}", server.Services.Accepted);
        Assert.Equal((1, 0), (server.Wsus.SyncNows, server.Wsus.Starts));
    }

    [Fact]
    public async Task Plan_WithADisabledService_Warns()
    {
        using var server = new FakeServer();
        server.Services.Add(ServiceNames.SmsExecutive, ServiceState.Stopped, ServiceStartType.Disabled);
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        Assert.Contains((await PlanAsync(agent)).Warnings, warning => warning.Contains("Disabled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plan_OfUnknownNames_NamesEachFieldWithWhatIsAllowed()
    {
        using var server = new FakeServer();
        await using var agent = await AgentLife.BeginAsync(server);
        await agent.UntilOpenAsync();

        var failure = await Assert.ThrowsAsync<CommandException>(() => agent.Service.PlanAsync("reboot", "mine", TestContext.Current.CancellationToken));

        Assert.Equal(CommandFailure.InvalidArgument, failure.Failure);
        Assert.Equal(["playbook", "baseline"], failure.Violations.Select(violation => violation.Field));
        Assert.Equal(["full-repair", "pool-only", "restart-services", "start-wsus", "start-sms-executive", "restore-startup", "sync-only"], failure.Violations[0].AllowedValues);
        Assert.Equal(["guide", "microsoft", "optimize-wsusserver"], failure.Violations[1].AllowedValues);
    }

    private static Task<Plan> PlanAsync(AgentLife agent, string playbook = PlaybookCatalog.FullRepairId) =>
        agent.Service.PlanAsync(playbook, null, TestContext.Current.CancellationToken);
}
