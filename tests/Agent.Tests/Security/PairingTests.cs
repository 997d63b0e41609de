using System.Net;
using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>Attacks on the pairing and on what it opens, over real TLS.</summary>
public sealed class PairingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pair_RightCode_OpensTheAgentForThisHubOverGrpcAndJson()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);

        var info = await hub.Agent(agent).GetInfoAsync(new Wire.GetInfoRequest(), cancellationToken: Token);
        using var http = hub.Http(agent);
        var json = await http.GetStringAsync(new Uri("/v1/info", UriKind.Relative), Token);

        Assert.Equal("SUP01", info.ComputerName);
        Assert.Contains("SUP01", json, StringComparison.Ordinal);
        var trusted = Assert.Single(agent.Services.GetRequiredService<PairedHubs>().All);
        Assert.Equal((hub.Id, hub.Key.Pin), (trusted.Id, trusted.Pin));
    }

    [Fact]
    public async Task Pair_WrongCode_FiveTimes_VoidsTheCodeForTheRightOneToo()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = new TestHub();
        var code = await agent.OpenPairingAsync();

        for (var left = PairingCodes.MaximumAttempts - 1; left >= 0; left--)
        {
            var wrong = await RefusedAsync(() => hub.PairAsync(TestHub.AddressOf(agent), PairingCode.Create()));
            Assert.Contains(left > 0 ? $"Attempts left: {left}" : "no longer valid", wrong, StringComparison.Ordinal);
        }

        Assert.Contains("void after 5 wrong attempts", await RefusedAsync(() => hub.PairAsync(TestHub.AddressOf(agent), code)), StringComparison.Ordinal);
        Assert.Empty(agent.Services.GetRequiredService<PairedHubs>().All);
    }

    [Fact]
    public async Task Pair_CodeThatWasUsed_IsRefused()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        var code = await agent.OpenPairingAsync();
        using var first = new TestHub();
        await first.PairAsync(TestHub.AddressOf(agent), code);
        using var second = new TestHub();

        Assert.Contains("was used", await RefusedAsync(() => second.PairAsync(TestHub.AddressOf(agent), code)), StringComparison.Ordinal);
        Assert.Single(agent.Services.GetRequiredService<PairedHubs>().All);
    }

    [Fact]
    public void Use_CodeAfterTenMinutes_IsRefused()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
        var desk = new PairingCodes(time);
        var (code, _) = desk.Open();
        var channel = new PairingChannel(new string('a', 64), new string('b', 64), PairingProof.CreateNonce(), PairingProof.CreateNonce());
        var proof = PairingProof.Create(PairingRole.Hub, code, channel);
        time.Advance(PairingCodes.Lifetime);

        var exception = Assert.Throws<CommandException>(() => desk.Use(channel, proof));

        Assert.Contains("expired at 06:10 UTC", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pair_TooOftenFromOneAddress_IsRefusedBeforeTheCodeIsLookedAt()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = new TestHub();
        for (var attempt = 0; attempt < 10; attempt++)
        {
            await RefusedAsync(() => hub.PairAsync(TestHub.AddressOf(agent), PairingCode.Create()));
        }

        var code = await agent.OpenPairingAsync();

        Assert.Contains("Wait a minute", await RefusedAsync(() => hub.PairAsync(TestHub.AddressOf(agent), code)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Begin_FromManyAddressesOfOneNetwork_CountsAsOne()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        var trust = agent.Services.GetRequiredService<HubTrust>();
        for (var attempt = 1; attempt <= 10; attempt++)
        {
            trust.Begin(Stranger($"2001:db8:1:2::{attempt:x}"), "hub", "hub");
        }

        Assert.Equal(CommandFailure.Refused, Assert.Throws<CommandException>(() => trust.Begin(Stranger("2001:db8:1:2::ffff"), "hub", "hub")).Failure);
        trust.Begin(Stranger("2001:db8:1:3::1"), "hub", "hub");

        static AgentCaller Stranger(string from) => new(CallerKind.Stranger, null, "pin", from);
    }

    [Fact]
    public async Task Pair_StrangerAtAnAgentThatHasAllItsDashboards_IsToldNoneOfTheirNames()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        var hubs = agent.Services.GetRequiredService<PairedHubs>();
        for (var number = 0; number < PairedHubs.Maximum; number++)
        {
            hubs.Add(new PairedHub { Id = $"{number:x32}", Name = $"head office {number}", Pin = $"pin{number}", PairedAt = DateTimeOffset.UnixEpoch, PairedFrom = "here" });
        }

        using var stranger = new TestHub();
        var refusal = await RefusedAsync(() => stranger.PairAsync(TestHub.AddressOf(agent), PairingCode.Create()));

        AssertText.Tells(refusal, $"{PairedHubs.Maximum} dashboards");
        Assert.DoesNotContain("head office", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pair_ThroughAManInTheMiddle_FailsOnBothSidesAndLeavesTheCodeToTheRightHub()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        await using var relay = new TlsRelay(agent.Address.Port);
        using var hub = new TestHub();
        var code = await agent.OpenPairingAsync();

        var refusal = await RefusedAsync(() => hub.PairAsync(relay.Address, code));

        Assert.Contains("someone between", refusal, StringComparison.Ordinal);
        Assert.True(relay.Relayed > 0);
        Assert.Empty(agent.Services.GetRequiredService<PairedHubs>().All);
        await hub.PairAsync(TestHub.AddressOf(agent), code);
        Assert.Single(agent.Services.GetRequiredService<PairedHubs>().All);
    }

    [Fact]
    public async Task Call_WithAnotherHubsKey_IsRefusedWhateverIdItNames()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var paired = await TestHub.PairedAsync(agent);
        using var impostor = new TestHub { Id = paired.Id };

        var read = await Assert.ThrowsAsync<RpcException>(async () => await impostor.Agent(agent).GetSnapshotAsync(new Wire.GetSnapshotRequest(), cancellationToken: Token));
        var act = await Assert.ThrowsAsync<RpcException>(async () => await impostor.Agent(agent).StartSyncAsync(new Wire.StartSyncRequest { Context = impostor.Context() }, cancellationToken: Token));

        Assert.Equal((StatusCode.Unauthenticated, StatusCode.Unauthenticated), (read.StatusCode, act.StatusCode));
        Assert.Contains("isn't paired", read.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unpair_OnTheServer_CutsAnOpenWatchAtOnce()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        using var watch = hub.Agent(agent).Watch(new Wire.WatchRequest(), cancellationToken: Token);
        Assert.True(await watch.ResponseStream.MoveNext(Token));

        await agent.LocalTrust.UnpairHubAsync(new Wire.UnpairHubRequest(), cancellationToken: Token);

        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(Token))
            {
                // What was on its way.
            }
        });
        var after = await Assert.ThrowsAsync<RpcException>(async () => await hub.Agent(agent).GetInfoAsync(new Wire.GetInfoRequest(), cancellationToken: Token));
        Assert.Equal(StatusCode.Unauthenticated, after.StatusCode);
    }

    [Fact]
    public async Task Unpair_ByTheHub_IsAnsweredCutsItsOpenWatchAndHoldsForTheNextRequest()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        using var watch = hub.Agent(agent).Watch(new Wire.WatchRequest(), cancellationToken: Token);
        Assert.True(await watch.ResponseStream.MoveNext(Token));

        await hub.Trust(agent).UnpairAsync(new Wire.UnpairRequest { Reason = "ann did not admit this server." }, cancellationToken: Token);

        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(Token))
            {
                // What was on its way.
            }
        });
        Assert.Contains(AuditFiles.ReadEntries(agent.Folder), entry => entry is { Verb: "unpair", Detail: "ann did not admit this server." });
        var after = await Assert.ThrowsAsync<RpcException>(async () => await hub.Agent(agent).GetInfoAsync(new Wire.GetInfoRequest(), cancellationToken: Token));
        Assert.Equal(StatusCode.Unauthenticated, after.StatusCode);
    }

    [Fact]
    public async Task RotateKey_OfTheAgent_IsUsedOnceItsHubKnowsIt()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        var before = hub.SeenPin;

        var begun = await agent.LocalTrust.RotateKeyAsync(new Wire.RotateKeyRequest(), cancellationToken: Token);
        Assert.Equal((before, ["test hub"]), (begun.AgentPin, begun.WaitingFor));
        var wire = (await hub.Trust(agent).GetSuccessorAsync(new Wire.GetSuccessorRequest(), cancellationToken: Token)).Succession;
        var succession = new KeySuccession(wire.NextKey.Memory, wire.ByCurrent.Memory, wire.ByNext.Memory);
        Assert.True(succession.IsRight(PairingRole.Agent, agent.Services.GetRequiredService<IdentityKeys>().Current.Certificate));
        await hub.Trust(agent).ConfirmSuccessorAsync(new Wire.ConfirmSuccessorRequest { NextPin = succession.NextPin }, cancellationToken: Token);

        await hub.Agent(agent).GetInfoAsync(new Wire.GetInfoRequest(), cancellationToken: Token);
        Assert.Equal(succession.NextPin, hub.SeenPin);
        Assert.NotEqual(before, hub.SeenPin);
    }

    [Fact]
    public async Task AnnounceHubKey_SignedByTheKeyInUse_BothHoldUntilTheNextIsUsed()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        using var old = hub.Key;
        using var thief = IdentityKey.Create("thief", TimeProvider.System.GetUtcNow());
        var next = IdentityKey.Create("next", TimeProvider.System.GetUtcNow());

        var stolen = await Assert.ThrowsAsync<RpcException>(async () => await hub.Trust(agent).AnnounceHubKeyAsync(Announce(thief, next), cancellationToken: Token));
        Assert.Contains("isn't signed", stolen.Status.Detail, StringComparison.Ordinal);
        await hub.Trust(agent).AnnounceHubKeyAsync(Announce(old, next), cancellationToken: Token);
        await hub.Agent(agent).GetInfoAsync(new Wire.GetInfoRequest(), cancellationToken: Token);

        hub.Key = next;
        await hub.Agent(agent).GetInfoAsync(new Wire.GetInfoRequest(), cancellationToken: Token);
        hub.Key = old;
        var retired = await Assert.ThrowsAsync<RpcException>(async () => await hub.Agent(agent).GetInfoAsync(new Wire.GetInfoRequest(), cancellationToken: Token));
        Assert.Equal(StatusCode.Unauthenticated, retired.StatusCode);
        hub.Key = next;
    }

    [Fact]
    public async Task AnnounceHubKey_OverAndOver_IsTakenSixTimesAnHour()
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var hub = await TestHub.PairedAsync(agent);
        var trust = hub.Trust(agent);
        var announced = 0;
        for (var number = 0; number < 10; number++)
        {
            using var next = IdentityKey.Create("next", TimeProvider.System.GetUtcNow());
            try
            {
                await trust.AnnounceHubKeyAsync(Announce(hub.Key, next), cancellationToken: Token);
                await trust.AnnounceHubKeyAsync(Announce(hub.Key, next), cancellationToken: Token);
                announced++;
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.PermissionDenied)
            {
                // The agent accepts no more for now.
            }
        }

        Assert.Equal(6, announced);
        Assert.Equal(6, AuditFiles.ReadEntries(agent.Folder).Count(entry => entry.Verb == "announce-hub-key"));
        Assert.Single(AuditRefusals.Read(agent.Folder), refusal => refusal.Verb == "announce-hub-key");
    }

    [Theory]
    [InlineData("GET /v1/info HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task PlainText_OnThePort_IsClosedWithoutAnAnswer(string request)
    {
        await using var agent = await TestAgent.StartAsync(new FakeEdges());
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, agent.Port, Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, Token).ContinueWith(task => task.Exception, Token, TaskContinuationOptions.None, TaskScheduler.Default);

        Assert.DoesNotContain("HTTP", Encoding.ASCII.GetString(answer.ToArray()), StringComparison.Ordinal);
    }

    private static Wire.AnnounceHubKeyRequest Announce(IdentityKey current, IdentityKey next)
    {
        var succession = KeySuccession.Create(PairingRole.Hub, current, next);
        return new()
        {
            Succession = new()
            {
                NextKey = Google.Protobuf.ByteString.CopyFrom(succession.NextKey.Span),
                ByCurrent = Google.Protobuf.ByteString.CopyFrom(succession.ByCurrent.Span),
                ByNext = Google.Protobuf.ByteString.CopyFrom(succession.ByNext.Span),
            },
        };
    }

    private static async Task<string> RefusedAsync(Func<Task> pair)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(pair);
        Assert.Equal(StatusCode.PermissionDenied, exception.StatusCode);
        return exception.Status.Detail;
    }
}
