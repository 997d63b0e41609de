using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>The agent connects to a hub itself: whom it serves over that connection, what ends it, and what it says where there is none.</summary>
public sealed class OutboundTests : IAsyncLifetime
{
    private readonly string _hubId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly ListeningHub _hub = new();
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Connect_HubThatIsTrusted_IsServedTheContractAndNoPortIsOpen()
    {
        await using var agent = await StartAsync();
        using var channel = await _hub.NextChannelAsync();

        var info = await new Wire.Agent.AgentClient(channel).GetInfoAsync(new(), cancellationToken: Token);
        var successor = await new Wire.Trust.TrustClient(channel).GetSuccessorAsync(new(), cancellationToken: Token);

        Assert.Equal("SUP01", info.ComputerName);
        Assert.Null(successor.Succession);
        Assert.Null(agent.Services.GetRequiredService<AgentAddress>().Current);
        var link = await LinkAsync(agent, link => link.Connected);
        Assert.Equal(("", 0, _hub.Address.GetLeftPart(UriPartial.Authority)), (link.Error, link.Attempts, link.Address));
    }

    [Fact]
    public async Task Connect_HubAsksForWhatOnlyTheServerMay_IsRefusedAsOnThePort()
    {
        await using var agent = await StartAsync();
        using var channel = await _hub.NextChannelAsync();

        var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await new Wire.LocalTrust.LocalTrustClient(channel).OpenPairingAsync(new(), cancellationToken: Token));

