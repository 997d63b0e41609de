using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Security;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>Real agents that connect to a real dashboard themselves, and listen on no port.</summary>
public sealed class OutboundTests : IAsyncLifetime
{
    private RealDashboard _real = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _real = await RealDashboard.StartAsync(connectThemselves: true);

    public ValueTask DisposeAsync() => _real.DisposeAsync();

    [Fact]
    public async Task Agent_ThatEnrolled_IsWatchedAndCommandedWithoutAPortOfItsOwn()
    {
        await _real.EnrolAsync(0, await _real.IssueAsync(admits: true));
        await _real.UntilUpAsync();

        var server = (await _real.ReadAsync("/api/v1/servers")).GetProperty("items")[0];
        var id = server.GetProperty("id").GetInt32();
        using var answer = await _real.Client.PostAsJsonAsync($"/api/v1/servers/{id}/repairs", new { playbook = "pool-only", baseline = "guide" }, Token);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        await RealDashboard.UntilAsync(async () => (await _real.ReadTrustAsync(0)).Hubs is [{ Links: [{ Connected: true, Given: true, Listed: true }] }]);
        Assert.Null(_real.Estate.Servers[0].AgentServices!.GetRequiredService<AgentAddress>().Current);
        Assert.Equal("outbound", (await _real.ReadAsync($"/api/v1/servers/{id}")).GetProperty("connection").GetString());
    }

    [Fact]
    public async Task Agent_WhoseDashboardIsKilledAndStartsAgain_ComesBack()
    {
        await _real.EnrolAsync(0, await _real.IssueAsync(admits: true));
        await _real.UntilUpAsync();

        await _real.KillDashboardAsync();
        await _real.StartDashboardAsync();

        await _real.UntilUpAsync();
    }

    [Fact]
    public async Task Agent_ThatIsUnpairedByTheDashboard_LeavesAndMayEnrolAgain()
    {
        await _real.EnrolAsync(0, await _real.IssueAsync(admits: true));
        await _real.UntilUpAsync();
        var id = (await _real.ReadAsync("/api/v1/servers")).GetProperty("items")[0].GetProperty("id").GetInt32();

        using var unpaired = await _real.Client.DeleteAsync(new Uri($"/api/v1/servers/{id}/pairing", UriKind.Relative), Token);
        Assert.True(unpaired.IsSuccessStatusCode, await unpaired.Content.ReadAsStringAsync(Token));
        Assert.Empty((await _real.ReadTrustAsync(0)).Hubs);
        await _real.UntilUpAsync(0);

        await _real.Estate.StopAgentAsync(0);
        await _real.EnrolAsync(0, await _real.IssueAsync(admits: true));
        await _real.UntilUpAsync();

        Assert.Equal(1, (await _real.ReadAsync("/api/v1/servers")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Agent_ThatWaitsToBeAdmitted_IsKeptAndToldWhereItIsRefused()
    {
        await _real.EnrolAsync(0, await _real.IssueAsync(admits: false));
        await RealDashboard.UntilAsync(async () => (await _real.ReadTrustAsync(0)).Hubs is [{ Links: [{ Connected: true }] }]);
        var id = (await _real.ReadAsync("/api/v1/enrolment/waiting"))[0].GetProperty("id").GetInt32();

        using var refused = await _real.Client.DeleteAsync(new Uri($"/api/v1/enrolment/waiting/{id}", UriKind.Relative), Token);

        Assert.True(refused.IsSuccessStatusCode, await refused.Content.ReadAsStringAsync(Token));
        Assert.Equal("done", (await _real.ReadAsync("/api/v1/audit?what=enrolment.refuse")).GetProperty("items")[0].GetProperty("outcome").GetString());
        Assert.Empty((await _real.ReadTrustAsync(0)).Hubs);
    }

    [Fact]
    public async Task Keys_OfBothSidesChange_OverTheConnectionOfTheAgent()
    {
        await _real.EnrolAsync(0, await _real.IssueAsync(admits: true));
        await _real.UntilUpAsync();
        var (agentBefore, hubBefore) = ((await _real.ReadTrustAsync(0)).AgentPin, await ReadHubKeyAsync());

        await _real.RotateAgentKeyAsync(0);
        await RealDashboard.UntilAsync(async () => (await _real.ReadTrustAsync(0)).AgentPin != agentBefore);
        await RestartAgentAsync();
        using var rotated = await _real.Client.PostAsync(new Uri("/api/v1/hub/key/rotation", UriKind.Relative), null, Token);
        Assert.True(rotated.IsSuccessStatusCode, await rotated.Content.ReadAsStringAsync(Token));
        await RestartAgentAsync();
        await RealDashboard.UntilAsync(async () => await ReadHubKeyAsync() != hubBefore);
        await RestartAgentAsync();

        Assert.Equal(await ReadHubKeyAsync(), Assert.Single((await _real.ReadTrustAsync(0)).Hubs).Pin);
    }

    private async Task RestartAgentAsync()
    {
        await _real.Estate.StopAgentAsync(0);
        await _real.UntilUpAsync(0);
        await _real.Estate.StartAgentAsync(0, Token);
        await _real.UntilUpAsync();
    }

    private async Task<string> ReadHubKeyAsync() => (await _real.ReadAsync("/api/v1/hub/key")).GetProperty("key").GetString()!;
}
