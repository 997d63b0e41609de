using WsusDashboard.Agent.Repairs;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Repairs.Interruptions;

/// <summary>Services that take longer to stop than their restart waits, as SMS_EXECUTIVE does: they run again once they have stopped.</summary>
public sealed class OwedStartTests : IDisposable
{
    private const string StartExecutive = $"start {ServiceNames.SmsExecutive}";

    private readonly FakeServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Look_ServiceStoppedAfterItsRepairGaveUp_StartsItOnce()
    {
        await using var agent = await FailedRepairAsync();

        var whileItStops = await agent.OwedStarts.LookAsync(Token);
        Assert.DoesNotContain(StartExecutive, _server.Services.Accepted);
        _server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        await agent.OwedStarts.LookAsync(Token);
        var afterwards = await agent.OwedStarts.LookAsync(Token);

        Assert.NotNull(whileItStops);
        Assert.Null(afterwards);
        Assert.Equal(ServiceState.Running, _server.Services.StateOf(ServiceNames.SmsExecutive));
        Assert.Single(_server.Services.Accepted, StartExecutive);
        Assert.Equal(["asked", "done"], Audited());
    }

    [Fact]
    public async Task Look_AgentKilledMeanwhile_IsDoneByTheNextOne()
    {
        await (await FailedRepairAsync()).DisposeAsync();
        _server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);

        await using var next = await AgentLife.BeginAsync(_server);
        await next.UntilOpenAsync();
        await next.OwedStarts.LookAsync(Token);