        Assert.Equal(Grpc.Core.StatusCode.PermissionDenied, refused.StatusCode);
    }

    [Fact]
    public async Task Connect_AnotherKeyIsShown_NothingIsServedAndTheRefusalIsCounted()
    {
        await using var agent = await StartAsync(pin: new string('a', 64));

        var link = await LinkAsync(agent, link => link.Error.Length > 0);

        Assert.False(link.Connected);
        AssertText.Tells(link.Error, KeyPin.Shown(_hub.Key.Pin));
        await agent.StopAsync();
        AssertText.Tells(await File.ReadAllTextAsync(Path.Combine(agent.Folder, "audit.refusals.json"), Token), "connect", _hubId);
    }

    [Theory]
    [InlineData(OutboundAnswer.Unknown)]
    [InlineData(OutboundAnswer.NotReady)]
    [InlineData(OutboundAnswer.None)]
    public async Task Connect_HubThatDoesNotTakeIt_IsTriedAgainAndTheReasonIsTold(OutboundAnswer answer)
    {
        _hub.Answer = answer;
        await using var agent = await StartAsync();

        var link = await LinkAsync(agent, link => link.Error.Length > 0);

        Assert.False(link.Connected);
        Assert.NotNull(link.NextAttemptAt);
    }

    [Fact]
    public async Task Connect_OptionsLeaveItToTheHubThatWaitsForIt_IsSaid()
    {
        await using var agent = await StartAsync(connect: HubOptions.Inbound);

        var link = await LinkAsync(agent, link => link.Error.Length > 0);

        Assert.Equal((false, 0), (link.Connected, _hub.Accepted));
    }

    [Fact]
    public async Task Connection_ThatEnds_IsOpenedAgain()
    {
        await using var agent = await StartAsync();
        await (await _hub.NextAsync()).DisposeAsync();

        using var channel = await _hub.NextChannelAsync();

        Assert.Equal("SUP01", (await new Wire.Agent.AgentClient(channel).GetInfoAsync(new(), cancellationToken: Token)).ComputerName);
    }

    [Fact]
    public async Task Unpair_OnTheServer_EndsTheConnectionAndNoOtherIsOpened()
    {
        await using var agent = await StartAsync();
        var stream = await _hub.NextAsync();

        await agent.LocalTrust.UnpairHubAsync(new() { Hub = _hubId }, cancellationToken: Token);

        Assert.Equal(0, await ReadToEndAsync(stream));
        Assert.Equal(1, _hub.Accepted);
        Assert.Empty(agent.Services.GetRequiredService<Agent.Security.Outbound.OutboundLinks>().All);
    }

    [Fact]
    public async Task Unpair_ByTheHub_IsAnsweredAndNothingIsServedAfterwards()
    {
        await using var agent = await StartAsync();
        using var channel = await _hub.NextChannelAsync();

        await new Wire.Trust.TrustClient(channel).UnpairAsync(new() { Reason = "test" }, cancellationToken: Token);

        var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(async () => await new Wire.Agent.AgentClient(channel).GetInfoAsync(new(), cancellationToken: Token));
        Assert.Contains(refused.StatusCode, new[] { Grpc.Core.StatusCode.Unauthenticated, Grpc.Core.StatusCode.Unavailable, Grpc.Core.StatusCode.Internal });
        Assert.Empty((await agent.LocalTrust.GetTrustAsync(new(), cancellationToken: Token)).Hubs);
    }

    [Fact]
    public async Task Connect_ThroughAProxyWithAPassword_SignsInAndIsServed()
    {
        await using var proxy = new ConnectProxy("agent:secret");
        await using var agent = await StartAsync(proxy: proxy, password: "secret");
        using var channel = await _hub.NextChannelAsync();

        Assert.Equal("SUP01", (await new Wire.Agent.AgentClient(channel).GetInfoAsync(new(), cancellationToken: Token)).ComputerName);
        Assert.Equal(_hub.Address.Authority, Assert.Single(proxy.Opened));
        Assert.Equal(1, proxy.Refused);
    }

    [Fact]
    public async Task Connect_ThroughAProxyThatAsksForNothing_IsServed()
    {
        await using var proxy = new ConnectProxy();
        await using var agent = await StartAsync(proxy: proxy, authentication: HubOptions.NoAuthentication);
        using var channel = await _hub.NextChannelAsync();

        Assert.Equal("SUP01", (await new Wire.Agent.AgentClient(channel).GetInfoAsync(new(), cancellationToken: Token)).ComputerName);
        Assert.Equal((_hub.Address.Authority, 0), (Assert.Single(proxy.Opened), proxy.Refused));
    }

    [Fact]
    public async Task Connect_WithoutAPasswordThroughAProxyThatAsksForOne_SendsNoneAndSaysWhatItAnswered()
    {
        await using var proxy = new ConnectProxy("agent:secret");
        await using var agent = await StartAsync(proxy: proxy, authentication: HubOptions.NoAuthentication);

        AssertText.Tells((await LinkAsync(agent, link => link.Error.Length > 0)).Error, "407");
        Assert.Equal((0, 0), (proxy.Opened.Count, _hub.Accepted));
    }

    [Fact]
    public async Task Doctor_TriesTheHubAndSaysWhereItsAddressComesFrom()
    {
        await using var agent = await StartAsync();
        await _hub.NextAsync();

        var probe = Assert.Single(new HubProbes(agent.Services.GetRequiredService<AgentOptions>(), TimeProvider.System).All());
        var found = await probe.TryAsync(Token);
        var examined = await agent.LocalTrust.ExamineAsync(new(), cancellationToken: Token);

        Assert.Equal(ProbeState.Works, found.State);
        Assert.Equal(Wire.ExaminedState.Works, examined.Edges.Single(edge => edge.Edge == $"connection to {_hub.Address.Authority}").State);
        AssertText.Tells(found.Summary, "given here");
    }

    [Fact]
    public async Task Doctor_HubThatShowsAnotherKey_IsRefusedWithIt()
    {
        await using var agent = await StartAsync(pin: new string('a', 64));

        var found = await Assert.Single(new HubProbes(agent.Services.GetRequiredService<AgentOptions>(), TimeProvider.System).All()).TryAsync(Token);

        Assert.Equal((ProbeState.Refused, ReadFailure.AccessDenied), (found.State, found.Failure));
        AssertText.Tells(found.Summary, KeyPin.Shown(_hub.Key.Pin));
    }

    [Fact]
    public async Task Connect_ThroughAProxyThatRefuses_SaysWhatTheProxyAnswered()
    {
        await using var proxy = new ConnectProxy("agent:secret");
        await using var agent = await StartAsync(proxy: proxy, password: "wrong");

        var link = await LinkAsync(agent, link => link.Error.Length > 0);

        AssertText.Tells(link.Error, "407");
        Assert.Equal((0, 0), (proxy.Opened.Count, _hub.Accepted));
    }

    private static async Task<int> ReadToEndAsync(Stream stream)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Eventually.Limit);
        var buffer = new byte[1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, limit.Token)) > 0)
        {
            // What the agent's side of HTTP/2 says first.
        }

        return read;
    }

    private static async Task<Wire.OutboundLink> LinkAsync(TestAgent agent, Predicate<Wire.OutboundLink> condition) => (await Eventually.Async(
        async () => (await agent.LocalTrust.GetTrustAsync(new(), cancellationToken: Token)).Hubs[0].Links.FirstOrDefault(), link => link is not null && condition(link)))!;

    private async Task<TestAgent> StartAsync(string? pin = null, ConnectProxy? proxy = null, string password = "", string authentication = HubOptions.Basic, string connect = HubOptions.Outbound)
    {
        var passwords = _folder.File("proxy-password.txt");
        await File.WriteAllTextAsync(passwords, password, Token);
        var agent = await TestAgent.StartAsync(new FakeEdges(), options =>
        {
            (options.Listen, options.Hub.Connect) = (AgentOptions.ListenNo, connect);
            if (proxy is not null)
            {
                (options.Hub.Proxy, options.Hub.ProxyAuthentication, options.Hub.ProxyUser, options.Hub.ProxyPasswordFile) = (proxy.Address, authentication, "agent", passwords);
            }
        });
        agent.Services.GetRequiredService<HubTrust>().Trust(new(_hubId, "listening hub"), pin ?? _hub.Key.Pin, "test", "enrol", [_hub.Address]);
        return agent;
    }
}
