using System.Net.Http.Json;
using System.Text.Json;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Shared.Contract.V1;
using WsusDashboard.Simulator.Tests.Estates;

namespace WsusDashboard.Simulator.Tests.Clusters;

/// <summary>A real agent that was given the address of one dashboard, and two real dashboards on one PostgreSQL database.</summary>
public sealed class OutboundClusterTests : IAsyncLifetime
{
    private PostgresCluster? _cluster;
    private string _connectionString = "";
    private RealDashboard _first = null!;
    private RealDashboard _second = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (PostgresCluster.FindObstacle() is { } obstacle)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", obstacle);
            Assert.Fail(obstacle);
        }

        _cluster = PostgresCluster.Start();
        _connectionString = _cluster.ConnectionString(_cluster.CreateDatabase());
        _first = await RealDashboard.StartAsync(connectThemselves: true, configure: options => Share(options, Secret.Empty));
        using var offer = await _first.Client.PostAsJsonAsync("/api/v1/hub/join-tokens", new { }, Token);
        var token = (await offer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("token").GetString()!;
        _second = await RealDashboard.StartAloneAsync(options => Share(options, new(token)));
    }

    public async ValueTask DisposeAsync()
    {
        await (_second?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_first?.DisposeAsync() ?? ValueTask.CompletedTask);
        _cluster?.Dispose();
    }

    [Fact]
    public async Task Agent_GivenOneAddress_ConnectsToBothIsCommandedByBothAndOutlivesItsOwner()
    {
        await _first.EnrolAsync(0, await _first.IssueAsync(admits: true));
        await _first.UntilUpAsync();
        await _second.UntilUpAsync();
        await RealDashboard.UntilAsync(async () => (await ReadLinksAsync()) is { Count: 2 } links && links.All(link => link.Connected));
        var links = (await ReadLinksAsync()).ToDictionary(link => link.Address);

        Assert.Equal((true, true), (links[_first.AgentAddress].Given, links[_first.AgentAddress].Listed));
        Assert.Equal((false, true), (links[_second.AgentAddress].Given, links[_second.AgentAddress].Listed));
        var id = (await _first.ReadAsync("/api/v1/servers")).GetProperty("items")[0].GetProperty("id").GetInt32();
        foreach (var dashboard in new[] { _first, _second })
        {
            using var plan = await dashboard.Client.PostAsJsonAsync($"/api/v1/servers/{id}/plan", new { playbook = "pool-only", baseline = "guide" }, Token);
            Assert.True(plan.IsSuccessStatusCode, await plan.Content.ReadAsStringAsync(Token));
        }

        // The one that has the agent's only given address goes: whoever watched, the other does now, over the connection it has.
        await _first.KillDashboardAsync();
        await RealDashboard.UntilAsync(async () => (await ReadLinksAsync()).Any(link => link.Address == _first.AgentAddress && !link.Connected));
        await RealDashboard.UntilAsync(async () =>
        {
            using var answer = await _second.Client.PostAsJsonAsync($"/api/v1/servers/{id}/repairs", new { playbook = "pool-only", baseline = "guide" }, Token);
            return answer.IsSuccessStatusCode;
        });
        await _second.UntilUpAsync();

        Assert.Equal(links[_second.AgentAddress].Since, (await ReadLinksAsync()).Single(link => link.Address == _second.AgentAddress).Since);
    }

    private async Task<IReadOnlyList<OutboundLink>> ReadLinksAsync() => (await _first.ReadTrustAsync(0)).Hubs is [{ } hub] ? hub.Links : [];

    private void Share(DashboardOptions options, Secret token)
    {
        options.Database.Provider = DatabaseOptions.PostgreSql;
        options.Database.ConnectionString = _connectionString;
        options.Join.Token = token;
    }
}
