using Google.Protobuf;
using Grpc.Core;
using WsusDashboard.Agent.Api.Connections;
using WsusDashboard.Agent.Commands;
using WsusDashboard.Agent.Repairs.Running;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Contract.Mapping;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Agent.Api;

/// <summary>The methods of the contract. Each maps, calls, maps back; whatever changes something goes into the pipe.</summary>
internal sealed class AgentService(
    AgentInfoReader info,
    WatchStream watch,
    AgentStore store,
    LogStream logs,
    RepairStarter repairs,
    RepairQueue queue,
    CommandPipe pipe,
    StreamPlaces places,
    TimeProvider timeProvider,
    IHostApplicationLifetime lifetime) : Wire.Agent.AgentBase
{
    public override Task<Wire.AgentInfo> GetInfo(Wire.GetInfoRequest request, ServerCallContext context) =>
        Task.FromResult(info.ReadInfo().ToWire());

    public override Task<Wire.Snapshot> GetSnapshot(Wire.GetSnapshotRequest request, ServerCallContext context) =>
        Task.FromResult(info.ReadSnapshot().ToWire());

    public override async Task Watch(Wire.WatchRequest request, IServerStreamWriter<Wire.WatchMessage> responseStream, ServerCallContext context)
    {
        using var place = Enter(StreamKind.Watch, context);
        using var ending = UntilTheAgentStops(context);
        var output = new StreamOutput(context.GetHttpContext().Abort, timeProvider);
        await foreach (var message in watch.ReadAsync(request.AfterSequence, request.SequenceEpoch, request.WithSamples ? request.SamplesAfter : null, ending.Token))
        {
            await output.WriteAsync(responseStream, message, ending.Token);
        }
    }

    public override Task<Wire.ListSyncRunsResponse> ListSyncRuns(Wire.ListSyncRunsRequest request, ServerCallContext context)
    {
        var query = ReadRequests.Check(request);
        var page = store.ListSyncRuns(query.PageSize, query.PageToken, query.Since);
        return Task.FromResult(new Wire.ListSyncRunsResponse { Runs = { page.Runs.Select(run => run.ToWire()) }, NextPageToken = page.NextPageToken });
    }

    public override async Task ReadLog(Wire.ReadLogRequest request, IServerStreamWriter<Wire.LogLine> responseStream, ServerCallContext context)
    {
        var query = ReadRequests.Check(request);
        using var place = Enter(StreamKind.Log, context);
        using var ending = UntilTheAgentStops(context);
        var output = new StreamOutput(context.GetHttpContext().Abort, timeProvider);
        await foreach (var line in logs.ReadAsync(query, ending.Token))
        {
            await output.WriteAsync(responseStream, line, ending.Token);
        }
    }

    public override async Task<Wire.Plan> PlanRepair(Wire.PlanRepairRequest request, ServerCallContext context)
    {
        CommandValidator.Check(request);
        return (await repairs.PlanAsync(request.Playbook, request.Baseline, request.IncludeRisky, context.CancellationToken)).ToWire();
    }

    public override Task<Wire.Repair> GetRepair(Wire.GetRepairRequest request, ServerCallContext context) => Task.FromResult(queue.Find(request.Id).ToWire());

    public override Task<Wire.Repair> StartRepair(Wire.StartRepairRequest request, ServerCallContext context) => SendAsync<Wire.Repair>(request, context);

    public override Task<Wire.Repair> KeepSettings(Wire.KeepSettingsRequest request, ServerCallContext context) => SendAsync<Wire.Repair>(request, context);

    public override Task<Wire.Repair> CancelRepair(Wire.CancelRepairRequest request, ServerCallContext context) => SendAsync<Wire.Repair>(request, context);

    public override Task<Wire.Repair> UndoRepair(Wire.UndoRepairRequest request, ServerCallContext context) => SendAsync<Wire.Repair>(request, context);

    public override Task<Wire.ServiceStatus> ControlService(Wire.ControlServiceRequest request, ServerCallContext context) => SendAsync<Wire.ServiceStatus>(request, context);

    public override Task<Wire.AppPool> ControlPool(Wire.ControlPoolRequest request, ServerCallContext context) => SendAsync<Wire.AppPool>(request, context);

    public override Task<Wire.StartSyncResponse> StartSync(Wire.StartSyncRequest request, ServerCallContext context) => SendAsync<Wire.StartSyncResponse>(request, context);

    public override Task<Wire.StopSyncResponse> StopSync(Wire.StopSyncRequest request, ServerCallContext context) => SendAsync<Wire.StopSyncResponse>(request, context);

    private async Task<T> SendAsync<T>(Wire.ICommandRequest request, ServerCallContext context)
        where T : class, IMessage => (T)await pipe.SendAsync(request, AgentCaller.Of(context.GetHttpContext()), context.CancellationToken);

    private IDisposable Enter(StreamKind kind, ServerCallContext context) =>
        places.Enter(context.GetHttpContext().Connection.Id, AgentCaller.Of(context.GetHttpContext()), kind);

    /// <summary>The server lets calls end by themselves when it stops, and these never would.</summary>
    private CancellationTokenSource UntilTheAgentStops(ServerCallContext context) =>
        CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
}