        Assert.Equal(ServiceState.Running, _server.Services.StateOf(ServiceNames.SmsExecutive));
    }

    [Fact]
    public async Task Look_RestartByCommandWithDependents_StartsThemInTheirOrder()
    {
        _server.Services.HangInStop(ServiceNames.SiteComponentManager);
        await using var agent = await BeginAsync();
        await Assert.ThrowsAsync<CommandException>(() => agent.Service.ControlServiceAsync(ServiceNames.SiteComponentManager, ServiceVerbs.Restart, Token));

        await agent.OwedStarts.LookAsync(Token);
        Assert.DoesNotContain(StartExecutive, _server.Services.Accepted);
        _server.Services.Force(ServiceNames.SiteComponentManager, ServiceState.Stopped);
        await agent.OwedStarts.LookAsync(Token);

        Assert.Equal([$"start {ServiceNames.SiteComponentManager}", StartExecutive], _server.Services.Accepted.Where(what => what.StartsWith("start ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Look_AfterARestartThatWentWell_OwesNothing()
    {
        await using var agent = await BeginAsync();
        await agent.Service.ControlServiceAsync(ServiceNames.SiteComponentManager, ServiceVerbs.Restart, Token);

        Assert.Null(await agent.OwedStarts.LookAsync(Token));
    }

    [Fact]
    public async Task Look_SomeoneStoppedItOnPurpose_LeavesItStopped()
    {
        await using var agent = await FailedRepairAsync();
        _server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        await agent.Service.ControlServiceAsync(ServiceNames.SmsExecutive, ServiceVerbs.Stop, Token);

        // The first look may forget others of the same restart that run again.
        await agent.OwedStarts.LookAsync(Token);
        Assert.Null(await agent.OwedStarts.LookAsync(Token));

        Assert.Equal(ServiceState.Stopped, _server.Services.StateOf(ServiceNames.SmsExecutive));
    }

    [Fact]
    public async Task Start_ByCommandThatFails_IsStillOwed()
    {
        await using var agent = await FailedRepairAsync();
        _server.Services.Add(ServiceNames.SmsExecutive, ServiceState.Stopped, ServiceStartType.Disabled);

        await Assert.ThrowsAsync<CommandException>(() => agent.Service.ControlServiceAsync(ServiceNames.SmsExecutive, ServiceVerbs.Start, Token));
        Assert.Contains(agent.Get<OwedStarts>().Read(), start => start.Name == ServiceNames.SmsExecutive);

        _server.Services.Add(ServiceNames.SmsExecutive, ServiceState.Stopped);
        await agent.Service.ControlServiceAsync(ServiceNames.SmsExecutive, ServiceVerbs.Start, Token);
        Assert.DoesNotContain(agent.Get<OwedStarts>().Read(), start => start.Name == ServiceNames.SmsExecutive);
    }

    [Fact]
    public async Task Restart_ThatStoppedAllAndFailsToStartOne_OwesItUntilItRuns()
    {
        _server.Services.Add(ServiceNames.SmsExecutive, ServiceState.Running, ServiceStartType.Disabled);
        await using var agent = await BeginAsync();
        Assert.Equal(RepairState.Failed, (await agent.RunAsync(PlaybookCatalog.RestartServicesId)).State);
        Assert.Equal(ServiceState.Stopped, _server.Services.StateOf(ServiceNames.SmsExecutive));

        _server.Services.Add(ServiceNames.SmsExecutive, ServiceState.Stopped);
        await agent.OwedStarts.LookAsync(Token);

        Assert.Equal(ServiceState.Running, _server.Services.StateOf(ServiceNames.SmsExecutive));
        Assert.Null(await agent.OwedStarts.LookAsync(Token));
    }

    [Fact]
    public async Task Look_WhileAnotherChangeIsAtWork_StartsNothing()
    {
        await using var agent = await FailedRepairAsync();
        _server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        Assert.True(agent.Gate.TryEnter("a test is in progress", out var occupation, out _));

        await agent.OwedStarts.LookAsync(Token);
        Assert.Equal(ServiceState.Stopped, _server.Services.StateOf(ServiceNames.SmsExecutive));
        occupation.Dispose();
        await agent.OwedStarts.LookAsync(Token);

        Assert.Equal(ServiceState.Running, _server.Services.StateOf(ServiceNames.SmsExecutive));
    }

    [Fact]
    public async Task Look_PolicyNarrowedMeanwhile_StartsNothingAndSaysSo()
    {
        await using var agent = await FailedRepairAsync();
        _server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        _server.WritePolicy("""{ "mode": "monitor-only" }""");

        await agent.OwedStarts.LookAsync(Token);

        Assert.Equal(ServiceState.Stopped, _server.Services.StateOf(ServiceNames.SmsExecutive));
        Assert.Equal(["refused"], Audited());
        Assert.Empty(agent.Get<OwedStarts>().Read());
    }

    [Fact]
    public async Task Look_ADayLater_IsNotOwedAnyMore()
    {
        await using var agent = await FailedRepairAsync();
        _server.Time.Advance(TimeSpan.FromHours(25));
        _server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);

        await agent.OwedStarts.LookAsync(Token);

        Assert.Equal(ServiceState.Stopped, _server.Services.StateOf(ServiceNames.SmsExecutive));
        Assert.Empty(agent.Get<OwedStarts>().Read());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task Look_ClockIsSetMeanwhile_IsOwedForItsDayAndNoLonger(int days)
    {
        await using var agent = await FailedRepairAsync();
        var forThatDay = Assert.Single(agent.Get<OwedStarts>().Read(), start => start.Name == ServiceNames.SmsExecutive);
        _server.Time.SetClock(TimeSpan.FromDays(days));
        _server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        await agent.OwedStarts.LookAsync(Token);
        Assert.Equal(ServiceState.Running, _server.Services.StateOf(ServiceNames.SmsExecutive));

        // Owed once more, and the clock is set back or forth again: a day is a day.
        agent.Get<OwedStarts>().Add(forThatDay.Kind, [forThatDay.Name], forThatDay.Why);
        _server.Time.SetClock(TimeSpan.FromDays(-days));
        _server.Time.SetClock(TimeSpan.FromDays(-days));
        _server.Time.Advance(TimeSpan.FromHours(25));
        _server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        await agent.OwedStarts.LookAsync(Token);

        Assert.Equal(ServiceState.Stopped, _server.Services.StateOf(ServiceNames.SmsExecutive));
        Assert.Empty(agent.Get<OwedStarts>().Read());
    }

    [Fact]
    public async Task Look_ClockIsSetWhileTheAgentIsDown_IsOwedStill()
    {
        await (await FailedRepairAsync()).DisposeAsync();
        _server.Time.SetClock(TimeSpan.FromDays(2));
        _server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);

        await using var next = await AgentLife.BeginAsync(_server);
        await next.UntilOpenAsync();
        await next.OwedStarts.LookAsync(Token);

        Assert.Equal(ServiceState.Running, _server.Services.StateOf(ServiceNames.SmsExecutive));
    }

    private async Task<AgentLife> BeginAsync()
    {
        var agent = await AgentLife.BeginAsync(_server);
        await agent.UntilOpenAsync();
        return agent;
    }

    /// <summary>An agent whose repair has given up on SMS_EXECUTIVE, which is still stopping.</summary>
    private async Task<AgentLife> FailedRepairAsync()
    {
        _server.Services.HangInStop(ServiceNames.SmsExecutive);
        var agent = await BeginAsync();
        var run = await agent.RunAsync(PlaybookCatalog.RestartServicesId);
        Assert.Equal((RepairState.Failed, ServiceState.StopPending), (run.State, _server.Services.StateOf(ServiceNames.SmsExecutive)));
        return agent;
    }

    private List<string> Audited() =>
        [.. AuditFiles.ReadEntries(_server.Folder).Where(entry => entry.Verb.StartsWith("start after", StringComparison.Ordinal)).Select(entry => entry.Outcome)];
}
