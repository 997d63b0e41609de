using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsusDashboard.Agent.Api;
using WsusDashboard.Agent.Remediation;
using WsusDashboard.Agent.Tests.Remediation;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Cli;

/// <summary>The repair of a fake server behind the real contract on a real port: what the command line talks to.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly AgentLife _life;

    private FakeAgent(WebApplication application, AgentLife life, FakeServer server)
    {
        (_application, _life, Server) = (application, life, server);
        Address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    public FakeServer Server { get; }

    public string Address { get; }

    public RemediationService Service => _life.Service;

    public static async Task<FakeAgent> BeginAsync(FakeServer server)
    {
        var life = await AgentLife.BeginAsync(server);
        await life.UntilOpenAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(server);
        builder.Services.AddSingleton(life.Service);
        var application = builder.Build();
        application.MapGrpcService<Verbs>();
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new FakeAgent(application, life, server);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        await _life.DisposeAsync();
        Server.Dispose();
    }

    private sealed class Verbs(FakeServer server, RemediationService service) : Wire.Agent.AgentBase
    {
        public override async Task<Wire.Snapshot> GetSnapshot(Wire.GetSnapshotRequest request, ServerCallContext context)
        {
            foreach (var section in (string[])[SectionNames.Iis, SectionNames.Services, SectionNames.Wsus, SectionNames.ConfigMgr, SectionNames.Events])
            {
                await server.Access().RefreshAsync(section, context.CancellationToken);
            }

            return server.Access().Current().ToWire();
        }

        public override Task<Wire.ListSyncRunsResponse> ListSyncRuns(Wire.ListSyncRunsRequest request, ServerCallContext context) =>
            Task.FromResult(new Wire.ListSyncRunsResponse { Runs = { server.Wsus.History(default).Select(run => run.ToWire()) } });

        public override Task<Wire.Plan> PlanRemediation(Wire.PlanRemediationRequest request, ServerCallContext context) =>
            Mapped(async () => (await service.PlanAsync(request.Playbook, request.Baseline, context.CancellationToken)).ToWire());

        public override Task<Wire.RemediationRun> StartRemediation(Wire.StartRemediationRequest request, ServerCallContext context) => Mapped(async () =>
            (await service.StartAsync(
                new StartRequest
                {
                    Playbook = request.Playbook,
                    Baseline = request.Baseline,
                    Fingerprint = request.Fingerprint,
                    RequestedBy = request.RequestedBy,
                    Reason = request.Reason,
                    Ticket = request.Context?.Ticket ?? "",
                    IdempotencyKey = request.IdempotencyKey,
                },
                context.CancellationToken)).ToWire());

        public override Task<Wire.RemediationRun> GetRemediation(Wire.GetRemediationRequest request, ServerCallContext context) =>
            Mapped(() => Task.FromResult(service.Get(request.Id).ToWire()));

        public override Task<Wire.RemediationRun> CancelRemediation(Wire.CancelRemediationRequest request, ServerCallContext context) =>
            Mapped(async () => (await service.CancelAsync(request.Id, request.RequestedBy, context.CancellationToken)).ToWire());

        public override Task<Wire.RemediationRun> UndoRemediation(Wire.UndoRemediationRequest request, ServerCallContext context) => Mapped(async () =>
            (await service.UndoAsync(
                new UndoRequest { RunId = request.Id, RequestedBy = request.RequestedBy, Reason = request.Reason, Ticket = request.Context?.Ticket ?? "", IdempotencyKey = request.IdempotencyKey },
                context.CancellationToken)).ToWire());

        private static async Task<T> Mapped<T>(Func<Task<T>> verb)
        {
            try
            {
                return await verb();
            }
            catch (VerbException exception)
            {
                throw VerbErrors.ToRpcException(exception, withDetails: false);
            }
        }
    }
}
