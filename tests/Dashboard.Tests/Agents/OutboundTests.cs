using System.Net.Http.Json;
using System.Net.Security;
using System.Text.Json;
using WsusDashboard.Dashboard.Agents;
using WsusDashboard.Dashboard.Agents.Identity;
using WsusDashboard.Dashboard.Agents.Outbound;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Tests.Agents;

/// <summary>The port for agents as agents and strangers meet it: whose connection is kept, and what ends it. What real agents do over it is tested with real agents.</summary>
public sealed class OutboundTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly int _port = DialledAgent.FreePort();
    private readonly List<SslStream> _streams = [];
    private TestDashboard _dashboard = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private OutboundAgents Agents => _dashboard.Get<OutboundAgents>();

    public async ValueTask InitializeAsync()
    {
        _dashboard = await TestDashboard.StartAsync(_folder, options => options.EnrolmentPort = _port);
        await _dashboard.Get<FleetStartup>().WhenLoaded;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _streams)
        {
            await stream.DisposeAsync();
        }

        await _dashboard.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Connect_KeyThatNoServerHas_IsRefusedClosedAndAuditedOnce()
    {
        using var key = NewKey();

        for (var time = 0; time < 3; time++)
        {
            var (answer, stream) = await ConnectAsync(key);
            Assert.Equal(OutboundAnswer.Unknown, answer);
            await AssertEndedAsync(stream);
        }

        Assert.Equal(0, Agents.Count);
        var audit = await Eventually.Async(
            () => _dashboard.Http.GetFromJsonAsync<JsonElement>("/api/v1/audit?what=access.refused", Token), page => page.GetProperty("items").GetArrayLength() > 0);
        AssertText.Tells(Assert.Single(audit.GetProperty("items").EnumerateArray()).ToString(), "agent.connect", KeyPin.Shown(key.Pin), "127.0.0.1");
    }

    [Fact]
    public async Task Connect_SameKeyAgain_TakesThePlaceOfTheFirstAndAnotherKeyDoesNot()
    {
        using var key = NewKey();
        using var other = NewKey();
        Expect(1, key);
        var (answer, first) = await ConnectAsync(key);
        Assert.Equal(OutboundAnswer.Taken, answer);
        await UntilCountAsync(1);

        Assert.Equal(OutboundAnswer.Unknown, (await ConnectAsync(other)).Answer);
        Assert.Equal(1, Agents.Count);
        Assert.Equal(OutboundAnswer.Taken, (await ConnectAsync(key)).Answer);

        await AssertEndedAsync(first);
        Assert.Equal(1, Agents.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_WhoseTrustEnds_IsClosed(bool isRemoved)
    {
        using var key = NewKey();
        Expect(1, key);
        var (_, stream) = await ConnectAsync(key);
        await UntilCountAsync(1);

        if (isRemoved)
        {
            Agents.Forget(1);
        }
        else
        {
            Agents.Change(1, null);
        }

        await AssertEndedAsync(stream);
        Assert.Equal(OutboundAnswer.Unknown, (await ConnectAsync(key)).Answer);
    }

    [Fact]
    public async Task Connect_ManyAtOnceAndAgain_EachHasOneConnection()
    {
        const int count = 60;
        var keys = Enumerable.Range(1, count).Select(_ => NewKey()).ToList();
        for (var number = 0; number < count; number++)
        {
            Expect(number + 1, keys[number]);
        }

        var first = await Task.WhenAll(keys.Select(ConnectAsync));
        await UntilCountAsync(count);
        var second = await Task.WhenAll(keys.Select(ConnectAsync));

        Assert.All(first.Concat(second), connected => Assert.Equal(OutboundAnswer.Taken, connected.Answer));
        await Task.WhenAll(first.Select(connected => AssertEndedAsync(connected.Stream)));
        await UntilCountAsync(count);
        keys.ForEach(key => key.Dispose());
    }

    [Fact]
    public async Task Claim_ByTwo_IsGivenToOneAndEndsWithIt()
    {
        using var key = NewKey();
        Expect(1, key);
        var (_, stream) = await ConnectAsync(key);
        await UntilCountAsync(1);

        var claimed = Agents.Claim(TrustIn(key));
        Assert.Throws<OutboundAbsentException>(() => Agents.Claim(TrustIn(key)));
        await claimed.Stream.DisposeAsync();

        await AssertEndedAsync(stream);
        await UntilCountAsync(0);
    }

    [Fact]
    public async Task Enrol_AgentOfAServerThatTheDashboardConnectsTo_IsWatchedOverTheAgentsConnectionFromThenOn()
    {
        await using var inbound = await FakeAgent.StartAsync();
        await using var outbound = await DialledAgent.StartAsync();
        var id = await _dashboard.AddServerAsync(inbound.Address);
        var before = await inbound.NextWatchAsync();
        before.Send(Samples.Snapshot(Clock.Start));
        before.Send(Samples.SyncEvent(1, Samples.Sync("wsus-1", Clock.Start, Shared.Syncs.SyncResult.Succeeded)));
        await _dashboard.StoredAsync(id, 1);

        var answer = await EnrolAsync(FakeAgent.Key);
        var dialled = await outbound.DialAsync(_port);
        var watch = await outbound.Fake.NextWatchAsync();
        watch.Send(Samples.Snapshot(Clock.Start));
        await _dashboard.UntilAsync(id, server => server.Link.State == LinkState.Up && server.Address.StartsWith("outbound://", StringComparison.Ordinal));

        Assert.Equal((true, OutboundAnswer.Taken, 1), (answer.IsAdmitted, dialled.Answer, watch.Request.AfterSequence));
        Assert.Equal("outbound", (await _dashboard.Http.GetFromJsonAsync<JsonElement>($"/api/v1/servers/{id}", Token)).GetProperty("connection").GetString());
        Assert.False(inbound.HasWatch);
    }

    /// <summary>As an agent registers itself that connects itself.</summary>
    private async Task<EnrolmentAnswer> EnrolAsync(IdentityKey key)
    {
        var (status, body, _) = await _dashboard.PostAsync("/api/v1/enrolment/tokens", new { label = "test", site = "BRN", uses = 1, hours = 1, admits = true });
        Assert.True(status is 200 or 201);
        Assert.True(EnrolmentToken.TryParse(body.GetProperty("token").GetString(), out var token));
        using var handler = new SocketsHttpHandler { SslOptions = PinnedTls.ForClient(key, certificate => certificate is not null) };
        using var client = new HttpClient(handler);
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new EnrolmentRequest(token.Id, token.Secret, "0123456789abcdef0123456789abcdef", "SUP01", "1.0", 0, []), JsonSerializerOptions.Web)) { Headers = { ContentType = new("application/json") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"https://127.0.0.1:{_port}{EnrolmentRequest.Path}")) { Content = content, Headers = { Host = "localhost" } };
        using var answer = await client.SendAsync(request, Token);
        return (await answer.Content.ReadFromJsonAsync<EnrolmentAnswer>(Token))!;
    }

    private static IdentityKey NewKey() => IdentityKey.Create("test agent", TimeProvider.System.GetUtcNow());

    private static async Task AssertEndedAsync(SslStream stream)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Eventually.Limit);
        try
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1], limit.Token));
        }
        catch (IOException)
        {
            // Cut, which is an end as well.
        }
    }

    private ServerTrust TrustIn(IdentityKey key) => new(key.Pin, null, _dashboard.Get<HubIdentity>().Keys.Current.Pin);

    private void Expect(int serverId, IdentityKey key) => Agents.Expect(serverId, TrustIn(key));

    private Task UntilCountAsync(int count) => Eventually.TrueAsync(() => Agents.Count == count);

    private async Task<(OutboundAnswer Answer, SslStream Stream)> ConnectAsync(IdentityKey key)
    {
        var connected = await DialledAgent.ConnectAsync(_port, key);
        lock (_streams)
        {
            _streams.Add(connected.Stream);
        }

        return connected;
    }
}
