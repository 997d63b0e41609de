using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using WsusDashboard.Agent.Api.Errors;
using WsusDashboard.Agent.Tests.Repairs;
using WsusDashboard.Agent.Tests.Support;
using WsusDashboard.Shared.Contract.Mapping;
using WsusDashboard.Shared.Snapshots;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Tests.Cli;

/// <summary>The repair of a fake server behind the real contract on the local channel of its data folder: what the command line talks to.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private const string Epoch = "one";

    private readonly LocalServer _local;
    private readonly AgentLife _life;

    private FakeAgent(LocalServer local, AgentLife life, FakeServer server) => (_local, _life, Server) = (local, life, server);

    public FakeServer Server { get; }

    public string DataDirectory => Server.Folder;

    public Requester Service => _life.Service;

    public static async Task<FakeAgent> BeginAsync(FakeServer server)
    {
        var life = await AgentLife.BeginAsync(server);
        await life.UntilOpenAsync();
        var local = await LocalServer.StartAsync(server.Folder, application => application.MapGrpcService<Verbs>(), services => services.AddSingleton(server).AddSingleton(life.Service));
        return new FakeAgent(local, life, server);
    }

    public async ValueTask DisposeAsync()
    {
        await _local.DisposeAsync();
        await _life.DisposeAsync();
        Server.Dispose();
    }

    private sealed class Verbs(FakeServer server, Requester service) : Wire.Agent.AgentBase
    {
        public override async Task<Wire.Snapshot> GetSnapshot(Wire.GetSnapshotRequest request, ServerCallContext context)
        {
            foreach (var section in (string[])[SectionNames.Iis, SectionNames.Services, SectionNames.Wsus, SectionNames.ConfigMgr, SectionNames.Events, SectionNames.Host])
            {
                await server.RefreshAsync(section, context.CancellationToken);
            }

            var snapshot = server.Current.ToWire();
            (snapshot.Agent.SequenceEpoch, snapshot.Agent.LastSequence) = (Epoch, server.AllPublished.Count);
            return snapshot;
        }

        public override async Task Watch(Wire.WatchRequest request, IServerStreamWriter<Wire.WatchMessage> responseStream, ServerCallContext context)
        {
            Assert.Equal(Epoch, request.SequenceEpoch);
            await responseStream.WriteAsync(new Wire.WatchMessage { Snapshot = server.Current.ToWire() }, context.CancellationToken);
            foreach (var item in server.AllPublished.Where(item => item.Sequence > request.AfterSequence))
            {
                await responseStream.WriteAsync(new Wire.WatchMessage { Event = item.ToWire() }, context.CancellationToken);
            }

            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        public override Task<Wire.ListSyncRunsResponse> ListSyncRuns(Wire.ListSyncRunsRequest request, ServerCallContext context) =>
            Task.FromResult(new Wire.ListSyncRunsResponse { Runs = { server.Wsus.History(default).Select(run => run.ToWire()) } });

        public override Task<Wire.Plan> PlanRepair(Wire.PlanRepairRequest request, ServerCallContext context) =>
            Mapped(async () => (await service.PlanAsync(request.Playbook, request.Baseline, context.CancellationToken, request.IncludeRisky)).ToWire());

        public override Task<Wire.Repair> StartRepair(Wire.StartRepairRequest request, ServerCallContext context) =>
            Mapped(() => service.SendAsync<Wire.Repair>(request, context.CancellationToken));

        public override Task<Wire.Repair> GetRepair(Wire.GetRepairRequest request, ServerCallContext context) =>
            Mapped(() => Task.FromResult(service.Get(request.Id).ToWire()));

        public override Task<Wire.Repair> CancelRepair(Wire.CancelRepairRequest request, ServerCallContext context) =>
            Mapped(() => service.SendAsync<Wire.Repair>(request, context.CancellationToken));

        public override Task<Wire.Repair> KeepSettings(Wire.KeepSettingsRequest request, ServerCallContext context) =>
            Mapped(() => service.SendAsync<Wire.Repair>(request, context.CancellationToken));

        public override Task<Wire.Repair> UndoRepair(Wire.UndoRepairRequest request, ServerCallContext context) =>
            Mapped(() => service.SendAsync<Wire.Repair>(request, context.CancellationToken));

        private static async Task<T> Mapped<T>(Func<Task<T>> verb)
        {
            try
            {
                return await verb();
            }
            catch (CommandException exception)
            {
                throw CommandErrors.ToRpcException(exception, withDetails: false);
            }
        }
    }
}
