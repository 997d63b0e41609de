using System.Text.Json;
using WsusDashboard.Agent.Tests.Repairs;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.Agent.Tests.Cli;

/// <summary>What "check" says of a server: by the same past as the dashboard, and with the repair that the dashboard offers.</summary>
public sealed class CheckPastTests
{
    [Fact]
    public async Task Check_SyncThatARepairStartedAndFailed_CountsAsItsProofAndNotAsAFailureOfTheServer()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Wsus = { Result = SyncResult.Failed, ErrorText = "timed out" } });
        Assert.Equal(1, await CommandOf(agent).InvokeAsync("repair", "--playbook", "full-repair", "--yes", "--data", agent.DataDirectory));
        var command = CommandOf(agent);

        await command.InvokeAsync("check", "--json", "--data", agent.DataDirectory);

        using var document = JsonDocument.Parse(command.Out);
        Assert.DoesNotContain(FindingIds.SyncFailing, document.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Check_SettingChangedAfterTheFailures_WaitsForTheNextSync()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer { Wsus = { Result = SyncResult.Failed, ErrorText = "timed out" } });
        await agent.Server.Wsus.StartAsync();
        agent.Server.Time.Advance(TimeSpan.FromMinutes(20));
        var change = new StateChange(StateSubjects.Setting("WsusPool", SettingKeys.QueueLength), "1000", "30000", "");
        await agent.Server.PublishAsync(new AgentEvent { At = agent.Server.Time.GetUtcNow(), StateChange = change }, TestContext.Current.CancellationToken);
        var command = CommandOf(agent);

        await command.InvokeAsync("check", "--json", "--data", agent.DataDirectory);

        using var document = JsonDocument.Parse(command.Out);
        Assert.Contains(FindingIds.SyncAwaited, document.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Check_AsJson_SaysWhichRepairIsOffered()
    {
        await using var agent = await FakeAgent.BeginAsync(new FakeServer());
        agent.Server.Services.Force(ServiceNames.SmsExecutive, ServiceState.Stopped);
        var command = CommandOf(agent);

        await command.InvokeAsync("check", "--json", "--data", agent.DataDirectory);

        using var document = JsonDocument.Parse(command.Out);
        var repair = document.RootElement.GetProperty("repair");
        Assert.Equal(("start-sms-executive", "sms-executive-stopped"), (repair.GetProperty("playbook").GetString(), repair.GetProperty("findingId").GetString()));
    }

    // The command judges by the server's clock: what happened there lies behind it.
    private static CommandRun CommandOf(FakeAgent agent) => new() { Time = agent.Server.Time };
}
