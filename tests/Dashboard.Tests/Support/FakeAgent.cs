using System.Threading.Channels;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Shared;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Samples;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Trust;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>An agent whose every word comes from the test: each Watch is handed over, and what is written into it goes out.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    internal static readonly IdentityKey Key = IdentityKey.Create("fake agent", TimeProvider.System.GetUtcNow());

    private readonly LoopbackServer _server;
    private readonly Service _service;

    private FakeAgent(LoopbackServer server, Service service) => (_server, _service) = (server, service);

    /// <summary>Pin of the one key that all fake agents have.</summary>
    public static string Pin => Key.Pin;

    public string Address => _server.Address;

    public int Port => _server.Port;

    /// <summary>What the unary verbs answer; an RpcException is thrown to the caller.</summary>
    public FakeVerbs Verbs => _service.Verbs;

    /// <param name="port">0 = any; else the one of an agent that was stopped before.</param>
    public static async Task<FakeAgent> StartAsync(int port = 0)
    {
        var service = new Service();
        var server = await LoopbackServer.StartAsync(
            app => app.MapGrpcService<Service>(),
            services => services.AddSingleton(service).AddGrpc(),
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = Key.Certificate;
                    https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (_, _, _) => true;
                });
            },
            port);
        return new(server, service);
    }

    /// <summary>One that listens in plain text: behind a connection that is its own.</summary>
    public static async Task<FakeAgent> StartPlainAsync<TTrust>(TTrust trust)
        where TTrust : Wire.Trust.TrustBase
    {
        var service = new Service();
        var server = await LoopbackServer.StartAsync(
            app =>
            {
                app.MapGrpcService<Service>();
                app.MapGrpcService<TTrust>();
            },
            services => services.AddSingleton(service).AddSingleton(trust).AddGrpc(),
            listen => listen.Protocols = HttpProtocols.Http2);
        return new(server, service);
    }

    /// <summary>The next Watch that a dashboard opens. One that never comes fails the test at that limit.</summary>
    public async Task<FakeWatch> NextWatchAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Eventually.Limit);
        return await _service.Watches.Reader.ReadAsync(limit.Token);
    }

    /// <summary>The next Watch, however long it takes.</summary>
    public ValueTask<FakeWatch> WaitForWatchAsync(CancellationToken cancellationToken) => _service.Watches.Reader.ReadAsync(cancellationToken);

    public bool HasWatch => _service.Watches.Reader.Count > 0;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private sealed class Service : Wire.Agent.AgentBase
    {
        public Channel<FakeWatch> Watches { get; } = Channel.CreateUnbounded<FakeWatch>();

        public FakeVerbs Verbs { get; } = new();

        public override Task<Wire.AgentInfo> GetInfo(Wire.GetInfoRequest request, ServerCallContext context) => Task.FromResult(Verbs.Info().ToWire());

        public override Task<Wire.Plan> PlanRepair(Wire.PlanRepairRequest request, ServerCallContext context) => Task.FromResult(Verbs.Plan(request).ToWire());

        public override Task<Wire.Repair> StartRepair(Wire.StartRepairRequest request, ServerCallContext context) => Task.FromResult(Verbs.Start(request).ToWire());

        public override Task<Wire.Repair> GetRepair(Wire.GetRepairRequest request, ServerCallContext context) => Task.FromResult(Verbs.Get(request).ToWire());

        public override Task<Wire.Repair> UndoRepair(Wire.UndoRepairRequest request, ServerCallContext context) => Task.FromResult(Verbs.Undo(request).ToWire());

        public override Task<Wire.Repair> KeepSettings(Wire.KeepSettingsRequest request, ServerCallContext context) => Task.FromResult(Verbs.Keep(request).ToWire());

        public override Task<Wire.ServiceStatus> ControlService(Wire.ControlServiceRequest request, ServerCallContext context) => Task.FromResult(Verbs.Service(request).ToWire());

        public override Task<Wire.AppPool> ControlPool(Wire.ControlPoolRequest request, ServerCallContext context) => Task.FromResult(Verbs.Pool(request).ToWire());

        public override Task<Wire.StartSyncResponse> StartSync(Wire.StartSyncRequest request, ServerCallContext context) => Task.FromResult(new Wire.StartSyncResponse { Message = "started" });

        public override Task<Wire.StopSyncResponse> StopSync(Wire.StopSyncRequest request, ServerCallContext context) => Task.FromResult(new Wire.StopSyncResponse { Message = "stopped" });

        public override async Task ReadLog(Wire.ReadLogRequest request, IServerStreamWriter<Wire.LogLine> responseStream, ServerCallContext context)
        {
            if (request.Follow && Verbs.FollowLog is { } follow)
            {
                await foreach (var line in follow(request, context.CancellationToken))
                {
                    await responseStream.WriteAsync(new() { Text = line, Severity = "info" }, context.CancellationToken);
                }

                return;
            }

            foreach (var line in Verbs.Log(request))
            {
                await responseStream.WriteAsync(new() { Text = line, Severity = "info" }, context.CancellationToken);
            }
        }

        public override async Task Watch(Wire.WatchRequest request, IServerStreamWriter<Wire.WatchMessage> responseStream, ServerCallContext context)
        {
            var watch = new FakeWatch(request);
            await Watches.Writer.WriteAsync(watch, context.CancellationToken);
            await foreach (var message in watch.ReadAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(message, context.CancellationToken);
            }
        }
    }
}

