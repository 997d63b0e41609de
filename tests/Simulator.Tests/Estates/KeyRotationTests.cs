using System.Text.Json;

namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>Keys that change between a real dashboard and real agents, also where one side ends in the middle: nobody pairs again.</summary>
public sealed class KeyRotationTests : IAsyncLifetime
{
    private RealDashboard _real = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _real = await RealDashboard.StartAsync();
        await _real.EnrolAsync(0, await _real.IssueAsync(admits: true));
        await _real.UntilUpAsync();
    }

    public ValueTask DisposeAsync() => _real.DisposeAsync();

    [Fact]
    public async Task HubKey_Rotated_IsTakenByTheAgentWithoutANewPairing()
    {
        var before = await ReadHubKeyAsync();

        // The link is open, and agents learn a key at their next connection.
        await RotateHubAsync();
        await _real.Estate.KillAgentAsync(0);
        await _real.Estate.StartAgentAsync(0, Token);

        await UntilHubUsesAnotherKeyThanAsync(before);
        await _real.UntilUpAsync();
        await AssertAgentTrustsAsync((await ReadHubKeyAsync()).Key);
    }

    [Fact]
    public async Task HubKey_DashboardKilledInTheMiddle_GoesOnAfterItsStart()
    {
        var before = await ReadHubKeyAsync();
        await _real.Estate.KillAgentAsync(0);
        var waiting = (await RotateHubAsync()).GetProperty("waitingFor");
        Assert.Equal(1, waiting.GetArrayLength());

        await _real.KillDashboardAsync();
        await _real.StartDashboardAsync();
        Assert.Equal(before.Key, (await ReadHubKeyAsync()).Key);
        Assert.NotNull((await ReadHubKeyAsync()).Next);
        await _real.Estate.StartAgentAsync(0, Token);

        await UntilHubUsesAnotherKeyThanAsync(before);
        await _real.UntilUpAsync();
        await AssertAgentTrustsAsync((await ReadHubKeyAsync()).Key);
    }

    [Fact]
    public async Task AgentKey_AgentAndDashboardKilledInTheMiddle_IsRenewedAfterTheirStart()
    {
        await _real.KillDashboardAsync();
        var begun = await _real.RotateAgentKeyAsync(0);
        Assert.Single(begun.WaitingFor);
        Assert.NotEqual("", begun.NextAgentPin);
        await _real.Estate.KillAgentAsync(0);

        await _real.Estate.StartAgentAsync(0, Token);
        Assert.Equal((begun.AgentPin, begun.NextAgentPin), ((await _real.ReadTrustAsync(0)).AgentPin, (await _real.ReadTrustAsync(0)).NextAgentPin));
        await _real.StartDashboardAsync();

        await RealDashboard.UntilAsync(async () => (await _real.ReadTrustAsync(0)).AgentPin == begun.NextAgentPin);
        await _real.Estate.KillAgentAsync(0);
        await _real.Estate.StartAgentAsync(0, Token);
        await RealDashboard.UntilAsync(async () => (await _real.ReadAsync("/api/v1/servers/1")).GetProperty("agentKey").GetString() == begun.NextAgentPin);
        await _real.UntilUpAsync();
    }

    private async Task AssertAgentTrustsAsync(string key)
    {
        var hub = Assert.Single((await _real.ReadTrustAsync(0)).Hubs);
        Assert.Contains(key, new[] { hub.Pin, hub.NextPin });
        Assert.StartsWith("enrolment token", hub.PairedFrom, StringComparison.Ordinal);
    }

    private async Task<JsonElement> RotateHubAsync()
    {
        using var answer = await _real.Client.PostAsync(new Uri("/api/v1/hub/key/rotation", UriKind.Relative), null, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement;
    }

    private async Task<(string Key, string? Next)> ReadHubKeyAsync()
    {
        var json = await _real.ReadAsync("/api/v1/hub/key");
        return (json.GetProperty("key").GetString()!, json.TryGetProperty("nextKey", out var next) ? next.GetString() : null);
    }

    private Task UntilHubUsesAnotherKeyThanAsync((string Key, string? Next) before) => RealDashboard.UntilAsync(async () => await ReadHubKeyAsync() is { Next: null } now && now.Key != before.Key);
}
