using WsusDashboard.Agent.Security.Enrolment;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>Real agents that register themselves with a real dashboard by a token, as an unattended installation leaves it.</summary>
public sealed class EnrolmentTests : IAsyncLifetime
{
    private RealDashboard _real = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _real = await RealDashboard.StartAsync();

    public ValueTask DisposeAsync() => _real.DisposeAsync();

    [Fact]
    public async Task Token_ForOneServer_AdmitsTheFirstAndRefusesTheSecond()
    {
        var token = await _real.IssueAsync(admits: true);

        await _real.EnrolAsync(0, token);
        await _real.UntilUpAsync();
        await _real.EnrolAsync(1, token);
        await RealDashboard.UntilAsync(() => Task.FromResult(!File.Exists(EnrolmentFile.PathIn(_real.AgentData(1)))));

        Assert.Equal(1, (await _real.ReadAsync("/api/v1/servers")).GetProperty("items").GetArrayLength());
        Assert.Empty((await _real.ReadTrustAsync(1)).Hubs);
        Assert.False(File.Exists(EnrolmentFile.PathIn(_real.AgentData(0))));
        var audit = (await _real.ReadAsync("/api/v1/audit?what=enrolment.register")).GetProperty("items");
        Assert.Equal(1, audit.GetArrayLength());
        await RealDashboard.UntilAsync(async () => (await _real.ReadAsync("/api/v1/audit?what=access.refused")).GetProperty("items").GetArrayLength() > 0);
    }

    [Fact]
    public async Task Token_ThatAdmitsNobody_LetsTheServerWaitForAnAdministrator()
    {
        await _real.EnrolAsync(0, await _real.IssueAsync(admits: false));
        var id = await UntilWaitingAsync();
        Assert.Equal(0, (await _real.ReadAsync("/api/v1/servers")).GetProperty("items").GetArrayLength());

        using var admitted = await _real.Client.PostAsync(new Uri($"/api/v1/enrolment/waiting/{id}/admit", UriKind.Relative), null, Token);

        Assert.True(admitted.IsSuccessStatusCode, await admitted.Content.ReadAsStringAsync(Token));
        await _real.UntilUpAsync();
        Assert.Equal(0, (await _real.ReadAsync("/api/v1/enrolment/waiting")).GetArrayLength());
    }

    [Fact]
    public async Task Refuse_OfAWaitingServer_IsToldToItsAgentWhichForgetsTheDashboardAndStopsAsking()
    {
        await _real.EnrolAsync(0, await _real.IssueAsync(admits: false));
        var id = await UntilWaitingAsync();

        // The agent stores its trust when it has the answer; the dashboard can be quicker.
        await RealDashboard.UntilAsync(async () => (await _real.ReadTrustAsync(0)).Hubs.Count == 1);
        using var refused = await _real.Client.DeleteAsync(new Uri($"/api/v1/enrolment/waiting/{id}", UriKind.Relative), Token);

        Assert.True(refused.IsSuccessStatusCode, await refused.Content.ReadAsStringAsync(Token));
        Assert.Empty((await _real.ReadTrustAsync(0)).Hubs);
        Assert.False(File.Exists(EnrolmentFile.PathIn(_real.AgentData(0))));
        Assert.Equal("done", (await _real.ReadAsync("/api/v1/audit?what=enrolment.refuse")).GetProperty("items")[0].GetProperty("outcome").GetString());
        Assert.Equal(0, (await _real.ReadAsync("/api/v1/enrolment/waiting")).GetArrayLength());
    }

    private async Task<int> UntilWaitingAsync()
    {
        await RealDashboard.UntilAsync(async () => (await _real.ReadAsync("/api/v1/enrolment/waiting")).GetArrayLength() == 1);
        return (await _real.ReadAsync("/api/v1/enrolment/waiting"))[0].GetProperty("id").GetInt32();
    }
}
