using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Api.Connections;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Tests.Security;
using WsusDashboard.Agent.Tests.Support;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Api;

/// <summary>Attacks on the port by somebody who holds connections or streams open: others still get in, and the server's own administrator always does.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private const int Silent = 300;

    /// <summary>Far above what an answer needs on a busy machine, far below what an attack would hold it up.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly List<IDisposable> _held = [];
    private TestAgent _agent = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _agent = await TestAgent.StartAsync(new FakeEdges());

    public async ValueTask DisposeAsync()
    {
        _held.ForEach(held => held.Dispose());
        await _agent.DisposeAsync();
    }

    [Fact]
    public async Task LocalAdministration_WhileThePortIsUnderAttack_Answers()
    {
        using var hub = await TestHub.PairedAsync(_agent);
        await File.WriteAllTextAsync(Path.Combine(_agent.Folder, "policy.json"), """{ "mode": "apply-settings", "needsLocalApproval": true }""", Token);
        await Assert.ThrowsAsync<RpcException>(async () => await hub.Agent(_agent).StartSyncAsync(new Wire.StartSyncRequest { Context = hub.Context() }, cancellationToken: Token));
        await File.WriteAllLinesAsync(_agent.LogFile, Enumerable.Range(1, 40_000).Select(number => $"line {number} {new string('x', 60)}"), Token);
        await HoldSilentConnectionsAsync();
        await HoldUnreadStreamsAsync(hub);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(AnswerLimit);
        var state = await _agent.LocalTrust.GetTrustAsync(new Wire.GetTrustRequest(), cancellationToken: limit.Token);
        var waiting = await _agent.LocalTrust.ListApprovalsAsync(new Wire.ListApprovalsRequest(), cancellationToken: limit.Token);
        await _agent.LocalTrust.DecideApprovalAsync(new Wire.DecideApprovalRequest { Id = waiting.Approvals.Single().Id, Approve = false, Person = "root" }, cancellationToken: limit.Token);
        var decided = await _agent.LocalTrust.ListApprovalsAsync(new Wire.ListApprovalsRequest(), cancellationToken: limit.Token);
        await _agent.LocalTrust.UnpairHubAsync(new Wire.UnpairHubRequest { Hub = hub.Id }, cancellationToken: limit.Token);

        Assert.Equal(hub.Id, state.Hubs.Single().Id);
        Assert.Empty(decided.Approvals);
        Assert.Empty((await _agent.LocalTrust.GetTrustAsync(new Wire.GetTrustRequest(), cancellationToken: limit.Token)).Hubs);
    }

    [Fact]
    public async Task SilentConnections_OfAnyNumber_DoNotKeepAHubOut()
    {
        using var hub = await TestHub.PairedAsync(_agent);
        await HoldSilentConnectionsAsync();

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(AnswerLimit);
        await hub.Agent(_agent).GetInfoAsync(new Wire.GetInfoRequest(), cancellationToken: limit.Token);

        Assert.InRange(_agent.Services.GetRequiredService<UndecidedConnections>().Count, 0, UndecidedConnections.PerAddress);
    }

    [Fact]
    public async Task Hub_WithMoreConnectionsThanItNeeds_GetsNoFurtherUntilItClosesOne()
    {
        using var hub = await TestHub.PairedAsync(_agent);
        List<GrpcChannel> channels = [];
        for (var number = 0; number < HubConnections.Maximum; number++)
        {
            channels.Add(hub.Connect(TestHub.AddressOf(_agent)));
            await InfoAsync(channels[^1]);
        }

        var refused = await Assert.ThrowsAsync<RpcException>(() => InfoAsync(hub.Connect(TestHub.AddressOf(_agent))));

        // The client's own word for a connection that is cut: it depends on how far the first request had come.
        Assert.Contains(refused.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });

        channels[0].Dispose();
        await Eventually.Async(() => InfoAsync(hub.Connect(TestHub.AddressOf(_agent))), info => info.ComputerName == "SUP01");
        await InfoAsync(channels[1]);
    }

    [Fact]
    public async Task Streams_OfOneConnection_AreTwoOfAKind()
    {
        using var hub = await TestHub.PairedAsync(_agent);
        await File.WriteAllTextAsync(_agent.LogFile, "line\n", Token);
        var client = hub.Agent(_agent);
        using var first = await WatchAsync(client);
        using var second = await WatchAsync(client);

        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => WatchAsync(client))).StatusCode);
        using var log = await ReadLogAsync(client);
        using var otherLog = await ReadLogAsync(client);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => ReadLogAsync(client))).StatusCode);

        using var elsewhere = await WatchAsync(hub.Agent(_agent));
        first.Dispose();
        using var again = await Eventually.Async(() => WatchAsync(client), _ => true);
    }

    [Fact]
    public void StreamPlaces_BytesOfOneHub_AreBoundedAndLeaveOthersTheirs()
    {
        var places = new StreamPlaces(new AgentMemory(() => 0, 0, () => { }, TimeProvider.System));
        List<IDisposable> taken = [];
        var refused = Assert.Throws<CommandException>(() =>
        {
            for (var connection = 0; connection < 1_000; connection++)
            {
                taken.Add(places.Enter($"{connection}", Hub("one"), StreamKind.Log));
            }
        });

        Assert.Equal(CommandFailure.Refused, refused.Failure);
        Assert.InRange(taken.Count, 10, StreamPlaces.MaximumBytesOfAHub / (512 * 1024));
        using var other = places.Enter("other", Hub("two"), StreamKind.Log);
        using var local = places.Enter("local", new AgentCaller(CallerKind.Local, null, "", AgentCaller.Here), StreamKind.Log);
        taken[0].Dispose();
        taken[0].Dispose();
        places.Enter("free", Hub("one"), StreamKind.Log).Dispose();
    }

    [Theory]
    [InlineData(69, false)]
    [InlineData(70, true)]
    public void StreamPlaces_MemoryNearlyUsedUp_OpensNone(long usedMegabytes, bool isRefused)
    {
        const long Megabyte = 1024 * 1024;
        var places = new StreamPlaces(new AgentMemory(() => usedMegabytes * Megabyte, 100 * Megabyte, () => { }, TimeProvider.System));

        var refusal = Record.Exception(() => places.Enter("1", Hub("one"), StreamKind.Watch).Dispose());

        Assert.Equal(isRefused, refusal is CommandException { Failure: CommandFailure.Unavailable });
    }

    [Fact]
    public void AgentMemory_OfTheProgram_IsBoundedByItsSettings()
    {
        var settings = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "WsusDashboard.Agent.runtimeconfig.json"));

        Assert.Contains("\"System.GC.HeapHardLimit\": 268435456", settings, StringComparison.Ordinal);
    }

    [Fact]
    public void Undecided_PlacesOfAnAddressAreTaken_TheOldestGoes()
    {
        var undecided = new UndecidedConnections();
        List<int> ended = [];
        for (var number = 0; number < UndecidedConnections.PerAddress + 2; number++)
        {
            var own = number;
            undecided.Enter(new IPEndPoint(IPAddress.Parse("10.0.0.1"), own), () => ended.Add(own));
        }

        Assert.Equal([0, 1], ended);
        Assert.Equal(UndecidedConnections.PerAddress, undecided.Count);
    }

    [Fact]
    public void Undecided_AllPlacesAreTaken_WhoeverHoldsMostGivesOneUp()
    {
        var undecided = new UndecidedConnections();
        List<string> ended = [];
        for (var number = 0; number < UndecidedConnections.InAll - 1; number++)
        {
            var address = number < UndecidedConnections.PerAddress ? "10.0.0.1" : $"10.0.1.{number}";
            undecided.Enter(new IPEndPoint(IPAddress.Parse(address), number), () => ended.Add(address));
        }

        using var hub = undecided.Enter(new IPEndPoint(IPAddress.Parse("10.9.9.9"), 1), () => ended.Add("hub"));
        undecided.Enter(new IPEndPoint(IPAddress.Parse("10.8.8.8"), 1), () => ended.Add("other")).Dispose();

        Assert.Equal(["10.0.0.1"], ended);
    }

    [Fact]
    public void Undecided_AddressesOfOneNetworkOfIPv6_CountTogether()
    {
        var undecided = new UndecidedConnections();
        var ended = 0;
        for (var number = 0; number <= UndecidedConnections.PerAddress; number++)
        {
            undecided.Enter(new IPEndPoint(IPAddress.Parse($"2001:db8:1:2::{number:x}"), 1), () => ended++);
        }

        Assert.Equal(1, ended);
    }

    [Fact]
    public async Task StreamOutput_ReaderThatDoesNotRead_IsCutAfterItsPatience()
    {
        var time = new FakeTimeProvider();
        var ended = 0;
        var output = new StreamOutput(() => ended++, time);

        var writing = output.WriteAsync(new StuckWriter(), 1, Token);
        time.Advance(StreamOutput.Patience - TimeSpan.FromSeconds(1));
        Assert.Equal((false, 0), (writing.IsCompleted, ended));
        time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Equal(1, ended);
    }

    private static AgentCaller Hub(string id) =>
        new(CallerKind.Hub, new PairedHub { Id = id, Name = id, Pin = id, PairedAt = DateTimeOffset.UnixEpoch, PairedFrom = "10.1.2.3" }, id, "10.1.2.3");

    private static async Task<Wire.AgentInfo> InfoAsync(GrpcChannel channel) => await new Wire.Agent.AgentClient(channel).GetInfoAsync(new Wire.GetInfoRequest(), cancellationToken: Token);

    private static async Task<AsyncServerStreamingCall<Wire.WatchMessage>> WatchAsync(Wire.Agent.AgentClient client)
    {
        var call = client.Watch(new Wire.WatchRequest(), cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        return call;
    }

    private static async Task<AsyncServerStreamingCall<Wire.LogLine>> ReadLogAsync(Wire.Agent.AgentClient client)
    {
        var call = client.ReadLog(new Wire.ReadLogRequest { Name = "wsyncmgr", Follow = true }, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        return call;
    }

    private async Task HoldSilentConnectionsAsync()
    {
        for (var number = 0; number < Silent; number++)
        {
            var client = new TcpClient();
            _held.Add(client);
            await client.ConnectAsync(IPAddress.Loopback, _agent.Port, Token);
        }
    }

    private async Task HoldUnreadStreamsAsync(TestHub hub)
    {
        for (var connection = 0; connection < HubConnections.Maximum - 1; connection++)
        {
            var client = hub.Agent(_agent);
            for (var stream = 0; stream < StreamPlaces.MaximumOfAKind; stream++)
            {
                // Begun and never read; what is beyond the limits is refused, which nobody reads either.
                var call = client.ReadLog(new Wire.ReadLogRequest { Name = "wsyncmgr", TailLines = 2_000, Follow = true }, cancellationToken: Token);
                _held.Add(call);
                await call.ResponseHeadersAsync;
            }
        }
    }

    private sealed class StuckWriter : IServerStreamWriter<int>
    {
        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(int message) => new TaskCompletionSource().Task;
    }
}
