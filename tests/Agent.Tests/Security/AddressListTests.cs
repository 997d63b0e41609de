using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Outbound;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>The list of addresses that a hub signs: whose is taken, what it changes, and that the address someone gave on the server stays.</summary>
public sealed class AddressListTests : IAsyncLifetime
{
    private const string HubId = "0123456789abcdef0123456789abcdef";

    private readonly ListeningHub _given = new();
    private readonly ListeningHub _listed;
    private TestAgent _agent = null!;
    private GrpcChannel _channel = null!;

    public AddressListTests() => _listed = new(_given.Key);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _agent = await TestAgent.StartAsync(new FakeEdges(), options => options.Listen = AgentOptions.ListenNo);
        _agent.Services.GetRequiredService<HubTrust>().Trust(new(HubId, "listening hub"), _given.Key.Pin, "test", "enrol", [_given.Address]);
        _channel = await _given.NextChannelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _listed.DisposeAsync();
        await _given.DisposeAsync();
    }

    [Fact]
    public async Task List_SignedByTheHub_IsDialledBesideTheGivenAddressAndKept()
    {
        await AnnounceAsync(Sign(1, _given.Address, _listed.Address), _given.Address);

        using var second = await _listed.NextChannelAsync();

        Assert.Equal("SUP01", (await new Wire.Agent.AgentClient(second).GetInfoAsync(new(), cancellationToken: Token)).ComputerName);
        Assert.Equal("SUP01", (await new Wire.Agent.AgentClient(_channel).GetInfoAsync(new(), cancellationToken: Token)).ComputerName);
        var links = await LinksAsync(all => all.Count == 2 && all.All(link => link.Connected));
        Assert.Equal([(TextOf(_given), true, true), (TextOf(_listed), false, true)], links.Select(link => (link.Address, link.Given, link.Listed)));
        var kept = Assert.Single(new PairedHubs(_agent.Folder, NullLogger<PairedHubs>.Instance).All);
        Assert.Equal(1, kept.ListRevision);
        Assert.Equal([_given.Address], kept.Addresses);
        Assert.Equal([_given.Address, _listed.Address], kept.ListedAddresses);
    }

    [Fact]
    public async Task List_ThatNamesAnAddressNoLonger_EndsItsConnectionAndKeepsTheGivenOne()
    {
        await AnnounceAsync(Sign(1, _given.Address, _listed.Address));
        var stream = await _listed.NextAsync();

        await AnnounceAsync(Sign(2));

        await EndedAsync(stream);
        Assert.Equal([(TextOf(_given), true, true, false)], (await LinksAsync(all => all.Count == 1)).Select(link => (link.Address, link.Connected, link.Given, link.Listed)));
        Assert.Equal((1, 1), (_given.Accepted, _listed.Accepted));
    }

    [Fact]
    public async Task List_WhoseAddressesDoNotAnswer_LeavesTheGivenConnection()
    {
        await AnnounceAsync(Sign(1, new Uri("https://127.0.0.1:1")));

        await LinksAsync(all => all.Any(link => link.Listed && link.Error.Length > 0));

        Assert.Equal("SUP01", (await new Wire.Agent.AgentClient(_channel).GetInfoAsync(new(), cancellationToken: Token)).ComputerName);
    }

    [Fact]
    public async Task ListedAddress_ThatShowsAnotherKey_IsToldNothing()
    {
        await using var stranger = new ListeningHub();

        await AnnounceAsync(Sign(1, stranger.Address));

        var link = (await LinksAsync(all => all.Any(found => found.Listed && found.Error.Length > 0))).Single(found => found.Listed);
        Assert.False(link.Connected);
        AssertText.Tells(link.Error, KeyPin.Shown(stranger.Key.Pin));
    }

    [Theory]
    [InlineData("another key")]
    [InlineData("another hub")]
    [InlineData("another address")]
    [InlineData("an older revision")]
    public async Task List_ThatIsNotTheHubsOrIsOld_IsRefusedAndChangesNothing(string which)
    {
        await AnnounceAsync(Sign(5, _given.Address));
        using var stranger = IdentityKey.Create("stranger", TimeProvider.System.GetUtcNow());
        var forged = which switch
        {
            "another key" => Sign(6, stranger, HubId, _listed.Address),
            "another hub" => Sign(6, _given.Key, new string('f', 32), _listed.Address),
            "another address" => Sign(6, _given.Address),
            _ => Sign(4, _listed.Address),
        };
        if (which == "another address")
        {
            forged.Addresses[0] = TextOf(_listed);
        }

        var refused = await Assert.ThrowsAsync<RpcException>(() => AnnounceAsync(forged));

        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        Assert.Equal(0, _listed.Accepted);
        var hub = Assert.Single(_agent.Services.GetRequiredService<PairedHubs>().All);
        Assert.Equal(5, hub.ListRevision);
        Assert.Equal([_given.Address], hub.ListedAddresses);
    }

    [Theory]
    [InlineData("http://hub.example:5443")]
    [InlineData("https://hub.example")]
    [InlineData("https://user:secret@hub.example:5443")]
    [InlineData("https://hub.example:5443/path")]
    [InlineData("https://hub.example:5443/")]
    [InlineData("https://hub.example:0")]
    [InlineData("https://0.0.0.0:5443")]
    [InlineData("https://[::]:5443")]
    [InlineData("hub.example:5443")]
    [InlineData("")]
    public async Task Address_ThatIsNone_IsAnErrorThatNamesIt(string address)
    {
        var list = SignedAddresses.Create(HubId, 1, [address], _given.Key);

        var refused = await Assert.ThrowsAsync<RpcException>(() => AnnounceAsync(ToWire(list)));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        AssertText.Tells(refused.Status.Detail, $"\"{address}\"");
        Assert.Equal(0, Assert.Single(_agent.Services.GetRequiredService<PairedHubs>().All).ListRevision);
    }

    [Fact]
    public async Task List_OfElevenOrWithALongAddress_IsAnError()
    {
        var eleven = Sign(1, [.. Enumerable.Range(1, 11).Select(number => new Uri(string.Create(CultureInfo.InvariantCulture, $"https://hub{number}.example:5443")))]);
        var endless = ToWire(SignedAddresses.Create(HubId, 1, [$"https://{new string('a', HubAddress.MaximumLength)}:5443"], _given.Key));

        foreach (var list in new[] { eleven, endless })
        {
            Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => AnnounceAsync(list))).StatusCode);
        }
    }

    [Fact]
    public async Task List_SignedWithTheAnnouncedNextKey_IsTaken()
    {
        using var next = IdentityKey.Create("next", TimeProvider.System.GetUtcNow());
        var succession = KeySuccession.Create(PairingRole.Hub, _given.Key, next);
        await new Wire.Trust.TrustClient(_channel).AnnounceHubKeyAsync(
            new()
            {
                Succession = new() { NextKey = ByteString.CopyFrom(succession.NextKey.Span), ByCurrent = ByteString.CopyFrom(succession.ByCurrent.Span), ByNext = ByteString.CopyFrom(succession.ByNext.Span) },
            },
            cancellationToken: Token);

        await AnnounceAsync(Sign(1, next, HubId, _listed.Address));
        await _listed.NextAsync();

        Assert.Equal(1, Assert.Single(_agent.Services.GetRequiredService<PairedHubs>().All).ListRevision);
    }

    [Fact]
    public async Task Lists_TooManyWithinAnHour_AreRefused()
    {
        for (var revision = 1; revision <= HubTrust.ListsPerHub; revision++)
        {
            await AnnounceAsync(Sign(revision, _given.Address));
        }

        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => AnnounceAsync(Sign(HubTrust.ListsPerHub + 1, _given.Address)))).StatusCode);
    }

    [Fact]
    public async Task GivenAddress_OfTheSameDashboardAsAListedOne_RestsWhileThatIsConnected()
    {
        // The listed address is that of the second hub, which says over the first connection that it is the same dashboard.
        await AnnounceAsync(Sign(1, _listed.Address), _listed.Address);
        var listed = await _listed.NextAsync();
        _channel.Dispose();

        var resting = (await LinksAsync(all => all.Any(link => link.SameAs.Length > 0))).Single(link => link.Given);
        Assert.Equal((TextOf(_listed), false, 1), (resting.SameAs, resting.Connected, _given.Accepted));

        await listed.DisposeAsync();
        using var again = await _given.NextChannelAsync();
        Assert.Equal("SUP01", (await new Wire.Agent.AgentClient(again).GetInfoAsync(new(), cancellationToken: Token)).ComputerName);
    }

    [Fact]
    public async Task List_ForAHubThatConnectsToTheAgent_IsRefused()
    {
        _agent.Services.GetRequiredService<PairedHubs>().Change(HubId, hub => hub with { Addresses = [] });
        var caller = new AgentCaller(CallerKind.Hub, _agent.Services.GetRequiredService<PairedHubs>().All[0], _given.Key.Pin, "127.0.0.1");

        Assert.Throws<CommandException>(() => _agent.Services.GetRequiredService<HubTrust>().TakeAddresses(caller, SignedAddresses.Create(HubId, 1, [TextOf(_listed)], _given.Key), [_listed.Address]));

        await Eventually.TrueAsync(() => _agent.Services.GetRequiredService<OutboundLinks>().All.Count == 0);
    }

    private static string TextOf(ListeningHub hub) => HubAddress.Text(hub.Address);

    private static async Task EndedAsync(Stream stream)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Eventually.Limit);
        var buffer = new byte[1024];
        while (await stream.ReadAsync(buffer, limit.Token) > 0)
        {
            // What the agent's side of HTTP/2 says first.
        }
    }

    private static Wire.AddressList ToWire(SignedAddresses list) => new()
    {
        HubId = list.HubId,
        Revision = list.Revision,
        Addresses = { list.Addresses },
        Key = ByteString.CopyFrom(list.Key.Span),
        Signature = ByteString.CopyFrom(list.Signature.Span),
    };

    private static Wire.AddressList Sign(long revision, IdentityKey key, string hubId, params Uri[] addresses) =>
        ToWire(SignedAddresses.Create(hubId, revision, [.. addresses.Select(HubAddress.Text)], key));

    private Wire.AddressList Sign(long revision, params Uri[] addresses) => Sign(revision, _given.Key, HubId, addresses);

    private async Task AnnounceAsync(Wire.AddressList list, Uri? speaker = null) => await new Wire.Trust.TrustClient(_channel).AnnounceAddressesAsync(
        new() { List = list, Speaker = speaker is null ? "" : HubAddress.Text(speaker) }, cancellationToken: Token);

    private async Task<IList<Wire.OutboundLink>> LinksAsync(Predicate<IList<Wire.OutboundLink>> condition) => await Eventually.Async(
        async () => (IList<Wire.OutboundLink>)(await _agent.LocalTrust.GetTrustAsync(new(), cancellationToken: Token)).Hubs[0].Links, links => condition(links));
}