/// <summary>What the unary verbs of a fake agent answer.</summary>
internal sealed class FakeVerbs
{
    public Func<AgentInfo> Info { get; set; } = () => Samples.Agent();

    public Func<Wire.PlanRepairRequest, Plan> Plan { get; set; } = _ => Samples.Plan();

    public Func<Wire.StartRepairRequest, Repair> Start { get; set; } = _ => Samples.Run();

    public Func<Wire.GetRepairRequest, Repair> Get { get; set; } = request => Samples.Run(request.Id);

    public Func<Wire.UndoRepairRequest, Repair> Undo { get; set; } = request => Samples.Run("undo-1") with { UndoOf = request.Id };

    public Func<Wire.KeepSettingsRequest, Repair> Keep { get; set; } = request => Samples.Run(request.Id);

    public Func<Wire.ControlServiceRequest, ServiceStatus> Service { get; set; } = request => new() { Name = request.Name, State = ServiceState.Running };

    public Func<Wire.ControlPoolRequest, AppPool> Pool { get; set; } = request => new() { Name = request.Name, State = PoolState.Started, Settings = new() };

    public Func<Wire.ReadLogRequest, IReadOnlyList<string>> Log { get; set; } = _ => [];

    /// <summary>A log that is followed, until the token ends it; null = as <see cref="Log"/>.</summary>
    public Func<Wire.ReadLogRequest, CancellationToken, IAsyncEnumerable<string>>? FollowLog { get; set; }
}

/// <summary>One Watch of a dashboard.</summary>
internal sealed class FakeWatch(Wire.WatchRequest request)
{
    private readonly Channel<Wire.WatchMessage> _messages = Channel.CreateUnbounded<Wire.WatchMessage>();

    public Wire.WatchRequest Request { get; } = request;

    public void Send(Snapshot snapshot) => Write(new() { Snapshot = snapshot.ToWire() });

    public void Send(AgentEvent agentEvent) => Write(new() { Event = agentEvent.ToWire() });

    public void Send(IEnumerable<ServerSample> samples) => Write(new() { Samples = new() { Samples_ = { samples.Select(sample => sample.ToWire()) } } });

    public void Send(AgentInfo agent) => Write(new() { Info = agent.ToWire() });

    /// <summary>A message as the test made it, whatever stands in it.</summary>
    public void Send(Wire.WatchMessage message) => Write(message);

    public void SendHeartbeat() => Write(new() { Heartbeat = new() });

    /// <summary>The agent ends the stream, with a failure of its choice.</summary>
    public void End(RpcException? failure = null) => _messages.Writer.TryComplete(failure);

    public IAsyncEnumerable<Wire.WatchMessage> ReadAsync(CancellationToken cancellationToken) => _messages.Reader.ReadAllAsync(cancellationToken);

    private void Write(Wire.WatchMessage message) => Assert.True(_messages.Writer.TryWrite(message));
}
