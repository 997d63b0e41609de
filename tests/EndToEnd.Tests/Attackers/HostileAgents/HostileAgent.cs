using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.EndToEnd.Tests.Attackers.HostileAgents;

/// <summary>
/// An agent in foreign hands, on a port of this computer: a dashboard pairs with it by its code, as with any other, and then hears what its script says. It speaks
/// the contract's own language; only what it says breaks every promise.
/// </summary>
internal sealed class HostileAgent : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly SharedState _state;

    private HostileAgent(LoopbackServer server, SharedState state) => (_server, _state) = (server, state);

    public string Address => _server.Address;

    /// <summary>What a person would read on the server and type into the dashboard.</summary>
    public string Code => _state.Code.ToString();

    /// <summary>How often a dashboard has begun to listen.</summary>
    public int Watches => _state.Watches;

    /// <summary>What it has said so far.</summary>
    public AttackCounts Said => _state.Said;

    /// <summary>Starts it.</summary>
    /// <param name="script">What it says to each Watch.</param>
    /// <param name="longestWatch">After this long it ends a Watch.</param>
    /// <param name="seed">What the script draws from.</param>
    public static async Task<HostileAgent> StartAsync(HostileScript script, TimeSpan longestWatch, int seed = 1)
    {
        var state = new SharedState(script, longestWatch, seed);
        var server = await LoopbackServer.StartAsync(
            app =>
            {
                app.MapGrpcService<AgentVerbs>();
                app.MapGrpcService<TrustVerbs>();
            },
            services => services.AddSingleton(state).AddGrpc(),
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = state.Key.Certificate;
                    https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (_, _, _) => true;
                });
            });
        return new(server, state);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _state.Key.Dispose();
    }

    /// <summary>What both of its services share.</summary>
    private sealed class SharedState(HostileScript script, TimeSpan longestWatch, int seed)
    {
        private int _watches;

        public IdentityKey Key { get; } = IdentityKey.Create("hostile agent", TimeProvider.System.GetUtcNow());

        public PairingCode Code { get; } = PairingCode.Create();

        public string AgentId { get; } = Guid.NewGuid().ToString("N");

        public AttackCounts Said { get; } = new();

        public int Watches => _watches;

        public async Task SpeakAsync(IServerStreamWriter<Wire.WatchMessage> writer, CancellationToken cancellationToken)
        {
            var number = Interlocked.Increment(ref _watches);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            over.CancelAfter(longestWatch);
            var stream = new HostileStream(writer, AgentId, new Random(unchecked((seed * 31) + number)), Said, over.Token);
            try
            {
                await script.Speak(stream);
                await stream.HoldAsync();
            }
            catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException or IOException)
            {
                // The dashboard hung up, which is what it should do, or the time is over.
                Said.Count("ended");
            }
        }
    }

    private sealed class TrustVerbs(SharedState state) : Wire.Trust.TrustBase
    {
        public override async Task Pair(IAsyncStreamReader<Wire.PairRequest> requestStream, IServerStreamWriter<Wire.PairResponse> responseStream, ServerCallContext context)
        {
            var hubPin = KeyPin.Of(context.GetHttpContext().Connection.ClientCertificate!);
            var hello = await requestStream.MoveNext(context.CancellationToken) ? requestStream.Current.Hello : throw new RpcException(new Status(StatusCode.Cancelled, ""));
            var nonce = PairingProof.CreateNonce();
            await responseStream.WriteAsync(new() { Nonce = ByteString.CopyFrom(nonce) }, context.CancellationToken);
            await requestStream.MoveNext(context.CancellationToken);
            var proof = PairingProof.Create(PairingRole.Agent, state.Code, new(hubPin, state.Key.Pin, hello.Nonce.Memory, nonce));
            await responseStream.WriteAsync(new() { Result = new() { Proof = ByteString.CopyFrom(proof), AgentId = state.AgentId, ComputerName = "HOSTILE" } }, context.CancellationToken);
        }

        public override Task<Wire.GetSuccessorResponse> GetSuccessor(Wire.GetSuccessorRequest request, ServerCallContext context) => Task.FromResult(new Wire.GetSuccessorResponse());

        public override Task<Wire.UnpairResponse> Unpair(Wire.UnpairRequest request, ServerCallContext context) => Task.FromResult(new Wire.UnpairResponse());
    }

    private sealed class AgentVerbs(SharedState state) : Wire.Agent.AgentBase
    {
        public override Task<Wire.AgentInfo> GetInfo(Wire.GetInfoRequest request, ServerCallContext context) => Task.FromResult(HostileStream.Info(state.AgentId));

        public override Task<Wire.Plan> PlanRepair(Wire.PlanRepairRequest request, ServerCallContext context) => Task.FromResult(HostileScripts.EndlessPlan());

        public override Task<Wire.Repair> GetRepair(Wire.GetRepairRequest request, ServerCallContext context) => Task.FromResult(HostileScripts.OpenRun(request.Id, 3_000_000));

        public override async Task ReadLog(Wire.ReadLogRequest request, IServerStreamWriter<Wire.LogLine> responseStream, ServerCallContext context)
        {
            var line = new Wire.LogLine { Severity = "info", Text = new string('x', 4_000_000) };
            while (!context.CancellationToken.IsCancellationRequested)
            {
                await responseStream.WriteAsync(line, context.CancellationToken);
            }
        }

        public override Task Watch(Wire.WatchRequest request, IServerStreamWriter<Wire.WatchMessage> responseStream, ServerCallContext context) =>
            state.SpeakAsync(responseStream, context.CancellationToken);
    }
}
